import { APPS, GROUPS, OTHERS, secondsOf } from "./buckets.ts";

/** How large what can be read from two sides is. */
export interface TwoSided {
  readonly apps: number;
  /** How many apps each group has, of those that have any; `undefined` where Okta does not say: some, perhaps. */
  readonly appCounts: readonly (number | undefined)[];
  readonly users: number;
  /** How many members each group has, of those that have any; `undefined` where Okta does not say. */
  readonly memberCounts: readonly (number | undefined)[];
}

/** How one sort of facts is read. */
export interface Route {
  /** The part of the apps, or of the users, that is asked, from 0 to 1; the rest is known from the groups. */
  readonly part: number;
  /** Calls to the app or the user side (`/apps/{id}/groups`, `/users/{id}/groups`). */
  readonly partCalls: number;
  /** Calls to the groups' side (`/groups/{id}/apps`, `/groups/{id}/users`), at the best guess. */
  readonly groupCalls: number;
}

/** The routes of a sync. */
export interface Routes {
  /** Which groups have which apps. */
  readonly appGroups: Route;
  /** Which users are in which groups. */
  readonly members: Route;
  /** Seconds until the last of the limits lets the last call through. */
  readonly seconds: number;
}

/** What may be chosen. */
export interface RouteChoice {
  /** Requests a window that may be used of each bucket; `undefined`: no limit is known. */
  readonly allowed: (bucket: string) => number | undefined;
  /** Calls of each bucket that are made whatever the route. */
  readonly fixed: ReadonlyMap<string, number>;
  /** Whether members may be read from the users' side: not where users are filtered. */
  readonly byUsers: boolean;
  /** One way in place of the one that ends first; for tests. */
  readonly forced?: ForcedRoute;
}

/** `usual`: apps for their groups, groups for their members. `other`: the other way round. `mixed`: half of each. */
export type ForcedRoute = "usual" | "other" | "mixed";

const APPS_PAGE = 200;
const MEMBERS_PAGE = 1000;
const GROUPS_PAGE = 200;

/** Parts that are tried: enough to come within some percent of the best one. */
const STEPS = 20;

/** What a route that relies on counts has to save of the time, as a part of it, and in seconds. */
const MIN_SAVING = 0.02;
const MIN_SAVING_SECONDS = 1;

/**
 * The routes that end first under the limits. Both facts can be read from two sides, and be split between them: a group of
 * which all apps (or all members) were met on the other side need not be asked. The more a group has, the less likely that
 * is. Where nothing is saved, the usual routes are taken, which rely on no counts.
 */
export function chooseRoutes(size: TwoSided, choice: RouteChoice): Routes {
  const appRoutes = parts(choice.forced, "usual").map((part) => appRoute(size, part));
  const sidedByUsers = choice.byUsers && size.users > 0;
  const memberRoutes = (sidedByUsers ? parts(choice.forced, "other") : [0]).map((part) => memberRoute(size, part));
  let best: Routes | undefined;
  const usual = together(appRoute(size, 1), memberRoute(size, 0), choice);
  for (const appGroups of appRoutes) {
    for (const members of memberRoutes) {
      const routes = together(appGroups, members, choice);
      if (best === undefined || isBetter(routes, best)) best = routes;
    }
  }
  if (choice.forced !== undefined || best === undefined) return best ?? usual;
  const saved = usual.seconds - best.seconds;
  return saved > MIN_SAVING_SECONDS && saved > MIN_SAVING * usual.seconds ? best : usual;
}

function parts(forced: ForcedRoute | undefined, whole: ForcedRoute): readonly number[] {
  if (forced === "mixed") return [0.5];
  if (forced !== undefined) return [forced === whole ? 1 : 0];
  return Array.from({ length: STEPS + 1 }, (_, step) => step / STEPS);
}

function isBetter(one: Routes, other: Routes): boolean {
  if (Math.abs(one.seconds - other.seconds) > 0.01) return one.seconds < other.seconds;
  return callsOf(one) < callsOf(other);
}

function callsOf({ appGroups, members }: Routes): number {
  return appGroups.partCalls + appGroups.groupCalls + members.partCalls + members.groupCalls;
}

function together(appGroups: Route, members: Route, { allowed, fixed }: RouteChoice): Routes {
  const known = [APPS, GROUPS, OTHERS].map(allowed).filter((limit) => limit !== undefined);
  const seconds = (bucket: string, calls: number) => {
    // What has not shown its limit yet is not taken to have none where others have.
    const limit = allowed(bucket) ?? (known.length === 0 ? undefined : Math.min(...known));
    return limit === undefined ? 0 : secondsOf(calls + (fixed.get(bucket) ?? 0), limit);
  };
  return {
    appGroups,
    members,
    seconds: Math.max(
      seconds(APPS, appGroups.partCalls),
      seconds(GROUPS, appGroups.groupCalls + members.groupCalls),
      seconds(OTHERS, members.partCalls),
    ),
  };
}

/** Where that part of the apps is asked for its groups, and each group that may have one of the others for its apps. */
function appRoute({ apps, appCounts }: TwoSided, part: number): Route {
  const assignments = appCounts.reduce<number>((sum, count) => sum + (count ?? 0), 0);
  const partCalls = Math.ceil(part * apps) + Math.floor((part * assignments) / GROUPS_PAGE);
  return { part, partCalls, groupCalls: part === 1 ? 0 : groupCalls(appCounts, part, APPS_PAGE) };
}

/** Where that part of the users is asked for its groups, and each group that has one of the others for its members. */
function memberRoute({ users, memberCounts }: TwoSided, part: number): Route {
  const memberships = memberCounts.reduce<number>((sum, count) => sum + (count ?? 0), 0);
  const pages = Math.max(1, memberships / Math.max(1, users) / GROUPS_PAGE);
  return {
    part,
    partCalls: Math.ceil(part * users * pages),
    groupCalls: groupCalls(memberCounts, part, MEMBERS_PAGE),
  };
}

function groupCalls(counts: readonly (number | undefined)[], part: number, page: number): number {
  let calls = 0;
  for (const count of counts) {
    if (count === undefined) calls += 1;
    else calls += (1 - metChance(count, part)) * Math.ceil(count / page);
  }
  return Math.ceil(calls);
}

/** How likely it is that all of so many were met, where each was with that chance. */
export function metChance(count: number, part: number): number {
  return part ** count;
}
