import { randomInt } from "node:crypto";
import { type Clock, systemClock } from "../../runtime/clock.ts";
import { AdminStore } from "./admins/store.ts";
import { Cursors } from "./cursors.ts";
import { SystemLog } from "./log/log.ts";
import { Random, wholeSecond } from "./random.ts";
import { SearchIndex } from "./search-index.ts";
import { add, has, position, remove } from "./sorted.ts";
import type {
  AppEntry,
  AppGroupRow,
  AppRecord,
  AppUserRow,
  DeviceUser,
  GroupEntry,
  GroupRecord,
  GroupRule,
  GroupStats,
  JsonObject,
  RoleRow,
  UserEntry,
  UserRecord,
} from "./types.ts";
import { baseAttributes } from "./users/attributes.ts";

/** Options of a new org. */
export interface OrgOptions {
  /** As `GET /api/v1/org` shows it; `id` is part of cursors and ORNs. */
  readonly settings: JsonObject & { readonly id: string };
  /** Default: the machine's own clock. */
  readonly clock?: Clock | undefined;
}

/**
 * A whole Okta org in memory: the objects and the indexes between them. What follows from a change (a group's apps reach
 * its members, a deactivated user leaves everything) is in the folders beside this file; who may do what, and what is
 * a valid input, is for the routes. A place in a list is an index that only grows, so a cursor stays good while objects
 * come and go.
 */
export class Org extends AdminStore {
  readonly settings: JsonObject & { readonly id: string };
  readonly clock: Clock;
  readonly log: SystemLog;
  readonly cursors: Cursors;
  /** Where new ids come from. */
  random = new Random(randomInt(2 ** 47));
  /** What `search` sees of users and groups. */
  readonly userIndex: SearchIndex<UserRecord>;
  readonly groupIndex: SearchIndex<GroupRecord>;
  readonly users: (UserEntry | undefined)[] = [];
  readonly groups: (GroupEntry | undefined)[] = [];
  readonly apps: (AppEntry | undefined)[] = [];
  /** Apps that sign in to this server and are in no list, by client id. */
  readonly clientApps = new Map<string, AppEntry>();
  readonly apiTokens: JsonObject[] = [];
  readonly devices: JsonObject[] = [];
  readonly groupRules: GroupRule[] = [];
  /** By id of the device. */
  readonly deviceUsers = new Map<string, readonly DeviceUser[]>();
  /** Indexes of users with a role assignment of their own, ascending. */
  readonly assignees: number[] = [];
  /** Profile attributes that the org's user schema knows. */
  readonly profileAttributes = new Set(baseAttributes);
  /** Whether a login must have the form of an email address, as Okta demands by default. */
  loginsAreEmails = true;
  readonly #usersById = new Map<string, UserEntry>();
  readonly #usersByLogin = new Map<string, UserEntry>();
  readonly #groupsById = new Map<string, GroupEntry>();
  readonly #appsById = new Map<string, AppEntry>();

  constructor(options: OrgOptions) {
    super();
    this.settings = options.settings;
    this.clock = options.clock ?? systemClock;
    this.log = new SystemLog(this.clock, () => this.random);
    this.userIndex = new SearchIndex(this.clock);
    this.groupIndex = new SearchIndex(this.clock);
    this.cursors = new Cursors(options.settings.id);
  }

  /** The current time as Okta writes it on its objects. */
  now(): string {
    return wholeSecond(this.clock.now());
  }

  /** A new id with Okta's prefix for its kind, as `00u`. */
  newId(prefix: string): string {
    return this.random.id(prefix);
  }

  /** How many users there are, in whatever state. */
  get userCount(): number {
    return this.#usersById.size;
  }

  /** How many groups there are. */
  get groupCount(): number {
    return this.#groupsById.size;
  }

  /** How many apps there are. */
  get appCount(): number {
    return this.#appsById.size;
  }

  /** The user with this id. */
  user(id: string): UserEntry | undefined {
    return this.#usersById.get(id);
  }

  /** The user with this login, whatever its case. */
  userByLogin(login: string): UserEntry | undefined {
    return this.#usersByLogin.get(login.toLowerCase());
  }

  /** The user that a path names: by id, by login, or by the part of the login before `@` where only one user has it. */
  findUser(idOrLogin: string): UserEntry | undefined {
    const found = this.user(idOrLogin) ?? this.userByLogin(idOrLogin);
    if (found !== undefined || idOrLogin.includes("@")) return found;
    const start = `${idOrLogin.toLowerCase()}@`;
    let only: UserEntry | undefined;
    for (const [login, user] of this.#usersByLogin) {
      if (!login.startsWith(start)) continue;
      if (only !== undefined) return undefined;
      only = user;
    }
    return only;
  }

  /** The group with this id. */
  group(id: string): GroupEntry | undefined {
    return this.#groupsById.get(id);
  }

  /** The app with this id. */
  app(id: string): AppEntry | undefined {
    return this.#appsById.get(id);
  }

  /** The group that everybody is in. */
  get everyone(): GroupEntry | undefined {
    return this.groups.find((group) => group?.record.type === "BUILT_IN" && group.record.profile.name === "Everyone");
  }

  addUser(record: UserRecord): UserEntry {
    const entry: UserEntry = { index: this.users.length, record, groups: [], roles: [], factors: [] };
    this.users.push(entry);
    this.#usersById.set(record.id, entry);
    this.#usersByLogin.set(String(record.profile.login).toLowerCase(), entry);
    for (const key in record.profile) this.profileAttributes.add(key);
    this.userIndex.changed(entry.index, undefined, record);
    return entry;
  }

  /** Changes members of a user's record. */
  updateUser(user: UserEntry, changes: Partial<UserRecord>): void {
    const before = user.record;
    user.record = { ...before, ...changes };
    user.full = undefined;
    user.light = undefined;
    if (changes.profile !== undefined) {
      this.#usersByLogin.delete(String(before.profile.login).toLowerCase());
      this.#usersByLogin.set(String(user.record.profile.login).toLowerCase(), user);
    }
    this.userIndex.changed(user.index, before, user.record);
  }

  /** Takes a user's record out of the org; what refers to it must be gone already. */
  dropUser(user: UserEntry): void {
    this.users[user.index] = undefined;
    this.#usersById.delete(user.record.id);
    this.#usersByLogin.delete(String(user.record.profile.login).toLowerCase());
    this.userIndex.changed(user.index, user.record, undefined);
  }

  addGroup(record: GroupRecord, stats: GroupStats | undefined): GroupEntry {
    const index = this.groups.length;
    const entry: GroupEntry = {
      ...{ index, record, stats, members: [], roles: [], inherited: new Set<string>(), apps: new Set<number>() },
      owners: [],
    };
    this.groups.push(entry);
    this.#groupsById.set(record.id, entry);
    this.groupIndex.changed(index, undefined, record);
    return entry;
  }

  /** Changes members of a group's record. */
  updateGroup(group: GroupEntry, changes: Partial<GroupRecord>): void {
    const before = group.record;
    group.record = { ...before, ...changes };
    this.groupIndex.changed(group.index, before, group.record);
  }

  /** Takes a group's record out of the org; what refers to it must be gone already. */
  dropGroup(group: GroupEntry): void {
    this.groups[group.index] = undefined;
    this.#groupsById.delete(group.record.id);
    this.groupIndex.changed(group.index, group.record, undefined);
  }

  addApp(record: AppRecord): AppEntry {
    const index = this.apps.length;
    const entry: AppEntry = {
      ...{ index, record, users: [], userRows: new Map(), groups: [], groupRows: new Map() },
      ...{ grants: [], keys: [], secrets: [] },
    };
    this.apps.push(entry);
    this.#appsById.set(record.id, entry);
    return entry;
  }

  /** Fills an empty group with the users at these indexes, which must ascend; apps are not looked at. */
  fillGroup(group: GroupEntry, indexes: Iterable<number>): void {
    for (const index of indexes) {
      group.members.push(index);
      add(this.users[index]!.groups, group.index);
    }
  }

  isMember(group: GroupEntry, user: UserEntry): boolean {
    return has(user.groups, group.index);
  }

  /** Assigns a user to an app, or replaces its row. */
  setAppUser(app: AppEntry, index: number, row: AppUserRow): void {
    if (!app.userRows.has(index)) add(app.users, index);
    app.userRows.set(index, row);
  }

  /** Assigns a group to an app, or replaces its row; the group's members are not looked at. */
  setAppGroup(app: AppEntry, group: GroupEntry, row: AppGroupRow): void {
    if (!app.groupRows.has(group.index)) add(app.groups, group.index);
    group.apps.add(app.index);
    app.groupRows.set(group.index, row);
  }

  /** Takes a group's row out of an app; the group's members are not looked at. */
  dropAppGroup(app: AppEntry, group: GroupEntry): void {
    if (app.groupRows.delete(group.index)) remove(app.groups, group.index);
    group.apps.delete(app.index);
  }

  /** Takes an app's record out of the org; what refers to it must be gone already. */
  dropApp(app: AppEntry): void {
    this.apps[app.index] = undefined;
    this.#appsById.delete(app.record.id);
  }

  /** Takes a user's row out of an app. */
  dropAppUser(app: AppEntry, user: UserEntry): void {
    if (app.userRows.delete(user.index)) remove(app.users, user.index);
  }

  /** Gives a user an admin role. */
  addUserRole(user: UserEntry, row: RoleRow): void {
    user.roles.push(row);
    add(this.assignees, user.index);
  }

  removeUserRole(user: UserEntry, row: RoleRow): void {
    const at = user.roles.indexOf(row);
    if (at >= 0) user.roles.splice(at, 1);
    if (user.roles.length === 0) remove(this.assignees, user.index);
  }

  /** Gives a group an admin role; `inherited` says whether it shows on the members too. */
  addGroupRole(group: GroupEntry, row: RoleRow, inherited: boolean): void {
    group.roles.push(row);
    if (inherited) group.inherited.add(row.id);
    this.#privilegeChanged(group);
  }

  removeGroupRole(group: GroupEntry, row: RoleRow): void {
    const at = group.roles.indexOf(row);
    if (at >= 0) group.roles.splice(at, 1);
    group.inherited.delete(row.id);
    this.#privilegeChanged(group);
  }

  #privilegeChanged(group: GroupEntry): void {
    for (const key of ["hasAdminPrivilege", "hasAdminPrivlege"]) {
      if (group.stats !== undefined && key in group.stats) group.stats[key] = group.roles.length > 0;
    }
  }

  /** All role assignments that show on a user: its own, and those of its groups. */
  rolesOf(user: UserEntry): RoleRow[] {
    const inherited = user.groups.flatMap((index) => {
      const group = this.groups[index]!;
      return group.roles.filter((row) => group.inherited.has(row.id));
    });
    return inherited.length === 0 ? user.roles : [...user.roles, ...inherited];
  }
}

/** The first place in an ascending list behind `after`. */
export function startBehind(list: readonly number[], after: number): number {
  return position(list, after + 1);
}
