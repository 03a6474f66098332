/** Labels of Okta's standard admin roles, by type. */
export const ROLE_LABELS: Readonly<Record<string, string>> = {
  SUPER_ADMIN: "Super Administrator",
  ORG_ADMIN: "Organization Administrator",
  APP_ADMIN: "Application Administrator",
  USER_ADMIN: "Group Administrator",
  HELP_DESK_ADMIN: "Help Desk Administrator",
  READ_ONLY_ADMIN: "Read-only Administrator",
  MOBILE_ADMIN: "Mobile Administrator",
  API_ACCESS_MANAGEMENT_ADMIN: "API Access Management Administrator",
  REPORT_ADMIN: "Report Administrator",
  GROUP_MEMBERSHIP_ADMIN: "Group Membership Administrator",
  ACCESS_CERTIFICATIONS_ADMIN: "Access Certifications Administrator",
  ACCESS_REQUESTS_ADMIN: "Access Requests Administrator",
  WORKFLOWS_ADMIN: "Workflows Administrator",
};

/** Standard roles that Okta assigns through a role and a resource set of its own, as it does custom roles. */
export const GOVERNED_ROLES: ReadonlySet<string> = new Set([
  ...["ACCESS_CERTIFICATIONS_ADMIN", "ACCESS_REQUESTS_ADMIN", "WORKFLOWS_ADMIN"],
]);

/** The `role` and `resource-set` that stand on an assignment of a standard role, where anything does. */
export function governing(type: string): { role: string; "resource-set": string } | undefined {
  if (!GOVERNED_ROLES.has(type)) return undefined;
  return { role: type, "resource-set": `${type.replace(/_ADMIN$/, "")}_IAM_POLICY` };
}
