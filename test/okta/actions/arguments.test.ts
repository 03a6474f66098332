import { expect, test } from "vitest";
import type { Json } from "../../../src/baton/connector.ts";
import { resourceIdIn, resourceIdsIn } from "../../../src/okta/actions/arguments.ts";

const id = (value: Json) => resourceIdIn({ user_id: value }, "user_id", "user");

test.each<[Json]>([
  ["00u1"],
  [{ resource_type_id: "user", resource_id: "00u1" }],
  [{ resourceTypeId: "user", resourceId: "00u1" }],
  [{ resource_type: "user", resource: "00u1" }],
  [{ resourceType: "user", resource: "00u1", parent: null }],
  [{ resource_type_id: "user", resourceTypeId: "user", resource_id: "00u1", resourceId: null }],
])("%j names the user", (value) => {
  expect(id(value)).toBe("00u1");
});

test.each<[Json, RegExp]>([
  [null, /user_id is missing/],
  ["", /user_id is missing/],
  [1, /user_id must be the id of a user, not a number/],
  [["00u1"], /not a list/],
  [true, /not a boolean/],
  [{}, /does not name a user/],
  [{ resource_id: "00u1" }, /does not name a user/],
  [{ resource_type_id: "user" }, /does not name a user/],
  [{ resource_type_id: "user", resource_id: "" }, /does not name a user/],
  [{ resource_type_id: "user", resource_id: 1 }, /does not name a user/],
  [{ resource_type_id: "user", resource_id: "00u1", resourceId: "00u2" }, /does not name a user/],
  [{ resource_type_id: "group", resource_id: "00g1" }, /names a resource of type "group", not a user/],
])("%j is refused", (value, message) => {
  expect(() => id(value)).toThrowError(message);
});

test("a list is taken item by item, each id once", () => {
  const list = ["00u1", { resource_type_id: "user", resource_id: "00u2" }, { resource: "00u1", resource_type: "user" }];
  expect(resourceIdsIn({ userMembers: list }, "userMembers", "user")).toEqual(["00u1", "00u2"]);
  expect(resourceIdsIn({}, "userMembers", "user")).toEqual([]);
  expect(resourceIdsIn({ userMembers: null }, "userMembers", "user")).toEqual([]);
  expect(() => resourceIdsIn({ userMembers: ["00u1", ""] }, "userMembers", "user")).toThrowError(/userMembers\[1\]/);
});
