import { expect, it } from "vitest";
import { withLeases } from "../../../src/baton/leases/connector.ts";
import { openLedger } from "../../../src/baton/leases/ledger.ts";
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
