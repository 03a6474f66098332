import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { connectRemote } from "../../src/baton/rpc/client/client.ts";
import type { RpcServer } from "../../src/baton/rpc/server/server.ts";
import { sync } from "../../src/baton/sync/sync.ts";
import { systemClock } from "../../src/runtime/clock.ts";
import { silentLog } from "../../src/runtime/log/log.ts";
import { orgFromJson } from "../../src/sandbox/org/json.ts";
import { type Sandbox, startSandbox } from "../../src/sandbox/sandbox.ts";
import { golden, goldenSandbox, oktaConnector } from "../baton/rpc/okta.ts";
import { serveConnector } from "../baton/rpc/serve.ts";
import { readGoldenForm } from "./snapshots.ts";

const folder = mkdtempSync(join(tmpdir(), "baton-okta-rpc-"));
let sandbox: Sandbox;
const servers: RpcServer[] = [];

beforeAll(async () => {
  sandbox = await goldenSandbox();
});

afterAll(async () => {
  for (const server of servers) await server.stop();
  await sandbox.close();
  rmSync(folder, { recursive: true, force: true });
});

async function served(options = {}) {
  const server = await serveConnector(oktaConnector(sandbox, options));
  servers.push(server);
  const remote = await connectRemote(
    { address: server.address, clock: systemClock, log: silentLog },
    { signal: new AbortController().signal },
  );
  return { server, remote };
}

describe("the golden org, through our own service and our own client", () => {
  it.each([
    ["expected.json", {}],
    ["expected-plain.json", { syncCustomRoles: false, syncSecrets: false }],
    ["expected-contractor.json", { filterEmailDomains: ["contractor.example"] }],
  ])("gives %s", async (name, options) => {
    const { remote } = await served(options);
    const file = join(folder, `${name}.c1z`);
    const result = await sync(remote, { file, binding: { test: name }, selection: {} });
    await remote.close?.();
    expect(result.refused).toEqual([]);
    const found = await readGoldenForm(file);
    const expected = golden(name);
    for (const map of ["resource_types", "resources", "entitlements", "grants"] as const) {
      expect(Object.keys(found[map]).sort()).toEqual(Object.keys(expected[map]).sort());
      expect(found[map]).toEqual(expected[map]);
    }
  });

  it("gives a targeted sync what a direct one gives", async () => {
    const { remote } = await served();
    const resources = [
      ...golden("org.json")
        .groups.slice(0, 5)
        .map(({ id }: { id: string }) => ({ type: "group", id })),
      { type: "role", id: "SUPER_ADMIN" },
      { type: "user", id: "nobody" },
    ];
    const both = await Promise.all(
      [remote, oktaConnector(sandbox)].map(async (connector, at) => {
        const file = join(folder, `targeted-${at}.c1z`);
        const { skipped } = await sync(connector, { file, binding: {}, selection: { resources } });
        return { skipped, content: await readGoldenForm(file, "newest") };
      }),
    );
    await remote.close?.();
    expect(both[0]!.skipped).toEqual([{ type: "user", id: "nobody" }]);
    expect(both[0]).toEqual(both[1]);
  });

  it("lists roles that only their holders show, as a direct sync finds them", async () => {
    const org = golden("org.json");
    const held = (type: string, assignmentType: string) => ({
      id: `ra${type}`,
      type,
      label: `The ${type}`,
      status: "ACTIVE",
      assignmentType,
    });
    const group = org.groups.find(({ type }: { type: string }) => type === "OKTA_GROUP");
    group._embedded.stats.hasAdminPrivilege = true;
    org.groupRoles[group.id] = [...(org.groupRoles[group.id] ?? []), held("WORKFLOWS_ADMIN", "GROUP")];
    const user = Object.keys(org.userRoles)[0]!;
    org.userRoles[user].push(held("ACCESS_REQUESTS_ADMIN", "USER"));
    const other = await startSandbox({ org: orgFromJson(org), limits: "off" });
    const server = await serveConnector(oktaConnector(other));
    const remote = await connectRemote(
      { address: server.address, clock: systemClock, log: silentLog },
      { signal: new AbortController().signal },
    );
    const both = await Promise.all(
      [remote, oktaConnector(other)].map(async (connector, at) => {
        const file = join(folder, `roles-${at}.c1z`);
        await sync(connector, { file, binding: {}, selection: {} });
        return readGoldenForm(file);
      }),
    );
    await remote.close?.();
    await server.stop();
    await other.close();
    expect(both[1]!.resources).toHaveProperty(["role:WORKFLOWS_ADMIN"]);
    expect(both[1]!.resources).toHaveProperty(["role:ACCESS_REQUESTS_ADMIN"]);
    expect(both[0]).toEqual(both[1]);
  });
});
