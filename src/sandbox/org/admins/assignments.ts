import { customRoleParty, resourceSetParty, roleParty } from "../log/parties.ts";
import type { Org } from "../org.ts";
import type { BindingMember, LabelledRecord, RoleRow } from "../types.ts";
import { governing } from "./governed.ts";
import { assignmentTypeOf, type Holder, holderAt, holderParty, principalOf, rowsOf } from "./holders.ts";
import { ROLE_LABELS } from "./roles.ts";

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
    assignmentType: assignmentTypeOf(holder),
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
  recordBinding(org, "add", set, role, holder);
  const known = rowsOf(holder).find((row) => row.role === role.id && row["resource-set"] === set.id);
  if (known !== undefined) return known;
  const row = {
    ...{ id, role: role.id, label: role.label, type: "CUSTOM", status: "ACTIVE", created: now, lastUpdated: now },
    assignmentType: assignmentTypeOf(holder),
    "resource-set": set.id,
  };
  put(org, holder, row);
  return row;
}

/** Takes a member out of a binding, and so the custom role from them. */
export function unbind(org: Org, set: LabelledRecord, role: LabelledRecord, member: BindingMember): void {
  const members = org.binding(set.id, role.id);
  const at = members?.indexOf(member) ?? -1;
  if (at >= 0) members!.splice(at, 1);
  const holder = holderAt(org, member.principal);
  if (holder === undefined) return;
  recordBinding(org, "delete", set, role, holder);
  const row = rowsOf(holder).find((one) => one.role === role.id && one["resource-set"] === set.id);
  if (row !== undefined) take(org, holder, row);
}

/** Takes a role assignment away; where a binding gave it, its member goes too. */
export function unassignRole(org: Org, holder: Holder, row: RoleRow): void {
  const principal = principalOf(holder);
  const set = org.resourceSet(row["resource-set"] ?? "");
  const role = org.customRole(row.role ?? "");
  const member = org.binding(set?.id ?? "", role?.id ?? "")?.find((one) => one.principal === principal);
  if (set !== undefined && role !== undefined && member !== undefined) unbind(org, set, role, member);
  if (rowsOf(holder).includes(row)) take(org, holder, row);
}

/** Takes a role away from a resource set, and so from all who are bound by it. */
export function removeBinding(org: Org, set: LabelledRecord, role: LabelledRecord): void {
  const members = [...(org.binding(set.id, role.id) ?? [])];
  for (const member of members) unbind(org, set, role, member);
  if (members.length === 0) recordBinding(org, "delete", set, role);
  org.removeBinding(set.id, role.id);
}

/** Takes all role assignments of somebody away, and them out of all bindings. */
export function unassignAll(org: Org, holder: Holder): void {
  unbindEverywhere(org, holder);
  for (const row of [...rowsOf(holder)]) take(org, holder, row);
}

/** Takes somebody out of all bindings, and so the custom roles from them. */
export function unbindEverywhere(org: Org, holder: Holder): void {
  const principal = principalOf(holder);
  for (const [setId, roles] of org.bindings) {
    for (const [roleId, members] of roles) {
      const member = members.find((one) => one.principal === principal);
      const set = org.resourceSet(setId);
      const role = org.customRole(roleId);
      if (member !== undefined && set !== undefined && role !== undefined) unbind(org, set, role, member);
    }
  }
}

function put(org: Org, holder: Holder, row: RoleRow): void {
  if ("user" in holder) org.addUserRole(holder.user, row);
  else org.addGroupRole(holder.group, row, true);
  recordPrivileges(org, holder, row);
}

function take(org: Org, holder: Holder, row: RoleRow): void {
  if ("user" in holder) org.removeUserRole(holder.user, row);
  else org.removeGroupRole(holder.group, row);
  org.roleTargets.delete(row.id);
  recordPrivileges(org, holder, undefined, row);
}

/** As Okta logs it: a grant says all that somebody holds now, and a revocation comes only where nothing is left. */
function recordPrivileges(org: Org, holder: Holder, given?: RoleRow, taken?: RoleRow): void {
  const held = "user" in holder ? org.rolesOf(holder.user) : holder.group.roles;
  const what = held.length > 0 ? "grant" : "revoke";
  const event = "user" in holder ? (`user.account.privilege.${what}` as const) : (`group.privilege.${what}` as const);
  const role = given ?? (what === "revoke" ? taken : undefined);
  const targets = [holderParty(holder), ...(role === undefined ? [] : [roleParty(role)])];
  org.log.record(event, targets, { privilegeGranted: held.map(({ label }) => label).join(", ") });
}

function recordBinding(
  ...[org, what, set, role, holder]: [Org, "add" | "delete", LabelledRecord, LabelledRecord, Holder?]
): void {
  const targets = [
    resourceSetParty(set),
    customRoleParty(role),
    ...(holder === undefined ? [] : [holderParty(holder)]),
  ];
  org.log.record(`iam.resourceset.bindings.${what}`, targets);
}
