import type { Pool, Snapshot } from "./pool.ts";

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

/** What was known when a request was sent: its answer is compared with it. */
export interface Sent {
  /** When, by the server's clock. */
  readonly at: number;
  readonly own: Snapshot | undefined;
  /** The pools of which it is not known whether they are counted apart. */
  readonly others: readonly Snapshot[];
}

/** One URL pattern: who waits for it is the gate's matter, whether one more request may be sent is decided here. */
export interface Bucket {
  readonly name: string;
  /** What Okta publishes that it is counted with. */
  readonly published: string | undefined;
  pool: Pool | undefined;
  /** An answer without rate-limit headers: nothing to keep to. */
  unlimited: boolean;
  /** Requests of this pattern that are under way. */
  inFlight: number;
  /** When the last request was sent, by the server's clock. */
  sentAt: number;
  /** Refused until then, by the server's clock. */
  blockedUntil: number;
  calls: number;
  waits: number;
  waitedMs: number;
  refusals: number;
}

/** When one more request may be sent: now, at a time by the server's clock, or not before an answer has come. */
export type Readiness = "now" | "afterAnswer" | number;

/** How long a probe is waited for before another one is sent: one that hangs must not hold up its whole pattern. */
const PROBE_PATIENCE_MS = 5_000;

/** When a pattern of which nothing is known may be probed once more, by the server's clock. */
export function probeAgainAt(bucket: Bucket): number {
  return bucket.pool === undefined && bucket.inFlight > 0
    ? bucket.sentAt + PROBE_PATIENCE_MS
    : Number.POSITIVE_INFINITY;
}
