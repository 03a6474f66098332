import type { BucketView } from "../api/limits/buckets.ts";

/**
 * The rate-limit bucket that a URL pattern is counted in, by what Okta publishes: all under `/apps` is one, all under
 * `/groups` but a single group, the list of users, a single user, the log, devices, OAuth, and one for all else. The
 * headers of an org decide how many requests it allows. Source: Okta's documentation of rate limits.
 */
export function bucketOf(pattern: string): string {
  if (pattern.startsWith("/oauth2/")) return "/oauth2/v1/*";
  const [, , , resource, ...rest] = pattern.split("/");
  switch (resource) {
    case "users":
      return rest.length === 0 ? "/api/v1/users" : rest.length === 1 ? "/api/v1/users/{id}" : OTHERS;
    case "groups":
      return rest.length === 1 && rest[0] !== "rules" ? "/api/v1/groups/{id}" : GROUPS;
    case "apps":
      return APPS;
    case "devices":
      return "/api/v1/devices/*";
    case "logs":
      return "/api/v1/logs";
    default:
      return OTHERS;
  }
}

/** Apps and everything under them. */
export const APPS = "/api/v1/apps/*";
/** Groups and everything under them, but a single group. */
export const GROUPS = "/api/v1/groups/*";
/** Whatever has no bucket of its own, as a user's groups. */
export const OTHERS = "/api/v1/*";

/** What an org allows of one bucket, in requests a window. */
export interface BucketLimit {
  readonly limit: number;
  readonly remaining: number;
}

/** The limits that an org's answers have shown, by bucket: the smallest one where its patterns show several. */
export function seenLimits(views: readonly BucketView[]): ReadonlyMap<string, BucketLimit> {
  const found = new Map<string, BucketLimit>();
  for (const { name, limit, remaining } of views) {
    if (limit === undefined || remaining === undefined) continue;
    const bucket = bucketOf(name);
    const known = found.get(bucket);
    found.set(bucket, {
      limit: Math.min(limit, known?.limit ?? limit),
      remaining: Math.min(remaining, known?.remaining ?? remaining),
    });
  }
  return found;
}

/** Calls by bucket, of calls by URL pattern. */
export function byBucket(calls: Readonly<Record<string, number>>): ReadonlyMap<string, number> {
  const found = new Map<string, number>();
  for (const [pattern, count] of Object.entries(calls)) {
    const bucket = bucketOf(pattern);
    found.set(bucket, (found.get(bucket) ?? 0) + count);
  }
  return found;
}

/** Length of a window, in seconds. */
export const WINDOW_SECONDS = 60;

/** Seconds that calls of one bucket take: what a window allows goes at once, and again in each one after. */
export function secondsOf(calls: number, allowed: number): number {
  return allowed <= 0 ? 0 : Math.max(0, calls / allowed - 1) * WINDOW_SECONDS;
}
