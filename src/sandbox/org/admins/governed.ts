import type { LabelledRecord } from "../types.ts";
import { ROLE_LABELS } from "./roles.ts";

/** Standard roles that Okta assigns through a role and a resource set of its own, as it does custom roles. */
export const GOVERNED_ROLES = ["ACCESS_CERTIFICATIONS_ADMIN", "ACCESS_REQUESTS_ADMIN", "WORKFLOWS_ADMIN"] as const;

/**
 * How `GET /api/v1/iam/roles` shows the governed roles: not at all, as roles whose `id` is the type, or as roles with
 * an id of their own and the type in `type`.
 */
export type GovernedRolesForm = "unlisted" | "id" | "type";

/** The forms, in the words of the option. */
export const GOVERNED_ROLES_FORMS: readonly GovernedRolesForm[] = ["unlisted", "id", "type"];

const SINCE = "2019-03-04T09:00:00.000Z";

/** The `role` and `resource-set` that stand on an assignment of a standard role, where anything does. */
export function governing(type: string, form: GovernedRolesForm): { role: string; "resource-set": string } | undefined {
  if (!(GOVERNED_ROLES as readonly string[]).includes(type)) return undefined;
  return { role: roleId(type, form), "resource-set": `${type.replace(/_ADMIN$/, "")}_IAM_POLICY` };
}

/** The governed roles as the list of custom roles shows them in this form. */
export function governedRoleRecords(form: GovernedRolesForm): LabelledRecord[] {
  if (form === "unlisted") return [];
  return GOVERNED_ROLES.map((type) => ({
    ...{ id: roleId(type, form), label: ROLE_LABELS[type]!, description: ROLE_LABELS[type]! },
    ...(form === "type" ? { type } : {}),
    ...{ created: SINCE, lastUpdated: SINCE },
  }));
}

function roleId(type: string, form: GovernedRolesForm): string {
  return form === "type" ? `cr0${type.replaceAll("_", "").slice(0, 17).padEnd(17, "0")}` : type;
}
