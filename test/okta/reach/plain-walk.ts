import type { Org } from "../../../src/sandbox/org/org.ts";
import type { GroupEntry, RoleRow, UserEntry } from "../../../src/sandbox/org/types.ts";

/** How a user holds something, as the org's own data says. */
export interface Walked {
  readonly direct: boolean;
  /** Ids of the groups through which it is held, sorted. */
  readonly groups: readonly string[];
}

const isActive = (row: RoleRow) => row.status !== "INACTIVE";

/** The entitlement of the role that an assignment is of. */
function roleOf(row: RoleRow): string {
  return row.type === "CUSTOM" ? `custom-role:${row.role}:assigned` : `role:${row.type}:assigned`;
}

/** Everything that a user holds by a plain look at the org: no index, no snapshot, no page. */
export function walk(org: Org, user: UserEntry, owners: boolean): Record<string, Walked> {
  const all = new Map<string, { direct: boolean; groups: Set<string> }>();
  const at = (entitlement: string) => {
    const found = all.get(entitlement) ?? { direct: false, groups: new Set<string>() };
    all.set(entitlement, found);
    return found;
  };
  const mine: GroupEntry[] = org.groups.flatMap((group) => (group?.members.includes(user.index) ? [group] : []));
  for (const group of mine) at(`group:${group.record.id}:member`).direct = true;
  for (const app of org.apps) {
    if (app === undefined) continue;
    const entitlement = `app:${app.record.id}:access`;
    if (app.userRows.get(user.index)?.scope === "USER") at(entitlement).direct = true;
    for (const group of mine) if (app.groupRows.has(group.index)) at(entitlement).groups.add(group.record.id);
  }
  for (const row of user.roles.filter(isActive)) if (row.assignmentType === "USER") at(roleOf(row)).direct = true;
  for (const group of mine) {
    for (const row of group.roles.filter(isActive)) at(roleOf(row)).groups.add(group.record.id);
  }
  for (const [set, roles] of org.bindings) {
    for (const [role, members] of roles) {
      for (const { principal } of members) {
        const [kind, id] = principal.split("/");
        const entitlement = `resourceset-binding:${set}:${role}:member`;
        if (kind === "users" && id === user.record.id) at(entitlement).direct = true;
        if (kind === "groups" && mine.some(({ record }) => record.id === id)) at(entitlement).groups.add(id!);
      }
    }
  }
  for (const group of owners ? org.groups : []) {
    for (const { id, type } of group?.owners ?? []) {
      const entitlement = `group:${group!.record.id}:owner`;
      if (type === "USER" && id === user.record.id) at(entitlement).direct = true;
      if (type === "GROUP" && mine.some(({ record }) => record.id === id)) at(entitlement).groups.add(String(id));
    }
  }
  return Object.fromEntries(
    [...all].map(([entitlement, { direct, groups }]) => [entitlement, { direct, groups: [...groups].sort() }]),
  );
}
