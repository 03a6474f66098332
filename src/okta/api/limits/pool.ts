import type { RateLimit } from "../../../baton/connector.ts";

/** Length of Okta's rate-limit windows, in milliseconds. Source: Okta's documentation of rate limits. */
export const WINDOW_MS = 60_000;

/** How far ahead the end of a window or a `Retry-After` is believed, in milliseconds: a window, and as much for clocks. */
export const MAX_PLAUSIBLE_WAIT_MS = 2 * WINDOW_MS;

/** What is counted together by the server, as far as known: one or more URL patterns. */
export interface Pool {
  limit: number;
  /** The lowest count that an answer of this window showed. */
  remaining: number;
  /** Requests since then that broke: the server may have counted them. */
  lost: number;
  /** End of the window that `remaining` is about, by the server's clock; 0 where a new window began unseen. */
  resetAt: number;
  /** The last window's end: answers about it or an earlier one are late. */
  lastReset: number;
  /** When the request was sent whose answer showed `remaining`, by the server's clock. */
  seenAt: number;
  /** The same of the first answer of this window. */
  firstSeenAt: number;
  /** A request was refused: whoever asks may be held to less than the limit, and the reserve shrinks no more. */
  refused: boolean;
  inFlight: number;
  /** Requests sent so far. */
  sent: number;
  /** Requests sent before this window. */
  sentBefore: number;
  /** What is published of its patterns; see {@link publishedBucket}. */
  readonly published: string | undefined;
  /** Pools that were seen to be counted apart from this one. */
  readonly apart: Set<Pool>;
}

/** A pool as it was when a request of another was sent. */
export interface Snapshot {
  readonly pool: Pool;
  readonly resetAt: number;
  readonly remaining: number;
  /** Requests whose answers had come. */
  readonly answered: number;
}

/** A pool that an answer was the first to show, to a request that was sent at `at` (the server's clock). */
export function newPool(seen: RateLimit, at: number, published?: string): Pool {
  return {
    published,
    limit: seen.limit,
    remaining: seen.remaining,
    lost: 0,
    resetAt: seen.resetAt,
    lastReset: 0,
    seenAt: at,
    firstSeenAt: at,
    refused: false,
    inFlight: 0,
    sent: 0,
    sentBefore: 0,
    apart: new Set(),
  };
}

/** What is known of a pool now. */
export function snapshotOf(pool: Pool): Snapshot {
  return { pool, resetAt: pool.resetAt, remaining: pool.remaining, answered: pool.sent - pool.inFlight };
}

/**
 * An end of a window as it may be at `now` (the server's clock): within a minute where it has come to lie further ahead,
 * as after a server's clock was set back.
 */
export function boundedEnd(at: number, now: number): number {
  return at > now + MAX_PLAUSIBLE_WAIT_MS ? now + WINDOW_MS : at;
}

/** Begins a new window where the last one has ended by `now` (the server's clock). */
export function roll(pool: Pool, now: number): void {
  pool.resetAt = boundedEnd(pool.resetAt, now);
  if (pool.lastReset > now + MAX_PLAUSIBLE_WAIT_MS) {
    pool.lastReset = 0;
  }
  if (pool.resetAt !== 0 && pool.resetAt <= now) {
    pool.lastReset = pool.resetAt;
    pool.resetAt = 0;
    pool.remaining = pool.limit;
    pool.lost = 0;
    pool.sentBefore = pool.sent;
  }
}

/**
 * Takes in what an answer said of its pool, to a request that was sent at `at` (the server's clock); late answers about an
 * earlier window say nothing.
 */
export function observe(pool: Pool, seen: RateLimit, at: number): void {
  // What was left of another limit says nothing of this one.
  const changed = seen.limit !== pool.limit;
  pool.limit = seen.limit;
  if (seen.resetAt > pool.resetAt && seen.resetAt > pool.lastReset) {
    if (pool.resetAt !== 0) {
      pool.lastReset = pool.resetAt;
      pool.sentBefore = pool.sent - pool.inFlight;
      pool.remaining = seen.remaining;
    }
    pool.resetAt = seen.resetAt;
    pool.firstSeenAt = at;
    pool.seenAt = at;
  }
  if (seen.resetAt === pool.resetAt) {
    if (changed || seen.remaining <= pool.remaining) {
      pool.remaining = seen.remaining;
      pool.seenAt = at;
    }
    pool.lost = 0;
  }
}

/** Notes that two pools are counted apart. */
export function separate(one: Pool, other: Pool): void {
  one.apart.add(other);
  other.apart.add(one);
}

/**
 * What an answer tells of the pool of a snapshot that was taken when its request was sent. A count never rises within a
 * window: where it is not lower than before, it is another count. Where it is lower, and by no more than what was sent
 * explains (`ours`: the requests of this window that may have been counted with it), it is taken for the same.
 */
export function compare(other: Snapshot, seen: RateLimit, ours: number): "apart" | "same" | undefined {
  const { pool, resetAt, remaining, answered } = other;
  if (resetAt !== seen.resetAt || pool.limit !== seen.limit) {
    return undefined;
  }
  const drop = remaining - seen.remaining;
  if (drop <= 0) {
    return "apart";
  }
  // Others may have used some of it meanwhile.
  return drop <= ours + (pool.sent - answered) + 0.02 * seen.limit ? "same" : undefined;
}
