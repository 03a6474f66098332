import { notFound } from "../errors.ts";
import { groupParty } from "../log/parties.ts";
import type { Org } from "../org.ts";
import type { GroupRule, GroupRuleRecord, UserEntry } from "../types.ts";
import { addMember, removeMember } from "./members.ts";
import { compileRule } from "./rule-expression.ts";

/** What a group rule is made of: whom it takes, whom it leaves out, and which groups it fills. */
export interface RuleDetails {
  readonly name: string;
  readonly expression: string;
  readonly excluded: readonly string[];
  readonly groupIds: readonly string[];
}

/** Adds a group rule, which does nothing until it is activated. Throws where it names a group that is not there. */
export function createRule(org: Org, details: RuleDetails): GroupRule {
  const now = org.now();
  const rule = {
    record: { ...recordOf(org, details), id: org.newId("0pr"), status: "INACTIVE", created: now, lastUpdated: now },
    members: new Set<number>(),
  };
  org.groupRules.push(rule);
  return rule;
}

/** Changes a group rule. */
export function replaceRule(org: Org, rule: GroupRule, details: RuleDetails): void {
  rule.record = { ...rule.record, ...recordOf(org, details), lastUpdated: org.now() };
}

function recordOf(org: Org, { name, expression, excluded, groupIds }: RuleDetails) {
  compileRule(expression);
  for (const id of groupIds) if (org.group(id) === undefined) throw notFound(id, "UserGroup");
  return {
    type: "group_rule",
    name,
    conditions: {
      people: { users: { exclude: excluded }, groups: { exclude: [] } },
      expression: { value: expression, type: "urn:okta:expression:1.0" },
    },
    actions: { assignUserToGroups: { groupIds } },
    allGroupsValid: true,
  };
}

/** Activates a group rule: whoever fits it comes into its groups. */
export function activateRule(org: Org, rule: GroupRule): void {
  rule.record = { ...rule.record, status: "ACTIVE", lastUpdated: org.now() };
  org.log.record("group.user_membership.rule.trigger", targetsOf(org, rule));
  for (const user of org.users) if (user !== undefined) applyRule(org, rule, user);
}

/** Deactivates a group rule: whoever is in its groups stays there. */
export function deactivateRule(org: Org, rule: GroupRule): void {
  rule.record = { ...rule.record, status: "INACTIVE", lastUpdated: org.now() };
  rule.members.clear();
  org.log.record("group.user_membership.rule.deactivated", targetsOf(org, rule));
}

/** Deletes a group rule; `removeUsers` takes those out of its groups whom it put there. */
export function deleteRule(org: Org, rule: GroupRule, removeUsers: boolean): void {
  org.groupRules.splice(org.groupRules.indexOf(rule), 1);
  if (!removeUsers) return;
  for (const index of rule.members) {
    const user = org.users[index];
    for (const id of groupIdsOf(rule.record)) {
      const group = org.group(id);
      if (user !== undefined && group !== undefined) removeMember(org, group, user);
    }
  }
}

/** Lets every active rule put a user who has changed into its groups, or take the user out again. */
export function applyRules(org: Org, user: UserEntry): void {
  for (const rule of org.groupRules) if (rule.record.status === "ACTIVE") applyRule(org, rule, user);
}

function applyRule(org: Org, rule: GroupRule, user: UserEntry): void {
  const { conditions } = rule.record;
  const fits =
    user.record.status !== "DEPROVISIONED" &&
    !conditions.people.users.exclude.includes(user.record.id) &&
    compileRule(conditions.expression.value)(org, user);
  if (fits === false && !rule.members.delete(user.index)) return;
  for (const id of groupIdsOf(rule.record)) {
    const group = org.group(id);
    if (group === undefined) continue;
    if (fits && addMember(org, group, user)) rule.members.add(user.index);
    if (!fits) removeMember(org, group, user);
  }
}

function groupIdsOf(record: GroupRuleRecord): readonly string[] {
  return record.actions.assignUserToGroups.groupIds;
}

function targetsOf(org: Org, { record }: GroupRule) {
  const rule = { id: record.id, type: "GroupRule", alternateId: "unknown", displayName: record.name };
  const groups = groupIdsOf(record).flatMap((id) => org.group(id) ?? []);
  return [rule, ...groups.map(groupParty)];
}
