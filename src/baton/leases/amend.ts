import { Failure } from "../../runtime/failure.ts";
import type { ChangeCall } from "../provision/audit.ts";
import { type Claim, withClaim } from "./claim.ts";
import { endLease } from "./end.ts";
import { AT_ONCE, type Lease } from "./lease.ts";
import { noSuchLease } from "./ledger.ts";
import { checkEnd, shownTime } from "./time.ts";
import { busy, type LeaseDeps } from "./work.ts";

/**
 * Moves the end of a lease, later or earlier; it has to be ahead. Throws a {@link Failure}: `notFound`,
 * `invalidArgument`, `failedPrecondition` where the lease ends or has ended, `unavailable` where it is worked on.
 */
export async function extendLease(deps: LeaseDeps, id: string, ends: number, call: ChangeCall): Promise<Lease> {
  const { ledger, clock } = deps;
  return await asHolder(deps, id, call, async (claim, lease) => {
    const now = clock.now();
    if (lease.state !== "active" || lease.ends <= now) throw isOver(lease);
    if (ends <= now) {
      throw new Failure({
        kind: "invalidArgument",
        message: `the new end of the lease is not ahead: ${shownTime(ends)} is past, it is ${shownTime(now)}`,
        advice: `to end it now write baton-okta leases end ${lease.id}`,
        field: "until",
      });
    }
    checkEnd(ends, now);
    return await ledger.step(claim, id, {
      set: { ends, next_try: AT_ONCE },
      event: { at: now, kind: "extended", actor: call.actor ?? deps.actor, detail: { from: lease.ends, to: ends } },
    });
  });
}

/**
 * Ends a lease now. Where that fails it stays due, and whoever runs leases goes on with it. Throws like
 * {@link extendLease}, and what went wrong.
 */
export async function endLeaseNow(deps: LeaseDeps, id: string, call: ChangeCall): Promise<Lease> {
  const { ledger, clock } = deps;
  return await asHolder(deps, id, call, async (claim, lease, mine) => {
    if (lease.state === "ended" || lease.state === "failed") throw isOver(lease);
    const now = clock.now();
    const ending = await ledger.step(claim, id, {
      set: { state: "ending", next_try: AT_ONCE },
      event: { at: now, kind: "end-requested", actor: call.actor ?? deps.actor, detail: { ends: lease.ends } },
    });
    return await endLease(deps, claim, ending, mine);
  });
}

async function asHolder<T>(
  deps: LeaseDeps,
  id: string,
  call: ChangeCall,
  body: (claim: Claim, lease: Lease, call: ChangeCall) => Promise<T>,
): Promise<T> {
  const { ledger, org } = deps;
  const found = await ledger.find(id);
  if (found === undefined || found.org !== org) throw noSuchLease(id);
  const done = await withClaim(ledger.store, found.access, { ...deps, signal: call.signal }, async (claim, signal) => {
    const lease = await ledger.find(id);
    if (lease === undefined) throw noSuchLease(id);
    return await body(claim, lease, { ...call, signal });
  });
  if (done === undefined) throw busy();
  return done.result;
}

function isOver({ id, state, ended }: Lease): Failure {
  const when = ended === undefined ? "" : ` since ${new Date(ended).toISOString()}`;
  return new Failure({
    kind: "failedPrecondition",
    message: `lease ${id} is ${state === "failed" ? "over, as nothing was granted" : `over${when}`}`,
    advice: "grant the access anew",
  });
}
