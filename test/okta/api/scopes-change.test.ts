import { expect, it } from "vitest";
import { scopesForChange } from "../../../src/okta/api/auth/scopes.ts";

it.each([
  [["group"], ["okta.groups.manage", "okta.users.read"]],
  [["user"], ["okta.users.manage"]],
  [["app"], ["okta.apps.manage", "okta.users.read", "okta.groups.read"]],
  [["resourceset-binding"], ["okta.roles.manage", "okta.users.read", "okta.groups.read"]],
  [
    ["group", "user"],
    ["okta.groups.manage", "okta.users.manage"],
  ],
  [["unknown"], ["okta.users.manage", "okta.groups.manage", "okta.apps.manage", "okta.roles.manage"]],
  [["toString"], ["okta.users.manage", "okta.groups.manage", "okta.apps.manage", "okta.roles.manage"]],
])("changing %j takes %j", (types, scopes) => {
  expect(scopesForChange(types)).toEqual(scopes);
});
