import { customRoleParty } from "../log/parties.ts";
import type { Org } from "../org.ts";
import type { JsonObject, LabelledRecord } from "../types.ts";
import { removeBinding } from "./assignments.ts";

/** Adds a custom role with these permissions, as `okta.users.read`. */
export function createCustomRole(
  ...[org, label, description, permissions]: [Org, string, string, readonly string[]]
): LabelledRecord {
  const now = org.now();
  const role = { id: org.newId("cr0"), label, description, created: now, lastUpdated: now };
  org.customRoles.push(role);
  org.log.record("iam.role.create", [customRoleParty(role)]);
  for (const permission of permissions) addPermission(org, role, permission);
  return role;
}

/** Changes a custom role's label or description; assignments show the new label. */
export function updateCustomRole(org: Org, role: LabelledRecord, changes: Partial<LabelledRecord>): LabelledRecord {
  const after = { ...role, ...changes, lastUpdated: org.now() };
  org.customRoles[org.customRoles.indexOf(role)] = after;
  for (const holder of [...org.users, ...org.groups]) {
    holder?.roles.forEach((row, at) => {
      if (row.role === role.id) holder.roles[at] = { ...row, label: after.label };
    });
  }
  org.log.record("iam.role.update", [customRoleParty(after)]);
  return after;
}

/** Deletes a custom role; whoever holds it loses it. */
export function deleteCustomRole(org: Org, role: LabelledRecord): void {
  for (const set of org.resourceSets) {
    if (org.binding(set.id, role.id) !== undefined) removeBinding(org, set, role);
  }
  org.customRoles.splice(org.customRoles.indexOf(role), 1);
  org.permissions.delete(role.id);
  org.log.record("iam.role.delete", [customRoleParty(role)]);
}

/** What a custom role permits, each with its label (`okta.users.read`) and times. */
export function permissionsOf(org: Org, role: LabelledRecord): readonly JsonObject[] {
  return org.permissions.get(role.id) ?? [];
}

/** Lets a custom role do something more; false where it may already. */
export function addPermission(org: Org, role: LabelledRecord, label: string): boolean {
  const permissions = permissionsOf(org, role);
  if (permissions.some((one) => one.label === label)) return false;
  const now = org.now();
  org.permissions.set(role.id, [...permissions, { label, created: now, lastUpdated: now }]);
  org.log.record("iam.role.permissions.add", [customRoleParty(role)], { permission: label });
  return true;
}

/** Takes a permission from a custom role; false where it has it not. */
export function removePermission(org: Org, role: LabelledRecord, label: string): boolean {
  const permissions = permissionsOf(org, role);
  const left = permissions.filter((one) => one.label !== label);
  if (left.length === permissions.length) return false;
  org.permissions.set(role.id, left);
  org.log.record("iam.role.permissions.delete", [customRoleParty(role)], { permission: label });
  return true;
}
