import type { RateLimit } from "../../baton/connector.ts";

/** What is known of one rate-limit bucket, for people and metrics. */
export interface BucketView {
  /** The URL pattern, as `/api/v1/groups/{id}/users`. */
  readonly name: string;
  /** Requests a window; absent where no answer has said so yet. */
  readonly limit?: number;
  readonly remaining?: number;
  /** When the window ends, in milliseconds since the Unix epoch by the server's clock. */
  readonly resetAt?: number;
  /** Requests sent, each try counted. */
  readonly calls: number;
  /** Requests that had to wait for the limit, and how long they did, in milliseconds. */
  readonly waits: number;
  readonly waitedMs: number;
  /** Answers 429. */
  readonly refusals: number;
  readonly inFlight: number;
  /** Requests that wait now. */
  readonly waiting: number;
}

/** How long after the end of a window the next one is taken for granted: servers round its end to whole seconds. */
const SETTLING_MS = 100;

/** What is counted together by the server, as far as known: one or more URL patterns. */
interface Pool {
  limit: number;
  /** The lowest count of this window; what was sent and has not been answered is not taken off. */
  remaining: number;
  /** End of the window that `remaining` is about, by the server's clock; 0 where a new window began unseen. */
  resetAt: number;
  /** The last window's end: answers about it or an earlier one are late. */
  lastReset: number;
  inFlight: number;
}

/** What a request knew of its bucket when it was sent: answers are compared with it. */
export interface Sent {
  readonly pool: Pool | undefined;
  readonly resetAt: number;
  readonly remaining: number;
  /** The other pools' counts, kept while the pattern has no pool: which one it belongs to is then told by the answer. */
  readonly others: readonly (readonly [Pool, number, number])[] | undefined;
}

/** One URL pattern: who waits for it is the gate's matter, whether one more request may be sent is decided here. */
export interface Bucket {
  readonly name: string;
  pool: Pool | undefined;
  /** Whether it was seen to be counted apart from a pool it had been put in. */
  apart: boolean;
  /** An answer without rate-limit headers: nothing to keep to. */
  unlimited: boolean;
  /** Requests of this pattern that are under way. */
  inFlight: number;
  /** Refused until then, by the server's clock. */
  blockedUntil: number;
  calls: number;
  waits: number;
  waitedMs: number;
  refusals: number;
}

/** When one more request may be sent: now, at a time by the server's clock, or not before an answer has come. */
export type Readiness = "now" | "afterAnswer" | number;

/**
 * The rate-limit buckets of an org, learned from its answers.
 *
 * Okta does not say which URL patterns it counts together. A pattern starts unknown, with one probe at a time. Its
 * first answer shows where it belongs: a count lower than that of a pool with the same limit and window means that it
 * is drawn from that pool; a count never rises within a window, so an answer that shows a higher one later proves
 * that the pattern is counted apart, and it gets a pool of its own.
 */
export class Buckets {
  readonly #share: number;
  readonly #buckets = new Map<string, Bucket>();
  readonly #pools = new Set<Pool>();

  /** `share`: the part of each limit that may be used, above 0 and up to 1. */
  constructor(share: number) {
    this.#share = share;
  }

  /** The bucket of a URL pattern. */
  of(name: string): Bucket {
    let bucket = this.#buckets.get(name);
    if (bucket === undefined) {
      bucket = {
        name,
        pool: undefined,
        apart: false,
        unlimited: false,
        inFlight: 0,
        blockedUntil: 0,
        calls: 0,
        waits: 0,
        waitedMs: 0,
        refusals: 0,
      };
      this.#buckets.set(name, bucket);
    }
    return bucket;
  }

  /** Every bucket that was asked for. */
  all(): Iterable<Bucket> {
    return this.#buckets.values();
  }

  /** Whether one more request may be sent at `now`, by the server's clock. */
  readiness(bucket: Bucket, now: number): Readiness {
    if (bucket.blockedUntil > now) {
      return bucket.blockedUntil;
    }
    const pool = bucket.pool;
    if (pool === undefined) {
      return bucket.unlimited || bucket.inFlight === 0 ? "now" : "afterAnswer";
    }
    if (pool.resetAt !== 0 && pool.resetAt + SETTLING_MS <= now) {
      pool.lastReset = pool.resetAt;
      pool.resetAt = 0;
      pool.remaining = pool.limit;
    }
    const left = this.#leftToOthers(pool);
    if (pool.remaining - pool.inFlight > left) {
      return "now";
    }
    if (pool.resetAt === 0) {
      // Nothing but an answer tells when the window ends.
      return pool.inFlight === 0 ? "now" : "afterAnswer";
    }
    return pool.remaining > left ? "afterAnswer" : pool.resetAt + SETTLING_MS;
  }

  #leftToOthers(pool: Pool): number {
    // 0.2 * 100 must be 20, whatever 1 - 0.8 is in binary.
    return Math.round((1 - this.#share) * pool.limit * 1e6) / 1e6;
  }

  /** Takes in that a request is sent. What it returns goes to {@link settle}. */
  send(bucket: Bucket): Sent {
    bucket.calls++;
    bucket.inFlight++;
    const pool = bucket.pool;
    if (pool === undefined) {
      const others = [...this.#pools].map((p) => [p, p.resetAt, p.remaining] as const);
      return { pool, resetAt: 0, remaining: 0, others };
    }
    pool.inFlight++;
    return { pool, resetAt: pool.resetAt, remaining: pool.remaining, others: undefined };
  }

  /**
   * Takes in the end of a request. `seen`: what its answer said of the limit; `undefined` where none came or it said
   * nothing. `how`: an answer came, the server did not count it, or nobody knows.
   */
  settle(bucket: Bucket, sent: Sent, seen: RateLimit | undefined, how: "answered" | "uncounted" | "unknown"): void {
    bucket.inFlight--;
    if (bucket.pool !== undefined) {
      bucket.pool.inFlight--;
    }
    if (seen === undefined) {
      if (bucket.pool === undefined) {
        bucket.unlimited ||= how === "answered";
      } else if (how !== "uncounted") {
        bucket.pool.remaining--;
      }
      return;
    }
    const pool = this.#poolFor(bucket, sent, seen);
    pool.limit = seen.limit;
    if (seen.resetAt > pool.resetAt && seen.resetAt > pool.lastReset) {
      pool.lastReset = Math.max(pool.lastReset, pool.resetAt);
      pool.remaining = pool.resetAt === 0 ? Math.min(pool.remaining, seen.remaining) : seen.remaining;
      pool.resetAt = seen.resetAt;
    } else if (seen.resetAt === pool.resetAt) {
      pool.remaining = Math.min(pool.remaining, seen.remaining);
    }
  }

  #poolFor(bucket: Bucket, sent: Sent, seen: RateLimit): Pool {
    const current = bucket.pool;
    if (current === undefined) {
      const shared = sent.others?.find(
        ([pool, resetAt, remaining]) =>
          !bucket.apart && pool.limit === seen.limit && resetAt === seen.resetAt && seen.remaining < remaining,
      )?.[0];
      return this.#join(bucket, shared ?? this.#newPool(seen));
    }
    const sameWindow = sent.pool === current && sent.resetAt === seen.resetAt;
    const higher = sameWindow && seen.remaining >= sent.remaining;
    if ((higher || seen.limit !== current.limit) && this.#isShared(bucket, current)) {
      bucket.apart = true;
      current.inFlight -= bucket.inFlight;
      return this.#join(bucket, this.#newPool(seen));
    }
    return current;
  }

  #isShared(bucket: Bucket, pool: Pool): boolean {
    for (const other of this.#buckets.values()) {
      if (other !== bucket && other.pool === pool) {
        return true;
      }
    }
    return false;
  }

  #join(bucket: Bucket, pool: Pool): Pool {
    pool.inFlight += bucket.inFlight;
    bucket.pool = pool;
    return pool;
  }

  #newPool(seen: RateLimit): Pool {
    const pool = { limit: seen.limit, remaining: seen.remaining, resetAt: seen.resetAt, lastReset: 0, inFlight: 0 };
    this.#pools.add(pool);
    return pool;
  }
}
