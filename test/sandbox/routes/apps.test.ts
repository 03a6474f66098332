import { beforeEach, describe, expect, test } from "vitest";
import type { Org } from "../../../src/sandbox/org/org.ts";
import { all, caller, refusal } from "../call.ts";
import { smallOrg } from "../org/fixture.ts";

let org: Org;
let call: ReturnType<typeof caller>;

beforeEach(() => {
  org = smallOrg();
  call = caller(org);
});

const ids = (address: string) => all(call, address).map((item) => item.id);
const scopes = (app: string) =>
  Object.fromEntries(all(call, `/api/v1/apps/${app}/users`).map(({ id, scope }) => [id, scope]));

test("lists apps, filtered and lighter on request", () => {
  expect(ids("/api/v1/apps?limit=1")).toEqual(["mail", "wiki", "old"]);
  expect(ids('/api/v1/apps?filter=status eq "ACTIVE"')).toEqual(["mail", "wiki"]);
  expect(ids("/api/v1/apps?q=app%20w")).toEqual(["wiki"]);
  expect(call("GET", "/api/v1/apps/wiki?").body).toMatchObject({ label: "App wiki", signOnMode: "SAML_2_0" });
  expect(refusal(() => ids('/api/v1/apps?filter=label eq "x"')).errorCode).toBe("E0000031");
  // Clients in use ask for 1000 everywhere, and are served.
  expect(ids("/api/v1/apps?limit=1000")).toEqual(ids("/api/v1/apps"));
  expect(ids("/api/v1/apps/mail/users?limit=1000")).toEqual(ids("/api/v1/apps/mail/users"));
  expect(ids("/api/v1/apps/mail/groups?limit=1000")).toEqual(ids("/api/v1/apps/mail/groups"));
});

describe("a group's assignment", () => {
  const assign = (app: string, group: string) => call("PUT", `/api/v1/apps/${app}/groups/${group}`, { body: {} });

  test("reaches its members, old and new, and leaves with the last group that gave it", () => {
    assign("wiki", "gdev");
    assign("wiki", "gops");
    expect(scopes("wiki")).toEqual({ ada: "GROUP", bob: "GROUP" });
    call("PUT", "/api/v1/groups/gops/users/sue");
    expect(scopes("wiki")).toEqual({ ada: "GROUP", bob: "GROUP", sue: "GROUP" });
    call("DELETE", "/api/v1/groups/gdev/users/bob");
    expect(scopes("wiki")).toHaveProperty("bob");
    call("DELETE", "/api/v1/groups/gops/users/bob");
    expect(scopes("wiki")).toEqual({ ada: "GROUP", sue: "GROUP" });
    expect(call("DELETE", "/api/v1/apps/wiki/groups/gops").status).toBe(204);
    expect(scopes("wiki")).toEqual({ ada: "GROUP" });
    expect(refusal(() => call("DELETE", "/api/v1/apps/wiki/groups/gops"))).toMatchObject({
      ...{ status: 404, errorCode: "E0000007" },
    });
  });

  test("is what a member's assignment links to, and the next one where it goes", () => {
    const giver = () => call("GET", "/api/v1/apps/wiki/users/bob").body._links.group?.href.split("/").at(-1);
    assign("wiki", "gops");
    assign("wiki", "gdev");
    expect(giver()).toBe("gops");
    call("DELETE", "/api/v1/apps/wiki/groups/gops");
    expect(giver()).toBe("gdev");
    expect(call("GET", "/api/v1/apps/wiki/users/bob").body).not.toHaveProperty("group");
    call("POST", "/api/v1/apps/wiki/users", { body: { id: "bob", scope: "USER" } });
    expect(giver()).toBeUndefined();
  });

  test("counts in the group's stats, once", () => {
    for (let i = 0; i < 2; i++) assign("wiki", "gdev");
    expect(call("GET", "/api/v1/groups/gdev?expand=stats").body._embedded.stats.appsCount).toBe(1);
    call("DELETE", "/api/v1/apps/wiki/groups/gdev");
    expect(call("GET", "/api/v1/groups/gdev?expand=stats").body._embedded.stats.appsCount).toBe(0);
  });

  test("does not take away what a user has directly", () => {
    call("POST", "/api/v1/apps/wiki/users", { body: { id: "ada", scope: "USER" } });
    assign("wiki", "gdev");
    expect(scopes("wiki")).toEqual({ ada: "USER", bob: "GROUP" });
    call("DELETE", "/api/v1/apps/wiki/groups/gdev");
    expect(scopes("wiki")).toEqual({ ada: "USER" });
  });

  test("is read singly, and refused for an app that is inactive", () => {
    assign("mail", "gdev");
    expect(call("GET", "/api/v1/apps/mail/groups/gdev").body).toMatchObject({ id: "gdev", priority: 0 });
    expect(refusal(() => call("GET", "/api/v1/apps/mail/groups/gops")).status).toBe(404);
    expect(refusal(() => assign("old", "gdev")).status).toBe(403);
  });
});

describe("a user's assignment", () => {
  test("carries the user name, and is 404 where it is not", () => {
    const body = { id: "ada", scope: "USER", credentials: { userName: "countess" } };
    expect(call("POST", "/api/v1/apps/mail/users", { body }).body).toMatchObject(body);
    expect(call("GET", "/api/v1/apps/mail/users/ada").body.credentials.userName).toBe("countess");
    expect(call("DELETE", "/api/v1/apps/mail/users/ada").status).toBe(204);
    for (const method of ["GET", "DELETE"]) {
      const error = refusal(() => call(method, "/api/v1/apps/mail/users/ada"));
      expect(error).toMatchObject({ status: 404, errorCode: "E0000007" });
    }
    expect(refusal(() => call("POST", "/api/v1/apps/mail/users", { body: { id: "none" } })).status).toBe(404);
    expect(refusal(() => call("POST", "/api/v1/apps/mail/users", { body: {} })).status).toBe(400);
  });

  test("through a group is read like one's own, and cannot be taken away, nor can one's own beside it", () => {
    call("PUT", "/api/v1/apps/mail/groups/gdev", { body: {} });
    const read = () => call("GET", "/api/v1/apps/mail/users/ada").body;
    expect(read()).toMatchObject({ scope: "GROUP", _links: { group: { name: "gdev" } } });
    for (const scope of ["GROUP", "USER"]) {
      expect(refusal(() => call("DELETE", "/api/v1/apps/mail/users/ada"))).toMatchObject({
        status: 403,
        errorCode: "E0000046",
        causes: [expect.stringContaining("group memberships grant them access")],
      });
      expect(read().scope).toBe(scope);
      call("POST", "/api/v1/apps/mail/users", { body: { id: "ada", scope: "USER" } });
    }
    call("DELETE", "/api/v1/groups/gdev/users/ada");
    expect(call("DELETE", "/api/v1/apps/mail/users/ada").status).toBe(204);
  });
});
