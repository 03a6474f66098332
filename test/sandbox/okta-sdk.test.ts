import { readFile } from "node:fs/promises";
import okta from "@okta/okta-sdk-nodejs";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { orgFromJson } from "../../src/sandbox/org/json.ts";
import type { Org } from "../../src/sandbox/org/org.ts";
import { type Sandbox, startSandbox } from "../../src/sandbox/sandbox.ts";
import { seedOrg } from "../../src/sandbox/seed/seed.ts";

/** Okta's own client knows nothing of this sandbox: what it can read and write, other clients can. */
const GOLDEN = new URL("../golden/org.json", import.meta.url);
const TESTING = { testing: { disableHttpsCheck: true } };
let org: Org;
let sandbox: Sandbox;

async function start(auth: "token" | "oauth" | "dpop"): Promise<void> {
  org = orgFromJson(JSON.parse(await readFile(GOLDEN, "utf8")));
  sandbox = await startSandbox({ org, auth });
}

function withToken(token = sandbox.token) {
  return new okta.Client({ orgUrl: sandbox.url, token, ...TESTING });
}

function withKey() {
  const { clientId, privateKeyPem, keyId, scopes } = sandbox.oauth!;
  return new okta.Client({
    orgUrl: sandbox.url,
    authorizationMode: "PrivateKey",
    clientId,
    privateKey: privateKeyPem,
    keyId,
    scopes: [...scopes],
    ...TESTING,
  });
}

async function all<T>(list: AsyncIterable<T | null>): Promise<T[]> {
  const items: T[] = [];
  for await (const item of list) {
    if (item !== null) items.push(item);
  }
  return items;
}

afterEach(() => sandbox.close());

describe("the Okta SDK with an API token", () => {
  beforeEach(() => start("token"));

  it("lists everything, page by page", async () => {
    const client = withToken();
    const users = await all(await client.userApi.listUsers({ search: "status pr", limit: 25 }));
    expect(users.map(({ id }) => id).sort()).toEqual(org.users.map((user) => user!.record.id).sort());
    const groups = await all(await client.groupApi.listGroups({ limit: 7 }));
    expect(groups.length).toBe(org.groupCount);
    for (const { id } of groups) {
      const members = await all(await client.groupApi.listGroupUsers({ groupId: id!, limit: 10 }));
      expect(members.length).toBe(org.group(id!)!.members.length);
    }
    const apps = await all(await client.applicationApi.listApplications({ limit: 5 }));
    expect(apps.length).toBe(org.appCount);
    for (const { id } of apps) {
      const entry = org.app(id!)!;
      expect((await all(await client.applicationApi.listApplicationUsers({ appId: id! }))).length).toBe(
        entry.users.length,
      );
      expect((await all(await client.applicationApi.listApplicationGroupAssignments({ appId: id! }))).length).toBe(
        entry.groups.length,
      );
    }
    expect((await all(await client.deviceApi.listDevices({ limit: 3 }))).length).toBe(org.devices.length);
    expect((await all(await client.apiTokenApi.listApiTokens())).length).toBe(org.apiTokens.length);
  });

  it("reads roles, resource sets, bindings and their members", async () => {
    const client = withToken();
    const roles = await client.customRoleApi.listRoles();
    expect(roles.roles?.map(({ id }) => id).sort()).toEqual(org.customRoles.map(({ id }) => id).sort());
    const holders = await client.roleAssignmentApi.listUsersWithRoleAssignments({ limit: 100 });
    expect(holders.value?.length).toBe(org.assignees.length);
    for (const { id } of holders.value ?? []) {
      const held = await all(await client.roleAssignmentApi.listAssignedRolesForUser({ userId: id! }));
      expect(held.length).toBe(org.rolesOf(org.user(id!)!).length);
    }
    const sets = await client.resourceSetApi.listResourceSets();
    expect(sets.resource_sets?.length).toBe(org.resourceSets.length);
    for (const { id } of sets.resource_sets ?? []) {
      const bound = await client.resourceSetApi.listBindings({ resourceSetId: id! });
      for (const role of bound.roles ?? []) {
        const page = await client.resourceSetApi.listMembersOfBinding({ resourceSetId: id!, roleIdOrLabel: role.id! });
        expect(page.members!.length).toBe(Math.min(100, org.binding(id!, role.id!)!.length));
      }
    }
  });

  it("takes a user through its life", async () => {
    const client = withToken();
    const profile = { firstName: "Ada", lastName: "Sandbox", email: "ada@acme.example", login: "ada@acme.example" };
    const made = await client.userApi.createUser({ body: { profile }, activate: false });
    const userId = made.id!;
    expect(made.status).toBe("STAGED");
    await expect(client.userApi.createUser({ body: { profile }, activate: false })).rejects.toMatchObject({
      status: 400,
      errorCode: "E0000001",
    });
    await client.userApi.activateUser({ userId, sendEmail: false });
    const password = { credentials: { password: { value: "Correct-Horse-9" } } };
    const other = { ...profile, login: "bo@acme.example", email: "bo@acme.example" };
    const active = (await client.userApi.createUser({ body: { profile: other, ...password }, activate: true })).id!;
    expect(org.user(active)!.record.status).toBe("ACTIVE");
    await client.userApi.suspendUser({ userId: active });
    expect(org.user(active)!.record.status).toBe("SUSPENDED");
    await client.userApi.unsuspendUser({ userId: active });
    const updated = await client.userApi.updateUser({ userId: active, user: { profile: { nickName: "B" } } });
    expect(updated.profile).toMatchObject({ nickName: "B", firstName: "Ada" });
    await client.userApi.deactivateUser({ userId: active });
    expect(org.user(active)!.record.status).toBe("DEPROVISIONED");
    await client.userApi.deleteUser({ userId: active });
    await expect(client.userApi.getUser({ userId: active })).rejects.toMatchObject({ status: 404 });
    const since = new Date(Date.now() - 3_600_000).toISOString();
    const until = new Date(Date.now() + 60_000).toISOString();
    const events = (await all(await client.systemLogApi.listLogEvents({ since, until, limit: 50 })))
      .filter(({ target }) => target?.some(({ id }) => id === active))
      .map(({ eventType }) => eventType);
    for (const name of ["create", "suspend", "unsuspend", "deactivate"]) {
      expect(events).toContain(`user.lifecycle.${name}`);
    }
  });

  it("makes, changes, fills and deletes a group", async () => {
    const client = withToken();
    const groupId = (await client.groupApi.createGroup({ group: { profile: { name: "New", description: "d" } } })).id!;
    const renamed = await client.groupApi.replaceGroup({ groupId, group: { profile: { name: "Newer" } } });
    expect(renamed.profile?.name).toBe("Newer");
    const user = org.users.find((entry) => entry!.record.status === "ACTIVE")!;
    const userId = user.record.id;
    await client.groupApi.assignUserToGroup({ groupId, userId });
    expect((await all(await client.groupApi.listGroupUsers({ groupId }))).map(({ id }) => id)).toEqual([userId]);
    expect((await all(await client.userApi.listUserGroups({ userId }))).map(({ id }) => id)).toContain(groupId);
    await client.groupApi.unassignUserFromGroup({ groupId, userId });
    expect(org.isMember(org.group(groupId)!, user)).toBe(false);
    await client.groupApi.deleteGroup({ groupId });
    await expect(client.groupApi.getGroup({ groupId })).rejects.toMatchObject({ status: 404, errorCode: "E0000007" });
  });

  it("assigns apps and roles, and takes them back", async () => {
    const client = withToken();
    const app = org.apps.find((entry) => entry?.record.status === "ACTIVE" && entry.groups.length === 0)!;
    const user = org.users.find((entry) => entry?.record.status === "ACTIVE" && entry.roles.length === 0)!;
    const appId = app.record.id;
    const userId = user.record.id;
    await client.applicationApi.assignUserToApplication({ appId, appUser: { id: userId, scope: "USER" } });
    expect(app.userRows.get(user.index)?.scope).toBe("USER");
    await client.applicationApi.unassignUserFromApplication({ appId, userId });
    expect(app.userRows.has(user.index)).toBe(false);
    const groupId = (await client.groupApi.createGroup({ group: { profile: { name: "Reach" } } })).id!;
    await client.groupApi.assignUserToGroup({ groupId, userId });
    await client.applicationApi.assignGroupToApplication({ appId, groupId, applicationGroupAssignment: {} });
    const reached = await client.applicationApi.getApplicationUser({ appId, userId });
    expect(reached.scope).toBe("GROUP");
    await client.applicationApi.unassignApplicationFromGroup({ appId, groupId });
    expect(app.userRows.has(user.index)).toBe(false);
    const assignRoleRequest = { type: "HELP_DESK_ADMIN" } as const;
    await client.roleAssignmentApi.assignRoleToUser({ userId, assignRoleRequest });
    const held = org.rolesOf(user).find(({ type }) => type === "HELP_DESK_ADMIN")!;
    await expect(client.roleAssignmentApi.assignRoleToUser({ userId, assignRoleRequest })).rejects.toMatchObject({
      status: 409,
      errorCode: "E0000090",
    });
    await client.roleAssignmentApi.unassignRoleFromUser({ userId, roleId: held.id });
    expect(org.rolesOf(user).some(({ type }) => type === "HELP_DESK_ADMIN")).toBe(false);
    await client.roleAssignmentApi.assignRoleToGroup({ groupId, assignRoleRequest });
    expect(org.group(groupId)!.roles.map(({ type }) => type)).toEqual(["HELP_DESK_ADMIN"]);
  });

  it("changes a binding", async () => {
    const client = withToken();
    const [set, role] = unbound();
    const [one, two] = org.users.filter((entry) => entry?.record.status === "ACTIVE").map((entry) => entry!.record.id);
    const url = (id: string | undefined) => `${sandbox.url}/api/v1/users/${id}`;
    const binding = { resourceSetId: set, roleIdOrLabel: role };
    await client.resourceSetApi.createResourceSetBinding({
      resourceSetId: set,
      instance: { role, members: [url(one)] },
    });
    await client.resourceSetApi.addMembersToBinding({ ...binding, instance: { additions: [url(two)] } });
    const { members } = await client.resourceSetApi.listMembersOfBinding(binding);
    expect(members?.length).toBe(2);
    await client.resourceSetApi.unassignMemberFromBinding({ ...binding, memberId: members![0]!.id! });
    expect(org.binding(set, role)!.map(({ principal }) => principal)).toEqual([`users/${two}`]);
    await client.resourceSetApi.deleteBinding(binding);
    expect(org.binding(set, role)).toBeUndefined();
  });

  it("reads what explains access and says how far it reaches", async () => {
    await sandbox.close();
    org = seedOrg({ users: 120, groups: 40, apps: 12, seed: 2 });
    sandbox = await startSandbox({ org });
    const client = withToken();
    const rules = await all(await client.groupApi.listGroupRules({ limit: 2 }));
    expect(rules.map(({ status }) => status).sort()).toEqual(["ACTIVE", "ACTIVE", "INACTIVE", "INVALID"]);
    const owned = org.groups.find((entry) => entry!.owners.length > 0)!;
    const owners = await all(await client.groupApi.listGroupOwners({ groupId: owned.record.id }));
    expect(owners.map(({ id }) => id)).toEqual(owned.owners.map(({ id }) => id));
    const given = org.groups.find((entry) => entry!.apps.size > 0)!;
    const apps = await all(await client.groupApi.listAssignedApplicationsForGroup({ groupId: given.record.id }));
    expect(apps.length).toBe(given.apps.size);
    for (const { id } of org.customRoles) {
      const { permissions } = await client.customRoleApi.listRolePermissions({ roleIdOrLabel: id });
      expect(permissions?.map(({ label }) => label)).toEqual(org.permissions.get(id)!.map(({ label }) => label));
    }
    for (const { id } of org.resourceSets) {
      const { resources } = await client.resourceSetApi.listResourceSetResources({ resourceSetId: id });
      expect(resources?.length).toBe(org.setResources.get(id)!.length);
    }
    const service = org.apps.find((entry) => entry!.keys.length > 0)!;
    const appId = service.record.id;
    const grants = await all(await client.applicationApi.listScopeConsentGrants({ appId }));
    expect(grants.map(({ scopeId }) => scopeId)).toEqual(service.grants.map(({ scopeId }) => scopeId));
    const roles = await all(await client.roleAssignmentApi.listRolesForClient({ clientId: appId }));
    expect(roles.map(({ type }) => type)).toEqual(org.clientRoles.get(appId)!.map(({ type }) => type));
    const user = org.users.find((entry) => entry!.factors.length > 0)!;
    const factors = await all(await client.userFactorApi.listFactors({ userId: user.record.id }));
    expect(factors.map(({ factorType }) => factorType)).toEqual(user.factors.map(({ factorType }) => factorType));
    const [device] = [...org.deviceUsers].find(([, users]) => users.length > 0)!;
    expect((await all(await client.deviceApi.listDeviceUsers({ deviceId: device }))).length).toBe(1);
  });

  it("confines a role to a group", async () => {
    const client = withToken();
    const userId = org.users.find((entry) => entry?.record.status === "ACTIVE" && entry.roles.length === 0)!.record.id;
    const groupId = org.groups.find((entry) => entry?.record.type === "OKTA_GROUP")!.record.id;
    await client.roleAssignmentApi.assignRoleToUser({ userId, assignRoleRequest: { type: "USER_ADMIN" } });
    const role = org.user(userId)!.roles[0]!.id;
    await client.roleTargetApi.assignGroupTargetToUserRole({ userId, roleId: role, groupId });
    const request = { userId, roleId: role };
    const targets = await all(await client.roleTargetApi.listGroupTargetsForRole(request));
    expect(targets.map(({ id }) => id)).toEqual([groupId]);
  });

  it("hears what a wrong token is, in Okta's words", async () => {
    await expect(withToken("wrong").userApi.getUser({ userId: "me" })).rejects.toMatchObject({
      status: 401,
      errorCode: "E0000011",
    });
  });
});

describe("the Okta SDK with a private key", () => {
  it.each(["oauth", "dpop"] as const)("reads and writes with auth %s", async (auth) => {
    await start(auth);
    const client = withKey();
    const schemes = new Set<string | undefined>();
    sandbox.onRequest(({ headers }) => schemes.add(headers.authorization?.split(" ")[0]));
    expect((await all(await client.userApi.listUsers({ search: "status pr", limit: 30 }))).length).toBe(org.userCount);
    const { id } = await client.groupApi.createGroup({ group: { profile: { name: "By key" } } });
    expect(org.group(id!)!.record.profile.name).toBe("By key");
    await client.groupApi.deleteGroup({ groupId: id! });
    expect(org.group(id!)).toBeUndefined();
    // The SDK offers a proof to every token endpoint, so its tokens are bound whether the app demands that or not.
    expect([...schemes]).toEqual([undefined, "DPoP"]);
  });
});

/** A set and a role that is not bound to it. */
function unbound(): [string, string] {
  for (const set of org.resourceSets) {
    const role = org.customRoles.find(({ id }) => org.binding(set.id, id) === undefined);
    if (role !== undefined) return [set.id, role.id];
  }
  throw new Error("every role is bound to every set");
}
