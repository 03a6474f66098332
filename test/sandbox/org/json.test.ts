import { expect, test } from "vitest";
import { orgFromJson } from "../../../src/sandbox/org/json.ts";
import { caller } from "../call.ts";

const user = { id: "u1", status: "ACTIVE", profile: { login: "u1@acme.example" } };
const group = { id: "g1", type: "OKTA_GROUP", profile: { name: "One" } };
const app = { id: "a1", name: "one", label: "One", status: "ACTIVE", signOnMode: "BOOKMARK" };

test.each([
  [[], "the org must be an object"],
  [{}, "users is missing"],
  [{ users: {} }, "users must be a list"],
  [{ users: [{ ...user, id: undefined }] }, "users[0].id must be a text"],
  [{ users: [user, user] }, "users[1].id is there twice: u1"],
  [{ users: [user, { ...user, id: "u2" }] }, "users[1].profile.login is there twice"],
  [{ users: [{ ...user, profile: null }] }, "users[0].profile must be an object"],
  [{ users: [{ ...user, created: "soon" }] }, "users[0].created is no time"],
  [{ users: [user], groups: [{ ...group, type: "" }] }, "groups[0].type must be a text"],
  [{ users: [user], groupMembers: { g1: [] } }, "groupMembers.g1 names a group that is not in the org: g1"],
  [{ users: [user], groups: [group], groupMembers: { g1: ["u2"] } }, "groupMembers.g1[0] names a user"],
  [{ users: [user], groups: [group], groupMembers: { g1: ["u1", "u1"] } }, "groupMembers.g1[1] is there twice"],
  [{ users: [user], apps: [app], appUsers: { a1: [{ id: "u1", scope: "ME" }] } }, "appUsers.a1[0].scope must be"],
  [{ users: [user], apps: [app], appGroups: { a1: ["g1"] } }, "appGroups.a1[0] names a group"],
  [{ users: [user], userRoles: { u1: [{ id: "r1" }] } }, "userRoles.u1[0].type must be a text"],
  [{ users: [user], bindings: { s1: {} } }, "bindings.s1 names a resource set"],
])("refuses %j and says where", (json, message) => {
  expect(() => orgFromJson(json)).toThrow(message);
});

test("invents nothing that the file leaves out", () => {
  const call = caller(orgFromJson({ users: [user], groups: [group], apps: [app] }));
  const { _links: _, ...shownUser } = call("GET", "/api/v1/users/u1").body;
  expect(shownUser).toEqual(user);
  const { _links: __, ...shownGroup } = call("GET", "/api/v1/groups/g1?expand=stats").body;
  expect(shownGroup).toEqual(group);
});

test("links an assignment to the group that gave it only where the file does", () => {
  const org = (links?: unknown) =>
    orgFromJson({
      ...{ users: [user], groups: [group], apps: [app], groupMembers: { g1: ["u1"] }, appGroups: { a1: ["g1"] } },
      appUsers: { a1: [{ id: "u1", scope: "GROUP", ...(links !== undefined && { _links: links }) }] },
    });
  const shown = (one: ReturnType<typeof org>) => caller(one)("GET", "/api/v1/apps/a1/users/u1").body._links.group?.href;
  expect(shown(org())).toBeUndefined();
  expect(shown(org({ group: { href: "https://acme.example/api/v1/groups/g1" } }))).toMatch(/\/api\/v1\/groups\/g1$/);
});
