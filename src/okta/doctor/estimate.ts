import type { BucketView } from "../api/limits/buckets.ts";
import type { LimitReport, SyncEstimate } from "./report.ts";
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
}

/** CPU time for one grant, from page to sealed snapshot, in milliseconds: measured at a million of them. */
const GRANT_MS = 0.025;
const WINDOW_SECONDS = 60;

/** The calls of a full sync by URL pattern, with the page sizes that it uses. */
export function callsOf(size: OrgSize, plan: Planned): Readonly<Record<string, number>> {
  const pages = (count: number, page: number) => Math.max(1, Math.ceil(count / page));
  const members = size.memberCounts.reduce((sum, count) => sum + pages(count, 1000), 0);
  const calls = {
    // The first call of a sync proves the credentials.
    "/api/v1/users": pages(size.users, 200) + 1,
    "/api/v1/groups": pages(size.groups, 1000),
    "/api/v1/groups/{id}/users": members,
    "/api/v1/groups/{id}/roles": size.adminGroups,
    "/api/v1/apps": pages(size.apps, 200),
    "/api/v1/apps/{id}/users": size.apps + Math.floor(size.appUsers / 500),
    "/api/v1/apps/{id}/groups": size.apps,
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

/** The patterns that Okta is known to count together; any other is taken to count alone. */
export function poolOf(pattern: string): string {
  const together = /^\/api\/v1\/(groups|apps)\/\{id\}\//.exec(pattern);
  if (together !== null) return `/api/v1/${together[1]}/{id}/*`;
  return pattern.startsWith("/api/v1/iam/") ? "/api/v1/iam/*" : pattern;
}

/** The limits that were seen, and what a sync with these calls would take of each. */
export function limitsOf(
  buckets: readonly BucketView[],
  calls: Readonly<Record<string, number>>,
  share: number,
): LimitReport[] {
  const pools = new Map<string, { limit: number; remaining: number }>();
  for (const { name, limit, remaining } of buckets) {
    if (limit === undefined || remaining === undefined) continue;
    const pool = poolOf(name);
    const known = pools.get(pool);
    pools.set(pool, {
      limit: Math.min(limit, known?.limit ?? limit),
      remaining: Math.min(remaining, known?.remaining ?? remaining),
    });
  }
  return [...pools]
    .map(([bucket, { limit, remaining }]) => {
      const syncCalls = sumOf(calls, (pattern) => poolOf(pattern) === bucket);
      const syncShare = limit === 0 ? 0 : Math.min(share, syncCalls / limit);
      return { bucket, limit, remaining, syncCalls, syncShare: Math.round(syncShare * 1000) / 1000 };
    })
    .sort((a, b) => b.syncCalls - a.syncCalls || (a.bucket < b.bucket ? -1 : 1));
}

/**
 * How long a full sync lasts: what the limits allow in a minute bounds it, else how fast Okta answers. Each limit gives
 * its share at once in the first minute and again in each one after.
 */
export function estimateOf(size: OrgSize, plan: Planned, limits: readonly LimitReport[]): SyncEstimate {
  const calls = callsOf(size, plan);
  const total = sumOf(calls, () => true);
  const limited = limits.map(({ limit, syncCalls }) => {
    const allowed = Math.max(1, limit * plan.share);
    return limit === 0 ? 0 : Math.max(0, syncCalls / allowed - 1) * WINDOW_SECONDS;
  });
  const memberships = size.memberCounts.reduce((sum, count) => sum + count, 0);
  // A list is read page by page: the longest one bounds what concurrency can do.
  const longest = Math.max(calls["/api/v1/users"] ?? 0, ...size.memberCounts.map((count) => Math.ceil(count / 1000)));
  const waiting = Math.max(total / plan.concurrency, longest) * plan.latencyMs;
  const working = (memberships + size.appUsers) * GRANT_MS;
  const seconds = Math.max(...limited, 0) + (waiting + working) / 1000;
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
    seconds: Math.ceil(seconds),
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
