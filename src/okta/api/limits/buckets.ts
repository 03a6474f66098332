import type { RateLimit } from "../../../baton/connector.ts";
import { type Bucket, probeAgainAt, type Readiness, type Sent } from "./bucket.ts";
import { boundedEnd, compare, newPool, observe, type Pool, roll, type Snapshot, separate, snapshotOf } from "./pool.ts";
import { publishedBucket } from "./published.ts";
import { Reserve } from "./reserve.ts";

/** How long after the end of a window the next one is taken for granted: servers round its end to whole seconds. */
const SETTLING_MS = 100;

/**
 * The rate-limit buckets of an org, learned from its answers.
 *
 * Okta publishes which URL patterns it counts together, and its answers do not say. A pattern starts unknown, with one
 * probe at a time, and then joins the pool of those it is published with, or has one of its own. Each answer is compared
 * with the other pools of the same limit and window: a count that fits makes one pool of two, and one that does not fit
 * proves them apart, now or later.
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
        published: publishedBucket(name),
        pool: undefined,
        unlimited: false,
        inFlight: 0,
        sentAt: 0,
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
    const pool = bucket.pool;
    if (pool !== undefined) {
      roll(pool, now - SETTLING_MS);
    }
    bucket.blockedUntil = boundedEnd(bucket.blockedUntil, now);
    if (bucket.blockedUntil > now) {
      return bucket.blockedUntil;
    }
    if (pool === undefined) {
      const patient = bucket.inFlight > 0 && now < probeAgainAt(bucket);
      if (bucket.unlimited || patient) return patient && !bucket.unlimited ? "afterAnswer" : "now";
      const presumed = this.#presumed(bucket);
      if (presumed === undefined) return "now";
      roll(presumed, now - SETTLING_MS);
      return this.#readinessOf(presumed, now);
    }
    return this.#readinessOf(pool, now);
  }

  /** The pool of the patterns that Okta publishes to be counted with one of which nothing is known yet. */
  #presumed({ published }: Bucket): Pool | undefined {
    if (published === undefined) return undefined;
    for (const pool of this.#pools) if (pool.published === published) return pool;
    return undefined;
  }

  #readinessOf(pool: Pool, now: number): Readiness {
    const reserve = new Reserve(pool, this.#leftToOthers(pool));
    const left = reserve.left();
    const remaining = pool.remaining - pool.lost;
    if (remaining - pool.inFlight > left) {
      return pool.inFlight > 0 && this.#mayBeUsedUp(pool, left) ? "afterAnswer" : "now";
    }
    if (pool.resetAt === 0) {
      // Nothing but an answer tells when the window ends.
      return pool.inFlight === 0 ? "now" : "afterAnswer";
    }
    if (remaining > left || (pool.inFlight > 0 && reserve.isSpare(remaining))) return "afterAnswer";
    const opens = pool.resetAt + SETTLING_MS;
    if (!reserve.isSpare(remaining)) return opens;
    const lookAt = reserve.lookAt(remaining);
    return lookAt <= now ? "now" : Math.min(lookAt, opens);
  }

  /** Whether another pool is used up that may be this very one: then a probe has to show it first. */
  #mayBeUsedUp(pool: Pool, left: number): boolean {
    for (const other of this.#pools) {
      const sameWindow = other.resetAt !== 0 && (pool.resetAt === 0 || pool.resetAt === other.resetAt);
      const together = other.remaining - other.lost - other.inFlight - pool.inFlight;
      if (other !== pool && sameWindow && together <= left && isOpen(pool, other)) {
        return true;
      }
    }
    return false;
  }

  #leftToOthers(pool: Pool): number {
    // 0.2 * 100 must be 20, whatever 1 - 0.8 is in binary.
    return Math.round((1 - this.#share) * pool.limit * 1e6) / 1e6;
  }

  /** Takes in that a request is sent at `now`, by the server's clock. What it returns goes to {@link settle}. */
  send(bucket: Bucket, now: number): Sent {
    bucket.calls++;
    bucket.inFlight++;
    bucket.sentAt = now;
    const pool = bucket.pool;
    const others: Snapshot[] = [];
    for (const other of this.#pools) {
      if (other !== pool && other.resetAt !== 0 && (pool === undefined || isOpen(pool, other))) {
        others.push(snapshotOf(other));
      }
    }
    if (pool === undefined) {
      return { at: now, own: undefined, others };
    }
    const own = snapshotOf(pool);
    pool.inFlight++;
    pool.sent++;
    return { at: now, own, others };
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
        bucket.pool.lost++;
      }
      return;
    }
    const pool = this.#poolFor(bucket, sent, seen);
    observe(pool, seen, sent.at);
    pool.refused ||= how === "uncounted";
  }

  /** The pool that an answer's count is of. */
  #poolFor(bucket: Bucket, sent: Sent, seen: RateLimit): Pool {
    let pool = bucket.pool;
    const comparable = sent.own === undefined || sent.own.pool === pool;
    if (pool === undefined) {
      const presumed = this.#presumed(bucket);
      const known = sent.others.find((other) => other.pool === presumed);
      const fits = presumed?.limit === seen.limit && !(known && compare(known, seen, 0) === "apart");
      pool = this.#join(bucket, fits ? presumed : newPool(seen, sent.at, bucket.published));
    } else if (this.#isShared(bucket, pool) && isAnother(pool, sent.own, seen)) {
      const former = pool;
      former.inFlight -= bucket.inFlight;
      pool = this.#join(bucket, newPool(seen, sent.at, bucket.published));
      separate(pool, former);
    }
    if (comparable) {
      const ours = this.#sentIn(pool);
      for (const other of sent.others) {
        // The pattern may have been found to be counted with it since.
        if (other.pool === pool) continue;
        const verdict = this.#pools.has(other.pool) ? compare(other, seen, ours) : undefined;
        if (verdict === "apart") {
          separate(pool, other.pool);
        } else if (verdict === "same" && isOpen(pool, other.pool)) {
          return this.#merge(pool, other.pool);
        }
      }
    }
    for (const other of this.#pools) {
      // No two requests of one count are shown the same number.
      if (
        other !== pool &&
        other.resetAt === seen.resetAt &&
        other.remaining === seen.remaining &&
        seen.remaining > 0
      ) {
        separate(pool, other);
      }
    }
    return pool;
  }

  /** Requests of this window that the count of a pool may hold: those of all that may be one with it. */
  #sentIn(pool: Pool): number {
    let sent = 0;
    for (const other of this.#pools) {
      sent += other === pool || isOpen(pool, other) ? other.sent - other.sentBefore : 0;
    }
    return sent;
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
    this.#pools.add(pool);
    pool.inFlight += bucket.inFlight;
    pool.sent += bucket.inFlight;
    bucket.pool = pool;
    return pool;
  }

  #merge(from: Pool, into: Pool): Pool {
    for (const bucket of this.#buckets.values()) {
      if (bucket.pool === from) {
        bucket.pool = into;
      }
    }
    into.refused ||= from.refused;
    into.inFlight += from.inFlight;
    into.sent += from.sent;
    into.sentBefore += from.sentBefore;
    for (const other of from.apart) {
      separate(into, other);
    }
    this.#pools.delete(from);
    return into;
  }
}

/** Whether it is open if two pools are one: not where Okta publishes them apart, as counts of one limit look alike. */
function isOpen(one: Pool, other: Pool): boolean {
  const isPublishedApart =
    one.published !== undefined && other.published !== undefined && one.published !== other.published;
  return !isPublishedApart && one.limit === other.limit && !one.apart.has(other);
}

/** Whether an answer proves that its pattern is not counted with the others of its pool. */
function isAnother(pool: Pool, own: Snapshot | undefined, seen: RateLimit): boolean {
  if (seen.limit !== pool.limit) {
    return true;
  }
  return own?.pool === pool && own.resetAt === seen.resetAt && seen.remaining >= own.remaining;
}
