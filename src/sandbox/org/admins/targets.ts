import { ApiError } from "../api-error.ts";
import type { Org } from "../org.ts";
import type { RoleRow, RoleTargets } from "../types.ts";

const NONE: RoleTargets = { groups: [], apps: [] };

/** Standard roles that can be confined to groups, and to apps. */
const TARGETED = {
  groups: ["USER_ADMIN", "HELP_DESK_ADMIN", "GROUP_MEMBERSHIP_ADMIN"],
  apps: ["APP_ADMIN"],
} as const;

/** What an assignment is confined to; nothing means that it reaches everything. */
export function targetsOf(org: Org, row: RoleRow): RoleTargets {
  return org.roleTargets.get(row.id) ?? NONE;
}

/** Throws Okta's 400 where a role cannot be confined to this. */
function mustTake(row: RoleRow, what: keyof typeof TARGETED): void {
  if ((TARGETED[what] as readonly string[]).includes(row.type)) return;
  throw new ApiError(400, "E0000001", "Api validation failed: role", [
    `role: The role ${row.type} does not take ${what} as targets.`,
  ]);
}

/** Throws Okta's 400 where the last target would go: the role would then reach everything. */
function mustLeaveOne(left: number): void {
  if (left > 0) return;
  throw new ApiError(400, "E0000001", "Api validation failed: role", [
    "role: The last target cannot be removed. Delete the role assignment instead.",
  ]);
}

/** Confines an assignment to a group, beside those that it has. */
export function addGroupTarget(org: Org, row: RoleRow, groupId: string): void {
  mustTake(row, "groups");
  const { groups, apps } = targetsOf(org, row);
  org.roleTargets.set(row.id, { groups: [...new Set([...groups, groupId])], apps });
}

/** Takes a group from what an assignment is confined to; false where it is not among it. */
export function removeGroupTarget(org: Org, row: RoleRow, groupId: string): boolean {
  const { groups, apps } = targetsOf(org, row);
  if (!groups.includes(groupId)) return false;
  mustLeaveOne(groups.length - 1);
  org.roleTargets.set(row.id, { groups: groups.filter((id) => id !== groupId), apps });
  return true;
}

/** Confines an assignment to an app, or without `id` to all apps of a type, beside those that it has. */
export function addAppTarget(org: Org, row: RoleRow, name: string, id: string | undefined): void {
  mustTake(row, "apps");
  const { groups, apps } = targetsOf(org, row);
  if (apps.some((app) => app.name === name && app.id === id)) return;
  org.roleTargets.set(row.id, { groups, apps: [...apps, id === undefined ? { name } : { name, id }] });
}

/** Takes an app or app type from what an assignment is confined to; false where it is not among it. */
export function removeAppTarget(org: Org, row: RoleRow, name: string, id: string | undefined): boolean {
  const { groups, apps } = targetsOf(org, row);
  const left = apps.filter((app) => app.name !== name || app.id !== id);
  if (left.length === apps.length) return false;
  mustLeaveOne(left.length);
  org.roleTargets.set(row.id, { groups, apps: left });
  return true;
}
