/**
 * How BloodHound's queries for Okta call what a snapshot holds. Source: SpecterOps, OktaHound, the schema of its extension.
 */

/** The kind of all nodes from Okta. */
export const sourceKind = "Okta";

/** The kind of the org's own node. */
export const organizationKind = "Okta_Organization";

const NODES: Readonly<Record<string, string>> = {
  user: "Okta_User",
  group: "Okta_Group",
  app: "Okta_Application",
  role: "Okta_Role",
  "custom-role": "Okta_CustomRole",
  "resource-set": "Okta_ResourceSet",
  "role-assignment": "Okta_RoleAssignment",
  "api-token": "Okta_ApiToken",
  "client-credential": "Okta_ClientSecret",
  device: "Okta_Device",
};

/** The edges of entitlements, by resource type and slug. */
const EDGES: Readonly<Record<string, string>> = {
  "group:member": "Okta_MemberOf",
  "app:access": "Okta_AppAssignment",
  "role:assigned": "Okta_HasRole",
  "custom-role:assigned": "Okta_HasRole",
};

/** What a standard role makes of its holder towards the org. */
const POWERS: Readonly<Record<string, string>> = {
  SUPER_ADMIN: "Okta_SuperAdmin",
  ORG_ADMIN: "Okta_OrgAdmin",
  APP_ADMIN: "Okta_AppAdmin",
  USER_ADMIN: "Okta_GroupAdmin",
  GROUP_MEMBERSHIP_ADMIN: "Okta_GroupMembershipAdmin",
  HELP_DESK_ADMIN: "Okta_HelpDeskAdmin",
  MOBILE_ADMIN: "Okta_MobileAdmin",
};

/** The kinds of a resource's node; none where the graph has none for it. */
export function nodeKinds(type: string): readonly string[] {
  const kind = NODES[type];
  return kind === undefined ? [] : [kind];
}

/** The kind of the edge from whoever holds an entitlement to its resource. */
export function edgeKind({ entitlementId, resource }: Held): string | undefined {
  return EDGES[`${resource.type}:${entitlementId.slice(entitlementId.lastIndexOf(":") + 1)}`];
}

/** The kind of the edge from whoever holds a role to the org. */
export function organizationEdgeKind({ resource }: Pick<Held, "resource">): string | undefined {
  return resource.type === "role" ? POWERS[resource.id] : undefined;
}

/** The kind of the edge from a secret to the identity that it acts as. */
export function secretEdgeKind(type: string): string | undefined {
  return { "api-token": "Okta_ApiTokenFor", "client-credential": "Okta_SecretOf" }[type];
}

interface Held {
  readonly entitlementId: string;
  readonly resource: { readonly type: string; readonly id: string };
}
