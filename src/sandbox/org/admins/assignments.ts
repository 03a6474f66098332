import type { Org } from "../org.ts";
import type { BindingMember, GroupEntry, LabelledRecord, RoleRow, UserEntry } from "../types.ts";
import { governing } from "./governed.ts";
import { ROLE_LABELS } from "./roles.ts";

/** Who can hold an admin role. */
export type Holder = { readonly user: UserEntry } | { readonly group: GroupEntry };

/** The holder's path, as `users/00u1`. */
export function principalOf(holder: Holder): string {
  return "user" in holder ? `users/${holder.user.record.id}` : `groups/${holder.group.record.id}`;
}

/** The holder that a path or an address ends with; `undefined` where nobody is there. */
export function holderAt(org: Org, address: string): Holder | undefined {
  const match = /(?:^|\/)(users|groups)\/([^/?#]+)\/?$/.exec(address);
  if (match === null) return undefined;
  if (match[1] === "users") {
    const user = org.user(match[2]!);
    return user === undefined ? undefined : { user };
  }
  const group = org.group(match[2]!);
  return group === undefined ? undefined : { group };
}

/** The holder's own role assignments. */
export function rowsOf(holder: Holder): readonly RoleRow[] {
  return "user" in holder ? holder.user.roles : holder.group.roles;
}

/** Assigns a standard role. */
export function assignStandardRole(org: Org, holder: Holder, type: string): RoleRow {
  const now = org.now();
  const row = {
    id: org.newId("user" in holder ? "ra1" : "gra"),
    label: ROLE_LABELS[type]!,
    type,
    status: "ACTIVE",
    created: now,
    lastUpdated: now,
    assignmentType: "user" in holder ? "USER" : "GROUP",
    ...governing(type, org.governedRoles),
  };
  put(org, holder, row);
  return row;
}

/**
 * Makes somebody a member of a binding, which is made where there is none, and so gives them the custom role. Answers
 * the assignment, or `undefined` where they were a member already.
 */
export function bind(org: Org, set: LabelledRecord, role: LabelledRecord, holder: Holder): RoleRow | undefined {
  const members = org.binding(set.id, role.id) ?? org.addBinding(set.id, role.id);
  const principal = principalOf(holder);
  if (members.some((member) => member.principal === principal)) return undefined;
  const now = org.now();
  const id = org.newId("irb");
  members.push({ id, created: now, lastUpdated: now, principal });
  const known = rowsOf(holder).find((row) => row.role === role.id && row["resource-set"] === set.id);
  if (known !== undefined) return known;
  const row = {
    ...{ id, role: role.id, label: role.label, type: "CUSTOM", status: "ACTIVE", created: now, lastUpdated: now },
    assignmentType: "user" in holder ? "USER" : "GROUP",
    "resource-set": set.id,
  };
  put(org, holder, row);
  return row;
}

/** Takes a member out of a binding, and so the custom role from them. */
export function unbind(org: Org, setId: string, roleId: string, member: BindingMember): void {
  const members = org.binding(setId, roleId);
  const at = members?.indexOf(member) ?? -1;
  if (at >= 0) members!.splice(at, 1);
  const holder = holderAt(org, member.principal);
  if (holder === undefined) return;
  const row = rowsOf(holder).find((one) => one.role === roleId && one["resource-set"] === setId);
  if (row !== undefined) take(org, holder, row);
}

/** Takes a role assignment away; where a binding gave it, its member goes too. */
export function unassignRole(org: Org, holder: Holder, row: RoleRow): void {
  take(org, holder, row);
  if (row.role === undefined || row["resource-set"] === undefined) return;
  const members = org.binding(row["resource-set"], row.role) ?? [];
  const at = members.findIndex((member) => member.principal === principalOf(holder));
  if (at >= 0) members.splice(at, 1);
}

function put(org: Org, holder: Holder, row: RoleRow): void {
  if ("user" in holder) org.addUserRole(holder.user, row);
  else org.addGroupRole(holder.group, row, true);
}

function take(org: Org, holder: Holder, row: RoleRow): void {
  if ("user" in holder) org.removeUserRole(holder.user, row);
  else org.removeGroupRole(holder.group, row);
}
