import { afterEach, beforeEach, expect, it } from "vitest";
import { CLAIM_TTL_MS } from "../../../src/baton/leases/claim.ts";
import { grantLease } from "../../../src/baton/leases/grant.ts";
import { type Ledger, openLedger } from "../../../src/baton/leases/ledger.ts";
import { runDue } from "../../../src/baton/leases/worker.ts";
import { createWorld, GROUP, type World } from "./world.ts";

const HOUR = 3_600_000;
const YEAR = 8760 * HOUR;
let world: World;
let ledger: Ledger;
beforeEach(async () => {
  world = createWorld();
  ledger = await openLedger(":memory:");
});
afterEach(() => ledger.close());

async function grant(user: string, lengthMs: number, kill?: { at: "before" | "after"; change: number }) {
  const { deps, call } = world.process(ledger, kill);
  const wanted = { entitlement: GROUP, principal: { type: "user", id: user }, ends: world.now + lengthMs, reason: "x" };
  await grantLease(deps, wanted, call).catch((error) => {
    if (kill === undefined) throw error;
  });
}

async function round(asks = true) {
  const { deps, call, synchronize, knowsTime } = world.process(ledger);
  return await runDue(deps, call, { beforeRound: asks ? synchronize : async () => {}, knowsTime });
}

it("tries again soon, though a machine whose clock was a year ahead had put that off while Okta was away", async () => {
  await grant("u1", HOUR);
  world.now += 2 * HOUR;
  world.away = true;
  world.skew = YEAR;
  expect((await round()).failed).toHaveLength(1);
  world.away = false;
  world.skew = 0;
  world.now += CLAIM_TTL_MS;
  expect((await round()).ended).toHaveLength(1);
  expect(world.members.size).toBe(0);
});

it("takes nothing away early where the time is learnt only by the first answer", async () => {
  await grant("u1", HOUR);
  await grant("u2", HOUR, { at: "after", change: 1 });
  world.skew = YEAR;
  world.now += CLAIM_TTL_MS;
  expect(await round(false)).toEqual({ ended: [], failed: [], elsewhere: 0 });
  expect([...world.members]).toEqual(["u1", "u2"]);
  world.now += HOUR;
  expect((await round(false)).ended).toHaveLength(2);
  expect(world.members.size).toBe(0);
});

it("takes away what a process gave before it died, though it could not be given now", async () => {
  await grant("u1", HOUR, { at: "after", change: 1 });
  world.closed.add("u1");
  world.now += CLAIM_TTL_MS;
  await round();
  expect(await ledger.list()).toMatchObject([{ state: "ended", outcome: "revoked" }]);
  expect(world.members.size).toBe(0);
});

it("gives access all the same where the clock of the machine is a year behind", async () => {
  world.skew = -YEAR;
  await grant("u1", HOUR);
  expect(await ledger.list()).toMatchObject([{ state: "active", ends: expect.any(Number) }]);
  expect([...world.members]).toEqual(["u1"]);
  world.now += HOUR;
  expect((await round()).ended).toHaveLength(1);
});
