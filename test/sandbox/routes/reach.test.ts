import { beforeEach, describe, expect, test } from "vitest";
import { orgFromJson } from "../../../src/sandbox/org/json.ts";
import type { Org } from "../../../src/sandbox/org/org.ts";
import { all, caller, refusal } from "../call.ts";
import { HandClock } from "../org/fixture.ts";

const since = "2024-01-01T00:00:00.000Z";
const dates = { created: since, lastUpdated: since };
const user = (id: string) => ({ id, status: "ACTIVE", ...dates, profile: { login: `${id}@acme.example` } });
const group = (id: string) => ({ id, type: "OKTA_GROUP", ...dates, profile: { name: id } });
const settings = { oauthClient: { application_type: "service", grant_types: ["client_credentials"] } };
const app = { id: "svc", name: "oidc_client", label: "Service", status: "ACTIVE", signOnMode: "OPENID_CONNECT" };
const role = { label: "Application Administrator", type: "APP_ADMIN", status: "ACTIVE", ...dates };

let org: Org;
let call: ReturnType<typeof caller>;

beforeEach(() => {
  org = orgFromJson(
    {
      users: ["ada", "bob"].map(user),
      groups: ["gdev", "gops"].map(group),
      apps: [{ ...app, ...dates, settings }],
      customRoles: [{ id: "cr1", label: "Resetter", description: "", ...dates }],
      resourceSets: [{ id: "iam1", label: "All", description: "", ...dates }],
      devices: [{ id: "guo1", status: "ACTIVE", profile: { displayName: "mac" } }],
      userRoles: { ada: [{ ...role, id: "ra1", assignmentType: "USER" }] },
      groupOwners: { gdev: [{ id: "ada", type: "USER" }] },
      roleTargets: { ra1: { apps: [{ name: "oidc_client", id: "svc" }] } },
      rolePermissions: { cr1: ["okta.users.read", { label: "okta.apps.read", ...dates }] },
      setResources: { iam1: ["users", { id: "ire9", path: "groups/gdev/users" }] },
      appGrants: { svc: [{ id: "oag1", scopeId: "okta.users.read", clientId: "svc", status: "ACTIVE" }] },
      appKeys: { svc: [{ id: "pks1", kid: "k1", kty: "RSA", status: "ACTIVE", ...dates }] },
      appSecrets: { svc: [{ id: "ocs1", status: "ACTIVE", ...dates }] },
      clientRoles: { svc: [{ ...role, id: "kra1", assignmentType: "CLIENT" }] },
      userFactors: { ada: [{ id: "ufs1", factorType: "push", provider: "OKTA", status: "ACTIVE" }] },
      deviceUsers: { guo1: ["ada"] },
    },
    new HandClock(),
  );
  call = caller(org);
});

const body = (address: string) => call("GET", address).body;
const events = () => org.log.entries.map(({ eventType }) => eventType);

test("an org file says it all, and what it names must be there", () => {
  expect(all(call, "/api/v1/groups/gdev/owners")).toEqual([{ id: "ada", type: "USER" }]);
  expect(body("/api/v1/users/ada/roles/ra1/targets/catalog/apps")).toMatchObject([{ name: "oidc_client", id: "svc" }]);
  expect(body("/api/v1/users/ada/roles/ra1/targets/groups")).toEqual([]);
  expect(all(call, "/api/v1/iam/roles/cr1/permissions", "permissions").map(({ label }) => label)).toEqual([
    ...["okta.users.read", "okta.apps.read"],
  ]);
  const resources = all(call, "/api/v1/iam/resource-sets/iam1/resources", "resources");
  expect(resources.map(({ orn }) => orn.split(":").slice(4).join(":"))).toEqual([
    ...["users", "groups:gdev:contained_resources"],
  ]);
  expect(body("/api/v1/apps/svc/grants")).toMatchObject([{ id: "oag1", scopeId: "okta.users.read" }]);
  expect(body("/api/v1/apps/svc/credentials/jwks").keys).toMatchObject([{ id: "pks1", created: since }]);
  expect(body("/api/v1/apps/svc/credentials/secrets")).toMatchObject([{ id: "ocs1" }]);
  expect(body("/oauth2/v1/clients/svc/roles")).toMatchObject([{ id: "kra1", assignmentType: "CLIENT" }]);
  expect(body("/api/v1/users/ada/factors")).toMatchObject([{ id: "ufs1", factorType: "push" }]);
  expect(body("/api/v1/devices/guo1/users")).toMatchObject([{ screenLockType: "NONE", user: { id: "ada" } }]);
  for (const part of ["groupOwners", "rolePermissions", "setResources", "appGrants", "clientRoles", "userFactors"]) {
    expect(() => orgFromJson({ users: [], [part]: { gone: [] } })).toThrow(`${part}.gone names`);
  }
});

describe("a role's targets", () => {
  test("are added one by one, and the last one stays", () => {
    const { id } = call("POST", "/api/v1/groups/gops/roles", { body: { type: "USER_ADMIN" } }).body;
    const targets = `/api/v1/groups/gops/roles/${id}/targets/groups`;
    expect(body(targets)).toEqual([]);
    for (const one of ["gdev", "gops"]) expect(call("PUT", `${targets}/${one}`).status).toBe(204);
    expect(all(call, `${targets}?limit=1`).map((one) => one.id)).toEqual(["gdev", "gops"]);
    expect(call("DELETE", `${targets}/gdev`).status).toBe(204);
    expect(refusal(() => call("DELETE", `${targets}/gdev`)).status).toBe(404);
    expect(refusal(() => call("DELETE", `${targets}/gops`)).status).toBe(400);
    expect(refusal(() => call("PUT", `${targets}/none`)).status).toBe(404);
  });

  test("are groups or apps by the role, an app or all of its type, and go with the assignment", () => {
    const apps = "/api/v1/users/ada/roles/ra1/targets/catalog/apps";
    call("PUT", `${apps}/oidc_client`);
    expect(body(apps).map((one: { id?: string }) => one.id)).toEqual(["svc", undefined]);
    call("DELETE", `${apps}/oidc_client/svc`);
    expect(body(apps)).toMatchObject([{ name: "oidc_client" }]);
    expect(refusal(() => call("PUT", "/api/v1/users/ada/roles/ra1/targets/groups/gdev")).status).toBe(400);
    expect(refusal(() => call("PUT", `${apps}/unknown`)).status).toBe(404);
    call("DELETE", "/api/v1/users/ada/roles/ra1");
    expect(org.roleTargets.size).toBe(0);
  });

  test("of an OAuth app's role are there, too", () => {
    const base = "/oauth2/v1/clients/svc/roles";
    expect(body(`${base}/kra1/targets/catalog/apps`)).toEqual([]);
    const { id } = call("POST", base, { body: { type: "HELP_DESK_ADMIN" } }).body;
    expect(call("PUT", `${base}/${id}/targets/groups/gdev`).status).toBe(204);
    expect(refusal(() => call("POST", base, { body: { type: "HELP_DESK_ADMIN" } })).errorCode).toBe("E0000090");
    for (const one of [id, "kra1"]) expect(call("DELETE", `${base}/${one}`).status).toBe(204);
    expect(events()).toEqual([
      ...["app.oauth2.client.privilege.grant", "app.oauth2.client.privilege.grant"],
      "app.oauth2.client.privilege.revoke",
    ]);
    expect(refusal(() => body("/oauth2/v1/clients/none/roles")).status).toBe(404);
  });
});

test("custom roles and their permissions are made, changed and deleted, with whoever holds them", () => {
  const made = call("POST", "/api/v1/iam/roles", {
    body: { label: "New", description: "d", permissions: ["okta.users.read"] },
  }).body;
  expect(refusal(() => call("POST", "/api/v1/iam/roles", { body: { label: "New", permissions: ["x"] } })).status).toBe(
    400,
  );
  const assign = { type: "CUSTOM", role: made.id, "resource-set": "iam1" };
  call("POST", "/api/v1/users/bob/roles", { body: assign });
  call("PUT", `/api/v1/iam/roles/${made.id}`, { body: { label: "Newer", description: "d" } });
  expect(body("/api/v1/users/bob/roles")[0].label).toBe("Newer");
  const permission = `/api/v1/iam/roles/${made.id}/permissions/okta.groups.read`;
  call("POST", permission);
  expect(body(permission)).toMatchObject({ label: "okta.groups.read" });
  call("DELETE", permission);
  expect(refusal(() => call("DELETE", permission)).status).toBe(404);
  expect(call("DELETE", `/api/v1/iam/roles/${made.id}`).status).toBe(204);
  expect(body("/api/v1/users/bob/roles")).toEqual([]);
  expect(events()).toEqual([
    ...["iam.role.create", "iam.role.permissions.add", "iam.resourceset.bindings.add", "user.account.privilege.grant"],
    ...["iam.role.update", "iam.role.permissions.add", "iam.role.permissions.delete"],
    ...["iam.resourceset.bindings.delete", "user.account.privilege.revoke", "iam.role.delete"],
  ]);
});

test("resource sets and what they hold are made, changed and deleted", () => {
  const sets = "/api/v1/iam/resource-sets";
  const address = "http://sandbox.test/api/v1/groups/gdev";
  const { id } = call("POST", sets, { body: { label: "Devs", description: "d", resources: [address] } }).body;
  call("PATCH", `${sets}/${id}/resources`, { body: { additions: ["orn:okta:directory:00o:users"] } });
  const held = all(call, `${sets}/${id}/resources`, "resources");
  expect(held.map(({ _links }) => _links.self.href)).toEqual([address, "http://sandbox.test/api/v1/users"]);
  call("DELETE", `${sets}/${id}/resources/${held[0]!.id}`);
  expect(all(call, `${sets}/${id}/resources`, "resources")).toHaveLength(1);
  call("PUT", `${sets}/${id}`, { body: { label: "Developers", description: "d" } });
  call("DELETE", `${sets}/${id}`);
  expect(refusal(() => body(`${sets}/${id}`)).status).toBe(404);
  expect(events()).toEqual([
    ...["iam.resourceset.create", "iam.resourceset.resources.add", "iam.resourceset.resources.add"],
    ...["iam.resourceset.resources.delete", "iam.resourceset.update", "iam.resourceset.delete"],
  ]);
});

test("an OAuth app's scopes, keys and secrets come and go", () => {
  const apps = "/api/v1/apps/svc";
  const grant = call("POST", `${apps}/grants`, { body: { scopeId: "okta.groups.read" } });
  expect(grant).toMatchObject({ status: 201, body: { scopeId: "okta.groups.read", clientId: "svc" } });
  const jwk = { kty: "RSA", kid: "k2", n: "AQAB", e: "AQAB" };
  const key = call("POST", `${apps}/credentials/jwks`, { body: jwk });
  expect(key).toMatchObject({ status: 201, body: { ...jwk, status: "ACTIVE" } });
  expect(refusal(() => call("POST", `${apps}/credentials/jwks`, { body: jwk })).status).toBe(400);
  const secret = call("POST", `${apps}/credentials/secrets`).body;
  expect(refusal(() => call("DELETE", `${apps}/credentials/jwks/${key.body.id}`)).status).toBe(400);
  expect(call("POST", `${apps}/credentials/jwks/${key.body.id}/lifecycle/deactivate`).status).toBe(200);
  for (const path of [
    `grants/${grant.body.id}`,
    `credentials/jwks/${key.body.id}`,
    `credentials/secrets/${secret.id}`,
  ]) {
    expect(call("DELETE", `${apps}/${path}`).status).toBe(204);
    expect(refusal(() => call("DELETE", `${apps}/${path}`)).status).toBe(404);
  }
  expect(body(`${apps}/credentials/jwks`).keys).toHaveLength(1);
});

test("an app is deleted with all its assignments, once it is inactive", () => {
  call("PUT", "/api/v1/apps/svc/groups/gdev", { body: {} });
  call("PUT", "/api/v1/groups/gdev/users/bob");
  expect(refusal(() => call("DELETE", "/api/v1/apps/svc")).status).toBe(403);
  call("POST", "/api/v1/apps/svc/lifecycle/deactivate");
  expect(call("DELETE", "/api/v1/apps/svc").status).toBe(204);
  expect(body("/api/v1/groups/gdev/apps")).toEqual([]);
  expect(events().slice(-2)).toEqual(["application.lifecycle.deactivate", "application.lifecycle.delete"]);
});

test("devices, tokens and factors change with their users", () => {
  call("POST", "/api/v1/devices/guo1/lifecycle/suspend");
  expect(refusal(() => call("DELETE", "/api/v1/devices/guo1")).status).toBe(400);
  expect(refusal(() => call("POST", "/api/v1/devices/guo1/lifecycle/activate")).status).toBe(400);
  call("POST", "/api/v1/devices/guo1/lifecycle/deactivate");
  call("DELETE", "/api/v1/users/ada/factors/ufs1");
  expect(body("/api/v1/users/ada/factors")).toEqual([]);
  for (let i = 0; i < 2; i++) call("DELETE", "/api/v1/users/ada");
  expect(body("/api/v1/devices/guo1/users")).toEqual([]);
  expect(body("/api/v1/groups/gdev/owners")).toEqual([]);
  expect(call("DELETE", "/api/v1/devices/guo1").status).toBe(204);
  expect(events()).toEqual(
    expect.arrayContaining(["device.lifecycle.suspend", "device.user.remove", "device.lifecycle.delete"]),
  );
});
