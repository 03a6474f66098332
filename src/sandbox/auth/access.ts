import type { Caller, Route } from "../http/route.ts";

/** What the sandbox has to know of the org to tell who may do what. */
export interface Directory {
  /** Standard admin roles that the user (id or login) holds and that are active, itself or through a group. */
  rolesOfUser(idOrLogin: string): readonly string[];
  /** Types of the roles that the group holds, custom ones included. */
  rolesOfGroup(groupId: string): readonly string[];
  /** Whether the user may sign in, so that its API tokens work. */
  isActive(userId: string): boolean;
}

/** What a caller gets: the answer, a refusal, or what somebody sees who may see nothing. */
export type Verdict = "allowed" | "denied" | "missingScope" | "emptyList" | "notFound";

/** What an endpoint is about, as far as admin roles differ in it. */
type Area =
  | "users"
  | "credentials"
  | "groups"
  | "members"
  | "apps"
  | "assignments"
  | "roles"
  | "tokens"
  | "devices"
  | "logs"
  | "org"
  | "settings";

interface Permissions {
  readonly read: readonly Area[];
  readonly write: readonly Area[];
}

const DIRECTORY: readonly Area[] = ["users", "groups", "apps", "org"];

/** Standard admin roles and what they may do, after Okta's published table of administrator permissions. */
const PERMISSIONS: Readonly<Record<string, Permissions>> = {
  ORG_ADMIN: {
    read: [...DIRECTORY, "roles", "tokens", "devices", "logs", "settings"],
    write: ["users", "credentials", "groups", "members", "assignments", "devices", "org", "settings"],
  },
  APP_ADMIN: { read: [...DIRECTORY, "devices", "logs"], write: ["apps", "assignments"] },
  USER_ADMIN: { read: ["users", "groups", "org", "logs"], write: ["users", "credentials", "members"] },
  GROUP_MEMBERSHIP_ADMIN: { read: ["users", "groups", "org"], write: ["members"] },
  HELP_DESK_ADMIN: { read: ["users", "groups", "org"], write: ["credentials"] },
  READ_ONLY_ADMIN: { read: [...DIRECTORY, "devices", "logs", "settings"], write: [] },
  REPORT_ADMIN: { read: [...DIRECTORY, "logs"], write: [] },
  API_ACCESS_MANAGEMENT_ADMIN: { read: [...DIRECTORY, "logs"], write: [] },
  MOBILE_ADMIN: { read: [...DIRECTORY, "devices", "logs"], write: ["devices"] },
};

/** Lifecycle operations that a help desk may do: they concern how somebody signs in, not whether. */
const CREDENTIAL_OPERATIONS = new Set(["reset_password", "expire_password", "unlock", "reset_factors"]);

/** The API token with which the call is made. */
export const CURRENT_TOKEN = "/api/v1/api-tokens/current";

/** Lists that answer an OAuth app without an admin role with nothing instead of a refusal. */
const OPEN_LISTS = new Set(["/api/v1/users", "/api/v1/groups", "/api/v1/apps", "/api/v1/devices", "/api/v1/logs"]);

/** Decides what `caller` gets from `route`; `body` is the call's JSON. */
export function verdict(
  directory: Directory,
  caller: Caller,
  route: Route,
  params: Readonly<Record<string, string>>,
  body: unknown,
): Verdict {
  if (caller.scopes !== undefined && !hasScope(caller.scopes, route.scope)) {
    return "missingScope";
  }
  // Whoever calls with an API token may revoke that one; nobody else calls with one.
  if (route.pattern === CURRENT_TOKEN) {
    return caller.revoke === undefined ? "denied" : "allowed";
  }
  const { roles } = caller;
  if (roles.includes("SUPER_ADMIN")) {
    return "allowed";
  }
  const area = areaOf(route);
  const read = isRead(route);
  const target = Object.values(params)[0];
  if (read && area === "users" && isSelf(caller, target)) {
    return "allowed";
  }
  const permitted = roles.some((role) => PERMISSIONS[role]?.[read ? "read" : "write"].includes(area));
  if (permitted) {
    return !read && isGuarded(directory, roles, area, target, body) ? "denied" : "allowed";
  }
  if (caller.scopes !== undefined && roles.length === 0 && read) {
    return blindView(route, area);
  }
  return "denied";
}

/** An OAuth app without a role sees no object: lists are empty, single objects are not there. */
function blindView(route: Route, area: Area): Verdict {
  if (OPEN_LISTS.has(route.pattern)) {
    return "emptyList";
  }
  return ["users", "groups", "apps", "devices"].includes(area) ? "notFound" : "denied";
}

/** `okta.users.manage` includes `okta.users.read`. */
function hasScope(granted: readonly string[], needed: string): boolean {
  return granted.includes(needed) || (needed.endsWith(".read") && granted.includes(needed.replace(/read$/, "manage")));
}

function isRead(route: Route): boolean {
  return route.method === "GET" || route.method === "HEAD";
}

function isSelf(caller: Caller, target: string | undefined): boolean {
  return target !== undefined && caller.userId !== undefined && (target === "me" || target === caller.userId);
}

/** Admins of a lesser kind change neither other admins nor groups that make somebody an admin. */
function isGuarded(
  directory: Directory,
  roles: readonly string[],
  area: Area,
  target: string | undefined,
  body: unknown,
): boolean {
  const groupIds = (body as { groupIds?: unknown } | undefined)?.groupIds;
  if (area === "users" && Array.isArray(groupIds)) {
    return groupIds.some((id) => typeof id === "string" && directory.rolesOfGroup(id).length > 0);
  }
  if (target === undefined) {
    return false;
  }
  if (area === "members" || area === "groups") {
    return directory.rolesOfGroup(target).length > 0;
  }
  if (area === "users" || area === "credentials") {
    const held = directory.rolesOfUser(target);
    return roles.includes("ORG_ADMIN") ? held.includes("SUPER_ADMIN") : held.length > 0;
  }
  return false;
}

function areaOf(route: Route): Area {
  const [, , , resource, , part, operation] = route.pattern.split("/");
  switch (resource) {
    case "users":
      if (part === "roles") {
        return "roles";
      }
      return part === "credentials" || (part === "lifecycle" && CREDENTIAL_OPERATIONS.has(operation ?? ""))
        ? "credentials"
        : "users";
    case "groups":
      if (part === "roles") {
        return "roles";
      }
      return part === "users" && !isRead(route) ? "members" : "groups";
    case "apps":
      return (part === "users" || part === "groups") && !isRead(route) ? "assignments" : "apps";
    case "iam":
    case "clients":
      return "roles";
    case "api-tokens":
      return "tokens";
    case "devices":
    case "logs":
    case "org":
      return resource;
    default:
      return "settings";
  }
}
