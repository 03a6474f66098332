import type { BucketView } from "../api/limits/bucket.ts";
import { bucketOf, byBucket, secondsOf, seenLimits } from "./buckets.ts";
import type { LimitReport, SyncEstimate } from "./report.ts";
import { chooseRoutes, type ForcedRoute, type Routes } from "./routes.ts";
import type { OrgSize } from "./size.ts";

/** What of an org is synced, as far as it decides how many calls that takes. */
export interface Planned {
  readonly customRoles: boolean;
  readonly secrets: boolean;
  /** The part of each limit that a sync may use. */
  readonly share: number;
  /** Milliseconds that one call takes. */
  readonly latencyMs: number;
  readonly concurrency: number;
  /** Resource sets, where custom roles are synced. */
  readonly resourceSets: number;
  /** How far access reaches is synced; the number of custom roles, each of which is asked what it permits. */
  readonly reach?: { readonly customRoles: number };
  /** Users are filtered: then their groups say nothing of who is in a group that could be counted. */
  readonly usersFiltered?: boolean;
  /** One route in place of the one that ends first. */
  readonly forced?: ForcedRoute;
}

/** CPU time for one grant, from page to sealed snapshot, in milliseconds: measured at a million of them. */
const GRANT_MS = 0.025;

/** Where a sync finds what it reads: with `--sync-reach` and its cost, by URL pattern. */
type Calls = Readonly<Record<string, number>>;

/** The calls of a full sync by URL pattern, with the page sizes that it uses; on the usual routes where none are given. */
export function callsOf(size: OrgSize, plan: Planned, routes?: Routes): Calls {
  const pages = (count: number, page: number) => Math.max(1, Math.ceil(count / page));
  const members = routes?.members.groupCalls ?? size.memberCounts.reduce((sum, count) => sum + pages(count, 1000), 0);
  const calls = {
    // The first call of a sync proves the credentials.
    "/api/v1/users": pages(size.users, 200) + 1,
    "/api/v1/groups": pages(size.groups, 1000),
    "/api/v1/groups/{id}/users": members,
    "/api/v1/groups/{id}/roles": size.adminGroups,
    "/api/v1/apps": pages(size.apps, 200),
    "/api/v1/apps/{id}/users": size.apps + Math.floor(size.appUsers / 500),
    "/api/v1/apps/{id}/groups": routes?.appGroups.partCalls ?? size.apps,
    ...(routes !== undefined &&
      routes.appGroups.groupCalls > 0 && { "/api/v1/groups/{id}/apps": routes.appGroups.groupCalls }),
    ...(routes !== undefined &&
      routes.members.partCalls > 0 && { "/api/v1/users/{id}/groups": routes.members.partCalls }),
    "/api/v1/iam/assignees/users": pages(size.admins, 100),
    "/api/v1/users/{id}/roles": size.admins,
    "/api/v1/devices": 1,
    ...(plan.customRoles && {
      "/api/v1/iam/roles": 1,
      "/api/v1/iam/resource-sets": pages(plan.resourceSets, 100),
      "/api/v1/iam/resource-sets/{id}/bindings": plan.resourceSets,
      "/api/v1/iam/resource-sets/{id}/bindings/{id}/members": plan.resourceSets,
    }),
    ...(plan.secrets && { "/api/v1/api-tokens": 1 }),
  };
  return plan.reach === undefined ? calls : bothOf(calls, reachCalls(size, plan.reach.customRoles, plan.resourceSets));
}

/** Calls of two readings together. */
function bothOf(one: Readonly<Record<string, number>>, other: Readonly<Record<string, number>>) {
  const all: Record<string, number> = { ...one };
  for (const [pattern, count] of Object.entries(other)) all[pattern] = (all[pattern] ?? 0) + count;
  return all;
}

/** What `--sync-reach` adds: at most, as only some roles have targets to be asked for. */
function reachCalls(size: OrgSize, customRoles: number, resourceSets: number): Readonly<Record<string, number>> {
  const admins = size.admins + size.adminMembers;
  return {
    "/api/v1/groups": Math.max(1, Math.ceil(size.groups / 1000)),
    "/api/v1/apps": Math.max(1, Math.ceil(size.apps / 200)),
    "/api/v1/groups/rules": 1,
    "/api/v1/groups/{id}/owners": size.groups,
    "/api/v1/groups/{id}/users": size.adminGroups,
    "/api/v1/groups/{id}/roles/{id}/targets/*": size.adminGroups,
    "/api/v1/users/{id}/roles/{id}/targets/*": size.admins,
    "/api/v1/users/{id}/factors": admins,
    "/api/v1/iam/roles/{id}/permissions": customRoles,
    "/api/v1/iam/resource-sets/{id}/resources": resourceSets,
    "/oauth2/v1/clients/{id}/roles": size.serviceApps,
    "/api/v1/apps/{id}/grants": size.serviceApps,
    "/api/v1/apps/{id}/credentials/jwks": size.serviceApps,
    "/api/v1/apps/{id}/credentials/secrets": size.serviceApps,
  };
}

/** The routes that end first, of what is known of an org's size and limits; `limits`: of each bucket, in requests a window. */
export function routesOf(size: OrgSize, plan: Planned, limits: (bucket: string) => number | undefined): Routes {
  const { "/api/v1/apps/{id}/groups": _, "/api/v1/groups/{id}/users": __, ...fixed } = callsOf(size, plan);
  return chooseRoutes(twoSided(size), {
    allowed: (bucket) => {
      const limit = limits(bucket);
      return limit === undefined ? undefined : limit * plan.share;
    },
    fixed: byBucket(fixed),
    ...(plan.forced !== undefined && { forced: plan.forced }),
    byUsers: plan.usersFiltered !== true && size.membersCounted,
  });
}

function twoSided({ apps, appCounts, users, memberCounts }: OrgSize) {
  return { apps, appCounts, users, memberCounts };
}

/** The limits that were seen, and what a sync with these calls would take of each. */
export function limitsOf(buckets: readonly BucketView[], calls: Calls, share: number): LimitReport[] {
  return [...seenLimits(buckets)]
    .map(([bucket, { limit, remaining }]) => {
      const syncCalls = sumOf(calls, (pattern) => bucketOf(pattern) === bucket);
      const syncShare = limit === 0 ? 0 : Math.min(share, syncCalls / limit);
      const seconds = Math.ceil(secondsOf(syncCalls, Math.max(1, limit * share)));
      return { bucket, limit, remaining, syncCalls, syncShare: Math.round(syncShare * 1000) / 1000, seconds };
    })
    .sort((a, b) => b.seconds - a.seconds || b.syncCalls - a.syncCalls || (a.bucket < b.bucket ? -1 : 1));
}

/**
 * How long a full sync lasts: what the limits allow in a minute bounds it, else how fast Okta answers. Each limit gives
 * its share at once in the first minute and again in each one after.
 */
export function estimateOf(size: OrgSize, plan: Planned, buckets: readonly BucketView[]): SyncEstimate {
  const seen = seenLimits(buckets);
  const routes = routesOf(size, plan, (bucket) => seen.get(bucket)?.limit);
  const calls = callsOf(size, plan, routes);
  const limits = limitsOf(buckets, calls, plan.share);
  const total = sumOf(calls, () => true);
  const limited = Math.max(0, ...limits.map(({ seconds }) => seconds));
  const floor = Math.max(0, ...limits.map(({ limit, syncCalls }) => secondsOf(syncCalls, limit)));
  const memberships = size.memberCounts.reduce((sum, count) => sum + count, 0);
  // A list is read page by page: the longest one bounds what concurrency can do.
  const lists = routes.members.part === 1 ? [] : size.memberCounts.map((count) => Math.ceil(count / 1000));
  const longest = lists.reduce((most, pages) => Math.max(most, pages), calls["/api/v1/users"] ?? 0);
  const waiting = Math.max(total / plan.concurrency, longest) * plan.latencyMs;
  const working = (memberships + size.appUsers) * GRANT_MS;
  const notes = [...size.uncounted, "deactivated users are not counted: each 200 of them take one call more"];
  if (plan.reach !== undefined) notes.push(reachNote(size, plan));
  if (size.apps > 0)
    notes.push("users assigned to apps one by one are not counted: each 500 of an app take one call more");
  return {
    users: size.users,
    groups: size.groups,
    memberships,
    apps: size.apps,
    admins: size.admins,
    calls: total,
    callsByPattern: calls,
    ...(limited > 0 && { decidedBy: limits[0]!.bucket }),
    routes: { appGroups: routes.appGroups, members: routes.members },
    seconds: Math.ceil(limited + (waiting + working) / 1000),
    floorSeconds: Math.ceil(floor),
    notes,
  };
}

function reachNote(size: OrgSize, { reach, resourceSets }: Planned): string {
  const calls = sumOf(reachCalls(size, reach?.customRoles ?? 0, resourceSets), () => true);
  return `--sync-reach takes ${calls} of these calls at most: one for each group, two for each admin, four for each service app`;
}

function sumOf(calls: Readonly<Record<string, number>>, takes: (pattern: string) => boolean): number {
  return Object.entries(calls).reduce((sum, [pattern, count]) => sum + (takes(pattern) ? count : 0), 0);
}
