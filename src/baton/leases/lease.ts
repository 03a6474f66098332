import type { ResourceKey } from "../model/ids.ts";
import type { LeaseTable } from "./schema.ts";

/**
 * Where a lease stands. `granting`: it is in the ledger, and whether the access was given is not known yet; `active`;
 * `ending`: it is to end now, whatever its time says; `ended`; `failed`: nothing was given.
 */
export type LeaseState = "granting" | "active" | "ending" | "ended" | "failed";

/**
 * How a lease ended. `revoked`: taken away, and read again; `absent`: it was not there any more; `gone`: who had it, or
 * what it was, is deleted or deactivated; `kept-before`: it was held before the lease and is left; `kept-lease`: another
 * lease of the same access runs on; `kept-other`: what the lease added is gone, and it is held another way; `given-again`:
 * somebody else gave it, and it is left and reported.
 */
export type LeaseOutcome = "revoked" | "absent" | "gone" | "kept-before" | "kept-lease" | "kept-other" | "given-again";

/** Access that somebody has until a time. Times are milliseconds since the Unix epoch. */
export interface Lease {
  readonly id: string;
  readonly org: string;
  readonly access: string;
  readonly entitlement: string;
  readonly principal: ResourceKey;
  readonly reason: string;
  readonly ticket?: string;
  readonly actor: string;
  readonly created: number;
  readonly ends: number;
  readonly state: LeaseState;
  readonly outcome?: LeaseOutcome;
  readonly hadBefore: boolean;
  readonly attempts: number;
  readonly nextTry: number;
  readonly lastError?: string;
  readonly ended?: number;
  readonly stillHeld: readonly string[];
}

/** Something that happened to a lease. */
export interface LeaseEvent {
  readonly n: number;
  readonly at: number;
  readonly kind: string;
  readonly actor: string;
  readonly detail: Readonly<Record<string, unknown>>;
}

/** The states in which a lease may still have to end. */
export const OPEN_STATES: readonly LeaseState[] = ["granting", "active", "ending"];

/** The next try of a lease that waits for nothing, whatever the clock of who looks at it says. */
export const AT_ONCE = 0;

/** The longest pause between tries to end a lease, in milliseconds. */
export const MAX_BACKOFF_MS = 60_000;

/**
 * Whether a lease is left alone until its next try. What lies further ahead than a pause ever does was written by a clock
 * that was wrong.
 */
export function isPaused(nextTry: number, now: number): boolean {
  return nextTry > now && nextTry <= now + MAX_BACKOFF_MS;
}

/** What is given to whom in which org, as one text. */
export function accessKey(org: string, entitlement: string, principal: ResourceKey): string {
  return JSON.stringify([org, entitlement, principal.type, principal.id]);
}

/** A row as a lease. */
export function leaseOf(row: LeaseTable): Lease {
  return {
    id: row.id,
    org: row.org,
    access: row.access,
    entitlement: row.entitlement,
    principal: { type: row.principal_type, id: row.principal_id },
    reason: row.reason,
    ...(row.ticket !== null && { ticket: row.ticket }),
    actor: row.actor,
    created: row.created,
    ends: row.ends,
    state: row.state as LeaseState,
    ...(row.outcome !== null && { outcome: row.outcome as LeaseOutcome }),
    hadBefore: row.had_before === 1,
    attempts: row.attempts,
    nextTry: row.next_try,
    ...(row.last_error !== null && { lastError: row.last_error }),
    ...(row.ended !== null && { ended: row.ended }),
    stillHeld: row.still_held === null ? [] : JSON.parse(row.still_held),
  };
}
