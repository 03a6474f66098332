import { describe, expect, test } from "vitest";
import { CHANGE_KINDS, churn } from "../../../src/sandbox/churn/churn.ts";
import { everyMinute } from "../../../src/sandbox/churn/schedule.ts";
import type { LogParty } from "../../../src/sandbox/org/log/log.ts";
import { Random } from "../../../src/sandbox/org/random.ts";
import { startSandbox } from "../../../src/sandbox/sandbox.ts";
import { seedOrg } from "../../../src/sandbox/seed/seed.ts";
import { expectConsistent } from "../org/consistent.ts";
import { HandClock } from "../org/fixture.ts";
import { differences, stateOf } from "./state.ts";

const seeded = (clock = new HandClock()) => seedOrg({ users: 80, groups: 30, apps: 14, seed: 3, clock });

describe("churn", () => {
  test("makes the same changes of the same org with the same seed, down to the ids, and others with another", () => {
    const run = (seed: number) => {
      const org = seeded();
      const changes = churn(org, new Random(seed), 200);
      return [changes, [...stateOf(org)], org.log.entries.slice(-200).map(({ uuid }) => uuid)];
    };
    expect(run(1)).toEqual(run(1));
    expect(run(1)[0]).not.toEqual(run(2)[0]);
  });

  test("makes every kind of change, and leaves an org that agrees with itself", () => {
    const org = seeded();
    const random = new Random(5);
    const kinds = new Set<string>();
    for (let i = 0; i < 30; i++) {
      for (const { kind } of churn(org, random, 100)) kinds.add(kind);
      expectConsistent(org);
    }
    expect([...kinds].sort()).toEqual([...CHANGE_KINDS].sort());
  });

  test("changes nothing of which the log does not name the object, but in imports, owners and what goes with its object", () => {
    const clock = new HandClock();
    const org = seeded(clock);
    const random = new Random(9);
    let before = stateOf(org);
    for (let i = 0; i < 1500; i++) {
      clock.time += 1000;
      const logged = org.log.entries.length;
      const [change] = churn(org, random, 1);
      const after = stateOf(org);
      const entries = org.log.entries.slice(logged);
      const named = new Set(entries.flatMap(({ target }) => (target as LogParty[]).map(({ id }) => id)));
      const unnamed = differences(before, after).filter((key) => {
        const [id, ...what] = key.split(" ");
        if (change!.kind === "group.import" && what.join() === "members") return false;
        return !named.has(id!);
      });
      expect(unnamed, JSON.stringify(change)).toEqual([]);
      if (change!.kind !== "group.changeOwner") expect(entries.length).toBeGreaterThan(0);
      before = after;
    }
  });
});

test("a sandbox is changed by its own method, by a call on the same machine, and so many times a minute", async () => {
  const org = seeded();
  const sandbox = await startSandbox({ org, churnSeed: 4 });
  try {
    expect(sandbox.churn(3)).toHaveLength(3);
    const post = (query: string, method = "POST") => fetch(`${sandbox.url}/__sandbox/churn${query}`, { method });
    const answer = await post("?n=5");
    expect(answer.status).toBe(200);
    const { changes } = (await answer.json()) as { changes: { kind: string; objects: string[] }[] };
    expect(changes).toHaveLength(5);
    for (const { kind } of changes) expect(CHANGE_KINDS).toContain(kind);
    expect((await ((await post("")).json() as Promise<{ changes: object[] }>)).changes).toHaveLength(1);
    expect((await post("?n=many")).status).toBe(400);
    expect((await post("", "GET")).status).toBe(405);
    expect(sandbox.calls().total).toBe(0);
  } finally {
    await sandbox.close();
  }
});

test.each([
  { perMinute: 60, seconds: 10, changes: 10 },
  { perMinute: 90, seconds: 10, changes: 15 },
  { perMinute: 12_000, seconds: 1, changes: 200 },
])("$perMinute changes a minute are $changes in $seconds s", async ({ perMinute, seconds, changes }) => {
  const stop = new AbortController();
  let slept = 0;
  let done = 0;
  const clock = {
    now: () => slept,
    sleep: async (ms: number) => {
      slept += ms;
      if (slept > seconds * 1000 + 1e-6) stop.abort();
    },
  };
  await everyMinute(clock, perMinute, stop.signal, (n) => {
    done += n;
  });
  expect(done).toBe(changes);
});
