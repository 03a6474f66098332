import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { orgFromJson } from "../../src/sandbox/org/json.ts";
import { all, caller } from "./call.ts";

const golden = JSON.parse(readFileSync(new URL("../golden/org.json", import.meta.url), "utf8"));
const call = caller(orgFromJson(structuredClone(golden)));

const sorted = (ids: readonly string[]) => [...ids].sort();
const idsOf = (items: readonly { id: string }[]) => sorted(items.map((item) => item.id));

/** An item as the org file has it: without the links that the sandbox adds. */
function bare(item: Record<string, unknown>) {
  const { _links, _link, ...rest } = item;
  return rest;
}

test("shows the users of an org file unchanged, on any page size", () => {
  for (const limit of [1, 7, 200]) {
    expect(all(call, `/api/v1/users?search=status%20pr&limit=${limit}`).map(bare)).toEqual(golden.users);
  }
});

test("shows the groups of an org file unchanged, stats included", () => {
  expect(all(call, "/api/v1/groups?expand=stats&limit=4").map(bare)).toEqual(golden.groups);
});

test("shows apps, custom roles, resource sets, tokens and devices of an org file unchanged", () => {
  expect(all(call, "/api/v1/apps?limit=5").map(bare)).toEqual(golden.apps);
  expect(all(call, "/api/v1/iam/roles", "roles").map(bare)).toEqual(golden.customRoles);
  expect(all(call, "/api/v1/iam/resource-sets", "resource-sets").map(bare)).toEqual(golden.resourceSets);
  expect(all(call, "/api/v1/api-tokens").map(bare)).toEqual(golden.apiTokens.map(bare));
  expect(all(call, "/api/v1/devices?limit=2").map(bare)).toEqual(golden.devices);
});

test("shows members and app assignments exactly as an org file has them", () => {
  for (const { id } of golden.groups) {
    const members = all(call, `/api/v1/groups/${id}/users?limit=5`);
    expect(idsOf(members)).toEqual(sorted(golden.groupMembers[id] ?? []));
  }
  for (const { id } of golden.apps) {
    const users = all(call, `/api/v1/apps/${id}/users?limit=3`).map((row) => `${row.id} ${row.scope} ${row.status}`);
    const expected = golden.appUsers[id].map((row: Record<string, string>) => `${row.id} ${row.scope} ${row.status}`);
    expect(sorted(users)).toEqual(sorted(expected));
    expect(idsOf(all(call, `/api/v1/apps/${id}/groups?limit=20`))).toEqual(sorted(golden.appGroups[id]));
  }
});

test("shows roles on users, groups, assignees and bindings exactly as an org file has them", () => {
  expect(idsOf(all(call, "/api/v1/iam/assignees/users?limit=4", "value"))).toEqual(
    sorted(Object.keys(golden.userRoles)),
  );
  for (const { id } of golden.users) {
    expect(call("GET", `/api/v1/users/${id}/roles`).body.map(bare)).toEqual(golden.userRoles[id] ?? []);
  }
  for (const { id } of golden.groups) {
    expect(call("GET", `/api/v1/groups/${id}/roles`).body.map(bare)).toEqual(golden.groupRoles[id] ?? []);
  }
  for (const { id } of golden.resourceSets) {
    const bindings = `/api/v1/iam/resource-sets/${id}/bindings`;
    const roles = all(call, bindings, "roles");
    expect(idsOf(roles)).toEqual(sorted(Object.keys(golden.bindings[id])));
    for (const role of roles) {
      const members = all(call, `${bindings}/${role.id}/members`, "members");
      const principals = members.map((member) => member._links.self.href.split("/api/v1/")[1]);
      const expected = golden.bindings[id][role.id].map((member: { principal: string }) => member.principal);
      expect(principals).toEqual(expected);
    }
  }
});
