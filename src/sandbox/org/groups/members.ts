import { reach, retract } from "../apps/assignments.ts";
import type { Org } from "../org.ts";
import { add, remove } from "../sorted.ts";
import type { GroupEntry, UserEntry } from "../types.ts";

/** Puts a user into a group, and so into the group's apps; false where it was there already. */
export function addMember(org: Org, group: GroupEntry, user: UserEntry): boolean {
  if (!add(user.groups, group.index)) return false;
  add(group.members, user.index);
  for (const index of group.apps) reach(org, org.apps[index]!, user.index, org.now());
  membershipChanged(org, group, 1);
  return true;
}

/** Takes a user out of a group, and out of the apps that only the group gave; false where it was not there. */
export function removeMember(org: Org, group: GroupEntry, user: UserEntry): boolean {
  if (!remove(user.groups, group.index)) return false;
  remove(group.members, user.index);
  for (const index of group.apps) retract(org, org.apps[index]!, user);
  membershipChanged(org, group, -1);
  return true;
}

function membershipChanged(org: Org, group: GroupEntry, by: number): void {
  group.record.lastMembershipUpdated = org.now();
  countIn(group, "usersCount", by);
}

/** Moves a number in a group's stats, where the group has it. */
export function countIn(group: GroupEntry, key: "usersCount" | "appsCount", by: number): void {
  const { stats } = group;
  if (stats !== undefined && typeof stats[key] === "number") stats[key] = Math.max(0, stats[key] + by);
}
