import { ADMIN_CHANGES } from "../../../src/sandbox/churn/admins.ts";
import { APP_CHANGES } from "../../../src/sandbox/churn/apps.ts";
import {
  type ChangeKind,
  isSuperAdmin,
  pickApp,
  pickEntry,
  pickGroup,
  pickUser,
} from "../../../src/sandbox/churn/change.ts";
import { GROUP_CHANGES } from "../../../src/sandbox/churn/groups.ts";
import { USER_CHANGES } from "../../../src/sandbox/churn/users.ts";
import { bind } from "../../../src/sandbox/org/admins/assignments.ts";
import { assignUser } from "../../../src/sandbox/org/apps/assignments.ts";
import { setAppStatus } from "../../../src/sandbox/org/apps/lifecycle.ts";
import { addMember, importMembers, removeMember } from "../../../src/sandbox/org/groups/members.ts";
import { activateRule, createRule, deactivateRule, deleteRule } from "../../../src/sandbox/org/groups/rules.ts";
import type { LogParty } from "../../../src/sandbox/org/log/log.ts";
import { appParty, groupParty, userParty } from "../../../src/sandbox/org/log/parties.ts";
import type { Org } from "../../../src/sandbox/org/org.ts";
import type { Random } from "../../../src/sandbox/org/random.ts";
import type { UserEntry } from "../../../src/sandbox/org/types.ts";
import { canTransit, transit } from "../../../src/sandbox/org/users/lifecycle.ts";
import { replaceProfile } from "../../../src/sandbox/org/users/profile.ts";
import { deleteUser } from "../../../src/sandbox/org/users/removal.ts";

/** Changes that the sandbox does not make of its own accord: several things at once, and what leaves no count as it was. */

const SYSTEM: LogParty = { id: "system", type: "SystemPrincipal", alternateId: "system", displayName: "Okta System" };

function record(org: Org, eventType: string, targets: readonly LogParty[], actor = SYSTEM): void {
  org.log.add({ actor, requestId: "request", eventType, displayMessage: eventType, targets });
}

const leaver = (org: Org, random: Random) =>
  pickEntry(random, org.users, (one) => canTransit(one, "deactivate") && !isSuperAdmin(one));

/** Who signs in is who acts; what the entry is about may be nothing at all, or an app. */
function signIn(org: Org, random: Random): string[] | undefined {
  const user = pickUser(org, random, "ACTIVE");
  if (user === undefined) return undefined;
  org.updateUser(user, { lastLogin: org.now() });
  const app = pickApp(org, random);
  record(org, "user.session.start", app && random.chance(0.5) ? [appParty(app)] : [], userParty(user));
  return [user.record.id];
}

function addRule(org: Org, random: Random): string[] | undefined {
  const group = pickGroup(org, random);
  if (group === undefined) return undefined;
  const department = random.pick(["Sales", "Engineering", "Finance", "Support", "Marketing"]);
  const details = { expression: `user.department=="${department}"`, excluded: [], groupIds: [group.record.id] };
  activateRule(org, createRule(org, { name: `Rule ${random.below(1_000_000)}`, ...details }));
  return [group.record.id];
}

function switchRule(org: Org, random: Random): string[] | undefined {
  const rule = pickEntry(random, org.groupRules);
  if (rule === undefined) return undefined;
  if (rule.record.status === "ACTIVE") deactivateRule(org, rule);
  else activateRule(org, rule);
  return [rule.record.id];
}

function dropRule(org: Org, random: Random): string[] | undefined {
  const rule = pickEntry(random, org.groupRules);
  if (rule === undefined) return undefined;
  deleteRule(org, rule, true);
  return [rule.record.id];
}

function comeBack(org: Org, random: Random): string[] | undefined {
  const user = pickUser(org, random, "DEPROVISIONED");
  if (user === undefined) return undefined;
  transit(org, user, "activate");
  return [user.record.id];
}

function leaveAnd(then: (org: Org, user: UserEntry) => void): ChangeKind["apply"] {
  return (org, random) => {
    const user = leaver(org, random);
    if (user === undefined) return undefined;
    transit(org, user, "deactivate");
    then(org, user);
    return [user.record.id];
  };
}

/** All groups that apps brought get and lose members, each as many as it loses. */
function importEverywhere(org: Org, random: Random): string[] | undefined {
  const brought = org.groups.flatMap((one) => (one?.record.type === "APP_GROUP" ? [one] : []));
  for (const group of brought) {
    const coming = pickEntry(random, org.users, ({ record, groups }) => {
      return record.status !== "DEPROVISIONED" && !groups.includes(group.index);
    });
    const going = group.members.length === 0 ? [] : [org.users[random.pick(group.members)]!];
    importMembers(org, group, coming ? [coming] : [], going);
  }
  return brought.length === 0 ? undefined : brought.map(({ record: { id } }) => id);
}

function switchOffAndOn(org: Org, random: Random): string[] | undefined {
  const app = pickApp(org, random);
  if (app === undefined) return undefined;
  setAppStatus(org, app, "INACTIVE");
  setAppStatus(org, app, "ACTIVE");
  return [app.record.id];
}

/** Who has an app through a group has it directly as well. */
function assignDirectly(org: Org, random: Random): string[] | undefined {
  const app = pickApp(org, random, ({ users }) => users.length > 0);
  const user = app && org.users[random.pick(app.users)]!;
  if (app === undefined || user?.record.status !== "ACTIVE") return undefined;
  assignUser(org, app, user, {});
  return [app.record.id, user.record.id];
}

/** A group goes before the others of an app: whoever has the app through several has it through this one. */
function changePriority(org: Org, random: Random): string[] | undefined {
  const app = pickApp(org, random, ({ groups }) => groups.length > 1);
  if (app === undefined) return undefined;
  const group = org.groups[random.pick(app.groups)]!;
  for (const index of group.members) {
    const row = app.userRows.get(index);
    if (row?.scope === "GROUP") org.setAppUser(app, index, { ...row, group: group.record.id, lastUpdated: org.now() });
  }
  record(org, "group.application_assignment.update", [groupParty(group), appParty(app)]);
  return [app.record.id, group.record.id];
}

/** Somebody who has an app through two groups leaves one of them, and has it through the other. */
function leaveOneOfTwo(org: Org, random: Random): string[] | undefined {
  const app = pickApp(org, random, ({ groups }) => groups.length > 1);
  for (const index of app?.users ?? []) {
    const user = org.users[index]!;
    const [left, kept] = user.groups.filter((at) => app!.groups.includes(at)).map((at) => org.groups[at]!);
    if (left?.record.type !== "OKTA_GROUP" || kept === undefined) continue;
    removeMember(org, left, user);
    org.setAppUser(app!, index, { ...app!.userRows.get(index)!, group: kept.record.id });
    return [app!.record.id, user.record.id];
  }
  return undefined;
}

function moveDomain(org: Org, random: Random): string[] | undefined {
  const user = pickEntry(random, org.users, ({ record, roles }) => record.status === "ACTIVE" && roles.length === 0);
  const domain = random.pick(["acme.example", "contractor.example", "elsewhere.example"]);
  const login = `moved.${random.below(1_000_000)}@${domain}`;
  if (user === undefined || org.userByLogin(login) !== undefined) return undefined;
  replaceProfile(org, user, { ...user.record.profile, login, email: login });
  return [user.record.id];
}

/** One custom role in two resource sets at once. */
function bindTwice(org: Org, random: Random): string[] | undefined {
  const [role, user] = [pickEntry(random, org.customRoles), pickUser(org, random, "ACTIVE")];
  if (role === undefined || user === undefined || org.resourceSets.length < 2) return undefined;
  for (const set of org.resourceSets.slice(0, 2)) bind(org, set, role, { user });
  return [role.id, user.record.id];
}

/** One goes and another comes, so that the size stays; or the same one comes back. */
function swapMembers(org: Org, random: Random): string[] | undefined {
  const group = pickGroup(org, random, ({ members }) => members.length > 1);
  if (group === undefined) return undefined;
  const going = org.users[random.pick(group.members)]!;
  const other = pickEntry(random, org.users, ({ record, groups }) => {
    return record.status === "ACTIVE" && !groups.includes(group.index);
  });
  removeMember(org, group, going);
  addMember(org, group, random.chance(0.3) ? going : (other ?? going));
  return [group.record.id];
}

/** Kinds of changes besides those of the sandbox. */
export const MORE_CHANGES: readonly ChangeKind[] = [
  { kind: "user.signIn", weight: 1, apply: signIn },
  { kind: "rule.add", weight: 1, apply: addRule },
  { kind: "rule.switch", weight: 1, apply: switchRule },
  { kind: "rule.drop", weight: 1, apply: dropRule },
  { kind: "user.comeBack", weight: 1, apply: comeBack },
  { kind: "user.leaveAndComeBack", weight: 1, apply: leaveAnd((org, user) => transit(org, user, "activate")) },
  { kind: "user.leaveForGood", weight: 1, apply: leaveAnd(deleteUser) },
  { kind: "user.moveDomain", weight: 1, apply: moveDomain },
  { kind: "group.importEverywhere", weight: 1, apply: importEverywhere },
  { kind: "group.swapMembers", weight: 1, apply: swapMembers },
  { kind: "app.switchOffAndOn", weight: 1, apply: switchOffAndOn },
  { kind: "app.assignDirectly", weight: 1, apply: assignDirectly },
  { kind: "app.changePriority", weight: 1, apply: changePriority },
  { kind: "app.leaveOneOfTwoGroups", weight: 1, apply: leaveOneOfTwo },
  { kind: "binding.addTwice", weight: 1, apply: bindTwice },
];

/** All kinds of changes of what a snapshot holds. */
export const ALL_CHANGES: readonly ChangeKind[] = [
  ...[...USER_CHANGES, ...GROUP_CHANGES, ...APP_CHANGES, ...ADMIN_CHANGES, ...MORE_CHANGES],
];

/** The entries that tell of what was done; what follows from it in the org is then told by none. `undefined`: all. */
const TELLS: Readonly<Record<string, RegExp>> = {
  "user.create": /^(user\.lifecycle|group\.user_membership)/,
  "user.update": /^group/,
  "user.rename": /^group/,
  "user.moveDomain": /^group/,
  "user.deactivate": /^user\.lifecycle/,
  "user.delete": /^user\.lifecycle/,
  "user.comeBack": /^(user\.lifecycle|group)/,
  "user.leaveAndComeBack": /^(user\.lifecycle|group\.user_membership\.add)/,
  "user.leaveForGood": /^user\.lifecycle/,
  "group.delete": /^group\.lifecycle/,
  "group.addMember": /^group/,
  "group.removeMember": /^group/,
  "group.swapMembers": /^group/,
  "group.import": /^system/,
  "group.importEverywhere": /^system/,
  "rule.add": /^group/,
  "rule.switch": /^group/,
  "rule.drop": /^group/,
  "app.assignGroup": /^group/,
  "app.unassignGroup": /^group/,
  "app.leaveOneOfTwoGroups": /^group/,
  "app.activate": /^application\.lifecycle/,
  "app.deactivate": /^application\.lifecycle/,
  "app.delete": /^application\.lifecycle/,
  "binding.add": /^iam/,
  "binding.addTwice": /^iam/,
  "binding.remove": /^iam/,
  "customRole.delete": /^iam\.role/,
  "resourceSet.delete": /^iam\.resourceset\.delete/,
};

/** The kinds of which more follows than they are. */
export const SPREADING_CHANGES: readonly ChangeKind[] = ALL_CHANGES.filter(({ kind }) => kind in TELLS);

/**
 * Makes one change; `quietly`: adds the ids of the entries of the log that tell only of what follows from it. Answers its
 * kind; `undefined` where the org has nothing to do it to.
 */
export function change(org: Org, random: Random, one: ChangeKind, quietly?: Set<string>): string | undefined {
  const [before, numbers] = [org.log.entries.length, org.random];
  org.random = random;
  const objects = one.apply(org, random);
  org.random = numbers;
  const tells = TELLS[one.kind];
  if (quietly !== undefined && tells !== undefined) {
    for (const { uuid, eventType } of org.log.entries.slice(before)) if (!tells.test(eventType)) quietly.add(uuid);
  }
  return objects === undefined ? undefined : `${one.kind} ${objects.join(" ")}`;
}

/** Makes so many changes at random. */
export function changes(org: Org, random: Random, count: number, quietly?: Set<string>): string[] {
  const made: string[] = [];
  while (made.length < count) {
    const what = change(org, random, random.pick(ALL_CHANGES), quietly);
    if (what !== undefined) made.push(what);
  }
  return made;
}
