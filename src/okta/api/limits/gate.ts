import type { Call, RateLimit } from "../../../baton/connector.ts";
import type { Clock } from "../../../runtime/clock.ts";
import { Failure } from "../../../runtime/failure.ts";
import { type Bucket, type BucketView, probeAgainAt, type Sent } from "./bucket.ts";
import { Buckets } from "./buckets.ts";
import { Ceiling } from "./ceiling.ts";
import { Lines, type Ticket, type Waiter } from "./lines.ts";
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

/**
 * The one gate to Okta. A request waits here for its bucket and for the concurrency, and takes a slot only when it may
 * be sent: an exhausted bucket holds back its own requests and nothing else. First come, first served among those that
 * may go.
 */
export class Gate {
  readonly #clock: Clock;
  readonly #serverTime: ServerTime;
  readonly #buckets: Buckets;
  readonly #stopping: AbortSignal | undefined;
  readonly #lines = new Lines();
  readonly #ceiling: Ceiling;
  #inFlight = 0;
  #alarm: { readonly at: number; readonly stop: AbortController } | undefined;

  constructor(options: GateOptions) {
    this.#clock = options.clock;
    this.#serverTime = options.serverTime;
    this.#ceiling = new Ceiling(options.concurrency);
    this.#buckets = new Buckets(options.share);
    this.#stopping = options.stopping;
    this.#stopping?.addEventListener("abort", () => this.#pump(), { once: true });
  }

  /** A place in the line for a request and all its tries; see {@link Lines.ticket}. */
  ticket(client = ""): Ticket {
    return this.#lines.ticket(client);
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
        this.#lines.leave(bucket, waiter);
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
      this.#lines.join(bucket, waiter);
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
        waiting: this.#lines.of(bucket).length,
      };
    });
  }

  /** Requests under way. */
  get inFlight(): number {
    return this.#inFlight;
  }

  /** Lets through whatever may go, and sets the alarm for the time when more may. */
  #pump(): void {
    const now = this.#serverTime.now();
    let wake = Number.POSITIVE_INFINITY;
    for (;;) {
      let next: { bucket: Bucket; waiter: Waiter } | undefined;
      wake = Number.POSITIVE_INFINITY;
      for (const [bucket, line] of this.#lines.entries()) {
        const ready = this.#buckets.readiness(bucket, now);
        if (typeof ready === "number" && this.#stopping?.aborted) {
          this.#lines.clear(bucket);
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
      if (next === undefined || this.#inFlight >= this.#ceiling.slots) {
        break;
      }
      this.#lines.leave(next.bucket, next.waiter);
      next.waiter.admit();
    }
    this.#setAlarm(this.#lines.isEmpty ? Number.POSITIVE_INFINITY : wake);
  }

  #refuseLate(bucket: Bucket, waitMs: number): void {
    const opens = this.#clock.now() + waitMs;
    for (const waiter of [...this.#lines.of(bucket)]) {
      if (waiter.deadline < opens) {
        this.#lines.leave(bucket, waiter);
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
    this.#lines.serve(waiter.ticket);
    if (waiter.heldSince !== undefined) {
      bucket.waits++;
      bucket.waitedMs += this.#clock.now() - waiter.heldSince;
    }
    const number = this.#ceiling.send();
    const sent = this.#buckets.send(bucket, this.#serverTime.now());
    this.#inFlight++;
    return { release: (outcome) => this.#release(bucket, sent, number, outcome) };
  }

  #release(bucket: Bucket, sent: Sent, number: number, outcome: Outcome): void {
    this.#inFlight--;
    switch (outcome.kind) {
      case "answer":
        this.#buckets.settle(bucket, sent, outcome.limit, "answered");
        this.#ceiling.raise();
        break;
      case "limited":
        this.#buckets.settle(bucket, sent, outcome.limit, "uncounted");
        bucket.refusals++;
        bucket.blockedUntil = Math.max(bucket.blockedUntil, outcome.until ?? 0);
        break;
      case "crowded":
        this.#buckets.settle(bucket, sent, undefined, "uncounted");
        bucket.refusals++;
        this.#ceiling.lower(number, this.#inFlight);
        break;
      case "broken":
        this.#buckets.settle(bucket, sent, undefined, "unknown");
        break;
    }
    this.#pump();
  }
}
