import type { BucketView } from "../api/limits/bucket.ts";
import { byBucket, secondsOf, seenLimits, WINDOW_SECONDS } from "./buckets.ts";

/** How much of what the limits allow a sync has reached. */
export interface Reached {
  /** What the limits alone would have made it last, all of each given to it, in milliseconds. */
  readonly floorMs: number;
  /** The bucket that decides that. */
  readonly bucket: string;
  /** That time as a part of the time that it took, up to 1. */
  readonly share: number;
}

/**
 * How much of the possible was reached by a sync that made these calls and read for so long (milliseconds); `undefined` where
 * the limits do not decide: all calls fit into a window or two, or there are none.
 */
export function reachedOf(views: readonly BucketView[], readingMs: number): Reached | undefined {
  const limits = seenLimits(views);
  const calls = byBucket(Object.fromEntries(views.map(({ name, calls }) => [name, calls])));
  let [floorMs, decides] = [0, ""];
  for (const [bucket, count] of calls) {
    const ms = 1000 * secondsOf(count, limits.get(bucket)?.limit ?? Number.POSITIVE_INFINITY);
    if (ms > floorMs) [floorMs, decides] = [ms, bucket];
  }
  if (floorMs < 1000 * WINDOW_SECONDS || readingMs <= 0) return undefined;
  const share = Math.round(1000 * Math.min(1, floorMs / readingMs)) / 1000;
  return { floorMs: Math.round(floorMs), bucket: decides, share };
}
