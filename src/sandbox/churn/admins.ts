import { assignStandardRole, bind, unassignRole, unbind } from "../org/admins/assignments.ts";
import { assignClientRole, clientRolesOf, isServiceApp, unassignClientRole } from "../org/admins/clients.ts";
import {
  addPermission,
  createCustomRole,
  deleteCustomRole,
  permissionsOf,
  removePermission,
  updateCustomRole,
} from "../org/admins/custom-roles.ts";
import { type Holder, principalOf, rowsOf } from "../org/admins/holders.ts";
import { PERMISSIONS } from "../org/admins/permissions.ts";
import {
  addResource,
  createResourceSet,
  deleteResourceSet,
  removeResource,
  resourcesOf,
  updateResourceSet,
} from "../org/admins/resource-sets.ts";
import type { Org } from "../org/org.ts";
import type { Random } from "../org/random.ts";
import { appPath, type ChangeKind, isSuperAdmin, pickEntry, pickUser } from "./change.ts";

const TYPES = ["USER_ADMIN", "HELP_DESK_ADMIN", "APP_ADMIN", "READ_ONLY_ADMIN", "REPORT_ADMIN", "WORKFLOWS_ADMIN"];

const rolePath = (role: { id: string }) => `iam/roles/${role.id}`;
const setPath = (set: { id: string }) => `iam/resource-sets/${set.id}`;

/** Somebody who may be given a role: mostly a user, now and then a small group. */
function pickHolder(org: Org, random: Random): Holder | undefined {
  if (random.chance(0.3)) {
    const group = pickEntry(random, org.groups, ({ record, members }) => {
      return record.type === "OKTA_GROUP" && members.length <= 200;
    });
    if (group !== undefined) return { group };
  }
  const user = pickUser(org, random, "ACTIVE");
  return user === undefined ? undefined : { user };
}

function assign(org: Org, random: Random): string[] | undefined {
  const holder = pickHolder(org, random);
  if (holder === undefined) return undefined;
  const type = random.pick(TYPES.filter((one) => !rowsOf(holder).some((row) => row.type === one)));
  if (type === undefined) return undefined;
  assignStandardRole(org, holder, type);
  return [principalOf(holder)];
}

function unassign(org: Org, random: Random): string[] | undefined {
  const user = pickEntry(random, org.users, (one) => one.roles.length > 0 && !isSuperAdmin(one));
  const group = pickEntry(random, org.groups, ({ roles }) => roles.length > 0);
  const holders = [...(user === undefined ? [] : [{ user }]), ...(group === undefined ? [] : [{ group }])];
  if (holders.length === 0) return undefined;
  const holder: Holder = random.pick(holders);
  unassignRole(org, holder, random.pick(rowsOf(holder)));
  return [principalOf(holder)];
}

function addToBinding(org: Org, random: Random): string[] | undefined {
  const holder = pickHolder(org, random);
  const role = pickEntry(random, org.customRoles);
  const set = pickEntry(random, org.resourceSets);
  if (holder === undefined || role === undefined || set === undefined) return undefined;
  return bind(org, set, role, holder) === undefined ? undefined : [setPath(set), rolePath(role), principalOf(holder)];
}

function removeFromBinding(org: Org, random: Random): string[] | undefined {
  const set = pickEntry(random, org.resourceSets, ({ id }) => {
    return [...(org.bindings.get(id)?.values() ?? [])].some((members) => members.length > 0);
  });
  if (set === undefined) return undefined;
  const bound = [...org.bindings.get(set.id)!].filter(([, members]) => members.length > 0);
  const [roleId, members] = random.pick(bound);
  const role = org.customRole(roleId);
  if (role === undefined) return undefined;
  const member = random.pick(members);
  unbind(org, set, role, member);
  return [setPath(set), rolePath(role), member.principal];
}

function createRole(org: Org, random: Random): string[] {
  const label = `Role ${random.below(1_000_000)}`;
  return [rolePath(createCustomRole(org, label, "Made by churn", [random.pick(PERMISSIONS)]))];
}

function renameRole(org: Org, random: Random): string[] | undefined {
  const role = pickEntry(random, org.customRoles);
  if (role === undefined) return undefined;
  updateCustomRole(org, role, { label: `Role ${random.below(1_000_000)}` });
  return [rolePath(role)];
}

function deleteRole(org: Org, random: Random): string[] | undefined {
  const role = org.customRoles.length < 3 ? undefined : pickEntry(random, org.customRoles);
  if (role === undefined) return undefined;
  deleteCustomRole(org, role);
  return [rolePath(role)];
}

function changePermission(org: Org, random: Random): string[] | undefined {
  const role = pickEntry(random, org.customRoles);
  if (role === undefined) return undefined;
  const label = random.pick(PERMISSIONS);
  const alone = permissionsOf(org, role).length < 2;
  if (alone || !removePermission(org, role, label)) addPermission(org, role, label);
  return [rolePath(role)];
}

function createSet(org: Org, random: Random): string[] {
  return [setPath(createResourceSet(org, `Set ${random.below(1_000_000)}`, "Made by churn", ["users"]))];
}

function renameSet(org: Org, random: Random): string[] | undefined {
  const set = pickEntry(random, org.resourceSets);
  if (set === undefined) return undefined;
  updateResourceSet(org, set, { label: `Set ${random.below(1_000_000)}` });
  return [setPath(set)];
}

function deleteSet(org: Org, random: Random): string[] | undefined {
  const set = org.resourceSets.length < 3 ? undefined : pickEntry(random, org.resourceSets);
  if (set === undefined) return undefined;
  deleteResourceSet(org, set);
  return [setPath(set)];
}

function changeResource(org: Org, random: Random): string[] | undefined {
  const set = pickEntry(random, org.resourceSets);
  const group = pickEntry(random, org.groups);
  if (set === undefined || group === undefined) return undefined;
  const resources = resourcesOf(org, set);
  if (resources.length > 1 && random.chance(0.5)) removeResource(org, set, random.pick(resources));
  else if (addResource(org, set, `groups/${group.record.id}`) === undefined) return undefined;
  return [setPath(set)];
}

function changeClientRole(org: Org, random: Random): string[] | undefined {
  const app = pickEntry(random, org.apps, isServiceApp);
  if (app === undefined) return undefined;
  const type = random.pick(TYPES);
  const row = clientRolesOf(org, app.record.id).find((one) => one.type === type);
  if (row === undefined) assignClientRole(org, app, type);
  else unassignClientRole(org, app, row);
  return [appPath(app)];
}

/** Random changes of who is an admin, and of what that means. */
export const ADMIN_CHANGES: readonly ChangeKind[] = [
  { kind: "role.assign", weight: 4, apply: assign },
  { kind: "role.unassign", weight: 3, apply: unassign },
  { kind: "binding.add", weight: 3, apply: addToBinding },
  { kind: "binding.remove", weight: 2, apply: removeFromBinding },
  { kind: "customRole.create", weight: 1, apply: createRole },
  { kind: "customRole.rename", weight: 1, apply: renameRole },
  { kind: "customRole.delete", weight: 1, apply: deleteRole },
  { kind: "customRole.changePermission", weight: 1, apply: changePermission },
  { kind: "resourceSet.create", weight: 1, apply: createSet },
  { kind: "resourceSet.rename", weight: 1, apply: renameSet },
  { kind: "resourceSet.delete", weight: 1, apply: deleteSet },
  { kind: "resourceSet.changeResource", weight: 1, apply: changeResource },
  { kind: "client.changeRole", weight: 1, apply: changeClientRole },
];
