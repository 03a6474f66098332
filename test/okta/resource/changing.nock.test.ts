import nock from "nock";
import { afterEach, expect, test } from "vitest";
import type { Call } from "../../../src/baton/connector.ts";
import { createOktaClient } from "../../../src/okta/api/create-client.ts";
import { parseDomain } from "../../../src/okta/api/http/domain.ts";
import { createOktaConnector } from "../../../src/okta/connector.ts";
import { silentLog } from "../../../src/runtime/log/log.ts";
import { Secret } from "../../../src/runtime/secrets/secret.ts";
import { hasty } from "./changing.ts";
import { defaults } from "./fake-okta.ts";

const HOST = "https://acme.okta.com";
const call: Call = { signal: new AbortController().signal };
const error = (code: string, summary: string) => ({ errorCode: code, errorSummary: summary, errorCauses: [] });
const missing = error("E0000007", "Not found");

afterEach(() => {
  nock.abortPendingRequests();
  nock.cleanAll();
});

function type(id: string) {
  const origin = parseDomain(HOST);
  const credentials = { kind: "apiToken", token: new Secret("00t") } as const;
  const client = createOktaClient({ origin, credentials, userAgent: "test", env: {}, random: () => 0 });
  const connector = createOktaConnector({ client, origin, options: defaults, clock: hasty, log: silentLog });
  return connector.types.find((one) => one.type.id === id)!;
}

test("an app held through a group that Okta does not name is refused all the same", async () => {
  const okta = nock(HOST).get("/api/v1/apps/0oa1/users/00u1").reply(200, { id: "00u1", scope: "GROUP" });
  await expect(type("app").revoke!("0oa1", "access", { type: "user", id: "00u1" }, call)).rejects.toMatchObject({
    kind: "failedPrecondition",
    message: expect.stringContaining("through a group"),
  });
  okta.done();
});

test("an app that a group still gives after the user's own assignment has gone is told", async () => {
  const path = "/api/v1/apps/0oa1/users/00u1";
  const group = { href: `${HOST}/api/v1/groups/00gAdmins` };
  const okta = nock(HOST).get(path).reply(200, { id: "00u1", scope: "USER" }).delete(path).reply(204);
  okta.get(path).reply(200, { id: "00u1", scope: "GROUP", _links: { group } });
  await expect(type("app").revoke!("0oa1", "access", { type: "user", id: "00u1" }, call)).rejects.toMatchObject({
    kind: "failedPrecondition",
    message: expect.stringMatching(/own assignment has been removed.*through group 00gAdmins/),
  });
  okta.done();
});

test("a role held through a group that Okta does not name is refused all the same", async () => {
  const rows = [{ id: "ra1", type: "APP_ADMIN", status: "ACTIVE", assignmentType: "GROUP" }];
  nock(HOST).get("/api/v1/users/00u1/roles").reply(200, rows);
  await expect(type("role").revoke!("APP_ADMIN", "assigned", { type: "user", id: "00u1" }, call)).rejects.toMatchObject(
    {
      kind: "failedPrecondition",
      message: expect.stringContaining("through a group"),
    },
  );
});

test("a role held several times is taken away each time", async () => {
  const row = (id: string) => ({ id, type: "WORKFLOWS_ADMIN", status: "ACTIVE", assignmentType: "USER" });
  const okta = nock(HOST)
    .get("/api/v1/users/00u1/roles")
    .reply(200, [row("ra1"), row("ra2")])
    .get("/api/v1/users/00u1/roles")
    .reply(200, []);
  okta.delete("/api/v1/users/00u1/roles/ra1").reply(404, missing);
  okta.delete("/api/v1/users/00u1/roles/ra2").reply(204);
  const whom = { type: "user", id: "00u1" };
  expect(await type("role").revoke!("WORKFLOWS_ADMIN", "assigned", whom, call)).toMatchObject({ already: false });
  okta.done();
});

test("a user without an email is assigned under the name that the app's own rule makes", async () => {
  const okta = nock(HOST).get("/api/v1/apps/0oa1/users/00u1").reply(404, missing);
  okta.get("/api/v1/users/00u1").reply(200, { id: "00u1", status: "STAGED", profile: { login: "x" } });
  okta.post("/api/v1/apps/0oa1/users", { id: "00u1", scope: "USER" }).reply(200, { id: "00u1", scope: "USER" });
  expect(await type("app").grant!("0oa1", "access", { type: "user", id: "00u1" }, call)).toMatchObject({
    already: false,
  });
  okta.done();
});

test("an assignment whose success cannot be read is looked for", async () => {
  const row = "/api/v1/apps/0oa1/users/00u1";
  const okta = nock(HOST).get(row).reply(404, missing).get(row).reply(200, { id: "00u1", scope: "USER" });
  okta.get("/api/v1/users/00u1").reply(200, { id: "00u1", status: "ACTIVE", profile: { email: "a@b.c" } });
  okta.post("/api/v1/apps/0oa1/users").reply(200, '{"id": "00u', { "content-type": "application/json" });
  expect(await type("app").grant!("0oa1", "access", { type: "user", id: "00u1" }, call)).toMatchObject({
    already: false,
  });
  okta.done();
});

test("a binding's members may come on several pages", async () => {
  const base = "/api/v1/iam/resource-sets/iam1";
  const member = (id: string, user: string) => ({ id, _links: { self: { href: `${HOST}/api/v1/users/${user}` } } });
  const page = {
    members: [member("irb1", "00u1")],
    _links: { next: { href: `${HOST}${base}/bindings/cr1/members?after=x` } },
  };
  const okta = nock(HOST)
    .get(`${base}/bindings/cr1`)
    .reply(200, { id: "cr1" })
    .get(`${base}/bindings/cr1/members`)
    .reply(200, page)
    .get(`${base}/bindings/cr1/members?after=x`)
    .reply(200, { members: [member("irb2", "00u2")] })
    .delete(`${base}/bindings/cr1/members/irb2`)
    .reply(204)
    .get(`${base}/bindings/cr1/members`)
    .reply(200, { members: [member("irb1", "00u1")] });
  const whom = { type: "user", id: "00u2" };
  expect(await type("resourceset-binding").revoke!("iam1:cr1", "member", whom, call)).toMatchObject({ already: false });
  okta.done();
});

test("where a group's stats say nothing of admin roles, the refusal says that it may be that", async () => {
  const okta = nock(HOST).get("/api/v1/users/00u1/groups?limit=200").reply(200, []);
  okta.put("/api/v1/groups/00g1/users/00u1").reply(403, error("E0000006", "No permission"));
  okta.get("/api/v1/groups/00g1?expand=stats").reply(200, { id: "00g1", type: "OKTA_GROUP", profile: { name: "G" } });
  await expect(type("group").grant!("00g1", "member", { type: "user", id: "00u1" }, call)).rejects.toMatchObject({
    kind: "permissionDenied",
    advice: expect.stringContaining("Super Admin where the group gives its members an admin role"),
  });
  okta.done();
});

test("a call that has no time left to look again says that the change does not show", async () => {
  const groups = "/api/v1/users/00u1/groups?limit=200";
  const okta = nock(HOST).get(groups).twice().reply(200, []).put("/api/v1/groups/00g1/users/00u1").reply(204);
  const soon = { ...call, deadline: Date.now() + 200 };
  await expect(type("group").grant!("00g1", "member", { type: "user", id: "00u1" }, soon)).rejects.toMatchObject({
    kind: "unavailable",
    message: expect.stringContaining("still not a member"),
  });
  okta.done();
});
