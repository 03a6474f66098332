/** How a task ended. `refused`: it was not begun, as the program may not do it. */
export type TaskOutcome = "done" | "failed" | "cancelled" | "refused";

/** How a sync ended. */
/** `incomplete`: it came to its end, but something is known to be missing. */
export type SyncOutcome = "done" | "incomplete" | "failed" | "interrupted";

/** Something that is missing from a sync. */
export interface MissingState {
  /** `unreadable` or `incomplete`; a refused access where absent. */
  readonly sort?: string;
}

/** How a sync was made that was to read only what has changed. */
export interface IncrementState {
  readonly mode: "incremental" | "full";
  readonly readAgain: number;
  readonly sampled: number;
  readonly sampleMismatches: number;
  readonly countMismatches: number;
}

/** A request to Okta that was answered. */
export interface AnsweredCall {
  readonly method: string;
  /** The URL pattern, as `/api/v1/users/{id}`: never a path with an id or a name in it. */
  readonly endpoint: string;
  readonly status: number;
  readonly durationMs: number;
}

/** A request to Okta that no whole answer came to. */
export interface UnansweredCall {
  readonly method: string;
  readonly endpoint: string;
  /** As `timeout`, `connection`, `dns`. */
  readonly reason: string;
}

/** How far the reading of one list is. */
export interface LaneState {
  readonly name: string;
  readonly operation: string;
  readonly pages: number;
  readonly items: number;
  readonly queued: number;
  readonly inFlight: number;
}

/** How far a sync is. */
export interface SyncState {
  readonly phase: string;
  readonly lanes: readonly LaneState[];
}

/** A rate limit and what it did, as it is when the metrics are read. */
export interface LimitState {
  readonly name: string;
  readonly limit?: number;
  readonly remaining?: number;
  readonly waits: number;
  readonly waitedMs: number;
  readonly refusals: number;
  readonly inFlight: number;
  readonly waiting: number;
}

/** A request of a SCIM client that was answered. */
export interface PushedCall {
  readonly method: string;
  /** As `Users`: never an id. */
  readonly resource: string;
  readonly status: number;
  readonly durationMs: number;
}

/** What can be asked for its present value when the metrics are read. */
export type Gauge =
  | "tasksRunning"
  | "tasksQueued"
  | "rpcsRunning"
  | "snapshotAge"
  | "limitsReached"
  | "leasesOpen"
  | "leasesOverdue"
  | "leasesFailing";

/**
 * What a long run tells of itself. Nothing that is reported may hold a secret or name a person; labels come from small
 * fixed sets, and what is beyond a set's bound is counted as `other`.
 */
export interface Metrics {
  answered(call: AnsweredCall): void;
  broken(call: UnansweredCall): void;
  /** A task of a platform ended. `kind` as the platform calls it: `sync_full`, `grant`. */
  task(kind: string, outcome: TaskOutcome, durationMs: number): void;
  /** A gRPC call was answered: `c1.connector.v2.GrantsService/ListGrants`, and the code's name: `OK`. */
  rpc(method: string, code: string, durationMs: number): void;
  /** How far the sync under way is. */
  sync(state: SyncState): void;
  /** A sync ended; `missing`: what is missing from what it read. */
  syncEnded(outcome: SyncOutcome, durationMs: number, missing?: readonly MissingState[]): void;
  /** How a sync was made that was to read only what has changed. */
  increment(state: IncrementState): void;
  /** Events were handed out: `usageEvent`, `createGrantEvent`. */
  event(kind: string): void;
  /** A SCIM client was answered. */
  pushed(call: PushedCall): void;
  /** How often what was pushed differs from what Okta says, by the sort of the difference. */
  drift(counts: Readonly<Record<string, number>>): void;
  /** Says where it is read when each SCIM token expires, in milliseconds since the Unix epoch. */
  tokens(read: () => readonly { readonly name: string; readonly expiresAt: number }[]): void;
  /** A lease ended, by how: `revoked`, `gone`; or `failed`, where a try to end it failed. */
  lease(outcome: string): void;
  /** A health check ended. */
  check(name: string, ok: boolean): void;
  /** Says where a present value is read; a later one takes the place of an earlier one. */
  gauge(name: Gauge, read: () => number): void;
  /** Says where the rate limits are read. */
  limits(read: () => readonly LimitState[]): void;
}

/** Metrics that nobody asked for. */
export const noMetrics: Metrics = {
  answered() {},
  broken() {},
  task() {},
  rpc() {},
  sync() {},
  syncEnded() {},
  increment() {},
  event() {},
  pushed() {},
  drift() {},
  tokens() {},
  lease() {},
  check() {},
  gauge() {},
  limits() {},
};
