import { create } from "@bufbuild/protobuf";
import { pack } from "../../baton/model/annotations.ts";
import { RoleTraitSchema } from "../../gen/c1/connector/v2/annotation_trait_pb.ts";
import { V1IdentifierSchema } from "../../gen/c1/connector/v2/annotation_v1_identifier_pb.ts";
import type { Entitlement } from "../../gen/c1/connector/v2/entitlement_pb.ts";
import { type Resource, ResourceSchema, type ResourceType } from "../../gen/c1/connector/v2/resource_pb.ts";
import { assignment, idOf } from "../resource/entitlement.ts";
import { customRoleType, groupType, roleType, userType } from "../resource/types.ts";

/**
 * The standard roles that are there whether or not somebody holds them, with their labels. Which others an org has
 * (`WORKFLOWS_ADMIN`, ...) depends on what it has bought; they show where somebody holds them.
 */
export const STANDARD_ROLES: ReadonlyMap<string, string> = new Map([
  ["API_ACCESS_MANAGEMENT_ADMIN", "API Access Management Administrator"],
  ["MOBILE_ADMIN", "Mobile Administrator"],
  ["ORG_ADMIN", "Organizational Administrator"],
  ["READ_ONLY_ADMIN", "Read-Only Administrator"],
  ["REPORT_ADMIN", "Report Administrator"],
  ["SUPER_ADMIN", "Super Administrator"],
  ["USER_ADMIN", "Group Administrator"],
  ["HELP_DESK_ADMIN", "Help Desk Administrator"],
  ["APP_ADMIN", "Application Administrator"],
  ["GROUP_MEMBERSHIP_ADMIN", "Group Membership Administrator"],
]);

/** A role as a resource. Of a standard role only the type counts, of a custom one only the id. */
export function roleResource(type: ResourceType, id: string, label: string): Resource {
  const custom = type.id === customRoleType.id;
  return create(ResourceSchema, {
    id: { resourceType: type.id, resource: id },
    displayName: label,
    annotations: [pack(RoleTraitSchema, {}), pack(V1IdentifierSchema, { id: `role:${id}` })],
    profile: { id: custom ? id : "", label, type: custom ? "" : id },
  });
}

/** The entitlement of a role, standard or custom. */
export function roleEntitlements(resource: Resource): Entitlement[] {
  const standard = resource.id?.resourceType === roleType.id ? STANDARD_ROLES.get(idOf(resource)) : undefined;
  const label = standard ?? resource.displayName;
  return [
    assignment(resource, "assigned", {
      displayName: `${label} Role Member`,
      description: `Has the ${label} role in Okta`,
      grantableTo: [userType, groupType],
    }),
  ];
}

/** Whether an id looks like a standard role's: `ACCESS_REQUESTS_ADMIN`. */
export function mayBeStandard(id: string): boolean {
  return /^[A-Z][A-Z0-9_]*$/.test(id) && id !== "CUSTOM";
}
