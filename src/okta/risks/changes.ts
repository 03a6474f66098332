import type { ChangedRow, Danger, Dangers } from "../../baton/model/danger.ts";
import type { Evidence } from "../../baton/model/evidence.ts";
import { adminEntitlements, SUPER_ADMIN } from "./admins.ts";
import { profileText, profileTexts } from "./facts.ts";

const KINDS = {
  superAdmin: { title: "new super administrator", level: "critical" },
  admin: { title: "new admin role", level: "high" },
  adminGroup: { title: "new member of a group that holds an admin role", level: "high" },
  feedingRule: { title: "rule that fills a group that holds an admin role", level: "high" },
  scope: { title: "new API scope", level: "medium" },
  credential: { title: "new API token, key or secret", level: "medium" },
  app: { title: "new access to an app", level: "medium" },
  group: { title: "new member or owner of a group", level: "low" },
  other: { title: "other new access", level: "low" },
  adminLess: { title: "admin access changed or gone", level: "low" },
  access: { title: "access changed or gone", level: "info" },
  resource: { title: "users, groups, apps and others: new, gone or with other values", level: "info" },
  shape: { title: "what can be had", level: "info" },
} as const satisfies Readonly<Record<string, Danger>>;

type Kind = keyof typeof KINDS;

const ADMIN_TYPES: readonly string[] = ["role", "custom-role", "resourceset-binding"];

/** What of access is had by being named to a type, where it is new. */
const NEW_ACCESS: Readonly<Record<string, Kind>> = { "api-scope": "scope", app: "app", group: "group" };

const CREDENTIALS: readonly string[] = ["api-token", "client-credential"];

/** Which changes are dangerous in Okta: new admins first, then what leads there, then access to apps and groups. */
export const CHANGE_DANGERS: Dangers = {
  kinds: Object.values(KINDS),
  judge(now) {
    const order = Object.keys(KINDS);
    const adminGroups = groupsWithRoles(now);
    return (row) => order.indexOf(row.what === "grant" ? grantKind(row, adminGroups) : otherKind(row, adminGroups));
  },
};

function grantKind({ change, resource, entitlementId }: ChangedRow, adminGroups: ReadonlySet<string>): Kind {
  const admin = ADMIN_TYPES.includes(resource.type);
  if (change !== "added") return admin ? "adminLess" : "access";
  if (admin) return resource.type === "role" && resource.id === SUPER_ADMIN ? "superAdmin" : "admin";
  if (adminGroups.has(resource.id) && entitlementId === `group:${resource.id}:member`) return "adminGroup";
  return Object.hasOwn(NEW_ACCESS, resource.type) ? NEW_ACCESS[resource.type]! : "other";
}

function otherKind({ change, what, resource, message }: ChangedRow, adminGroups: ReadonlySet<string>): Kind {
  if (what !== "resource") return "shape";
  if (change === "added" && CREDENTIALS.includes(resource.type)) return "credential";
  if (change === "removed" || resource.type !== "group-rule") return "resource";
  const rule = message?.();
  const feeds = profileTexts(rule, "group_ids")?.some((id) => adminGroups.has(id)) ?? false;
  return feeds && profileText(rule, "status") === "ACTIVE" ? "feedingRule" : "resource";
}

/** Ids of the groups that hold an admin role. */
function groupsWithRoles(now: Evidence): ReadonlySet<string> {
  const groups = new Set<string>();
  for (const { id } of adminEntitlements(now)) {
    for (const { principal } of now.grants({ entitlementId: id, principalType: "group" })) groups.add(principal.id);
  }
  return groups;
}
