import type { IncomingHttpHeaders } from "node:http";
import type { Org } from "../org/org.ts";
import type { AppEntry, GroupEntry, JsonObject, RoleRow, UserEntry } from "../org/types.ts";

const ORIGIN = "\u0000origin";

/** Which parts of a user Okta is asked to leave out by the `okta-response` parameter of the content type. */
export interface ResponseParts {
  readonly credentials: boolean;
  readonly credentialsLinks: boolean;
}

/** Reads the `okta-response` parameter, as in `application/json; okta-response="omitCredentials"`. */
export function responseParts(headers: IncomingHttpHeaders): ResponseParts {
  const match = /;\s*okta-response\s*=\s*"?([^";]*)"?/i.exec(headers["content-type"] ?? "");
  const omitted = new Set((match?.[1] ?? "").split(",").map((word) => word.trim().toLowerCase()));
  return { credentials: !omitted.has("omitcredentials"), credentialsLinks: !omitted.has("omitcredentialslinks") };
}

/** A user's record, and where there is more the texts that were made of it. */
type ShownUser = Pick<UserEntry, "record" | "full" | "light">;

/** A user as lists show it: with a `self` link only. The text is kept, as it is asked for again and again. */
export function userText(user: ShownUser, origin: string, credentials: boolean): string {
  let head = credentials ? user.full : user.light;
  if (head === undefined) {
    const text = JSON.stringify({ ...userFields(user, credentials), _links: { self: { href: ORIGIN } } });
    head = text.slice(0, text.lastIndexOf(JSON.stringify(ORIGIN)) + 1);
    if (credentials) user.full = head;
    else user.light = head;
  }
  return `${head}${origin}/api/v1/users/${user.record.id}"}}}`;
}

function userFields(user: ShownUser, credentials: boolean): JsonObject {
  if (credentials) return user.record;
  const { credentials: _, ...rest } = user.record;
  return rest;
}

const STATE_LINKS: Readonly<Record<string, readonly string[]>> = {
  STAGED: ["activate", "deactivate"],
  PROVISIONED: ["reactivate", "deactivate"],
  ACTIVE: ["suspend", "deactivate", "resetPassword", "expirePassword"],
  RECOVERY: ["deactivate", "resetPassword", "reactivate"],
  PASSWORD_EXPIRED: ["deactivate", "resetPassword"],
  LOCKED_OUT: ["unlock", "deactivate", "resetPassword"],
  SUSPENDED: ["unsuspend", "deactivate"],
  DEPROVISIONED: ["activate", "delete"],
};

const LINK_PATHS: Readonly<Record<string, string>> = {
  resetPassword: "reset_password",
  expirePassword: "expire_password",
};

/** A user as a single read shows it: with the links of what can be done to it in its state. */
export function userObject(user: UserEntry, origin: string, parts: ResponseParts): JsonObject {
  const href = `${origin}/api/v1/users/${user.record.id}`;
  const links: JsonObject = { self: { href } };
  const type = user.record.type as { id?: string } | undefined;
  if (type?.id !== undefined) links.type = { href: `${origin}/api/v1/meta/types/user/${type.id}` };
  for (const name of STATE_LINKS[user.record.status] ?? []) {
    if (name === "delete") links[name] = { href, method: "delete" };
    else links[name] = { href: `${href}/lifecycle/${LINK_PATHS[name] ?? name}`, method: "post" };
  }
  if (parts.credentialsLinks && ["ACTIVE", "PASSWORD_EXPIRED", "RECOVERY"].includes(user.record.status)) {
    links.forgotPassword = { href: `${href}/credentials/forgot_password`, method: "post" };
    links.changePassword = { href: `${href}/credentials/change_password`, method: "post" };
    links.changeRecoveryQuestion = { href: `${href}/credentials/change_recovery_question`, method: "post" };
  }
  return { ...userFields(user, parts.credentials), _links: links };
}

/** A group; `stats` says whether the call asked for them. */
export function groupObject(group: Pick<GroupEntry, "record" | "stats">, origin: string, stats: boolean): JsonObject {
  const href = `${origin}/api/v1/groups/${group.record.id}`;
  const links: JsonObject = {
    logo: ["medium", "large"].map((name) => ({
      name,
      href: `${origin}/assets/img/logos/groups/odyssey/okta-${name}.png`,
      type: "image/png",
    })),
    users: { href: `${href}/users` },
    apps: { href: `${href}/apps` },
  };
  if (group.record.source !== undefined) {
    links.source = { href: `${origin}/api/v1/apps/${group.record.source.id}` };
  }
  const embedded = stats && group.stats !== undefined ? { _embedded: { stats: group.stats } } : {};
  return { ...group.record, ...embedded, _links: links };
}

/** What `useOptimization=true` leaves out of an app, but for what Okta's description demands of apps of its kind. */
const HEAVY = new Set(["accessibility", "visibility", "features", "credentials", "settings", "licensing", "profile"]);
const WITH_SETTINGS = ["BOOKMARK", "BASIC_AUTH", "BROWSER_PLUGIN", "SECURE_PASSWORD_STORE", "WS_FEDERATION"];
const DEMANDED: Readonly<Record<string, readonly string[]>> = {
  OPENID_CONNECT: ["settings", "credentials"],
  ...Object.fromEntries(WITH_SETTINGS.map((mode) => [mode, ["settings"]])),
};

/** An app; `optimized` says whether the call asked for the subset of properties. */
export function appObject(app: AppEntry, origin: string, optimized: boolean): JsonObject {
  const href = `${origin}/api/v1/apps/${app.record.id}`;
  const links: JsonObject = {
    self: { href },
    users: { href: `${href}/users` },
    groups: { href: `${href}/groups` },
  };
  links[app.record.status === "ACTIVE" ? "deactivate" : "activate"] = {
    href: `${href}/lifecycle/${app.record.status === "ACTIVE" ? "deactivate" : "activate"}`,
  };
  const demanded = DEMANDED[app.record.signOnMode] ?? [];
  const isShown = (key: string) => !HEAVY.has(key) || demanded.includes(key);
  const fields = optimized
    ? Object.fromEntries(Object.entries(app.record).filter(([key]) => isShown(key)))
    : app.record;
  return { ...fields, _links: links };
}

/** A user's assignment to an app. */
export function appUserObject(org: Org, app: AppEntry, user: UserEntry, origin: string): JsonObject {
  const { record } = user;
  const login = String(record.profile.login);
  const { group: giver, ...row } = app.userRows.get(user.index)!;
  const links: JsonObject = {
    app: { href: `${origin}/api/v1/apps/${app.record.id}` },
    user: { href: `${origin}/api/v1/users/${record.id}` },
  };
  if (row.scope === "GROUP" && giver !== undefined) {
    const group = groupThatGives(org, app, user, giver);
    if (group !== undefined) {
      links.group = { name: group.record.profile.name, href: `${origin}/api/v1/groups/${group.record.id}` };
    }
  }
  const at = row.created ?? app.record.created;
  return {
    id: record.id,
    status: "ACTIVE",
    created: at,
    lastUpdated: at,
    statusChanged: at,
    syncState: "DISABLED",
    credentials: { userName: login },
    profile: {},
    ...row,
    _links: links,
  };
}

/** The group through which a user has an app: the one that gave it, or another where that one does so no more. */
function groupThatGives(org: Org, app: AppEntry, user: UserEntry, giver: string): GroupEntry | undefined {
  const first = org.group(giver);
  if (first !== undefined && org.isMember(first, user) && app.groupRows.has(first.index)) return first;
  const other = user.groups.find((at) => app.groupRows.has(at));
  return other === undefined ? first : org.groups[other];
}

/** A group's assignment to an app. */
export function appGroupObject(app: AppEntry, group: GroupEntry, origin: string): JsonObject {
  const href = `${origin}/api/v1/apps/${app.record.id}`;
  return {
    id: group.record.id,
    ...app.groupRows.get(group.index)!,
    _links: {
      app: { href },
      self: { href: `${href}/groups/${group.record.id}` },
      group: { href: `${origin}/api/v1/groups/${group.record.id}` },
    },
  };
}

/** An assignment of an admin role; `principal` is the path of its holder, as `users/00u1`. */
export function roleObject(row: RoleRow, principal: string, origin: string): JsonObject {
  const links: JsonObject = { assignee: { href: `${origin}/api/v1/${principal}` } };
  const iam = `${origin}/api/v1/iam`;
  if (row.role !== undefined) {
    links.role = { href: `${iam}/roles/${row.role}` };
    links.permissions = { href: `${iam}/roles/${row.role}/permissions` };
  }
  if (row["resource-set"] !== undefined) {
    const set = `${iam}/resource-sets/${row["resource-set"]}`;
    links["resource-set"] = { href: set };
    links.member = { href: `${set}/bindings/${row.role}/members/${row.id}` };
  }
  return { ...row, _links: links };
}
