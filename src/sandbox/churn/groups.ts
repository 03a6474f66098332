import { createGroup, deleteGroup, replaceGroupProfile } from "../org/groups/lifecycle.ts";
import { addMember, importMembers, removeMember } from "../org/groups/members.ts";
import { addOwner, removeOwner } from "../org/groups/owners.ts";
import { userParty } from "../org/log/parties.ts";
import type { Org } from "../org/org.ts";
import type { Random } from "../org/random.ts";
import { DEPARTMENTS, GROUP_KINDS } from "../seed/names.ts";
import { type ChangeKind, groupPath, pickEntry, pickGroup, userPath } from "./change.ts";

function freeName(org: Org, random: Random): string {
  let name: string;
  do name = `${random.pick(DEPARTMENTS)} ${random.pick(GROUP_KINDS)} ${random.below(1_000_000)}`;
  while (org.groups.some((group) => group?.record.profile.name === name));
  return name;
}

function create(org: Org, random: Random): string[] {
  return [groupPath(createGroup(org, { name: freeName(org, random), description: "Made by churn" }))];
}

function rename(org: Org, random: Random): string[] | undefined {
  const group = pickGroup(org, random);
  if (group === undefined) return undefined;
  replaceGroupProfile(org, group, { ...group.record.profile, name: freeName(org, random) });
  return [groupPath(group)];
}

function remove(org: Org, random: Random): string[] | undefined {
  const group = pickGroup(org, random, ({ stats }) => (stats?.groupPushMappingsCount ?? 0) === 0);
  if (group === undefined) return undefined;
  deleteGroup(org, group);
  return [groupPath(group)];
}

function join(org: Org, random: Random): string[] | undefined {
  const group = pickGroup(org, random);
  if (group === undefined) return undefined;
  const free = (user: { groups: readonly number[] }) => !user.groups.includes(group.index);
  const user = pickEntry(random, org.users, (one) => one.record.status !== "DEPROVISIONED" && free(one));
  if (user === undefined) return undefined;
  addMember(org, group, user);
  return [groupPath(group), userPath(user)];
}

function leave(org: Org, random: Random): string[] | undefined {
  const group = pickGroup(org, random, ({ members }) => members.length > 0);
  if (group === undefined) return undefined;
  const user = org.users[random.pick(group.members)]!;
  removeMember(org, group, user);
  return [groupPath(group), userPath(user)];
}

/** An import changes the members of an app's own group, without an event for each. */
function importAll(org: Org, random: Random): string[] | undefined {
  const group = pickEntry(random, org.groups, ({ record }) => record.type === "APP_GROUP");
  if (group === undefined) return undefined;
  const coming = [0, 1, 2].flatMap(() => {
    const user = pickEntry(random, org.users, ({ record }) => record.status !== "DEPROVISIONED");
    return user === undefined ? [] : [user];
  });
  const going = group.members.length === 0 ? [] : [org.users[random.pick(group.members)]!];
  importMembers(org, group, coming, going);
  return [groupPath(group), ...new Set([...coming, ...going].map(userPath))];
}

function changeOwner(org: Org, random: Random): string[] | undefined {
  const group = pickGroup(org, random);
  const user = pickEntry(random, org.users, ({ record }) => record.status === "ACTIVE");
  if (group === undefined || user === undefined) return undefined;
  const { id } = user.record;
  const owner = { id, type: "USER", originType: "OKTA_DIRECTORY", resolved: true };
  if (!removeOwner(group, id)) addOwner(org, group, { ...owner, displayName: userParty(user).displayName });
  return [groupPath(group), userPath(user)];
}

/** Random changes of groups and who is in them. */
export const GROUP_CHANGES: readonly ChangeKind[] = [
  { kind: "group.create", weight: 3, apply: create },
  { kind: "group.rename", weight: 3, apply: rename },
  { kind: "group.delete", weight: 1, apply: remove },
  { kind: "group.addMember", weight: 15, apply: join },
  { kind: "group.removeMember", weight: 12, apply: leave },
  { kind: "group.import", weight: 2, apply: importAll },
  { kind: "group.changeOwner", weight: 1, apply: changeOwner },
];
