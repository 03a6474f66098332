import type { ToRead } from "../../baton/connector.ts";
import { isObject, text } from "../../baton/model/values.ts";
import type { LogEntry } from "../events/log-entry.ts";
import {
  apiTokenType,
  appType,
  bindingType,
  customRoleType,
  deviceType,
  groupType,
  resourceSetType,
  userType,
} from "../resource/types.ts";

/** The ids of an entry's targets by their type, as the log names it. */
type Targets = (type: string) => readonly string[];

/** What is to be read again after an event; `undefined` where the entry does not say of what. */
type Rule = (targets: Targets) => readonly ToRead[] | undefined;

const USER = "User";
const GROUP = "UserGroup";
const APP = "AppInstance";
/** Stands for who acted, where that is a user. */
const ACTOR = "actor";

const grantsOf = (type: string, id: string): ToRead => ({ what: "grants", type, id });

/** One thing for each target of a type; nothing is known where there is none. */
const each =
  (target: string, ...reads: ((id: string) => readonly ToRead[])[]): Rule =>
  (targets) => {
    const ids = targets(target);
    return ids.length === 0 ? undefined : ids.flatMap((id) => reads.flatMap((read) => read(id)));
  };

/** Of a resource that has many holders: what the one holds who is named beside it; all where nobody is. */
function between(type: string, target: string, reading: string): Rule {
  return (targets) => {
    const [ids, users] = [targets(target), targets(USER)];
    if (ids.length === 0) return undefined;
    return ids.flatMap((id): ToRead[] => {
      const read = { what: "grants", type, id, reading: { of: reading } } as const;
      return users.length === 0
        ? [read]
        : users.map((user) => ({ ...read, principal: { type: userType.id, id: user } }));
    });
  };
}

/** Where an entry about a user names no target, it is about who acted: signing in, say. */
const ofUser =
  (read: (id: string) => readonly ToRead[]): Rule =>
  (targets) =>
    each(USER, read)(targets) ?? each(ACTOR, read)(targets);

const theUser = ofUser((id) => [{ what: "resource", type: userType.id, id }]);
const theUserAndAll = ofUser((id) => [
  { what: "resource", type: userType.id, id },
  { what: "holdings", type: userType.id, id },
  { what: "holder", type: userType.id, id },
]);
const members = between(groupType.id, GROUP, "members");
const appUsers = between(appType.id, APP, "users");
const appGroups = each(APP, (id) => [grantsOf(appType.id, id)]);
const rolesOfUser = (id: string): readonly ToRead[] => [{ what: "holder", type: userType.id, id }];
const userRoles = ofUser(rolesOfUser);
const userRolesOf = each(USER, rolesOfUser);
const groupRoles = each(GROUP, (id) => [{ what: "grants", type: groupType.id, id, reading: { of: "roles" } }]);
const roleHolders = each("CUSTOM_ROLE", (id) => [{ what: "holders", type: customRoleType.id, id }]);

/** The roles of all admins. */
const ALL_ROLES: readonly ToRead[] = [
  { what: "holder", type: userType.id },
  { what: "grants", type: groupType.id, reading: { of: "roles" } },
];

const SET_LISTS: readonly ToRead[] = [
  { what: "list", type: resourceSetType.id },
  { what: "list", type: bindingType.id },
];

/** With a custom role its bindings go. */
const roleIsGone: Rule = (targets) => [...SET_LISTS, ...(roleHolders(targets) ?? [])];

/**
 * The lists of sets and bindings, who is in a binding, and the roles of whoever came or went: all admins', where the entry
 * does not name them. That another entry tells of their roles is described nowhere.
 */
const sets: Rule = (targets) => {
  const [ids, roles] = [targets("RESOURCE_SET"), targets("CUSTOM_ROLE")];
  const held = [...(userRolesOf(targets) ?? []), ...(groupRoles(targets) ?? [])];
  const ofWhom = held.length === 0 ? ALL_ROLES : held;
  if (ids.length === 0 || roles.length === 0) {
    const all = [resourceSetType, bindingType].map(({ id: type }): ToRead => ({ what: "grants", type }));
    return [...SET_LISTS, ...all, ...ofWhom];
  }
  return [
    ...SET_LISTS,
    ...ids.map((id) => grantsOf(resourceSetType.id, id)),
    ...ids.flatMap((set) => roles.map((role) => grantsOf(bindingType.id, `${set}:${role}`))),
    ...ofWhom,
  ];
};

/** What a set is called, and what it reaches: nothing of who is in its bindings. */
const setItself: Rule = (targets) => [
  ...SET_LISTS,
  ...targets("RESOURCE_SET").map((id) => grantsOf(resourceSetType.id, id)),
];

/** With a set its bindings go, and so custom roles of whoever was in them. */
const setIsGone: Rule = () => [...SET_LISTS, { what: "holders", type: customRoleType.id }];

/** What is listed whole in each sync needs no event. */
const listed: Rule = () => [];

/** Source: Okta's event types catalogue. */
const RULES: ReadonlyMap<string, Rule> = new Map<string, Rule>([
  ...rules(members, "group.user_membership.add", "group.user_membership.remove"),
  ...rules(listed, "group.lifecycle.create", "group.lifecycle.delete", "group.profile.update"),
  ...rules(
    appUsers,
    "application.user_membership.add",
    "application.user_membership.remove",
    "application.user_membership.update",
    "application.user_membership.provision",
    "application.user_membership.deprovision",
    "application.user_membership.restore",
    "application.user_membership.restore_password",
    "application.user_membership.revoke",
    "application.user_membership.change_username",
    "application.user_membership.approve",
  ),
  ...rules(
    appGroups,
    "group.application_assignment.add",
    "group.application_assignment.remove",
    "group.application_assignment.update",
    "application.lifecycle.activate",
    "application.lifecycle.deactivate",
  ),
  ...rules(listed, "application.lifecycle.create", "application.lifecycle.update", "application.lifecycle.delete"),
  ...rules(
    theUser,
    "user.lifecycle.create",
    "user.lifecycle.activate",
    "user.lifecycle.suspend",
    "user.lifecycle.unsuspend",
    "user.lifecycle.reactivate",
    "user.lifecycle.jit.error.read_only",
    "user.account.update_profile",
    "user.account.update_password",
    "user.account.reset_password",
    "user.account.expire_password",
    "user.account.lock",
    "user.account.unlock",
    "user.account.unlock_by_admin",
    "user.session.start",
  ),
  ...rules(
    theUserAndAll,
    "user.lifecycle.deactivate",
    "user.lifecycle.delete.initiated",
    "user.lifecycle.delete.completed",
  ),
  ...rules(userRoles, "user.account.privilege.grant", "user.account.privilege.revoke"),
  ...rules(groupRoles, "group.privilege.grant", "group.privilege.revoke"),
  ...rules(roleHolders, "iam.role.update"),
  ...rules(roleIsGone, "iam.role.delete"),
  ...rules(listed, "iam.role.create", "iam.role.permissions.add", "iam.role.permissions.delete"),
  ...rules(sets, "iam.resourceset.bindings.add", "iam.resourceset.bindings.delete"),
  ...rules(setItself, "iam.resourceset.create", "iam.resourceset.update"),
  ...rules(setIsGone, "iam.resourceset.delete"),
  ...rules(listed, "iam.resourceset.resources.add", "iam.resourceset.resources.delete"),
]);

/** After these, any group of an app may have got and lost members without an event for each. */
const IMPORTS = ["system.import.complete", "system.import.group.complete"];

function rules(rule: Rule, ...events: string[]): [string, Rule][] {
  return events.map((event) => [event, rule]);
}

/** The event types that say that something is to be read again. */
export const CHANGE_EVENTS: readonly string[] = [
  ...[...RULES].filter(([, rule]) => rule !== listed).map(([type]) => type),
  ...IMPORTS,
];

const TARGETS_OF_MEMBERSHIP: ReadonlySet<Rule> = new Set<Rule>([members, appUsers, appGroups, theUserAndAll]);

/** After these, who is in which group, or has which app, may be another matter, and no single event says whose. */
export const SWEEPING_EVENTS: readonly string[] = ["group.lifecycle.delete", "group.user_membership.rule.trigger"];

/** The event types that say that who is in a group, or has an app, may have changed. */
export const MEMBERSHIP_EVENTS: readonly string[] = [
  ...[...RULES].filter(([, rule]) => TARGETS_OF_MEMBERSHIP.has(rule)).map(([type]) => type),
  ...SWEEPING_EVENTS,
  ...IMPORTS,
];

/** The types that are listed whole in each sync, which costs a call or a few, and so need no event. */
export const LISTED_TYPES: readonly string[] = [
  ...[groupType.id, appType.id, "role", customRoleType.id, apiTokenType.id, deviceType.id],
];

/** What is to be read again after an event; `undefined` where it says so of something, and not of what. */
export function readAfter(entry: LogEntry): readonly ToRead[] | undefined {
  return RULES.get(text(entry.eventType))?.((type) => targetsOf(entry, type)) ?? (isRuled(entry) ? undefined : []);
}

function isRuled(entry: LogEntry): boolean {
  return RULES.has(text(entry.eventType));
}

/** The apps from which an entry says that groups and users were imported; `undefined` where it says nothing of the sort. */
export function importedFrom(entry: LogEntry): readonly string[] | undefined {
  return IMPORTS.includes(text(entry.eventType)) ? targetsOf(entry, APP) : undefined;
}

function targetsOf({ target, actor }: LogEntry, type: string): readonly string[] {
  if (type === ACTOR) return isObject(actor) && actor.type === USER ? [text(actor.id)].filter((id) => id !== "") : [];
  return (target ?? []).flatMap((one) => {
    const id = isObject(one) && one.type === type ? text(one.id) : "";
    return id === "" ? [] : [id];
  });
}
