import type { Call, RateLimit } from "../../../baton/connector.ts";
import type { Clock } from "../../../runtime/clock.ts";
import { Failure } from "../../../runtime/failure.ts";
import { type Bucket, Buckets, type BucketView, probeAgainAt, type Sent } from "./buckets.ts";
import type { ServerTime } from "./server-time.ts";

/** Settings of a gate. */
export interface GateOptions {
  readonly clock: Clock;
  readonly serverTime: ServerTime;
  /** The part of each limit that may be used, above 0 and up to 1. */
  readonly share: number;
  /** Requests that may be under way at once. */
  readonly concurrency: number;
  /** Once aborted, nothing waits for a window to end: it fails with the signal's reason. */
  readonly stopping?: AbortSignal;
}

/** Clients that are remembered before those are forgotten that have nothing waiting. */
const MAX_CLIENTS = 1_000;

/** How a request ended. */
export type Outcome =
  | { readonly kind: "answer"; readonly limit: RateLimit | undefined }
  /** Refused for the limit of its bucket. `until`: by the server's clock, when it said so. */
  | { readonly kind: "limited"; readonly limit: RateLimit | undefined; readonly until: number | undefined }
  /** Refused since too many requests are under way in the org: says nothing of any bucket. */
  | { readonly kind: "crowded" }
  | { readonly kind: "broken" };

/** The right to send one request. To be released exactly once. */
export interface Slot {
  release(outcome: Outcome): void;
}

/** A place in the line. A request that is tried again keeps it. */
export interface Ticket {
  readonly number: number;
}

interface Waiter {
  readonly ticket: Ticket;
  readonly deadline: number;
  /** Since when the bucket's window, not only the concurrency or a probe, makes it wait. */
  heldSince: number | undefined;
  admit(): void;
  refuse(error: unknown): void;
}

/**
 * The one gate to Okta. A request waits here for its bucket and for the concurrency, and takes a slot only when it may
 * be sent: an exhausted bucket holds back its own requests and nothing else. First come, first served among those that
 * may go.
 */
export class Gate {
  readonly #clock: Clock;
  readonly #serverTime: ServerTime;
  readonly #concurrency: number;
  readonly #buckets: Buckets;
  readonly #stopping: AbortSignal | undefined;
  readonly #lines = new Map<Bucket, Waiter[]>();
  #ceiling: number;
  #inFlight = 0;
  /** The highest number that was let through, and the last one of each client. */
  #served = 0;
  readonly #lastOf = new Map<string, number>();
  #sends = 0;
  /** The number of the last request sent before the ceiling was lowered: refusals of earlier ones lower it no more. */
  #lowered = 0;
  #alarm: { readonly at: number; readonly stop: AbortController } | undefined;

  constructor(options: GateOptions) {
    this.#clock = options.clock;
    this.#serverTime = options.serverTime;
    this.#concurrency = options.concurrency;
    this.#ceiling = options.concurrency;
    this.#buckets = new Buckets(options.share);
    this.#stopping = options.stopping;
    this.#stopping?.addEventListener("abort", () => this.#pump(), { once: true });
  }

  /**
   * A place in the line for a request and all its tries. Within one client it is first come, first served; a client
   * that has many requests waiting does not stand before another's first one (start-time fair queueing).
   */
  ticket(client = ""): Ticket {
    const number = Math.max(this.#served, this.#lastOf.get(client) ?? 0) + 1;
    this.#lastOf.set(client, number);
    if (this.#lastOf.size > MAX_CLIENTS) {
      for (const [one, last] of this.#lastOf) if (last <= this.#served) this.#lastOf.delete(one);
    }
    return { number };
  }

  /**
   * Resolves when a request of this URL pattern may be sent. Rejects with the signal's reason where it aborts, with that
   * of `stopping` where it would have to wait for a window then, and
   * with an `unavailable` {@link Failure} as soon as it is known that the bucket opens after the call's deadline.
   */
  enter(name: string, call: Call, ticket: Ticket = this.ticket()): Promise<Slot> {
    const bucket = this.#buckets.of(name);
    const { signal } = call;
    return new Promise((resolve, reject) => {
      if (signal.aborted) {
        reject(signal.reason);
        return;
      }
      const abort = () => {
        this.#leave(bucket, waiter);
        reject(signal.reason);
        this.#pump();
      };
      const waiter: Waiter = {
        ticket,
        deadline: call.deadline ?? Number.POSITIVE_INFINITY,
        heldSince: undefined,
        admit: () => {
          signal.removeEventListener("abort", abort);
          resolve(this.#pass(bucket, waiter));
        },
        refuse: (error) => {
          signal.removeEventListener("abort", abort);
          reject(error);
        },
      };
      signal.addEventListener("abort", abort, { once: true });
      this.#join(bucket, waiter);
      this.#pump();
    });
  }

  /** What is known of each bucket. */
  views(): BucketView[] {
    return [...this.#buckets.all()].map((bucket) => {
      const { pool } = bucket;
      return {
        name: bucket.name,
        ...(pool === undefined ? {} : { limit: pool.limit, remaining: Math.max(0, pool.remaining - pool.lost) }),
        ...(pool === undefined || pool.resetAt === 0 ? {} : { resetAt: pool.resetAt }),
        calls: bucket.calls,
        waits: bucket.waits,
        waitedMs: bucket.waitedMs,
        refusals: bucket.refusals,
        inFlight: bucket.inFlight,
        waiting: this.#lines.get(bucket)?.length ?? 0,
      };
    });
  }

  /** Requests under way. */
  get inFlight(): number {
    return this.#inFlight;
  }

  #join(bucket: Bucket, waiter: Waiter): void {
    const line = this.#lines.get(bucket);
    if (line === undefined) {
      this.#lines.set(bucket, [waiter]);
      return;
    }
    let at = line.length;
    while (at > 0 && line[at - 1]!.ticket.number > waiter.ticket.number) {
      at--;
    }
    line.splice(at, 0, waiter);
  }

  #leave(bucket: Bucket, waiter: Waiter): void {
    const line = this.#lines.get(bucket) ?? [];
    const at = line.indexOf(waiter);
    if (at >= 0) {
      line.splice(at, 1);
    }
    if (line.length === 0) {
      this.#lines.delete(bucket);
    }
  }

  /** Lets through whatever may go, and sets the alarm for the time when more may. */
  #pump(): void {
    const now = this.#serverTime.now();
    let wake = Number.POSITIVE_INFINITY;
    for (;;) {
      let next: { bucket: Bucket; waiter: Waiter } | undefined;
      wake = Number.POSITIVE_INFINITY;
      for (const [bucket, line] of this.#lines) {
        const ready = this.#buckets.readiness(bucket, now);
        if (typeof ready === "number" && this.#stopping?.aborted) {
          this.#lines.delete(bucket);
          for (const waiter of line) waiter.refuse(this.#stopping.reason);
          continue;
        }
        if (ready === "now") {
          if (next === undefined || line[0]!.ticket.number < next.waiter.ticket.number) {
            next = { bucket, waiter: line[0]! };
          }
          continue;
        }
        if (typeof ready === "number") {
          for (const waiter of line) {
            waiter.heldSince ??= this.#clock.now();
          }
          wake = Math.min(wake, ready);
          this.#refuseLate(bucket, ready - now);
        } else {
          wake = Math.min(wake, probeAgainAt(bucket));
        }
      }
      if (next === undefined || this.#inFlight >= Math.max(1, Math.floor(this.#ceiling))) {
        break;
      }
      this.#leave(next.bucket, next.waiter);
      next.waiter.admit();
    }
    this.#setAlarm(this.#lines.size === 0 ? Number.POSITIVE_INFINITY : wake);
  }

  #refuseLate(bucket: Bucket, waitMs: number): void {
    const opens = this.#clock.now() + waitMs;
    for (const waiter of this.#lines.get(bucket)?.slice() ?? []) {
      if (waiter.deadline < opens) {
        this.#leave(bucket, waiter);
        waiter.refuse(
          new Failure({
            kind: "unavailable",
            message: `Okta's rate limit for ${bucket.name} is used up until after the call's deadline`,
            advice: "try again when the window has ended",
            retryAfterMs: waitMs,
          }),
        );
      }
    }
  }

  #setAlarm(at: number): void {
    const waitMs = at - this.#serverTime.now();
    const localAt = this.#clock.now() + waitMs;
    if (this.#alarm !== undefined && Math.abs(this.#alarm.at - localAt) < 10) {
      return;
    }
    this.#alarm?.stop.abort();
    this.#alarm = undefined;
    if (at === Number.POSITIVE_INFINITY) {
      return;
    }
    const stop = new AbortController();
    this.#alarm = { at: localAt, stop };
    this.#clock.sleep(waitMs, stop.signal).then(
      () => {
        if (this.#alarm?.stop === stop) {
          this.#alarm = undefined;
        }
        this.#pump();
      },
      () => {},
    );
  }

  #pass(bucket: Bucket, waiter: Waiter): Slot {
    this.#served = Math.max(this.#served, waiter.ticket.number);
    if (waiter.heldSince !== undefined) {
      bucket.waits++;
      bucket.waitedMs += this.#clock.now() - waiter.heldSince;
    }
    const number = ++this.#sends;
    const sent = this.#buckets.send(bucket, this.#serverTime.now());
    this.#inFlight++;
    return { release: (outcome) => this.#release(bucket, sent, number, outcome) };
  }

  #release(bucket: Bucket, sent: Sent, number: number, outcome: Outcome): void {
    this.#inFlight--;
    switch (outcome.kind) {
      case "answer":
        this.#buckets.settle(bucket, sent, outcome.limit, "answered");
        this.#ceiling = Math.min(this.#concurrency, this.#ceiling + 1 / this.#ceiling);
        break;
      case "limited":
        this.#buckets.settle(bucket, sent, outcome.limit, "uncounted");
        bucket.refusals++;
        bucket.blockedUntil = Math.max(bucket.blockedUntil, outcome.until ?? 0);
        break;
      case "crowded":
        this.#buckets.settle(bucket, sent, undefined, "uncounted");
        bucket.refusals++;
        if (number > this.#lowered) {
          this.#lowered = this.#sends;
          this.#ceiling = Math.max(1, Math.min(this.#ceiling, this.#inFlight + 1) / 2);
        }
        break;
      case "broken":
        this.#buckets.settle(bucket, sent, undefined, "unknown");
        break;
    }
    this.#pump();
  }
}
