/** The objects that a capability is about, as far as a resource set can limit them. */
export type Area = "users" | "groups" | "apps";

/** What one capability takes. Source: Okta Management API (`security`), Okta's tables of admin roles and permissions. */
export interface Needs {
  readonly label: string;
  /** OAuth scopes, all of them; `.manage` includes `.read`. */
  readonly scopes: readonly string[];
  /** Standard admin roles that can do it for the whole org. */
  readonly full: readonly string[];
  /** Standard admin roles that can do it and may have been given for some groups or apps only. */
  readonly limited?: readonly string[];
  /** Permissions of a custom role: one of these sets, whole. */
  readonly permissions?: readonly (readonly string[])[];
  /** Permissions that allow a part of it, and which part. */
  readonly parts?: Readonly<Record<string, string>>;
  readonly area?: Area;
  /** What is left to a Super Administrator whoever else may do it. */
  readonly except?: string;
}

const READERS = ["SUPER_ADMIN", "ORG_ADMIN", "READ_ONLY_ADMIN"];
const ADMIN_GROUPS = "groups that hold an admin role take a Super Administrator";
const ADMIN_USERS = "users who hold an admin role may take a Super Administrator";

/** Capabilities that read: they are judged by reading. */
export const READS = {
  "review-users": {
    label: "Review users",
    scopes: ["okta.users.read"],
    full: READERS,
    permissions: [["okta.users.read"]],
    area: "users",
  },
  "review-groups": {
    label: "Review groups and their members",
    scopes: ["okta.groups.read"],
    full: READERS,
    permissions: [["okta.groups.read", "okta.users.read"]],
    area: "groups",
  },
  "review-apps": {
    label: "Review apps and who has them",
    scopes: ["okta.apps.read"],
    full: READERS,
    permissions: [["okta.apps.read"]],
    area: "apps",
  },
  "review-admin-roles": {
    label: "Review admin roles",
    scopes: ["okta.roles.read"],
    full: ["SUPER_ADMIN"],
    permissions: [["okta.iam.read"]],
  },
  "review-custom-roles": {
    label: "Review custom roles, resource sets",
    scopes: ["okta.roles.read"],
    full: ["SUPER_ADMIN"],
    permissions: [["okta.iam.read"]],
  },
  secrets: { label: "Review API tokens", scopes: ["okta.apiTokens.read"], full: ["SUPER_ADMIN"] },
  devices: {
    label: "Review devices",
    scopes: ["okta.devices.read"],
    full: READERS,
    permissions: [["okta.devices.read"]],
  },
  "system-log": { label: "Read the system log", scopes: ["okta.logs.read"], full: READERS },
} as const satisfies Record<string, Needs>;

/** Capabilities that change something: they are judged by scopes and admin roles, never by trying. */
export const WRITES = {
  "provision-groups": {
    label: "Provision groups (members)",
    scopes: ["okta.groups.manage", "okta.users.read"],
    full: ["SUPER_ADMIN", "ORG_ADMIN"],
    limited: ["USER_ADMIN", "GROUP_MEMBERSHIP_ADMIN"],
    permissions: [["okta.groups.members.manage"], ["okta.groups.manage"]],
    area: "groups",
    except: ADMIN_GROUPS,
  },
  "provision-apps": {
    label: "Provision apps (assignments)",
    scopes: ["okta.apps.manage", "okta.users.read"],
    full: ["SUPER_ADMIN", "ORG_ADMIN"],
    limited: ["APP_ADMIN"],
    permissions: [["okta.apps.assignment.manage"], ["okta.apps.manage"]],
    area: "apps",
  },
  "provision-admin-roles": { label: "Provision admin roles", scopes: ["okta.roles.manage"], full: ["SUPER_ADMIN"] },
  "provision-resource-sets": {
    label: "Provision resource set bindings",
    scopes: ["okta.roles.manage"],
    full: ["SUPER_ADMIN"],
  },
  "create-users": {
    label: "Create users",
    scopes: ["okta.users.manage"],
    full: ["SUPER_ADMIN", "ORG_ADMIN"],
    limited: ["USER_ADMIN"],
    permissions: [["okta.users.create"], ["okta.users.manage"]],
    area: "users",
  },
  "modify-users": {
    label: "Modify users (profile, status)",
    scopes: ["okta.users.manage"],
    full: ["SUPER_ADMIN", "ORG_ADMIN"],
    limited: ["USER_ADMIN"],
    permissions: [["okta.users.manage"], ["okta.users.userprofile.manage", "okta.users.lifecycle.manage"]],
    parts: {
      "okta.users.userprofile.manage": "profiles only",
      "okta.users.lifecycle.manage": "status only",
    },
    area: "users",
    except: ADMIN_USERS,
  },
  "delete-users": {
    label: "Delete users",
    scopes: ["okta.users.manage"],
    full: ["SUPER_ADMIN", "ORG_ADMIN"],
    limited: ["USER_ADMIN"],
    permissions: [
      ["okta.users.manage"],
      ["okta.users.lifecycle.manage"],
      ["okta.users.lifecycle.deactivate", "okta.users.lifecycle.delete"],
    ],
    parts: { "okta.users.lifecycle.deactivate": "deactivation only" },
    area: "users",
    except: ADMIN_USERS,
  },
  "create-groups": {
    label: "Create groups",
    scopes: ["okta.groups.manage"],
    full: ["SUPER_ADMIN", "ORG_ADMIN"],
    permissions: [["okta.groups.create"], ["okta.groups.manage"]],
    area: "groups",
  },
  "modify-groups": {
    label: "Modify groups",
    scopes: ["okta.groups.manage"],
    full: ["SUPER_ADMIN", "ORG_ADMIN"],
    permissions: [["okta.groups.manage"]],
    area: "groups",
    except: ADMIN_GROUPS,
  },
  "delete-groups": {
    label: "Delete groups",
    scopes: ["okta.groups.manage"],
    full: ["SUPER_ADMIN", "ORG_ADMIN"],
    permissions: [["okta.groups.manage"]],
    area: "groups",
    except: ADMIN_GROUPS,
  },
} as const satisfies Record<string, Needs>;

export type ReadName = keyof typeof READS;
export type WriteName = keyof typeof WRITES;
/** `sync` is what a plain sync cannot go without: users, groups and apps. */
export type CapabilityName = "sync" | ReadName | WriteName;

/** Every capability by its name, in the order of the report. */
export const CAPABILITY_NAMES: readonly CapabilityName[] = [
  "sync",
  ...(Object.keys(READS) as ReadName[]),
  ...(Object.keys(WRITES) as WriteName[]),
];

/** The scopes that any capability takes: an OAuth app is asked for all of them, and gets those that it was granted. */
export const ALL_SCOPES: readonly string[] = [
  ...new Set([...Object.values(READS), ...Object.values(WRITES)].flatMap(({ scopes }): readonly string[] => scopes)),
];
