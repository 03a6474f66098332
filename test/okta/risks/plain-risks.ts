import { clientRolesOf } from "../../../src/sandbox/org/admins/clients.ts";
import type { Org } from "../../../src/sandbox/org/org.ts";
import type { AppEntry, GroupEntry, UserEntry } from "../../../src/sandbox/org/types.ts";
import { type Walked, walk } from "../reach/plain-walk.ts";

const DAY = 86_400_000;

const isThere = <T>(one: T | undefined): one is T => one !== undefined;

const isAdmin = (entitlement: string) => /^(role|custom-role|resourceset-binding):/.test(entitlement);

/** The role of admin access: a binding's is the custom role that it binds. */
function roleOf(entitlement: string): string {
  const [type, ...rest] = entitlement.split(":");
  return type === "resourceset-binding" ? `custom-role:${rest.at(-2)}` : `${type}:${rest[0]}`;
}

/** What each rule finds, by nothing but a plain look at the org's own data: subjects by rule. */
export function plainRisks(org: Org, now: number): Record<string, string[]> {
  const users = org.users.filter(isThere);
  const groups = org.groups.filter(isThere);
  const held = new Map(users.map((user) => [user, walk(org, user, true)]));
  const rolesOf = (user: UserEntry) => Object.keys(held.get(user)!).filter(isAdmin).map(roleOf);
  const admins = users.filter((user) => rolesOf(user).length > 0);
  const supers = admins.filter((user) => rolesOf(user).includes("role:SUPER_ADMIN"));
  const services = org.apps
    .filter(isThere)
    .filter(({ record }) => isService(record) && clientRolesOf(org, record.id).length > 0);
  const groupRoles = (group: GroupEntry) => [
    ...group.roles.filter(({ status }) => status !== "INACTIVE"),
    ...[...org.bindings.values()].flatMap((roles) =>
      [...roles.values()].flat().filter(({ principal }) => principal === `groups/${group.record.id}`),
    ),
  ];
  const adminGroups = groups.filter((group) => groupRoles(group).length > 0);
  const idsOf = (some: readonly (UserEntry | GroupEntry | AppEntry)[], type: string) =>
    some.map(({ record }) => `${type}:${record.id}`);
  const older = (time: string | null | undefined, days: number) =>
    typeof time === "string" && now - Date.parse(time) > days * DAY;
  const usable = (user: UserEntry) => Object.keys(held.get(user)!).some((id) => !id.startsWith("group:"));
  const isDisabled = ({ record }: UserEntry) => ["DEPROVISIONED", "SUSPENDED"].includes(record.status);
  const tokens = org.apiTokens as { id: string; userId?: string; network?: { connection: string } }[];
  return {
    "too-many-super-admins": supers.length > 15 || supers.length * 2 > admins.length ? ["role:SUPER_ADMIN"] : [],
    "admin-not-active": idsOf(
      admins.filter(({ record }) => record.status !== "ACTIVE"),
      "user",
    ),
    "admin-idle": idsOf(
      admins.filter(({ record }) => older(record.lastLogin ?? record.created, 90)),
      "user",
    ),
    "admin-without-factor": idsOf(
      admins.filter(({ factors }) => factors.length === 0),
      "user",
    ),
    "admin-old-password": idsOf(
      admins.filter(({ record }) => older(record.passwordChanged, 365)),
      "user",
    ),
    "admin-role-direct": admins.flatMap((user) => directRoles(held.get(user)!).map(() => `user:${user.record.id}`)),
    "large-admin-group": idsOf(
      adminGroups.filter(({ members }) => members.length > 25),
      "group",
    ),
    "super-admin-token": tokens
      .filter(({ userId }) => supers.some(({ record }) => record.id === userId))
      .map(({ id }) => `api-token:${id}`),
    "token-without-network-zone": tokens
      .filter(({ network }) => network?.connection === "ANYWHERE")
      .map(({ id }) => `api-token:${id}`),
    "service-app-old-credential": services.flatMap(({ record, keys, secrets }) =>
      [...keys, ...secrets]
        .filter(({ status, created }) => status === "ACTIVE" && older(created as string, 365))
        .map(() => `app:${record.id}`),
    ),
    "service-app-manage-scopes": idsOf(
      org.apps
        .filter(isThere)
        .filter(
          ({ record, grants }) => isService(record) && grants.some(({ scopeId }) => /\.manage$/.test(String(scopeId))),
        ),
      "app",
    ),
    "inactive-app-with-users": idsOf(
      org.apps.filter(isThere).filter(({ record, userRows }) => record.status === "INACTIVE" && userRows.size > 0),
      "app",
    ),
    "rule-feeds-admin-group": org.groupRules
      .filter(({ record }) => record.status === "ACTIVE")
      .flatMap(({ record }) =>
        record.actions.assignUserToGroups.groupIds
          .filter((id) => adminGroups.some((group) => group.record.id === id))
          .map(() => `group-rule:${record.id}`),
      ),
    "disabled-account-access": idsOf(
      users.filter((user) => isDisabled(user) && usable(user)),
      "user",
    ),
    "access-never-used": idsOf(
      users.filter(
        (user) =>
          user.record.lastLogin === null &&
          !isDisabled(user) &&
          user.record.status !== "STAGED" &&
          older(user.record.created, 90) &&
          usable(user),
      ),
      "user",
    ),
    "group-owner-gone": groups.flatMap(({ record, owners }) =>
      owners
        .filter(({ id, type }) => type === "USER" && users.some((user) => user.record.id === id && isDisabled(user)))
        .map(() => `group:${record.id}`),
    ),
  };
}

/** Roles held directly, each once. */
function directRoles(held: Readonly<Record<string, Walked>>): string[] {
  const direct = Object.entries(held).filter(([id, { direct }]) => isAdmin(id) && direct);
  return [...new Set(direct.map(([id]) => roleOf(id)))];
}

export function isService(record: Readonly<Record<string, unknown>>): boolean {
  const { oauthClient } = (record.settings ?? {}) as {
    oauthClient?: { application_type?: string; grant_types?: string[] };
  };
  return (
    oauthClient?.application_type === "service" || oauthClient?.grant_types?.includes("client_credentials") === true
  );
}
