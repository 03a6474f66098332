import type { Clock } from "../../runtime/clock.ts";
import { Failure } from "../../runtime/failure.ts";
import type { Log } from "../../runtime/log/log.ts";
import type { Call, Connector, WriteStep } from "../connector.ts";
import type { ChangeCall } from "../provision/audit.ts";
import type { GrantKey } from "../provision/keys.ts";
import { entitlementOf, grantOf } from "../provision/keys.ts";
import type { Provisioner } from "../provision/provisioner.ts";
import { type Claim, takenOver } from "./claim.ts";
import type { Lease } from "./lease.ts";
import type { Ledger } from "./ledger.ts";

/** What leases did to an access, as far as the ledger knows. */
export interface OurPart {
  /** When the last lease that added it was written down, in milliseconds since the Unix epoch. */
  readonly since: number;
  /** The ids that the other side gave to the requests that were sent for it since. */
  readonly requests: ReadonlySet<string>;
  /** When requests may have added it whose ids nobody heard, as a process died or an answer was lost: one each. */
  readonly unheard: readonly Span[];
}

/** A span of time, in milliseconds since the Unix epoch. */
export interface Span {
  readonly from: number;
  readonly to: number;
}

/** Whether somebody else has given an access again after it had been taken away in the middle of a lease. */
export type GivenAgain =
  | { readonly by: string; readonly at: string }
  /** Nobody has. */
  | "nobody"
  /** Why that is not known. */
  | { readonly notTold: string };

/** What leases are granted and ended with. */
export interface LeaseDeps {
  readonly ledger: Ledger;
  readonly connector: Connector;
  readonly provisioner: Pick<Provisioner, "grant" | "revoke">;
  /** Ends are counted by it: the other side's time where it is known. */
  readonly clock: Clock;
  /** Sees that the clock goes by the other side's time, where it can be asked. */
  readonly learnTime?: (signal: AbortSignal) => Promise<void>;
  readonly log: Log;
  /** The org whose leases these are, as `https://acme.okta.com`. */
  readonly org: string;
  /** Names this process among replicas. */
  readonly holder: string;
  readonly actor: string;
  /** How else the principal may come to hold a grant, in words; empty where nothing is known. */
  readonly otherWays?: (grant: GrantKey, call: ChangeCall) => Promise<readonly string[]>;
  /**
   * Who gave an access again after it had been taken away, since leases added it. Throws a `Failure`: of kind
   * `permissionDenied` or `notFound` where it may not be asked.
   */
  readonly givenAgain?: (grant: GrantKey, ours: OurPart, call: Call) => Promise<GivenAgain>;
  /** Whether a principal's status, as the other side calls it, means that nothing it holds works any more. */
  readonly isDeparted?: (status: string) => boolean;
}

/** What a lease gives, by its parts. */
export function grantOfLease(lease: Lease, connector: Connector): GrantKey {
  return grantOf({ ...entitlementOf(lease.entitlement), principal: lease.principal }, connector);
}

/**
 * A call that sends nothing that changes anything once the claim has run out: a process that was paused must not act on
 * what another one works on now. What is sent is collected in `sent`.
 */
export function guarded(call: ChangeCall, claim: Claim, clock: Clock, sent: WriteStep[]): ChangeCall {
  return {
    ...call,
    audit(step) {
      if (step.phase === "intent" && clock.now() >= claim.until) throw takenOver();
      call.audit?.(step);
      if (step.phase === "outcome") sent.push(step);
    },
  };
}

/** A call that only reads: what would be sent is reported to nobody. */
export function reading({ signal, deadline }: ChangeCall): ChangeCall {
  return { signal, dryRun: true, ...(deadline !== undefined && { deadline }) };
}

/** Requests as the history keeps them. */
export function sentDetail(sent: readonly WriteStep[]): readonly object[] {
  return sent.map(({ request, status, requestId, error }) => ({
    request,
    ...(status !== undefined && { status }),
    ...(requestId !== undefined && { requestId }),
    ...(error !== undefined && { error }),
  }));
}

/** The failure that says that somebody else works on the same access just now. */
export function busy(): Failure {
  return new Failure({
    kind: "unavailable",
    message: "another process works on the same access now",
    advice: "try again in a minute",
  });
}
