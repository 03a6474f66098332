import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { accesses } from "../../../src/baton/access/grants.ts";
import { connectRemote } from "../../../src/baton/rpc/client/client.ts";
import { unpack } from "../../../src/baton/snapshot/container/container.ts";
import { openSnapshot } from "../../../src/baton/snapshot/reader.ts";
import { type SyncResult, sync } from "../../../src/baton/sync/sync.ts";
import { systemClock } from "../../../src/runtime/clock.ts";
import { silentLog } from "../../../src/runtime/log/log.ts";
import { assignClientRole, clientRolesOf } from "../../../src/sandbox/org/admins/clients.ts";
import { addOwner } from "../../../src/sandbox/org/groups/owners.ts";
import type { Org } from "../../../src/sandbox/org/org.ts";
import type { AppEntry, GroupEntry, RoleRow, UserEntry } from "../../../src/sandbox/org/types.ts";
import { type Sandbox, startSandbox } from "../../../src/sandbox/sandbox.ts";
import { seedOrg } from "../../../src/sandbox/seed/seed.ts";
import { oktaConnector } from "../../baton/rpc/okta.ts";
import { serveConnector } from "../../baton/rpc/serve.ts";
import { readGoldenForm } from "../../e2e/snapshots.ts";
import { hostileOkta } from "../../hostile/okta.ts";

type Profile = Record<string, unknown>;

const folder = mkdtempSync(join(tmpdir(), "reach-"));
const file = join(folder, "reach.c1z");
let org: Org;
let sandbox: Sandbox;
let result: SyncResult;
let resources: Record<string, { readonly profile?: Profile }>;
let grants: string[];
let services: AppEntry[];

const isThere = <T>(one: T | undefined): one is T => one !== undefined;

async function synced(into: string, from: Pick<Sandbox, "url" | "token">, options = {}): Promise<SyncResult> {
  const connector = oktaConnector(from as Sandbox, { syncReach: true, ...options });
  try {
    return await sync(connector, { file: into, binding: { into }, selection: {} });
  } finally {
    await connector.close?.();
  }
}

beforeAll(async () => {
  org = seedOrg({ users: 80, groups: 14, apps: 26, seed: 5 });
  services = org.apps.filter(isThere).filter(({ record }) => {
    const { oauthClient } = record.settings as { oauthClient?: { application_type?: string } };
    return oauthClient?.application_type === "service";
  });
  assignClientRole(org, services[0]!, "SUPER_ADMIN");
  const group = org.groups[2]!;
  addOwner(org, group, { id: org.users[0]!.record.id, type: "USER", displayName: "x", resolved: true });
  sandbox = await startSandbox({ org, limits: "off" });
  result = await synced(file, sandbox);
  const found = await readGoldenForm(file);
  resources = found.resources as typeof resources;
  grants = Object.keys(found.grants);
});

afterAll(async () => {
  await sandbox.close();
  rmSync(folder, { recursive: true, force: true });
});

const profiles = (type: string) =>
  Object.fromEntries(
    Object.entries(resources).flatMap(([key, { profile }]) =>
      key.startsWith(`${type}:`) ? [[key.slice(type.length + 1), profile]] : [],
    ),
  ) as Record<string, Profile>;

describe("what --sync-reach reads of an org", () => {
  it("refuses nothing, and asks for nothing twice but the lists of groups and apps", () => {
    expect(result.refused).toEqual([]);
    expect(services.length).toBeGreaterThan(1);
    const asked = Object.fromEntries(sandbox.calls().endpoints.map(({ pattern, count }) => [pattern, count]));
    const admins = new Set(org.assignees);
    for (const group of org.groups.filter(isThere)) {
      if (group.roles.length > 0) for (const index of group.members) admins.add(index);
    }
    expect(asked).toMatchObject({
      "/oauth2/v1/clients/{clientId}/roles": services.length,
      "/api/v1/apps/{appId}/grants": services.length,
      "/api/v1/apps/{appId}/credentials/jwks": services.length,
      "/api/v1/apps/{appId}/credentials/secrets": services.length,
      "/api/v1/users/{userId}/roles": org.assignees.length,
      "/api/v1/users/{userId}/factors": admins.size,
      "/api/v1/groups/{groupId}/owners": org.groups.filter(isThere).length,
      "/api/v1/groups/rules": 1,
      "/api/v1/groups": 2,
      "/api/v1/apps": 2,
    });
  });

  it("finds the service app that is Super Administrator among its holders", async () => {
    await using reader = await openSnapshot(file);
    const holders = [...accesses(reader.content(), { resource: { type: "role", id: "SUPER_ADMIN" } })];
    expect(holders.filter(({ principal_type }) => principal_type === "app")).toMatchObject([
      { principal: services[0]!.record.id, principal_name: services[0]!.record.label, direct: true },
    ]);
    const held = services.flatMap(({ record }) =>
      clientRolesOf(org, record.id).map(({ type }) => `role:${type}:assigned:app:${record.id}`),
    );
    expect(grants.filter((id) => /^role:.*:assigned:app:/.test(id)).sort()).toEqual(held.sort());
  });

  it("holds scopes, keys and secrets of service apps, and never their values", async () => {
    const scopes = services.flatMap(({ record, grants: all }) =>
      all.map(({ scopeId }) => `api-scope:${scopeId}:granted:app:${record.id}`),
    );
    expect(grants.filter((id) => id.startsWith("api-scope:")).sort()).toEqual(scopes.sort());
    expect(Object.keys(profiles("api-scope")).sort()).toEqual(
      [...new Set(scopes.map((id) => id.split(":")[1]))].sort(),
    );
    const credentials = services.flatMap(({ record, keys, secrets }) => [
      ...keys.map((key) => [
        `${record.id}:${key.id}`,
        { app_id: record.id, kind: "key", key_id: key.kid, status: key.status },
      ]),
      ...secrets.map((one) => [`${record.id}:${one.id}`, { app_id: record.id, kind: "secret", status: one.status }]),
    ]);
    expect(credentials.length).toBeGreaterThan(0);
    const found = profiles("client-credential");
    expect(found).toMatchObject(Object.fromEntries(credentials));
    expect(Object.keys(found)).toHaveLength(credentials.length);
    const raw = join(folder, "raw.db");
    await unpack(file, raw);
    const bytes = readFileSync(raw);
    for (const { keys, secrets } of org.apps.filter(isThere)) {
      for (const { client_secret, secret_hash } of secrets) {
        expect(bytes.includes(String(client_secret))).toBe(false);
        expect(bytes.includes(String(secret_hash))).toBe(false);
      }
      for (const { n } of keys) expect(bytes.includes(String(n))).toBe(false);
    }
    for (const { record } of services) {
      expect(profiles("app")[record.id]).toMatchObject({
        client_id: record.id,
        application_type: "service",
        service_app: true,
      });
    }
  });

  it("holds group rules and the owners of groups", () => {
    expect(profiles("group-rule")).toEqual(
      Object.fromEntries(
        org.groupRules.map(({ record }) => [
          record.id,
          {
            status: record.status,
            expression: record.conditions.expression.value,
            expression_type: record.conditions.expression.type,
            group_ids: record.actions.assignUserToGroups.groupIds,
            excluded_user_ids: record.conditions.people.users.exclude,
          },
        ]),
      ),
    );
    const owned = org.groups
      .filter(isThere)
      .flatMap(({ record, owners }) =>
        owners.map(({ id, type }) => `group:${record.id}:owner:${String(type).toLowerCase()}:${id}`),
      );
    expect(owned.length).toBeGreaterThan(0);
    expect(grants.filter((id) => id.includes(":owner:")).sort()).toEqual(owned.sort());
  });

  it("says of each role assignment how far it reaches", () => {
    const of = (holder: UserEntry | GroupEntry | AppEntry, type: string, rows: readonly RoleRow[]) =>
      rows.map(
        (row) => [`${holder.record.id}:${row.id}`, { type, row, targets: org.roleTargets.get(row.id) }] as const,
      );
    const wanted = [
      ...org.users.filter(isThere).flatMap((user) => of(user, "user", user.roles)),
      ...org.groups.filter(isThere).flatMap((group) => of(group, "group", group.roles)),
      ...services.flatMap((app) => of(app, "app", clientRolesOf(org, app.record.id))),
    ];
    const found = profiles("role-assignment");
    expect(Object.keys(found).sort()).toEqual(wanted.map(([id]) => id).sort());
    for (const [id, { type, row, targets }] of wanted) {
      const confined = targets !== undefined && targets.groups.length + targets.apps.length > 0;
      const reach = row["resource-set"] !== undefined ? "resource-set" : confined ? "targets" : "everything";
      expect(found[id]).toMatchObject({ principal_type: type, role_type: row.type, reach });
      if (reach !== "targets") continue;
      expect(found[id]).toMatchObject({
        target_group_ids: targets!.groups,
        target_app_ids: targets!.apps.flatMap((one) => one.id ?? []),
        target_app_names: targets!.apps.flatMap((one) => (one.id === undefined ? [one.name] : [])),
      });
    }
    expect(wanted.some(([, { targets }]) => targets !== undefined)).toBe(true);
  });

  it("says what custom roles permit, and what resource sets hold", () => {
    for (const role of org.customRoles) {
      const labels = (org.permissions.get(role.id) ?? []).map(({ label }) => label);
      expect(profiles("custom-role")[role.id]).toMatchObject({ permissions: labels.sort() });
    }
    for (const set of org.resourceSets) {
      const paths = (org.setResources.get(set.id) ?? []).map(({ path }) => path);
      expect(profiles("resource-set")[set.id]).toMatchObject({ resources: paths.sort() });
    }
  });

  it("holds the factors of admins, those in groups with a role too, and tells none from not asked", () => {
    const admins = new Set(org.assignees);
    for (const group of org.groups.filter(isThere)) {
      if (group.roles.length > 0) for (const index of group.members) admins.add(index);
    }
    const found = profiles("user-factors");
    expect(Object.keys(found).sort()).toEqual([...admins].map((index) => org.users[index]!.record.id).sort());
    for (const index of admins) {
      const { record, factors } = org.users[index]!;
      expect(found[record.id]).toMatchObject({
        user_id: record.id,
        active_factors: factors.length,
        factors: factors.map(({ factorType, provider }) => ({ type: factorType, provider })),
      });
    }
  });

  it("gives over gRPC what it gives directly", async () => {
    const server = await serveConnector(oktaConnector(sandbox, { syncReach: true }));
    const remote = await connectRemote(
      { address: server.address, clock: systemClock, log: silentLog },
      { signal: new AbortController().signal },
    );
    const other = join(folder, "rpc.c1z");
    try {
      await sync(remote, { file: other, binding: {}, selection: {} });
    } finally {
      await remote.close?.();
      await server.stop();
    }
    expect(await readGoldenForm(other)).toEqual(await readGoldenForm(file));
  });

  it("shows none of it without the flag", async () => {
    const plain = join(folder, "plain.c1z");
    await synced(plain, sandbox, { syncReach: false });
    const found = await readGoldenForm(plain);
    const types = ["api-scope", "client-credential", "group-rule", "role-assignment", "user-factors"];
    for (const type of types) expect(found.resource_types).not.toHaveProperty([type]);
    expect(Object.keys(found.grants).filter((id) => / |:owner:|:assigned:app:/.test(id))).toEqual([]);
    expect(JSON.stringify(found.resources)).not.toMatch(/service_app|"permissions"/);
  });
});

describe("what Okta refuses of it", () => {
  const REFUSED: readonly (readonly [pattern: string, what: string])[] = [
    ["/oauth2/v1/clients/*/roles", "admin roles of service apps"],
    ["/api/v1/apps/*/grants", "API scopes of apps"],
    ["/api/v1/apps/*/credentials/jwks", "keys of service apps"],
    ["/api/v1/apps/*/credentials/secrets", "secrets of service apps"],
    ["/api/v1/groups/rules", "group rules"],
    ["/api/v1/groups/*/owners", "owners of groups"],
    ["/api/v1/users/*/roles/*/targets/groups", "targets of role assignments"],
    ["/api/v1/groups/*/roles/*/targets/groups", "targets of role assignments"],
    ["/api/v1/users/*/roles/*/targets/catalog/apps", "targets of role assignments"],
    ["/api/v1/groups/*/roles/*/targets/catalog/apps", "targets of role assignments"],
    ["/oauth2/v1/clients/*/roles/*/targets/catalog/apps", "targets of role assignments"],
    ["/api/v1/iam/roles/*/permissions", "permissions of custom admin roles"],
    ["/api/v1/iam/resource-sets/*/resources", "contents of resource sets"],
    ["/api/v1/users/*/factors", "factors of admins"],
  ];

  it.each([
    [403, "E0000006"],
    [404, "E0000007"],
    [403, "E0000015"],
  ])("is named for a %i %s, and never shown as none", async (status, errorCode) => {
    const hostile = await hostileOkta(sandbox.url);
    for (const [pattern] of REFUSED) {
      hostile.on("GET", pattern, (_asked, response) => {
        response.writeHead(status, { "content-type": "application/json" });
        response.end(JSON.stringify({ errorCode, errorSummary: "No", errorId: "x", errorCauses: [] }));
      });
    }
    const into = join(folder, `refused-${errorCode}.c1z`);
    const { refused } = await synced(into, { url: hostile.url, token: sandbox.token });
    await hostile.close();
    const wanted = new Set(REFUSED.map(([, what]) => what));
    // Apps' roles are not readable at all, so nothing is asked for their targets.
    expect(new Set(refused.map(({ what }) => what))).toEqual(wanted);
    const found = await readGoldenForm(into);
    const shown = found.resources as typeof resources;
    const of = (type: string) => Object.entries(shown).filter(([key]) => key.startsWith(`${type}:`));
    for (const type of ["api-scope", "client-credential", "group-rule", "user-factors"]) expect(of(type)).toEqual([]);
    for (const [, { profile }] of of("custom-role")) expect(profile).not.toHaveProperty("permissions");
    for (const [, { profile }] of of("resource-set")) expect(profile).not.toHaveProperty("resources");
    const scoped = of("role-assignment").filter(([, { profile }]) =>
      ["USER_ADMIN", "HELP_DESK_ADMIN", "GROUP_MEMBERSHIP_ADMIN", "APP_ADMIN"].includes(String(profile?.role_type)),
    );
    expect(scoped.length).toBeGreaterThan(0);
    for (const [, { profile }] of scoped) expect(profile).not.toHaveProperty("reach");
  });
});
