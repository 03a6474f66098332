import { create } from "@bufbuild/protobuf";
import type { Any } from "@bufbuild/protobuf/wkt";
import { pack } from "../../baton/model/annotations.ts";
import { SkipEntitlementsAndGrantsSchema } from "../../gen/c1/connector/v2/annotation_resource_tree_pb.ts";
import { V1IdentifierSchema } from "../../gen/c1/connector/v2/annotation_v1_identifier_pb.ts";
import { CapabilityPermissionsSchema, OptInRequiredSchema } from "../../gen/c1/connector/v2/connector_pb.ts";
import {
  type ResourceType,
  ResourceTypeSchema,
  ResourceType_Trait as Trait,
} from "../../gen/c1/connector/v2/resource_pb.ts";

const noGrants = (): Any => pack(SkipEntitlementsAndGrantsSchema, {});

/** The resource types: their ids, names, traits, and the Okta scopes that each one needs. */
export const userType = resourceType("user", "User", Trait.USER, ["okta.users.read", "okta.users.manage"], noGrants());
export const groupType = resourceType("group", "Group", Trait.GROUP, ["okta.groups.read", "okta.groups.manage"]);
export const appType = resourceType("app", "App", Trait.APP, ["okta.apps.read", "okta.apps.manage"]);
const roleScopes = ["okta.roles.read", "okta.roles.manage"];
export const roleType = resourceType("role", "Role", Trait.ROLE, roleScopes);
export const customRoleType = resourceType("custom-role", "Custom Role", Trait.ROLE, roleScopes);
export const resourceSetType = resourceType("resource-set", "Resource Set", undefined, roleScopes);
export const bindingType = resourceType("resourceset-binding", "Resource Set Binding", undefined, roleScopes);
export const apiTokenType = resourceType("api-token", "API Token", Trait.SECRET, ["okta.apiTokens.read"], noGrants());
export const deviceType = resourceType("device", "Device", Trait.MANAGED_DEVICE, ["okta.devices.read"], noGrants());

/** The types that only `--sync-reach` shows (docs/reach.md). */
export const apiScopeType = resourceType("api-scope", "API Scope", undefined, ["okta.appGrants.read"]);
export const clientCredentialType = resourceType(
  ...(["client-credential", "Client Credential", Trait.SECRET, ["okta.apps.read"]] as const),
  noGrants(),
);
export const groupRuleType = resourceType("group-rule", "Group Rule", undefined, ["okta.groups.read"], noGrants());
export const roleAssignmentType = resourceType(
  ...(["role-assignment", "Role Assignment", undefined, ["okta.roles.read"]] as const),
  noGrants(),
);
export const userFactorsType = resourceType(
  ...(["user-factors", "Enrolled Factors", undefined, ["okta.users.read"]] as const),
  noGrants(),
);

// A platform asks before it shows devices.
deviceType.annotations.push(pack(OptInRequiredSchema, {}));

function resourceType(
  id: string,
  displayName: string,
  trait: Trait | undefined,
  scopes: readonly string[],
  ...flags: readonly Any[]
): ResourceType {
  return create(ResourceTypeSchema, {
    id,
    displayName,
    traits: trait === undefined ? [] : [trait],
    annotations: [
      pack(V1IdentifierSchema, { id }),
      ...flags,
      pack(CapabilityPermissionsSchema, { permissions: scopes.map((permission) => ({ permission })) }),
    ],
  });
}
