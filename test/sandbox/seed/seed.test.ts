import { expect, test } from "vitest";
import type { Org } from "../../../src/sandbox/org/org.ts";
import { USER_STATUSES } from "../../../src/sandbox/org/types.ts";
import { seedOrg } from "../../../src/sandbox/seed/seed.ts";
import { all, caller } from "../call.ts";
import { HandClock } from "../org/fixture.ts";

const size = { users: 600, groups: 120, apps: 26, clock: new HandClock() };

/** All that an org shows of itself. */
function shown(org: Org): unknown {
  const call = caller(org);
  const groups = all(call, "/api/v1/groups?expand=stats");
  const apps = all(call, "/api/v1/apps?limit=200");
  return {
    groups,
    apps,
    users: all(call, "/api/v1/users?search=status%20pr"),
    members: groups.map(({ id }) => all(call, `/api/v1/groups/${id}/users`).map((user) => user.id)),
    appUsers: apps.map(({ id }) => all(call, `/api/v1/apps/${id}/users?limit=500`)),
    roles: all(call, "/api/v1/iam/assignees/users", "value").map(
      ({ id }) => call("GET", `/api/v1/users/${id}/roles`).body,
    ),
    rest: [all(call, "/api/v1/devices"), call("GET", "/api/v1/api-tokens").body, call("GET", "/api/v1/org").body],
  };
}

test("the same seed gives the same org, another seed another one", () => {
  const first = shown(seedOrg({ ...size, seed: 7 }));
  expect(shown(seedOrg({ ...size, seed: 7 }))).toEqual(first);
  expect(shown(seedOrg({ ...size, seed: 8 }))).not.toEqual(first);
});

test("holds every status, every sign-on mode and odd profiles", () => {
  const org = seedOrg({ ...size, seed: 1 });
  const users = org.users.map((user) => user!.record);
  expect(new Set(users.map((user) => user.status))).toEqual(new Set(USER_STATUSES));
  expect(new Set(org.apps.map((app) => app!.record.signOnMode)).size).toBe(9);
  expect(new Set(org.apps.map((app) => app!.record.status))).toEqual(new Set(["ACTIVE", "INACTIVE"]));
  expect(new Set(org.groups.map((group) => group!.record.type)).size).toBe(3);
  expect(users.some((user) => user.profile.displayName === "")).toBe(true);
  expect(users.some((user) => /[^\u0020-\u007e]/.test(String(user.profile.lastName)))).toBe(true);
  expect(org.apiTokens.some((token) => token.expiresAt === undefined)).toBe(true);
  expect(new Set(users.map((user) => String(user.profile.login).toLowerCase())).size).toBe(600);
});

test("has 9.3 memberships a user, in a few large groups, many small ones and some empty ones", () => {
  const sizes = (org: Org) => org.groups.map((group) => group!.members.length).sort((a, b) => b - a);
  const total = (org: Org) => sizes(org).reduce((sum, count) => sum + count, 0);
  const org = seedOrg({ users: 5000, groups: 500, apps: 0, seed: 3 });
  expect(Math.abs(total(org) - 46_500)).toBeLessThan(50);
  const ordered = sizes(org);
  expect(ordered[0]).toBeGreaterThan(4500);
  expect(ordered[1]).toBeGreaterThan(1000);
  expect(ordered[250]).toBeLessThan(100);
  expect(ordered.at(-50)).toBe(0);
  expect(total(seedOrg({ users: 5000, groups: 500, apps: 0, seed: 3, memberships: 20_000 }))).toBeLessThan(20_100);
});

test("agrees with itself: stats, inherited roles, bindings and app assignments", () => {
  const org = seedOrg({ ...size, seed: 5 });
  const call = caller(org);
  for (const group of org.groups) {
    const { stats } = call("GET", `/api/v1/groups/${group!.record.id}?expand=stats`).body._embedded;
    expect(stats).toMatchObject({ usersCount: group!.members.length, hasAdminPrivilege: group!.roles.length > 0 });
    expect(stats.appsCount).toBe(org.apps.filter((app) => app!.groupRows.has(group!.index)).length);
    for (const index of group!.members) expect(org.users[index]!.record.status).not.toBe("DEPROVISIONED");
  }
  for (const app of org.apps) {
    for (const index of app!.groups) {
      for (const member of org.groups[index]!.members) expect(app!.userRows.has(member)).toBe(true);
    }
  }
  for (const [setId, roles] of org.bindings) {
    for (const [roleId, members] of roles) {
      for (const { principal } of members) {
        const rows = call("GET", `/api/v1/${principal}/roles`).body;
        expect(rows).toContainEqual(expect.objectContaining({ type: "CUSTOM", role: roleId, "resource-set": setId }));
      }
    }
  }
});

test.each([
  { users: 0, groups: 0, apps: 0 },
  { users: 1, groups: 1, apps: 1 },
  { users: 2, groups: 5, apps: 3 },
])("makes an org of %o", (small) => {
  const org = seedOrg({ ...small, seed: 1 });
  expect([org.userCount, org.groupCount, org.appCount]).toEqual([small.users, Math.max(1, small.groups), small.apps]);
});
