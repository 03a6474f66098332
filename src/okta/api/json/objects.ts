/**
 * What Okta's answers hold, as far as it is used here. Every field may be absent or null, whatever is described:
 * nothing of an answer is trusted before it is looked at. Source: Okta Management API.
 */

/** A field of an answer before it is looked at. */
type Field = unknown;

/** A profile: attributes that the org itself defines. */
export type OktaProfile = { readonly [attribute: string]: unknown };

export interface OktaUser {
  readonly id?: Field;
  readonly status?: Field;
  readonly created?: Field;
  readonly lastLogin?: Field;
  readonly profile?: Field;
}

export interface OktaGroup {
  readonly id?: Field;
  readonly type?: Field;
  readonly profile?: { readonly name?: Field; readonly description?: Field } | null;
  /** With `expand=stats`. `hasAdminPrivlege` is how Okta's own description misspells the flag. */
  readonly _embedded?: {
    readonly stats?: {
      readonly usersCount?: Field;
      readonly appsCount?: Field;
      readonly hasAdminPrivilege?: Field;
      readonly hasAdminPrivlege?: Field;
    } | null;
  } | null;
}

export interface OktaApp {
  readonly id?: Field;
  readonly label?: Field;
  readonly status?: Field;
  readonly signOnMode?: Field;
}

/** A user or group that an app is assigned to. */
export interface OktaAssignee {
  readonly id?: Field;
}

/**
 * A user's assignment to an app. `_links.group`: the group through which, where it is one. `_embedded.user`: with
 * `expand=user`.
 */
export interface OktaAppUser extends OktaAssignee {
  readonly _embedded?: { readonly user?: OktaUser | null } | null;
  /** `USER` or `GROUP`. */
  readonly scope?: Field;
  readonly _links?: { readonly group?: { readonly href?: Field } | null } | null;
}

/** One role that a user or a group holds. `_links.assignee`: whose assignment it is. */
export interface OktaRoleAssignment {
  /** The assignment's own id. */
  readonly id?: Field;
  /** The standard role, or `CUSTOM`. */
  readonly type?: Field;
  readonly label?: Field;
  readonly status?: Field;
  /** `USER`, `GROUP` or `CLIENT`. */
  readonly assignmentType?: Field;
  /** The custom role's id. */
  readonly role?: Field;
  readonly _links?: { readonly assignee?: { readonly href?: Field } | null } | null;
}

export interface OktaCustomRole {
  readonly id?: Field;
  /** The standard role that it stands for, where it is one. */
  readonly type?: Field;
  readonly label?: Field;
}

export interface OktaResourceSet {
  readonly id?: Field;
  readonly label?: Field;
  readonly description?: Field;
}

/** Something that is known by its id and its link to itself. */
export interface OktaLinked {
  readonly id?: Field;
  readonly _links?: { readonly self?: { readonly href?: Field } | null } | null;
}

export interface OktaApiToken {
  readonly id?: Field;
  readonly name?: Field;
  readonly userId?: Field;
  readonly created?: Field;
  readonly expiresAt?: Field;
  readonly lastUpdated?: Field;
}

export interface OktaDevice {
  readonly id?: Field;
  readonly profile?: {
    readonly displayName?: Field;
    readonly platform?: Field;
    readonly manufacturer?: Field;
    readonly model?: Field;
    readonly osVersion?: Field;
    readonly serialNumber?: Field;
    readonly udid?: Field;
  } | null;
}
