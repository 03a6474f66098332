/** A JSON object whose members nobody has looked at yet. */
export type JsonObject = Record<string, unknown>;

/** The eight states of a user, in Okta's words. */
export const USER_STATUSES = [
  "STAGED",
  "PROVISIONED",
  "ACTIVE",
  "RECOVERY",
  "PASSWORD_EXPIRED",
  "LOCKED_OUT",
  "SUSPENDED",
  "DEPROVISIONED",
] as const;

/** A user as Okta shows it, without `_links`. */
export interface UserRecord extends JsonObject {
  readonly id: string;
  readonly status: string;
  readonly created: string;
  readonly activated: string | null;
  readonly statusChanged: string | null;
  readonly lastLogin: string | null;
  readonly lastUpdated: string;
  readonly passwordChanged: string | null;
  readonly profile: JsonObject;
  readonly credentials?: JsonObject;
}

/** What `expand=stats` says of a group; an org file may leave parts of it out. */
export interface GroupStats extends JsonObject {
  usersCount?: number;
  appsCount?: number;
  groupPushMappingsCount?: number;
  hasAdminPrivilege?: boolean;
}

/** A group as Okta shows it, without `_embedded` and `_links`. */
export interface GroupRecord extends JsonObject {
  readonly id: string;
  readonly created: string;
  readonly lastUpdated: string;
  readonly lastMembershipUpdated: string;
  readonly type: string;
  readonly profile: JsonObject;
  readonly source?: { readonly id: string };
}

/** An app as Okta shows it, without `_links`. */
export interface AppRecord extends JsonObject {
  readonly id: string;
  readonly name: string;
  readonly label: string;
  readonly status: string;
  readonly signOnMode: string;
  readonly created: string;
  readonly lastUpdated: string;
}

/** A user's assignment to an app. Rows that a group brought may be one object shared by many users. */
export interface AppUserRow extends JsonObject {
  readonly scope: "USER" | "GROUP";
  /** Id of the group that gave it, where the org says so: shown as `_links.group`, not as a field. */
  readonly group?: string;
  readonly status?: string;
  readonly created?: string;
  readonly lastUpdated?: string;
  readonly statusChanged?: string;
}

/** A group's assignment to an app. */
export interface AppGroupRow extends JsonObject {
  readonly lastUpdated: string;
  readonly priority: number;
  readonly profile: JsonObject;
}

/** One assignment of an admin role. `role` and `resource-set` stand on custom roles and on roles governed like them. */
export interface RoleRow extends JsonObject {
  readonly id: string;
  readonly label: string;
  readonly type: string;
  readonly status: string;
  readonly created: string;
  readonly lastUpdated: string;
  readonly assignmentType: string;
  readonly role?: string;
  readonly "resource-set"?: string;
}

/** A custom role or a resource set. */
export interface LabelledRecord extends JsonObject {
  readonly id: string;
  readonly label: string;
  readonly description: string;
  readonly created: string;
  readonly lastUpdated: string;
}

/** A member of a binding; `principal` is `users/<id>` or `groups/<id>`. */
export interface BindingMember {
  readonly id: string;
  readonly created: string;
  readonly lastUpdated: string;
  readonly principal: string;
}

/** What an admin role reaches, where it does not reach everything: groups, app types (`name`) and apps (`name`, `id`). */
export interface RoleTargets {
  readonly groups: readonly string[];
  readonly apps: readonly { readonly name: string; readonly id?: string }[];
}

/** What a resource set holds; `path` as `groups/00g1`, `groups/00g1/users`, `users`. */
export interface SetResource {
  readonly id: string;
  readonly path: string;
  readonly created: string;
  readonly lastUpdated: string;
}

/** Who uses a device. */
export interface DeviceUser {
  readonly userId: string;
  readonly created: string;
  readonly managementStatus: string;
  readonly screenLockType: string;
}

/** A group rule as Okta shows it. */
export interface GroupRuleRecord extends JsonObject {
  readonly id: string;
  readonly name: string;
  readonly status: string;
  readonly conditions: {
    readonly people: { readonly users: { readonly exclude: readonly string[] } };
    readonly expression: { readonly value: string; readonly type: string };
  };
  readonly actions: { readonly assignUserToGroups: { readonly groupIds: readonly string[] } };
}

/** A group rule, and the indexes of the users whom it has put into its groups. */
export interface GroupRule {
  record: GroupRuleRecord;
  readonly members: Set<number>;
}

/** A user with its place in the indexes. */
export interface UserEntry {
  readonly index: number;
  /** Replaced, never changed, when the user changes. */
  record: UserRecord;
  /** Indexes of the groups that the user is in, ascending. */
  readonly groups: number[];
  readonly roles: RoleRow[];
  /** Enrolled factors. */
  readonly factors: JsonObject[];
  /** The JSON text up to the origin in its self link, with and without credentials. */
  full?: string | undefined;
  light?: string | undefined;
}

/** A group with its place in the indexes. */
export interface GroupEntry {
  readonly index: number;
  /** Replaced, never changed, when the group changes. */
  record: GroupRecord;
  readonly stats: GroupStats | undefined;
  /** Indexes of the members, ascending. */
  readonly members: number[];
  readonly roles: RoleRow[];
  /** Ids of role assignments that show on the members too, as Okta does; rows of an org file do not. */
  readonly inherited: Set<string>;
  /** Indexes of the apps that the group is assigned to. */
  readonly apps: Set<number>;
  /** Users and groups that own the group, as Okta shows them. */
  owners: readonly JsonObject[];
}

/** An app with its assignments. */
export interface AppEntry {
  readonly index: number;
  /** Replaced, never changed, when the app changes. */
  record: AppRecord;
  /** Indexes of the assigned users, ascending, and their rows. */
  readonly users: number[];
  readonly userRows: Map<number, AppUserRow>;
  /** Indexes of the assigned groups, ascending, and their rows. */
  readonly groups: number[];
  readonly groupRows: Map<number, AppGroupRow>;
  /** API scopes that the app may use. */
  readonly grants: JsonObject[];
  /** Public keys and client secrets of the app. */
  readonly keys: JsonObject[];
  readonly secrets: JsonObject[];
}
