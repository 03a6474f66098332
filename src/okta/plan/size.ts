import { isObject, text } from "../../baton/model/values.ts";
import type { OktaGroup } from "../api/json/objects.ts";
import { isServiceApp } from "../clients/service-app.ts";
import { inField } from "../resource/reading.ts";
import type { Probe, Prober } from "./probe.ts";

/** Pages that are read at most to count each sort of object: 50,000 groups, 4,000 apps. */
const MAX_PAGES = { groups: 50, apps: 20, admins: 5 };

/** How large an org is, as far as it was counted. */
export interface OrgSize {
  readonly users: number;
  readonly groups: number;
  /** Members of each group that has any. */
  readonly memberCounts: readonly number[];
  /** Okta says of each group how many members it has. */
  readonly membersCounted: boolean;
  /** Apps of each group that has any; `undefined` where Okta does not say. */
  readonly appCounts: readonly (number | undefined)[];
  /** Groups that hold an admin role, or of which Okta does not say so. */
  readonly adminGroups: number;
  /** Members of these groups, as many of each as are on one page. */
  readonly adminMembers: number;
  /** OAuth apps that act by themselves. */
  readonly serviceApps: number;
  readonly apps: number;
  /** Assignments of users to apps that come from groups: at most so many. */
  readonly appUsers: number;
  readonly admins: number;
  /** What was not counted to its end. */
  readonly uncounted: readonly string[];
}

/**
 * Counts an org with few calls: Okta has no counts, but the groups say how many members and apps they have, and the
 * group Everyone holds all users but those that are deactivated. `undefined` where groups are not readable.
 */
export async function sizeOf(
  prober: Prober,
  apps: Probe<unknown>,
  activeAppsOnly: boolean,
): Promise<OrgSize | undefined> {
  const active = activeAppsOnly ? `&filter=${encodeURIComponent('status eq "ACTIVE"')}` : "";
  const [groups, allApps, admins] = await Promise.all([
    prober.pages<OktaGroup>("/api/v1/groups?expand=stats&limit=1000", MAX_PAGES.groups),
    apps.outcome === "read" ? prober.pages<unknown>(`/api/v1/apps?limit=200${active}`, MAX_PAGES.apps) : apps,
    prober.pages<unknown>("/api/v1/iam/assignees/users", MAX_PAGES.admins, { items: inField("value") }),
  ]);
  if (groups.outcome !== "read" || groups.items.length === 0) return undefined;
  const uncounted: string[] = [];
  const counted = (probe: Probe<unknown>, what: string): number => {
    if (probe.outcome !== "read") return 0;
    if (probe.next !== undefined) uncounted.push(`more than ${probe.items.length} ${what}: the rest is not counted`);
    return probe.items.length;
  };
  const stats = groups.items.filter(isObject).map(statsOf);
  const everyone = stats.find(({ everyone: is }) => is)?.users;
  const largest = stats.reduce((most, { users }) => Math.max(most, users ?? 0), 0);
  if (everyone === undefined)
    uncounted.push("no group Everyone is visible: at least as many users as the largest group");
  if (stats.some(({ users }) => users === undefined))
    uncounted.push("Okta does not say how many members each group has");
  const users = everyone ?? largest;
  const appCount = counted(allApps, "apps");
  const fromGroups = stats.reduce((sum, one) => sum + (one.users ?? 0) * (one.apps ?? 0), 0);
  return {
    users,
    groups: counted(groups, "groups"),
    memberCounts: stats.flatMap((one) => (one.users === undefined ? [1] : one.users > 0 ? [one.users] : [])),
    membersCounted: stats.every(({ users: members }) => members !== undefined),
    appCounts: stats.map((one) => one.apps).filter((count) => count !== 0),
    adminGroups: stats.filter(({ admin }) => admin !== false).length,
    adminMembers: stats.reduce((sum, one) => sum + (one.admin === false ? 0 : Math.min(1000, one.users ?? 0)), 0),
    serviceApps:
      allApps.outcome === "read" ? allApps.items.filter((app) => isObject(app) && isServiceApp(app)).length : 0,
    apps: appCount,
    appUsers: Math.min(fromGroups, appCount * users),
    admins: counted(admins, "users with an admin role"),
    uncounted,
  };
}

function statsOf(group: OktaGroup) {
  const stats = group._embedded?.stats;
  const number = (value: unknown) => (typeof value === "number" && value >= 0 ? value : undefined);
  const admin = stats?.hasAdminPrivilege ?? stats?.hasAdminPrivlege;
  return {
    everyone: text(group.type) === "BUILT_IN" && text(group.profile?.name) === "Everyone",
    users: number(stats?.usersCount),
    apps: number(stats?.appsCount),
    admin: typeof admin === "boolean" ? admin : undefined,
  };
}
