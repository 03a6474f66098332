import type { ReadLists } from "../../baton/connector.ts";
import type { Resource } from "../../gen/c1/connector/v2/resource_pb.ts";
import type { BucketView } from "../api/limits/bucket.ts";
import type { OktaOptions } from "../resource/options.ts";
import { appType, groupType, userType } from "../resource/types.ts";
import { seenLimits } from "./buckets.ts";
import { routesOf } from "./estimate.ts";
import type { Routes } from "./routes.ts";
import type { OrgSize } from "./size.ts";

/** Syncs whose routes are remembered. */
const MAX_SYNCS = 8;

/** What the choice of routes is made with, besides the lists. */
export interface RouteSource {
  readonly options: OktaOptions;
  /** What is known of the limits now. */
  readonly buckets: () => readonly BucketView[];
  /** The part of each limit that may be used. */
  readonly share: number;
  readonly usersFiltered: boolean;
}

/**
 * The routes of a sync, chosen once its lists of groups and apps are complete, for all who ask; `undefined`: not yet. The
 * model is that of `--plan`; how many users there are is what the group Everyone counts.
 */
export interface RoutesOfSync {
  (lists: ReadLists, syncId: string | undefined): Routes | undefined;
  /** Forgets what was chosen for a sync: it reads something else from now on, or has ended. */
  forget(syncId: string): void;
}

/** Makes a chooser that remembers what it chose for a sync. */
export function createRoutesOfSync(source: RouteSource): RoutesOfSync {
  const chosen = new Map<string, Routes>();
  const of = (lists: ReadLists, syncId = "") => {
    const known = chosen.get(syncId);
    if (known !== undefined) return known;
    if (!lists.isComplete(groupType.id) || !lists.isComplete(appType.id)) return undefined;
    const routes = choose(source, lists);
    if (chosen.size >= MAX_SYNCS) chosen.delete(chosen.keys().next().value!);
    chosen.set(syncId, routes);
    return routes;
  };
  return Object.assign(of, { forget: (syncId: string) => void chosen.delete(syncId) });
}

function choose({ options, buckets, share, usersFiltered }: RouteSource, lists: ReadLists): Routes {
  const seen = seenLimits(buckets());
  const reach = options.syncReach === true;
  return routesOf(
    sizeOfLists(lists),
    {
      ...{ share, latencyMs: 0, concurrency: 1, resourceSets: 0, usersFiltered },
      customRoles: options.syncCustomRoles,
      secrets: options.syncSecrets,
      ...(reach && { reach: { customRoles: 0 } }),
      ...(options.route !== undefined && { forced: options.route }),
    },
    (bucket) => seen.get(bucket)?.limit,
  );
}

/** How large what is to be read is by the lists of groups and apps, as far as the choice of routes goes. */
function sizeOfLists(lists: ReadLists): OrgSize {
  const memberCounts: number[] = [];
  const appCounts: (number | undefined)[] = [];
  let [groups, membersCounted, users, appUsers, apps] = [0, true, 0, 0, 0];
  for (const group of lists.toRead(groupType.id)) {
    const members = memberCount(group);
    membersCounted &&= members !== undefined;
    if (members !== 0) memberCounts.push(members ?? 1);
  }
  for (const group of lists.resources(groupType.id)) {
    groups++;
    const [members, held] = [memberCount(group), appCount(group)];
    if (held !== 0) appCounts.push(held);
    users = Math.max(users, members ?? 0);
    appUsers += (members ?? 0) * (held ?? 0);
  }
  for (const _ of lists.toRead(appType.id)) apps++;
  if (lists.isComplete(userType.id)) users = countOf(lists.resources(userType.id));
  return {
    ...{ users, groups, memberCounts, membersCounted, appCounts, apps },
    appUsers: Math.min(appUsers, apps * users),
    ...{ adminGroups: 0, adminMembers: 0, serviceApps: 0, admins: 0, uncounted: [] },
  };
}

function countOf(all: Iterable<unknown>): number {
  let count = 0;
  for (const _ of all) count++;
  return count;
}

/** How many members a listed group has, where Okta says so. */
export function memberCount({ profile }: Resource): number | undefined {
  return number(profile?.users_count);
}

/** How many apps a listed group has, where Okta says so. */
export function appCount({ profile }: Resource): number | undefined {
  return number(profile?.apps_count);
}

function number(value: unknown): number | undefined {
  return typeof value === "number" ? value : undefined;
}
