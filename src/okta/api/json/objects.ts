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
  readonly passwordChanged?: Field;
  readonly lastUpdated?: Field;
  readonly profile?: Field;
  readonly credentials?: Field;
}

export interface OktaGroup {
  readonly id?: Field;
  readonly type?: Field;
  readonly lastMembershipUpdated?: Field;
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
  /** Of OpenID Connect apps: `settings.oauthClient` and `credentials.oauthClient`. */
  readonly settings?: { readonly oauthClient?: OktaOauthSettings | null } | null;
  readonly credentials?: { readonly oauthClient?: OktaOauthCredentials | null } | null;
}

export interface OktaOauthSettings {
  /** `service`, `web`, `native`, `browser`. */
  readonly application_type?: Field;
  readonly grant_types?: Field;
  readonly jwks_uri?: Field;
}

export interface OktaOauthCredentials {
  readonly client_id?: Field;
  readonly token_endpoint_auth_method?: Field;
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
  readonly created?: Field;
  /** Of custom roles, and of standard ones that are assigned like them. */
  readonly "resource-set"?: Field;
  /** The custom role's id. */
  readonly role?: Field;
  readonly _links?: { readonly assignee?: { readonly href?: Field } | null } | null;
}

/** A scope that an app may ask for. */
export interface OktaScopeGrant {
  readonly id?: Field;
  readonly status?: Field;
  readonly scopeId?: Field;
}

/** A client secret or public key of an app, without its value. */
export interface OktaClientCredential {
  readonly id?: Field;
  readonly status?: Field;
  readonly created?: Field;
  readonly lastUpdated?: Field;
  readonly kid?: Field;
  readonly alg?: Field;
  readonly use?: Field;
}

export interface OktaGroupRule {
  readonly id?: Field;
  readonly name?: Field;
  readonly status?: Field;
  readonly created?: Field;
  readonly conditions?: {
    readonly people?: { readonly users?: { readonly exclude?: Field } | null } | null;
    readonly expression?: { readonly value?: Field; readonly type?: Field } | null;
  } | null;
  readonly actions?: { readonly assignUserToGroups?: { readonly groupIds?: Field } | null } | null;
}

/** A user or group that owns a group. */
export interface OktaGroupOwner {
  readonly id?: Field;
  /** `USER` or `GROUP`. */
  readonly type?: Field;
}

export interface OktaFactor {
  readonly factorType?: Field;
  readonly provider?: Field;
  readonly vendorName?: Field;
  readonly status?: Field;
  readonly created?: Field;
}

/** What a custom role permits. */
export interface OktaPermission {
  readonly label?: Field;
  readonly conditions?: Field;
}

/** What a resource set holds: by its name, and by links to it. */
export interface OktaSetResource {
  readonly orn?: Field;
  readonly _links?: { readonly [name: string]: { readonly href?: Field } | null | undefined } | null;
}

/** An app that a role assignment is confined to: `id` where it is one instance, else all of this name. */
export interface OktaAppTarget {
  readonly id?: Field;
  readonly name?: Field;
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
  readonly network?: { readonly connection?: Field } | null;
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
