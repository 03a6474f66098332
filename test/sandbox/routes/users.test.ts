import { beforeEach, describe, expect, test } from "vitest";
import type { Org } from "../../../src/sandbox/org/org.ts";
import { all, caller, refusal } from "../call.ts";
import { HandClock, smallOrg } from "../org/fixture.ts";

let clock: HandClock;
let org: Org;
let call: ReturnType<typeof caller>;

beforeEach(() => {
  clock = new HandClock();
  org = smallOrg(clock);
  call = caller(org);
});

const ids = (address: string) => all(call, address).map((user) => user.id);
const status = (id: string) => call("GET", `/api/v1/users/${id}`).body.status;
const profile = { firstName: "Neo", lastName: "New", login: "neo@acme.example", email: "neo@acme.example" };

describe("listing users", () => {
  test("leaves deactivated ones out unless a search or filter is given", () => {
    expect(ids("/api/v1/users?limit=2")).toEqual(["ada", "bob", "sue", "stan", "lou"]);
    expect(ids("/api/v1/users?search=status%20pr&limit=4")).toHaveLength(6);
    expect(ids('/api/v1/users?filter=status eq "DEPROVISIONED"')).toEqual(["dee"]);
  });

  test("understands search and filter", () => {
    expect(ids('/api/v1/users?search=status eq "active" and profile.login sw "A"')).toEqual(["ada"]);
    expect(ids('/api/v1/users?search=(id eq "ada" or id eq "dee") and status eq "ACTIVE"')).toEqual(["ada"]);
    expect(ids('/api/v1/users?filter=id eq "ada" or profile.login eq "bob@acme.example"')).toEqual(["ada", "bob"]);
    expect(ids('/api/v1/users?search=lastUpdated gt "2024-02-01T00:00:00.000Z"')).toEqual([]);
    clock.time += 1000;
    call("POST", "/api/v1/users/bob/lifecycle/suspend");
    expect(ids('/api/v1/users?search=lastUpdated gt "2026-01-01T00:00:00.000Z"')).toEqual(["bob"]);
    expect(ids("/api/v1/users?q=LO")).toEqual(["lou"]);
  });

  test.each([
    "search=nonsense",
    "search=status",
    'search=status eq "ACTIVE',
    'search=shoeSize eq "4"',
    'search=profile.shoeSize eq "4"',
    'search=status eq "ACTIVE" nor id pr',
    'search=(status eq "ACTIVE"',
    "filter=status pr",
    'filter=profile.city eq "Oslo"',
    'filter=not (status eq "ACTIVE")',
  ])("refuses %s as Okta does", (query) => {
    expect(refusal(() => call("GET", `/api/v1/users?${query}`))).toMatchObject({ status: 400, errorCode: "E0000031" });
  });

  test("gives at most 200 a page, whatever is asked for", () => {
    for (let i = 0; i < 250; i++) {
      const address = `more${i}@acme.example`;
      org.addUser({ ...org.user("ada")!.record, id: `more${i}`, profile: { ...profile, login: address } });
    }
    expect(call("GET", "/api/v1/users?limit=1000").body).toHaveLength(200);
    expect(new Set(ids("/api/v1/users?search=status%20pr")).size).toBe(256);
  });

  test("refuses a cursor that is garbage, or another list's", () => {
    const next = call("GET", "/api/v1/users?limit=1").next!;
    const cursor = new URL(next).searchParams.get("after")!;
    for (const [list, after] of [
      ["/api/v1/users", "garbage"],
      ["/api/v1/users", `${cursor}A`],
      ["/api/v1/users", `B${cursor.slice(1)}`],
      ["/api/v1/groups", cursor],
      ["/api/v1/iam/roles", "garbage"],
    ]) {
      const error = refusal(() => call("GET", `${list}?after=${after}`));
      expect(error).toMatchObject({ status: 400, errorCode: "E0000001" });
    }
  });

  test("a cursor stays good when users come and go, and in a sandbox that was started again", () => {
    const next = call("GET", "/api/v1/users?limit=2").next!;
    call("DELETE", "/api/v1/users/ada");
    call("DELETE", "/api/v1/users/ada");
    call("POST", "/api/v1/users", { body: { profile } });
    const later = all(call, next).map((user) => user.profile.login);
    expect(later).toEqual(["sue@acme.example", "stan@acme.example", "lou@acme.example", "neo@acme.example"]);
    expect(caller(smallOrg())("GET", next).body[0].id).toBe("sue");
  });

  test("leaves credentials out where the content type says so", () => {
    const headers = { "content-type": 'application/json; okta-response="omitCredentials,omitCredentialsLinks"' };
    expect(call("GET", "/api/v1/users").body[0]).toHaveProperty("credentials");
    expect(call("GET", "/api/v1/users", { headers }).body[0]).not.toHaveProperty("credentials");
    expect(call("GET", "/api/v1/users/ada", { headers }).body._links).not.toHaveProperty("changePassword");
  });

  test("an OAuth app without an admin role sees nobody", () => {
    const app = { id: "0oa1", roles: [], scopes: ["okta.users.read"] };
    expect(call("GET", "/api/v1/users", { caller: app }).body).toEqual([]);
  });
});

test("finds one user by id, login, short login and me", () => {
  for (const name of ["ada", "ADA@acme.example", "Ada"]) {
    expect(call("GET", `/api/v1/users/${encodeURIComponent(name)}`).body.id).toBe("ada");
  }
  const token = { id: "00T1", roles: ["SUPER_ADMIN"], userId: "bob" };
  expect(call("GET", "/api/v1/users/me", { caller: token }).body.id).toBe("bob");
  expect(refusal(() => call("GET", "/api/v1/users/nobody"))).toMatchObject({
    ...{ status: 404, errorCode: "E0000007", message: "Not found: Resource not found: nobody (User)" },
  });
});

describe("creating a user", () => {
  const create = (query: string, credentials?: object) =>
    call("POST", `/api/v1/users${query}`, { body: { profile, credentials } }).body;
  const password = { value: "Xk39-vvPq81" };

  test.each([
    ["", undefined, "PROVISIONED"],
    ["?activate=true", { password }, "ACTIVE"],
    ["?activate=false", { password }, "STAGED"],
    ["?activate=true&nextLogin=changePassword", { password }, "PASSWORD_EXPIRED"],
    ["?provider=true", { provider: { type: "FEDERATION", name: "FEDERATION" } }, "ACTIVE"],
    ["", { provider: { type: "FEDERATION", name: "FEDERATION" } }, "PROVISIONED"],
  ])("%s with %o leaves it %s", (query, credentials, expected) => {
    const made = create(query, credentials);
    expect(made.status).toBe(expected);
    expect(made.credentials.provider.type).toBe(query === "?provider=true" ? "FEDERATION" : "OKTA");
    expect(JSON.stringify(made)).not.toContain(password.value);
    expect(call("GET", `/api/v1/users/${made.id}/groups`).body.map((one: { id: string }) => one.id)).toEqual(["gall"]);
  });

  test("refuses a login that is taken, whatever its case", () => {
    const taken = { ...profile, login: "ADA@acme.example" };
    expect(refusal(() => call("POST", "/api/v1/users", { body: { profile: taken } }))).toMatchObject({
      ...{ status: 400, errorCode: "E0000001", message: "Api validation failed: login" },
      causes: ["login: An object with this field already exists in the current organization"],
    });
  });

  test.each([
    [{ ...profile, shoeSize: 4 }, "shoeSize"],
    [{ ...profile, firstName: "" }, "firstName"],
    [{ ...profile, email: "no address" }, "email"],
    [{ ...profile, login: "short" }, "login"],
    [{ ...profile, title: 7 }, "title"],
    [{ login: profile.login, email: profile.email }, "firstName"],
  ])("refuses the profile %o for its %s, and makes nobody", (wrong, attribute) => {
    const error = refusal(() => call("POST", "/api/v1/users", { body: { profile: wrong } }));
    expect(error).toMatchObject({ status: 400, errorCode: "E0000001" });
    expect(error.causes[0]).toMatch(new RegExp(`^${attribute}: `));
    expect(org.userCount).toBe(6);
  });

  test("refuses a weak password, a federated one, and a change of none", () => {
    const federated = { provider: { type: "FEDERATION", name: "FEDERATION" }, password };
    expect(refusal(() => create("", { password: { value: "short" } })).message).toBe("Api validation failed: password");
    expect(refusal(() => create("?provider=true", federated)).errorCode).toBe("E0000001");
    expect(refusal(() => create("?nextLogin=changePassword")).errorCode).toBe("E0000124");
    expect(refusal(() => create("?activate=false&nextLogin=changePassword", { password })).errorCode).toBe("E0000125");
  });

  test("puts it into groups, and so into their apps", () => {
    call("PUT", "/api/v1/apps/wiki/groups/gdev", { body: {} });
    const { id } = call("POST", "/api/v1/users", { body: { profile, groupIds: ["gdev"] } }).body;
    expect(call("GET", `/api/v1/apps/wiki/users/${id}`).body.scope).toBe("GROUP");
  });
});

describe("the lifecycle", () => {
  const go = (id: string, transition: string) => call("POST", `/api/v1/users/${id}/lifecycle/${transition}`).status;

  test("accepts each transition from given states only", () => {
    expect(go("ada", "suspend")).toBe(200);
    expect(status("ada")).toBe("SUSPENDED");
    expect(refusal(() => go("ada", "suspend"))).toMatchObject({ status: 400, errorCode: "E0000028" });
    expect(go("ada", "unsuspend")).toBe(200);
    expect(refusal(() => go("ada", "unsuspend")).status).toBe(400);
    expect(refusal(() => go("ada", "activate"))).toMatchObject({ status: 403, errorCode: "E0000016" });
    expect(go("stan", "activate?sendEmail=false")).toBe(200);
    expect(status("stan")).toBe("PROVISIONED");
    expect(go("stan", "reactivate")).toBe(200);
    expect(go("lou", "unlock")).toBe(200);
    expect(status("lou")).toBe("ACTIVE");
    expect(refusal(() => go("dee", "deactivate")).status).toBe(400);
    expect(go("dee", "activate")).toBe(200);
    expect(call("GET", "/api/v1/users/dee/groups").body.map((one: { id: string }) => one.id)).toEqual(["gall"]);
  });

  test("deactivation takes groups, apps and roles away", () => {
    call("PUT", "/api/v1/apps/wiki/groups/gdev", { body: {} });
    call("POST", "/api/v1/users/ada/roles", { body: { type: "APP_ADMIN" } });
    const members = ["http://sandbox.test/api/v1/users/ada"];
    call("POST", "/api/v1/iam/resource-sets/iam1/bindings", { body: { role: "cr1", members } });
    go("ada", "deactivate");
    expect(ids("/api/v1/groups/gdev/users")).toEqual(["bob"]);
    expect(ids("/api/v1/apps/wiki/users")).toEqual(["bob"]);
    expect(call("GET", "/api/v1/users/ada/roles").body).toEqual([]);
    expect(call("GET", "/api/v1/iam/assignees/users").body.value).toEqual([]);
    expect(call("GET", "/api/v1/iam/resource-sets/iam1/bindings/cr1/members").body.members).toEqual([]);
  });

  test("deletion needs two calls", () => {
    expect(call("DELETE", "/api/v1/users/ada").status).toBe(204);
    expect(status("ada")).toBe("DEPROVISIONED");
    expect(call("DELETE", "/api/v1/users/ada").status).toBe(204);
    expect(refusal(() => status("ada")).status).toBe(404);
    expect(ids("/api/v1/users?search=status%20pr")).not.toContain("ada");
  });
});

describe("updating a profile", () => {
  const update = (id: string, given: object) => call("POST", `/api/v1/users/${id}`, { body: { profile: given } }).body;

  test("is partial; null removes, the empty text stays", () => {
    update("ada", { title: "Countess", city: "London" });
    const { profile: after } = update("ada", { title: null, city: "" });
    expect(after).toMatchObject({ firstName: "ada", login: "ada@acme.example", city: "" });
    expect(after).not.toHaveProperty("title");
    expect(call("GET", "/api/v1/users").body[0].profile.city).toBe("");
  });

  test("refuses the whole call for one unknown attribute or a taken login", () => {
    expect(refusal(() => update("ada", { title: "x", shoeSize: 4 })).causes).toHaveLength(1);
    expect(refusal(() => update("ada", { title: "x", login: "bob@acme.example" })).causes[0]).toMatch(/already exists/);
    expect(refusal(() => update("ada", { lastName: null })).status).toBe(400);
    expect(call("GET", "/api/v1/users/ada").body.profile).not.toHaveProperty("title");
  });

  test("a new login finds the user, the old one is free", () => {
    update("ada", { login: "countess@acme.example" });
    expect(call("GET", "/api/v1/users/countess@acme.example").body.id).toBe("ada");
    expect(refusal(() => call("GET", "/api/v1/users/ada@acme.example")).status).toBe(404);
  });

  test("a deactivated user stays as it is, without an error", () => {
    expect(update("dee", { title: "Ghost" }).profile).not.toHaveProperty("title");
  });
});

describe("with a search lag", () => {
  const matched = (kind: string, expression: string) =>
    ids(`/api/v1/users?${kind}=${encodeURIComponent(expression)}`).filter((id) => id !== "dee");

  test("search sees a change late, filter and single reads at once", () => {
    org.userIndex.lagMs = 5000;
    const before = new Date(clock.time - 1000).toISOString();
    const changed = `lastUpdated ge "${before}"`;
    call("POST", "/api/v1/users/bob/lifecycle/suspend");
    const { id } = call("POST", "/api/v1/users", { body: { profile } }).body;
    call("DELETE", "/api/v1/users/dee");
    expect(call("GET", "/api/v1/users/bob").body.status).toBe("SUSPENDED");
    expect(matched("filter", changed)).toEqual(["bob", id]);
    expect(matched("search", changed)).toEqual([]);
    expect(ids("/api/v1/users?search=status%20pr")).toEqual(["ada", "bob", "sue", "stan", "dee", "lou"]);
    clock.time += 4999;
    expect(matched("search", 'status eq "ACTIVE"')).toEqual(["ada", "bob"]);
    clock.time += 1;
    expect(matched("search", changed)).toEqual(["bob", id]);
    expect(matched("search", 'status eq "ACTIVE"')).toEqual(["ada"]);
    expect(ids("/api/v1/users?search=status%20pr")).toEqual(["ada", "bob", "sue", "stan", "lou", id]);
  });

  test("groups are found late by search only, by both of their clocks", () => {
    org.groupIndex.lagMs = 5000;
    const since = new Date(clock.time).toISOString();
    call("PUT", "/api/v1/groups/gops/users/ada");
    call("PUT", "/api/v1/groups/gdev", { body: { profile: { name: "Developers" } } });
    const changed = encodeURIComponent(`lastUpdated ge "${since}" or lastMembershipUpdated ge "${since}"`);
    expect(ids(`/api/v1/groups?filter=${changed}`)).toEqual(["gdev", "gops"]);
    expect(ids(`/api/v1/groups?search=${changed}`)).toEqual([]);
    clock.time += 5000;
    expect(ids(`/api/v1/groups?search=${changed}`)).toEqual(["gdev", "gops"]);
  });
});

test("times are whole seconds", () => {
  clock.time += 789;
  call("POST", "/api/v1/users/bob/lifecycle/suspend");
  call("DELETE", "/api/v1/groups/gops/users/bob");
  expect(call("GET", "/api/v1/users/bob").body.lastUpdated).toBe("2026-01-10T12:00:00.000Z");
  expect(call("GET", "/api/v1/groups/gops").body.lastMembershipUpdated).toBe("2026-01-10T12:00:00.000Z");
});
