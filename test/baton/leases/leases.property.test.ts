import fc from "fast-check";
import { expect, it } from "vitest";
import { extendLease } from "../../../src/baton/leases/amend.ts";
import { CLAIM_TTL_MS } from "../../../src/baton/leases/claim.ts";
import { grantLease } from "../../../src/baton/leases/grant.ts";
import { MAX_BACKOFF_MS } from "../../../src/baton/leases/lease.ts";
import { type Ledger, openLedger } from "../../../src/baton/leases/ledger.ts";
import { runDue } from "../../../src/baton/leases/worker.ts";
import { createWorld, GROUP, type World } from "./world.ts";

const MINUTE = 60_000;
/** How often a worker looks, in this test. */
const INTERVAL = MINUTE;
/** What a claim of a dead process, the longest pause between tries and the changes themselves may add. */
const SLACK = INTERVAL + CLAIM_TTL_MS + MAX_BACKOFF_MS + MINUTE;

type Kill = { at: "before" | "after"; change: number };
type Step =
  | { do: "grant"; user: string; minutes: number; kill?: Kill | undefined; rival: boolean }
  | { do: "extend"; nth: number; minutes: number }
  | { do: "jump"; minutes: number }
  | { do: "others"; user: string; changes: readonly boolean[] }
  | { do: "pass"; minutes: number; kill?: Kill | undefined; blind: boolean }
  | { do: "outage"; minutes: number }
  | { do: "lie" }
  | { do: "vanish"; user: string };

const user = fc.constantFrom("u1", "u2", "u3");
const kill = fc.option(
  fc.record({ at: fc.constantFrom("before" as const, "after" as const), change: fc.integer({ min: 1, max: 2 }) }),
  { nil: undefined, freq: 2 },
);
const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.record({
      do: fc.constant("grant" as const),
      user,
      minutes: fc.integer({ min: 1, max: 60 }),
      kill,
      rival: fc.boolean(),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      do: fc.constant("extend" as const),
      nth: fc.nat({ max: 3 }),
      minutes: fc.integer({ min: -30, max: 30 }),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      do: fc.constant("jump" as const),
      minutes: fc.constantFrom(-500_000, -90, -2, 0, 2, 90, 500_000),
    }),
  },
  {
    weight: 3,
    arbitrary: fc.record({
      do: fc.constant("others" as const),
      user,
      changes: fc.constantFrom([true], [false], [false, true], [true, false]),
    }),
  },
  {
    weight: 4,
    arbitrary: fc.record({
      do: fc.constant("pass" as const),
      minutes: fc.integer({ min: 1, max: 40 }),
      kill,
      blind: fc.boolean(),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({ do: fc.constant("outage" as const), minutes: fc.integer({ min: 1, max: 300 }) }),
  },
  { weight: 1, arbitrary: fc.record({ do: fc.constant("lie" as const) }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant("vanish" as const), user: fc.constant("u3") }) },
);

it("nothing outlives its end, nothing that is not ours is taken, and nothing is lost", async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 1, maxLength: 25 }), async (steps) => {
      const ledger = await openLedger(":memory:");
      try {
        await play(createWorld(), ledger, steps);
      } finally {
        await ledger.close();
      }
    }),
    { numRuns: 100 },
  );
}, 60_000);

async function play(world: World, ledger: Ledger, steps: readonly Step[]): Promise<void> {
  /** Who holds it because somebody else gave it. */
  const standing = new Set<string>();
  let outageEnded = 0;

  /** `blind`: the question for the time fails, though what follows does not; while it does, Okta counts as away. */
  async function pass(minutes: number, killed?: Kill, blind = false): Promise<void> {
    for (let minute = 0; minute < minutes; minute++) {
      world.now += INTERVAL;
      const worker = world.process(ledger, minute === 0 ? killed : undefined);
      await runDue(worker.deps, worker.call, {
        beforeRound: blind ? async () => {} : worker.synchronize,
        knowsTime: worker.knowsTime,
      }).catch(() => {});
      if (blind) outageEnded = world.now;
      if (!world.away) await check();
    }
  }

  async function check(): Promise<void> {
    for (const one of standing) expect(world.members.has(one) || world.gone.has(one), `${one} was not ours`).toBe(true);
    const leases = await ledger.list({ states: ["granting", "active", "ending"] });
    for (const one of world.members) {
      if (standing.has(one) || world.gone.has(one)) continue;
      const until = Math.max(0, ...leases.filter(({ principal }) => principal.id === one).map(({ ends }) => ends));
      const allowed = Math.max(until, outageEnded) + SLACK;
      expect(world.now, `${one} outlives its lease`).toBeLessThanOrEqual(allowed);
    }
  }

  for (const one of steps) {
    switch (one.do) {
      case "grant": {
        // Somebody else who is faster, in the middle of a grant that is not cut short.
        const rival = (id: string) => {
          if (!world.members.has(id) && !world.gone.has(id)) standing.add(id);
          if (!world.gone.has(id)) world.byOthers(id, true);
        };
        const { deps, call } = world.process(ledger, one.kill, one.rival && !one.kill ? rival : undefined);
        const ends = world.now + one.minutes * MINUTE;
        const wanted = { entitlement: GROUP, principal: { type: "user", id: one.user }, ends, reason: "test" };
        await grantLease(deps, wanted, call).catch(() => {});
        break;
      }
      case "extend": {
        const lease = (await ledger.list({ states: ["granting", "active", "ending"] }))[one.nth];
        if (lease === undefined) break;
        const { deps, call } = world.process(ledger);
        await extendLease(deps, lease.id, lease.ends + one.minutes * MINUTE, call).catch(() => {});
        break;
      }
      case "jump":
        world.skew = one.minutes * MINUTE;
        break;
      case "others": {
        // Who gives what a grant that was cut short may have given, or confirms what is there, cannot be told from it.
        const leases = await ledger.list({ states: ["granting", "ending"] });
        const isUnclear = leases.some(({ principal }) => principal.id === one.user);
        for (const add of one.changes) {
          if (world.gone.has(one.user) || (add && isUnclear)) break;
          if (add && !world.members.has(one.user)) standing.add(one.user);
          if (!add) standing.delete(one.user);
          world.byOthers(one.user, add);
        }
        break;
      }
      case "pass":
        await pass(one.minutes, one.kill, one.blind);
        break;
      case "outage":
        world.away = true;
        await pass(one.minutes);
        world.away = false;
        outageEnded = world.now;
        break;
      case "lie":
        world.lies += 1;
        break;
      case "vanish":
        world.gone.add(one.user);
        world.members.delete(one.user);
        standing.delete(one.user);
        break;
    }
  }
  const last = Math.max(world.now, ...(await ledger.list()).map(({ ends }) => ends));
  await pass(Math.ceil((last - world.now + SLACK) / MINUTE) + 5);
  for (const lease of await ledger.list()) {
    expect(["ended", "failed"], `${lease.id} of ${lease.principal.id} is lost`).toContain(lease.state);
    const { events, intact } = await ledger.history(lease.id);
    expect(intact).toBe(true);
    const isCut = events.some(({ kind }) => kind === "grant-not-known");
    if (lease.state === "ended" && !isCut && lease.outcome !== "gone" && !world.gone.has(lease.principal.id)) {
      expect(lease.ended, `${lease.id} ended before its time`).toBeGreaterThanOrEqual(lease.ends);
    }
    expect(events.filter(({ kind }) => kind === "ended").length).toBe(lease.state === "ended" ? 1 : 0);
  }
  expect([...world.members].sort()).toEqual([...standing].sort());
}
