import type { Org } from "../org/org.ts";
import type { RoleRow } from "../org/types.ts";
import type { Directory } from "./access.ts";

/** States in which a user may sign in, so that its API tokens work. */
const SIGNED_IN = new Set(["ACTIVE", "PASSWORD_EXPIRED", "RECOVERY", "LOCKED_OUT"]);

/** Who holds which admin role in `org`, as it is at the time of asking. */
export function directoryOf(org: Org): Directory {
  return {
    rolesOfUser(idOrLogin) {
      const user = org.findUser(idOrLogin);
      return user === undefined ? [] : standardRoles(org.rolesOf(user));
    },
    rolesOfGroup: (groupId) => (org.group(groupId)?.roles ?? []).filter(isActive).map(({ type }) => type),
    isActive(userId) {
      const status = org.user(userId)?.record.status;
      return status !== undefined && SIGNED_IN.has(status);
    },
  };
}

/** The user to whom a super admin's token fits best: an active one, and a super admin if there is any. */
export function superAdminOf(org: Org): string | undefined {
  for (const index of org.assignees) {
    const user = org.users[index];
    if (user?.record.status === "ACTIVE" && standardRoles(org.rolesOf(user)).includes("SUPER_ADMIN")) {
      return user.record.id;
    }
  }
  return org.users.find((user) => user?.record.status === "ACTIVE")?.record.id;
}

function standardRoles(rows: readonly RoleRow[]): string[] {
  return rows.filter((row) => isActive(row) && row.type !== "CUSTOM").map(({ type }) => type);
}

function isActive({ status }: RoleRow): boolean {
  return status !== "INACTIVE";
}
