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
  status: string;
  created: string;
  activated: string | null;
  statusChanged: string | null;
  lastLogin: string | null;
  lastUpdated: string;
  passwordChanged: string | null;
  profile: JsonObject;
  credentials?: JsonObject;
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
  created: string;
  lastUpdated: string;
  lastMembershipUpdated: string;
  readonly type: string;
  profile: JsonObject;
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
  readonly status?: string;
  readonly created?: string;
  readonly lastUpdated?: string;
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

/** A user with its place in the indexes. */
export interface UserEntry {
  readonly index: number;
  readonly record: UserRecord;
  /** Indexes of the groups that the user is in, ascending. */
  readonly groups: number[];
  readonly roles: RoleRow[];
  /** The JSON text up to the origin in its self link, with and without credentials. */
  full?: string | undefined;
  light?: string | undefined;
}

/** A group with its place in the indexes. */
export interface GroupEntry {
  readonly index: number;
  readonly record: GroupRecord;
  readonly stats: GroupStats | undefined;
  /** Indexes of the members, ascending. */
  readonly members: number[];
  readonly roles: RoleRow[];
  /** Ids of role assignments that show on the members too, as Okta does; rows of an org file do not. */
  readonly inherited: Set<string>;
  /** Indexes of the apps that the group is assigned to. */
  readonly apps: Set<number>;
}

/** An app with its assignments. */
export interface AppEntry {
  readonly index: number;
  readonly record: AppRecord;
  /** Indexes of the assigned users, ascending, and their rows. */
  readonly users: number[];
  readonly userRows: Map<number, AppUserRow>;
  /** Indexes of the assigned groups, ascending, and their rows. */
  readonly groups: number[];
  readonly groupRows: Map<number, AppGroupRow>;
}
