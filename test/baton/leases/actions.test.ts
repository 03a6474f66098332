import { expect, it } from "vitest";
import { CLAIM_TTL_MS } from "../../../src/baton/leases/claim.ts";
import { withLeases } from "../../../src/baton/leases/connector.ts";
import { grantLease } from "../../../src/baton/leases/grant.ts";
import { openLedger } from "../../../src/baton/leases/ledger.ts";
import { temporaryText } from "../../../src/baton/leases/shown.ts";
import { createProvisioner } from "../../../src/baton/provision/provisioner.ts";
import { systemClock } from "../../../src/runtime/clock.ts";
import { silentLog } from "../../../src/runtime/log/log.ts";
import { createWorld, GROUP } from "./world.ts";

it("lets a platform without expiries grant temporarily, extend and end by actions", async () => {
  const ledger = await openLedger(":memory:");
  const world = createWorld();
  const { deps, call } = world.process(ledger);
  const connector = withLeases(deps, silentLog);
  expect(connector.actions?.map(({ schema }) => schema.name)).toEqual(["grant_temporary", "extend", "end"]);
  const { actions } = createProvisioner(connector, { clock: systemClock, log: silentLog, actor: "platform" });
  const invoke = async (name: string, args: Record<string, string>) =>
    (await actions.invoke({ name, args, resourceType: "", waitMs: 5000 }, call)).response;
  const given = await invoke("grant_temporary", {
    ...{ entitlement_id: GROUP, principal_id: "u1", duration: "8h", reason: "on call" },
  });
  expect(given).toMatchObject({ success: true, state: "active" });
  expect(world.members.has("u1")).toBe(true);
  const id = String(given?.lease_id);
  const extended = await invoke("extend", { lease_id: id, duration: "1h" });
  expect(Date.parse(String(extended?.ends)) - Date.parse(String(given?.ends))).toBe(3_600_000);
  expect(await invoke("end", { lease_id: id })).toMatchObject({ success: true, outcome: "revoked" });
  expect(world.members.has("u1")).toBe(false);
  expect(JSON.stringify(await invoke("end", { lease_id: id }))).toContain("over");
  await connector.close?.();
});

it("gives one lease to a platform that asks again with the same ticket, and another for another end or ticket", async () => {
  const ledger = await openLedger(":memory:");
  const world = createWorld();
  const ask = async (
    lengthMs: number,
    ticket: string | undefined,
    kill?: { at: "before" | "after"; change: number },
  ) => {
    const { deps, call } = world.process(ledger, kill);
    const wanted = {
      entitlement: GROUP,
      principal: { type: "user", id: "u1" },
      ends: { lengthMs },
      reason: "x",
      ticket,
    };
    const granted = await grantLease(deps, wanted, call);
    return "lease" in granted ? granted.lease : undefined;
  };
  // The first answer is never heard: the process dies after it was given.
  await ask(3_600_000, "T1", { at: "after", change: 1 }).catch(() => {});
  world.now += CLAIM_TTL_MS;
  const heard = await ask(3_600_000, "T1");
  expect(heard).toMatchObject({ state: "active", hadBefore: false });
  world.now += 600_000;
  expect(await ask(3_600_000, "T1")).toEqual(heard);
  expect(await ledger.list()).toHaveLength(1);
  await ask(7_200_000, "T1");
  await ask(3_600_000, "T2");
  await ask(3_600_000, undefined);
  await ask(3_600_000, undefined);
  expect(await ledger.list()).toHaveLength(5);
  await ledger.close();
});

it("tells a platform whose grant finds the access there for a lease that it is temporary", async () => {
  const ledger = await openLedger(":memory:");
  const world = createWorld();
  const { deps, call } = world.process(ledger);
  const connector = withLeases(deps, silentLog);
  const user = { type: "user", id: "u1" };
  await grantLease(deps, { entitlement: GROUP, principal: user, ends: { lengthMs: 3_600_000 }, reason: "x" }, call);
  const change = await connector.types.find(({ type }) => type.id === "group")!.grant!("g1", "member", user, call);
  expect(change.already).toBe(true);
  expect(temporaryText(change.grants[0]!.message!)).toMatch(/^until 2026-01-01T01:/);
  await connector.close?.();
});
