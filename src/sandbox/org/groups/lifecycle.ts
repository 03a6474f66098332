import { unbindEverywhere } from "../admins/assignments.ts";
import { unassignGroup } from "../apps/assignments.ts";
import { groupParty } from "../log/parties.ts";
import type { Org } from "../org.ts";
import { remove } from "../sorted.ts";
import type { GroupEntry, JsonObject } from "../types.ts";

/** Adds an Okta group without members. */
export function createGroup(org: Org, profile: JsonObject): GroupEntry {
  const now = org.now();
  const dates = { created: now, lastUpdated: now, lastMembershipUpdated: now };
  const group = org.addGroup(
    { id: org.newId("00g"), ...dates, objectClass: ["okta:user_group"], type: "OKTA_GROUP", profile },
    { usersCount: 0, appsCount: 0, groupPushMappingsCount: 0, hasAdminPrivilege: false },
  );
  org.log.record("group.lifecycle.create", [groupParty(group)]);
  return group;
}

/** Gives a group another profile. */
export function replaceGroupProfile(org: Org, group: GroupEntry, profile: JsonObject): void {
  org.updateGroup(group, { profile, lastUpdated: org.now() });
  org.log.record("group.profile.update", [groupParty(group)]);
}

/**
 * Takes a group out of the org; what its members had through it, they lose. As in Okta, the memberships end with the
 * group, without an event each.
 */
export function deleteGroup(org: Org, group: GroupEntry): void {
  for (const index of [...group.apps]) unassignGroup(org, org.apps[index]!, group);
  for (const index of group.members) remove(org.users[index]!.groups, group.index);
  unbindEverywhere(org, { group });
  for (const other of org.groups) {
    if (other !== undefined) other.owners = other.owners.filter(({ id }) => id !== group.record.id);
  }
  org.dropGroup(group);
  org.log.record("group.lifecycle.delete", [groupParty(group)]);
}
