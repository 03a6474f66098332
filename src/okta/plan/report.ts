import type { Route } from "./routes.ts";

/** One rate limit of the org, and what a sync takes of it. */
export interface LimitReport {
  /** The URLs that count together, as `/api/v1/groups/*`. */
  readonly bucket: string;
  /** Requests a window. */
  readonly limit: number;
  readonly remaining: number;
  /** Requests of a full sync. */
  readonly syncCalls: number;
  /** The part of the limit that a sync takes in its busiest minute, from 0 to 1. */
  readonly syncShare: number;
  /** How long this limit alone makes a sync last, in seconds, with the share that it may use. */
  readonly seconds: number;
}

/** How large the org is and what a full sync of it would take. */
export interface SyncEstimate {
  readonly users: number;
  readonly groups: number;
  readonly memberships: number;
  readonly apps: number;
  /** Users with an admin role. */
  readonly admins: number;
  readonly calls: number;
  readonly callsByPattern: Readonly<Record<string, number>>;
  /** The bucket that decides how long it lasts; absent where no limit makes it wait. */
  readonly decidedBy?: string;
  /** From where it reads what can be read from two sides. */
  readonly routes: { readonly appGroups: Route; readonly members: Route };
  readonly seconds: number;
  /** What the limits alone would make it last, were all of them free for it, in seconds. */
  readonly floorSeconds: number;
  /** What the estimate leaves out or could not see: then it takes at least so long. */
  readonly notes: readonly string[];
}

/** What a full sync would take, and why so long. Everything in it may be shown. */
export interface PlanReport {
  readonly org: string;
  readonly rateLimitShare: number;
  readonly limits: readonly LimitReport[];
  readonly sync: SyncEstimate;
  /** Requests that were sent to find this out. */
  readonly calls: number;
}
