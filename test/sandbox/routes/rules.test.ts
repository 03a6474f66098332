import { beforeEach, describe, expect, test } from "vitest";
import type { Org } from "../../../src/sandbox/org/org.ts";
import { all, caller, refusal } from "../call.ts";
import { HandClock, smallOrg } from "../org/fixture.ts";

let org: Org;
let call: ReturnType<typeof caller>;

beforeEach(() => {
  org = smallOrg(new HandClock());
  call = caller(org);
});

const RULES = "/api/v1/groups/rules";
const members = (group: string) => all(call, `/api/v1/groups/${group}/users`).map(({ id }) => id);
const rule = (value: string, more: object = {}) => ({
  body: {
    ...{ type: "group_rule", name: "People", ...more },
    conditions: { people: { users: { exclude: ["lou"] } }, expression: { value, type: "urn:okta:expression:1.0" } },
    actions: { assignUserToGroups: { groupIds: ["gops"] } },
  },
});

describe("a group rule", () => {
  test("does nothing until it is activated, then fills its groups, and follows whoever changes", () => {
    const { id } = call("POST", RULES, rule('user.title == "Captain"')).body;
    const titled = (user: string, title: string) =>
      call("POST", `/api/v1/users/${user}`, { body: { profile: { title } } });
    for (const user of ["ada", "lou"]) titled(user, "Captain");
    expect(members("gops")).toEqual(["bob"]);
    expect(call("POST", `${RULES}/${id}/lifecycle/activate`).status).toBe(204);
    expect(members("gops")).toEqual(["ada", "bob"]);
    titled("sue", "Captain");
    expect(members("gops")).toEqual(["ada", "bob", "sue"]);
    // Who is taken out by hand comes back with the next change.
    call("DELETE", "/api/v1/groups/gops/users/sue");
    titled("sue", "Captain");
    expect(members("gops")).toContain("sue");
    titled("sue", "Cook");
    expect(members("gops")).toEqual(["ada", "bob"]);
    const events = org.log.entries.map(({ eventType }) => eventType);
    expect(events.filter((type) => type === "group.user_membership.add")).toHaveLength(3);
  });

  test("is listed page by page, changed and deleted while it is not active", () => {
    const [one, two] = ["One", "Two"].map((name) => call("POST", RULES, rule('user.title=="X"', { name })).body);
    expect(all(call, `${RULES}?limit=1`).map(({ name }) => name)).toEqual(["One", "Two"]);
    expect(all(call, `${RULES}?search=tw`).map(({ id }) => id)).toEqual([two.id]);
    expect(call("PUT", `${RULES}/${one.id}`, rule('user.city=="Y"')).body).toMatchObject({
      ...{ id: one.id, name: "People", status: "INACTIVE", conditions: { expression: { value: 'user.city=="Y"' } } },
    });
    call("POST", `${RULES}/${one.id}/lifecycle/activate`);
    expect(call("GET", `${RULES}/${one.id}`).body.status).toBe("ACTIVE");
    for (const method of ["PUT", "DELETE"]) {
      expect(refusal(() => call(method, `${RULES}/${one.id}`, rule('user.city=="Y"'))).status).toBe(400);
    }
    call("POST", `${RULES}/${one.id}/lifecycle/deactivate`);
    expect(call("DELETE", `${RULES}/${one.id}`).status).toBe(202);
    expect(refusal(() => call("GET", `${RULES}/${one.id}`)).status).toBe(404);
  });

  test.each([
    ['user.title == "A" or (user.city == "B" and user.department != "C")', { city: "B", department: "D" }, true],
    ['user.title == "A" or (user.city == "B" and user.department != "C")', { city: "B", department: "C" }, false],
    ['String.startsWith(user.title, "Cap")', { title: "Captain" }, true],
    ["String.stringContains(user.title, 'tai') AND isMemberOfGroup(\"gdev\")", { title: "Captain" }, true],
    ['isMemberOfAnyGroup("gops", "gimp")', {}, true],
    ['isMemberOfAnyGroup("gops")', {}, false],
  ])("reads %s of %j", (expression, profile, fits) => {
    call("POST", "/api/v1/users/ada", { body: { profile } });
    const { id } = call("POST", RULES, rule(expression)).body;
    call("POST", `${RULES}/${id}/lifecycle/activate`);
    expect(members("gops").includes("ada")).toBe(fits);
  });

  test.each(["", "user.title", 'user.title = "A"', 'title == "A"', 'user.title == "A" or', 'Time.now() == "A"'])(
    "refuses the expression %j",
    (expression) => {
      expect(refusal(() => call("POST", RULES, rule(expression))).errorCode).toBe("E0000001");
    },
  );
});

test("a group's owners are users and groups", () => {
  const owners = "/api/v1/groups/gdev/owners";
  expect(call("POST", owners, { body: { id: "ada", type: "USER" } })).toMatchObject({
    ...{ status: 201, body: { id: "ada", type: "USER", displayName: "ada Example", resolved: true } },
  });
  call("POST", owners, { body: { id: "gops", type: "GROUP" } });
  expect(all(call, `${owners}?limit=1`).map(({ id }) => id)).toEqual(["ada", "gops"]);
  expect(refusal(() => call("POST", owners, { body: { id: "ada", type: "USER" } })).status).toBe(400);
  expect(refusal(() => call("POST", owners, { body: { id: "ada", type: "GROUP" } })).status).toBe(404);
  expect(call("DELETE", `${owners}/ada`).status).toBe(204);
  call("DELETE", "/api/v1/groups/gops");
  expect(call("GET", owners).body).toEqual([]);
});
