import type { BucketView } from "../api/limits/bucket.ts";
import { OTHERS, publishedBucket } from "../api/limits/published.ts";

export { APPS, GROUPS, OTHERS } from "../api/limits/published.ts";

/** The rate-limit bucket that a URL pattern is counted in, by what Okta publishes. */
export function bucketOf(pattern: string): string {
  return publishedBucket(pattern) ?? OTHERS;
}

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
