import fc from "fast-check";
import { expect, test } from "vitest";
import type { Org } from "../../../src/sandbox/org/org.ts";
import { caller, refusal } from "../call.ts";
import { smallOrg } from "./fixture.ts";

const USERS = ["ada", "bob", "sue", "stan", "dee", "lou"];
const GROUPS = ["gdev", "gops", "gimp"];
const APPS = ["mail", "wiki"];

const one = (list: readonly string[]) => fc.constantFrom(...list);
const writes = fc.oneof(
  fc.tuple(fc.constantFrom("PUT", "DELETE"), one(GROUPS), one(USERS)).map(([m, g, u]) => [m, `groups/${g}/users/${u}`]),
  fc.tuple(fc.constantFrom("PUT", "DELETE"), one(APPS), one(GROUPS)).map(([m, a, g]) => [m, `apps/${a}/groups/${g}`]),
  fc.tuple(one(APPS), one(USERS)).map(([app, id]) => ["POST", `apps/${app}/users`, { id, scope: "USER" }]),
  fc.tuple(one(APPS), one(USERS)).map(([app, user]) => ["DELETE", `apps/${app}/users/${user}`]),
  fc
    .tuple(fc.constantFrom("users/ada", "users/bob", "groups/gdev"))
    .map(([who]) => [...["POST", `${who}/roles`, { type: "CUSTOM", role: "cr1", "resource-set": "iam1" }]]),
  one(["users/ada", "users/lou", "groups/gops"]).map((path) => ["DELETE", path]),
  one(USERS).map((user) => ["POST", `users/${user}/lifecycle/activate`]),
) as fc.Arbitrary<[string, string, object?]>;

/** What must hold whatever was written. */
function check(org: Org): void {
  const users = org.users.filter((user) => user !== undefined);
  const groups = org.groups.filter((group) => group !== undefined);
  for (const group of groups) {
    const members = users.filter((user) => user.groups.includes(group.index)).map((user) => user.index);
    expect(group.members).toEqual(members);
    expect(group.stats).toMatchObject({
      usersCount: members.length,
      appsCount: group.apps.size,
      hasAdminPrivilege: group.roles.length > 0,
    });
  }
  for (const app of org.apps) {
    if (app === undefined) continue;
    expect([...app.userRows.keys()].sort()).toEqual(app.users);
    expect(app.groups).toEqual(groups.filter((group) => group.apps.has(app.index)).map((group) => group.index));
    for (const user of users) {
      const scope = app.userRows.get(user.index)?.scope;
      const throughGroup = user.groups.some((index) => app.groups.includes(index));
      if (scope !== "USER") expect(scope === "GROUP").toBe(throughGroup);
    }
  }
  const bound = (org.binding("iam1", "cr1") ?? []).map((member) => member.principal);
  const holders = [
    ...users.filter((user) => user.roles.length > 0).map((user) => `users/${user.record.id}`),
    ...groups.filter((group) => group.roles.length > 0).map((group) => `groups/${group.record.id}`),
  ];
  expect([...bound].sort()).toEqual(holders.sort());
  expect(org.assignees).toEqual(users.filter((user) => user.roles.length > 0).map((user) => user.index));
}

test("whatever is written, both sides of every relation agree", () => {
  fc.assert(
    fc.property(fc.array(writes, { maxLength: 60 }), (steps) => {
      const org = smallOrg();
      const call = caller(org);
      for (const [method, path, body = {}] of steps) {
        try {
          call(method, `/api/v1/${path}`, { body });
        } catch {
          refusal(() => call(method, `/api/v1/${path}`, { body }));
        }
      }
      check(org);
    }),
    { numRuns: 150, seed: 11 },
  );
});
