import { isFailure } from "../../runtime/failure.ts";
import type { ChangeCall } from "../provision/audit.ts";
import type { GrantKey } from "../provision/keys.ts";
import type { Lease, LeaseEvent } from "./lease.ts";
import type { Ledger } from "./ledger.ts";
import type { GivenAgain, LeaseDeps, OurPart, Span } from "./work.ts";

/**
 * Asks the other side who gave an access last. Where it may not be asked that is not known; where it does not answer the
 * first try to end the lease fails, and later ones go on without it.
 */
export async function givenAgain(
  deps: LeaseDeps,
  lease: Lease,
  grant: GrantKey,
  call: ChangeCall,
): Promise<GivenAgain> {
  if (deps.givenAgain === undefined) return { notTold: "nobody can be asked" };
  try {
    const ours = await ourPart(deps.ledger, lease);
    return await deps.givenAgain(grant, ours, { signal: call.signal });
  } catch (error) {
    const refused = isFailure(error, "permissionDenied") || isFailure(error, "notFound");
    if (!isFailure(error) || call.signal.aborted || (!refused && lease.attempts === 0)) throw error;
    return { notTold: error.message };
  }
}

/** Clocks of replicas may differ by so much, in milliseconds: they learn the other side's time by whole seconds. */
const CLOCKS_DIFFER_MS = 60_000;

async function ourPart(ledger: Ledger, lease: Lease): Promise<OurPart> {
  const requests = new Set<string>();
  const unheard: Span[] = [];
  let added: number | undefined;
  for (const one of await ledger.ofAccess(lease.access)) {
    if (added !== undefined && one.created < added - CLOCKS_DIFFER_MS) break;
    const { events } = await ledger.history(one.id);
    unheard.push(...unheardIn(events));
    for (const { detail } of events) {
      if (!Array.isArray(detail.sent)) continue;
      for (const sent of detail.sent) if (typeof sent?.requestId === "string") requests.add(sent.requestId);
    }
    if (events[0]?.detail.heldBefore === false) added ??= one.created;
  }
  return { since: added ?? lease.created, requests, unheard };
}

/** The other side's time is known by whole seconds: what is written down next may seem to be so much earlier, in milliseconds. */
const TIME_STEP_MS = 1000;

/** The tries to give it that ended without an answer. */
function unheardIn(events: readonly LeaseEvent[]): Span[] {
  return events.flatMap(({ kind, at, detail }, place) => {
    const gives = kind === "requested" ? detail.heldBefore === false : kind === "resumed" && detail.isThere === false;
    const next = events[place + 1];
    if (!gives || next?.kind === "granted" || next?.kind === "not-granted") return [];
    return [{ from: at, to: next === undefined ? Number.POSITIVE_INFINITY : next.at + TIME_STEP_MS }];
  });
}
