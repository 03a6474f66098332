import type { Clock } from "../../runtime/clock.ts";
import { readGovernance } from "./file/governance.ts";
import { entries, list, malformed, missing, object, optionalObject, text } from "./file/values.ts";
import { Org } from "./org.ts";
import { add } from "./sorted.ts";
import type {
  AppRecord,
  BindingMember,
  GroupRecord,
  GroupStats,
  JsonObject,
  LabelledRecord,
  RoleRow,
  UserRecord,
} from "./types.ts";

const DEFAULT_SETTINGS = { id: "00oSandbox0000000000", companyName: "Sandbox", subdomain: "sandbox", status: "ACTIVE" };

/**
 * An org from the parsed content of an org file: `org`, `users`, `groups`, `apps`, `groupMembers`, `groupRoles`,
 * `userRoles`, `appUsers`, `appGroups`, `customRoles`, `resourceSets`, `bindings`, `apiTokens`, `devices`, and what
 * {@link readGovernance} says, each as Okta's own JSON and each optional but `users`. The org shows what the file says, even where the file contradicts
 * itself; a name that nothing stands for is refused with a `Failure` of kind `usage` that says where.
 */
export function orgFromJson(json: unknown, clock?: Clock): Org {
  const root = object(json, "the org");
  const settings = { ...DEFAULT_SETTINGS, ...optionalObject(root.org, "org") };
  text(settings.id, "org.id");
  const org = new Org({ settings, clock });
  if (root.users === undefined) throw malformed("users", "is missing");
  list(root.users, "users").forEach((item, i) => {
    addUser(org, object(item, `users[${i}]`), `users[${i}]`);
  });
  list(root.groups, "groups").forEach((item, i) => {
    addGroup(org, object(item, `groups[${i}]`), `groups[${i}]`);
  });
  list(root.apps, "apps").forEach((item, i) => {
    addApp(org, object(item, `apps[${i}]`), `apps[${i}]`);
  });
  readMembers(org, root);
  readAppAssignments(org, root);
  org.customRoles.push(...labelled(root, "customRoles"));
  org.resourceSets.push(...labelled(root, "resourceSets"));
  readRoles(org, root);
  readBindings(org, root);
  org.apiTokens.push(...identified(root, "apiTokens", "name"));
  org.devices.push(...identified(root, "devices"));
  readGovernance(org, root);
  org.loginsAreEmails = org.users.every((user) => String(user?.record.profile.login).includes("@"));
  return org;
}

function addUser(org: Org, item: JsonObject, at: string): void {
  const profile = object(item.profile, `${at}.profile`);
  const id = text(item.id, `${at}.id`);
  const login = text(profile.login, `${at}.profile.login`);
  if (org.user(id) !== undefined) throw malformed(`${at}.id`, `is there twice: ${id}`);
  if (org.userByLogin(login) !== undefined) throw malformed(`${at}.profile.login`, `is there twice: ${login}`);
  text(item.status, `${at}.status`);
  const { _links: _, ...kept } = item;
  checkTimes(item, at);
  org.addUser({ ...kept, profile } as unknown as UserRecord);
}

function addGroup(org: Org, item: JsonObject, at: string): void {
  const id = text(item.id, `${at}.id`);
  if (org.group(id) !== undefined) throw malformed(`${at}.id`, `is there twice: ${id}`);
  const profile = object(item.profile, `${at}.profile`);
  text(profile.name, `${at}.profile.name`);
  text(item.type, `${at}.type`);
  const { _links: _, _embedded, ...kept } = item;
  const stats = optionalObject(optionalObject(_embedded, `${at}._embedded`).stats, `${at}._embedded.stats`);
  checkTimes(item, at);
  const record = { ...kept, profile } as unknown as GroupRecord;
  org.addGroup(record, Object.keys(stats).length === 0 ? undefined : ({ ...stats } as GroupStats));
}

function addApp(org: Org, item: JsonObject, at: string): void {
  const id = text(item.id, `${at}.id`);
  if (org.app(id) !== undefined) throw malformed(`${at}.id`, `is there twice: ${id}`);
  const { _links: _, ...kept } = item;
  for (const key of ["name", "label", "status"]) text(item[key], `${at}.${key}`);
  checkTimes(item, at);
  org.addApp(kept as unknown as AppRecord);
}

function readMembers(org: Org, root: JsonObject): void {
  for (const [id, members] of entries(root, "groupMembers")) {
    const group = org.group(id) ?? missing(`groupMembers.${id}`, "group", id);
    for (const [i, member] of list(members, `groupMembers.${id}`).entries()) {
      const user = userAt(org, member, `groupMembers.${id}[${i}]`);
      if (!add(user.groups, group.index)) throw malformed(`groupMembers.${id}[${i}]`, `is there twice: ${member}`);
      add(group.members, user.index);
    }
  }
}

function readAppAssignments(org: Org, root: JsonObject): void {
  for (const [id, groups] of entries(root, "appGroups")) {
    const app = org.app(id) ?? missing(`appGroups.${id}`, "app", id);
    for (const [i, item] of list(groups, `appGroups.${id}`).entries()) {
      const at = `appGroups.${id}[${i}]`;
      const row = typeof item === "string" ? {} : object(item, at);
      const groupId = typeof item === "string" ? item : text(row.id, `${at}.id`);
      const group = org.group(groupId) ?? missing(at, "group", groupId);
      const whole = { lastUpdated: app.record.lastUpdated ?? org.now(), priority: i, profile: {}, ...row };
      org.setAppGroup(app, group, whole);
    }
  }
  for (const [id, users] of entries(root, "appUsers")) {
    const app = org.app(id) ?? missing(`appUsers.${id}`, "app", id);
    for (const [i, item] of list(users, `appUsers.${id}`).entries()) {
      const at = `appUsers.${id}[${i}]`;
      const { id: userId, ...row } = object(item, at);
      const user = userAt(org, userId, at);
      if (app.userRows.has(user.index)) throw malformed(at, `is there twice: ${userId}`);
      const scope = row.scope ?? "USER";
      if (scope !== "USER" && scope !== "GROUP") throw malformed(`${at}.scope`, "must be USER or GROUP");
      const giver = groupIn(row._links);
      org.setAppUser(app, user.index, { ...row, scope, ...(giver !== undefined && { group: giver }) });
    }
  }
}

function readRoles(org: Org, root: JsonObject): void {
  for (const [id, rows] of entries(root, "groupRoles")) {
    const group = org.group(id) ?? missing(`groupRoles.${id}`, "group", id);
    for (const row of roleRows(rows, `groupRoles.${id}`)) {
      const stats = { ...group.stats };
      org.addGroupRole(group, row, false);
      Object.assign(group.stats ?? {}, stats);
    }
  }
  for (const [id, rows] of entries(root, "userRoles")) {
    const user = userAt(org, id, `userRoles.${id}`);
    for (const row of roleRows(rows, `userRoles.${id}`)) org.addUserRole(user, row);
  }
}

function roleRows(value: unknown, at: string): RoleRow[] {
  return list(value, at).map((item, i) => {
    const { _links: _, ...row } = object(item, `${at}[${i}]`);
    text(row.id, `${at}[${i}].id`);
    text(row.type, `${at}[${i}].type`);
    return row as unknown as RoleRow;
  });
}

function readBindings(org: Org, root: JsonObject): void {
  for (const [setId, roles] of entries(root, "bindings")) {
    if (org.resourceSet(setId) === undefined) missing(`bindings.${setId}`, "resource set", setId);
    for (const [roleId, members] of Object.entries(object(roles, `bindings.${setId}`))) {
      const at = `bindings.${setId}.${roleId}`;
      if (org.customRole(roleId) === undefined) missing(at, "custom role", roleId);
      const bound = org.addBinding(setId, roleId);
      for (const [i, item] of list(members, at).entries()) {
        const member = object(item, `${at}[${i}]`);
        text(member.id, `${at}[${i}].id`);
        const principal = text(member.principal, `${at}[${i}].principal`);
        const [kind, id] = principal.split("/").slice(-2);
        const known = kind === "users" ? org.user(id ?? "") : kind === "groups" ? org.group(id ?? "") : undefined;
        if (known === undefined) missing(`${at}[${i}].principal`, "user or group", principal);
        bound.push({ ...member, principal: `${kind}/${id}` } as unknown as BindingMember);
      }
    }
  }
}

function labelled(root: JsonObject, key: string): LabelledRecord[] {
  return identified(root, key, "label") as unknown as LabelledRecord[];
}

function identified(root: JsonObject, key: string, named?: string): JsonObject[] {
  const seen = new Set<string>();
  return list(root[key], key).map((item, i) => {
    const { _links: _, _link: __, ...record } = object(item, `${key}[${i}]`);
    const id = text(record.id, `${key}[${i}].id`);
    if (seen.has(id)) throw malformed(`${key}[${i}].id`, `is there twice: ${id}`);
    seen.add(id);
    if (named !== undefined) text(record[named], `${key}[${i}].${named}`);
    return record;
  });
}

function checkTimes(item: JsonObject, at: string): void {
  for (const key of ["created", "lastUpdated", "lastMembershipUpdated", "statusChanged"]) {
    const value = item[key];
    if (value === undefined || value === null) continue;
    if (typeof value !== "string" || Number.isNaN(Date.parse(value))) throw malformed(`${at}.${key}`, "is no time");
  }
}

/** The id of the group that an app user's `_links.group` leads to. */
function groupIn(links: unknown): string | undefined {
  const { group } = optionalObject(links, "appUsers._links");
  const { href } = optionalObject(group, "appUsers._links.group");
  return typeof href === "string" ? /\/groups\/([^/?#]+)$/.exec(href)?.[1] : undefined;
}

function userAt(org: Org, id: unknown, at: string) {
  return org.user(text(id, at)) ?? missing(at, "user", String(id));
}
