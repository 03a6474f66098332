import { expect } from "vitest";
import type { Org } from "../../../src/sandbox/org/org.ts";

/** What must hold of an org whatever was written: both sides of every relation agree, and so do the stats. */
export function expectConsistent(org: Org): void {
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
    expect([...app.userRows.keys()].sort((a, b) => a - b)).toEqual(app.users);
    expect(app.groups).toEqual(groups.filter((group) => group.apps.has(app.index)).map((group) => group.index));
    for (const user of users) {
      const scope = app.userRows.get(user.index)?.scope;
      const throughGroup = user.groups.some((index) => app.groupRows.has(index));
      if (scope !== "USER") expect(scope === "GROUP").toBe(throughGroup);
    }
  }
  const bound = [...org.bindings].flatMap(([setId, roles]) =>
    [...roles].flatMap(([roleId, members]) => members.map(({ principal }) => `${principal} ${roleId} ${setId}`)),
  );
  const held = [
    ...users.map(({ record, roles }) => ({ path: `users/${record.id}`, roles })),
    ...groups.map(({ record, roles }) => ({ path: `groups/${record.id}`, roles })),
  ].flatMap(({ path, roles }) =>
    roles.filter(({ type }) => type === "CUSTOM").map((row) => `${path} ${row.role} ${row["resource-set"]}`),
  );
  expect(bound.sort()).toEqual(held.sort());
  expect(org.assignees).toEqual(users.filter((user) => user.roles.length > 0).map((user) => user.index));
}
