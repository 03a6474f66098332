import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { CLAIM_TTL_MS, withClaim } from "../../../src/baton/leases/claim.ts";
import { grantLease } from "../../../src/baton/leases/grant.ts";
import { type Ledger, openLedger } from "../../../src/baton/leases/ledger.ts";
import { runDue } from "../../../src/baton/leases/worker.ts";
import { startPostgres, type TestPostgres } from "../../runtime/state/postgres.ts";
import { createWorld, GROUP, ORG, type World } from "./world.ts";

let postgres: TestPostgres | string;
beforeAll(async () => {
  postgres = await startPostgres();
}, 60_000);
afterAll(async () => {
  if (typeof postgres !== "string") await postgres.close();
});

async function granted(world: World, ledger: Ledger, users: number): Promise<void> {
  const { deps, call } = world.process(ledger);
  for (let at = 0; at < users; at++) {
    const principal = { type: "user", id: `u${at}` };
    await grantLease(deps, { entitlement: GROUP, principal, ends: world.now + 1000, reason: "test" }, call);
  }
}

async function endedOnce(ledger: Ledger, world: World, users: number): Promise<void> {
  const leases = await ledger.list({ org: ORG });
  expect(leases.map(({ state }) => state)).toEqual(Array(users).fill("ended"));
  for (const { id } of leases) {
    const { events, intact } = await ledger.history(id);
    expect(intact).toBe(true);
    expect(events.filter(({ kind }) => kind === "ended")).toHaveLength(1);
  }
  const removals = world.changes.filter((change) => change.startsWith("-")).sort();
  expect(removals).toEqual([...new Set(removals)]);
  expect(removals).toHaveLength(users);
  expect(world.members.size).toBe(0);
}

describe("two replicas on one ledger in PostgreSQL", () => {
  it.each([
    { at: "before" as const, change: 3 },
    { at: "after" as const, change: 5 },
    { at: "after" as const, change: 1 },
  ])("end each lease once, one of them killed $at its change $change", async ({ at, change }) => {
    if (typeof postgres === "string") return expect(postgres).toContain("PostgreSQL");
    const url = await postgres.database(`leases_${at}_${change}`);
    const ledgers = await Promise.all([openLedger(url), openLedger(url)]);
    try {
      const world = createWorld();
      await granted(world, ledgers[0], 12);
      world.now += 2000;
      const [one, other] = [world.process(ledgers[0], { at, change }), world.process(ledgers[1])];
      await Promise.allSettled([runDue(one.deps, one.call), runDue(other.deps, other.call)]);
      // What the dead one held is taken over when its claim has run out.
      for (let round = 0; round < 3; round++) {
        world.now += CLAIM_TTL_MS + 1000;
        await runDue(other.deps, other.call);
      }
      await endedOnce(ledgers[1], world, 12);
    } finally {
      await Promise.all(ledgers.map((ledger) => ledger.close()));
    }
  });

  it("refuse the history's rows to be changed", async () => {
    for (const url of [":memory:", ...(typeof postgres === "string" ? [] : [await postgres.database("history")])]) {
      const ledger = await openLedger(url);
      const world = createWorld();
      await granted(world, ledger, 1);
      await expect(ledger.store.db.deleteFrom("lease_event").execute()).rejects.toThrow("only ever appended");
      await expect(ledger.store.db.updateTable("lease_event").set({ actor: "x" }).execute()).rejects.toThrow();
      await ledger.close();
    }
  });
});

describe("a process that was paused", () => {
  it("sends nothing once its claim has run out, and writes nothing over another's", async () => {
    const ledger = await openLedger(":memory:");
    const world = createWorld();
    await granted(world, ledger, 1);
    world.now += 2000;
    const { id, access } = (await ledger.list())[0]!;
    const paused = world.process(ledger);
    const other = world.process(ledger);
    const { clock } = paused.deps;
    const { signal } = paused.call;
    await expect(
      withClaim(ledger.store, access, { holder: "paused", clock, signal }, async (claim) => {
        world.now += CLAIM_TTL_MS + 1;
        await runDue(other.deps, other.call);
        await ledger.step(claim, id, { event: { at: world.now, kind: "ended", actor: "paused", detail: {} } });
      }),
    ).rejects.toThrow("another process has taken over");
    expect((await ledger.history(id)).events.filter(({ kind }) => kind === "ended")).toHaveLength(1);
    await ledger.close();
  });
});
