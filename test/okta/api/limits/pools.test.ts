import { expect, test } from "vitest";
import type { RateLimit } from "../../../../src/baton/connector.ts";
import type { Bucket, Sent } from "../../../../src/okta/api/limits/bucket.ts";
import { Buckets } from "../../../../src/okta/api/limits/buckets.ts";
import { Random } from "../../../../src/sandbox/org/random.ts";

const WINDOW = 60_000;
const LIMIT = 100;
/** What the server counts together: URL patterns, by count. All counts have the same limit. */
const COUNTED: Readonly<Record<string, string>> = {
  apps: "A",
  "apps/users": "A",
  "apps/groups": "A",
  devices: "D",
  groups: "G",
  "groups/users": "G",
};

/** Requests under way and answered in random order, beside other clients, on counts that look alike. */
function play(seed: number, check: (buckets: Buckets) => void, counted = COUNTED): void {
  const random = new Random(seed);
  const buckets = new Buckets(0.8);
  const underWay: { bucket: Bucket; sent: Sent; seen: RateLimit }[] = [];
  const used = new Map<string, number>();
  let [now, window] = [1000, 0];
  const take = (count: string): RateLimit => {
    if (Math.floor(now / WINDOW) !== window) used.clear();
    window = Math.floor(now / WINDOW);
    used.set(count, (used.get(count) ?? 0) + 1);
    return { limit: LIMIT, remaining: Math.max(0, LIMIT - used.get(count)!), resetAt: (window + 1) * WINDOW };
  };
  const names = Object.keys(counted);
  for (let step = 0; step < 300; step++) {
    now += random.below(600);
    const what = random.below(10);
    if (what < 3) take(["A", "D", "G"][random.below(3)]!);
    else if (what < 7) {
      const name = names[random.below(names.length)]!;
      const bucket = buckets.of(name);
      if (buckets.readiness(bucket, now) !== "now") continue;
      underWay.push({ bucket, sent: buckets.send(bucket, now), seen: take(counted[name]!) });
    } else if (underWay.length > 0) {
      const [{ bucket, sent, seen }] = underWay.splice(random.below(underWay.length), 1) as [(typeof underWay)[number]];
      buckets.settle(bucket, sent, seen, "answered");
    }
    check(buckets);
  }
}

test("a pool has as many requests under way as its patterns, whatever the answers say of what is counted together", () => {
  for (let seed = 1; seed <= 300; seed++) {
    play(seed, (buckets) => {
      const underWay = new Map<object, number>();
      for (const { pool, inFlight } of buckets.all())
        if (pool) underWay.set(pool, (underWay.get(pool) ?? 0) + inFlight);
      for (const [pool, count] of underWay)
        if ((pool as { inFlight: number }).inFlight !== count) expect.fail(`seed ${seed}`);
    });
  }
});

test("what is published to be counted together is one pool, and no other, though all limits are the same", () => {
  const counted = {
    "/api/v1/apps": "A",
    "/api/v1/apps/{id}/users": "A",
    "/api/v1/groups": "G",
    "/api/v1/groups/{id}/apps": "G",
    "/api/v1/groups/{id}/users": "G",
    "/api/v1/iam/roles": "D",
    "/api/v1/users/{id}/groups": "D",
  };
  for (let seed = 1; seed <= 100; seed++) {
    play(
      seed,
      (buckets) => {
        const counts = new Map<object, Set<string>>();
        for (const { pool, name } of buckets.all()) {
          if (pool) counts.set(pool, (counts.get(pool) ?? new Set()).add(counted[name as keyof typeof counted]));
        }
        const all = [...counts.values()];
        if (all.some(({ size }) => size > 1)) expect.fail(`seed ${seed}: two counts in one pool`);
        if (new Set(all.map((one) => [...one][0])).size < all.length) expect.fail(`seed ${seed}: a count in two pools`);
      },
      counted,
    );
  }
});
