import { reach, retract } from "../apps/assignments.ts";
import { countIn } from "../group-stats.ts";
import { groupParty, userParty } from "../log/parties.ts";
import type { Org } from "../org.ts";
import { add, remove } from "../sorted.ts";
import type { GroupEntry, UserEntry } from "../types.ts";

/** Puts a user into a group, and so into the group's apps; false where it was there already. */
export function addMember(org: Org, group: GroupEntry, user: UserEntry): boolean {
  if (!join(org, group, user)) return false;
  org.log.record("group.user_membership.add", [userParty(user), groupParty(group)]);
  for (const index of group.apps) reach(org, org.apps[index]!, user, group);
  return true;
}

/** Takes a user out of a group, and out of the apps that only the group gave; false where it was not there. */
export function removeMember(org: Org, group: GroupEntry, user: UserEntry): boolean {
  if (!leave(org, group, user)) return false;
  org.log.record("group.user_membership.remove", [userParty(user), groupParty(group)]);
  for (const index of group.apps) retract(org, org.apps[index]!, user);
  return true;
}

/**
 * Puts users into an app's own group and takes others out, as an import from the app does: the log tells of the import
 * and of the apps that members get and lose, not of each membership.
 */
export function importMembers(org: Org, group: GroupEntry, coming: UserEntry[], going: UserEntry[]): void {
  const source = group.record.source?.id;
  const app = source === undefined ? undefined : org.app(source);
  const { id, label } = app?.record ?? { id: "unknown", label: "Directory" };
  const target = { id, type: "AppInstance", alternateId: label, displayName: label };
  org.log.record("system.import.start", [target]);
  const joined = coming.filter((user) => join(org, group, user));
  const left = going.filter((user) => leave(org, group, user));
  for (const index of group.apps) {
    for (const user of joined) reach(org, org.apps[index]!, user, group);
    for (const user of left) retract(org, org.apps[index]!, user);
  }
  org.log.record("system.import.complete", [target]);
}

function join(org: Org, group: GroupEntry, user: UserEntry): boolean {
  if (!add(user.groups, group.index)) return false;
  add(group.members, user.index);
  membershipChanged(org, group, 1);
  return true;
}

function leave(org: Org, group: GroupEntry, user: UserEntry): boolean {
  if (!remove(user.groups, group.index)) return false;
  remove(group.members, user.index);
  membershipChanged(org, group, -1);
  return true;
}

function membershipChanged(org: Org, group: GroupEntry, by: number): void {
  org.updateGroup(group, { lastMembershipUpdated: org.now() });
  countIn(group, "usersCount", by);
}
