import { deviceUsersOf } from "../../../src/sandbox/org/devices.ts";
import type { Org } from "../../../src/sandbox/org/org.ts";
import type { RoleRow } from "../../../src/sandbox/org/types.ts";

/** All of an org by object: what Okta would show of each, as one text. The key starts with the object's id. */
export function stateOf(org: Org): Map<string, string> {
  const state = new Map<string, string>();
  const put = (id: unknown, what: string, value: unknown) => state.set(`${id} ${what}`, JSON.stringify(value));
  // A custom role's label is the role's, not the assignment's.
  const unlabelled = (roles: readonly RoleRow[]) => roles.map(({ label: _, ...row }) => row);
  const idOf = (index: number) => org.users[index]!.record.id;
  for (const user of org.users) {
    if (user === undefined) continue;
    put(user.record.id, "user", user.record);
    put(user.record.id, "roles", unlabelled(user.roles));
    put(user.record.id, "factors", user.factors);
  }
  for (const group of org.groups) {
    if (group === undefined) continue;
    const { lastMembershipUpdated: _, ...record } = group.record;
    put(group.record.id, "group", record);
    put(group.record.id, "members", group.members.map(idOf));
    put(group.record.id, "roles", unlabelled(group.roles));
  }
  for (const app of org.apps) {
    if (app === undefined) continue;
    put(app.record.id, "app", [app.record, app.grants, app.keys, app.secrets, org.clientRoles.get(app.record.id)]);
    put(app.record.id, "users", [...app.userRows].map(([index, row]) => [idOf(index), row]).sort());
    put(app.record.id, "groups", [...app.groupRows].map(([index, row]) => [org.groups[index]!.record.id, row]).sort());
  }
  for (const role of org.customRoles) put(role.id, "custom role", [role, org.permissions.get(role.id)]);
  for (const set of org.resourceSets) {
    const bound = [...(org.bindings.get(set.id) ?? [])].filter(([, members]) => members.length > 0);
    put(set.id, "resource set", [set, org.setResources.get(set.id), bound]);
  }
  for (const token of org.apiTokens) put(token.id, "token", token);
  for (const device of org.devices) put(device.id, "device", [device, deviceUsersOf(org, device)]);
  return state;
}

/** The keys of what differs between two states. */
export function differences(before: Map<string, string>, after: Map<string, string>): string[] {
  const keys = new Set([...before.keys(), ...after.keys()]);
  return [...keys].filter((key) => before.get(key) !== after.get(key));
}
