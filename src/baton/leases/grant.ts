import KSUID from "ksuid";
import { Failure, isFailure } from "../../runtime/failure.ts";
import type { Change, WriteStep } from "../connector.ts";
import type { ResourceKey } from "../model/ids.ts";
import type { ChangeCall } from "../provision/audit.ts";
import { checkKey, entitlementOf, entitlementText } from "../provision/keys.ts";
import { type Claim, renewed, withClaim } from "./claim.ts";
import { AT_ONCE, accessKey, type Lease, type LeaseEvent, OPEN_STATES } from "./lease.ts";
import type { Ledger } from "./ledger.ts";
import { checkEnd } from "./time.ts";
import { busy, grantOfLease, guarded, type LeaseDeps, reading, sentDetail } from "./work.ts";

/** A lease that is asked for. */
export interface LeaseWanted {
  readonly entitlement: string;
  readonly principal: ResourceKey;
  /** When it ends, in milliseconds since the Unix epoch; or how long it lasts from when it is written down. */
  readonly ends: number | { readonly lengthMs: number };
  readonly reason: string;
  readonly ticket?: string | undefined;
}

/** How a lease was granted. */
export interface LeaseGranted {
  readonly lease: Lease;
  readonly change: Change;
}

/** How often it is tried to be the one who works on an access, and how long is waited in between, in milliseconds. */
const CLAIM_TRIES = 30;
const CLAIM_PAUSE_MS = 1000;

/** Kinds of failures that say that nothing was given, and nothing will be. */
const CERTAIN = [
  "usage",
  "invalidArgument",
  "notFound",
  "unimplemented",
  "failedPrecondition",
  "permissionDenied",
  "unauthenticated",
] as const;

function isCertain(error: unknown): error is Failure {
  return isFailure(error) && CERTAIN.some((kind) => kind === error.kind);
}

/**
 * Gives access until a time. What is there before is read, then the lease is written to the ledger, then the access is
 * given: a process that dies in between leaves a lease that is looked after. What is held already, and by none of our
 * leases, stays after the end. A request with a ticket that says the same as one before is that one's, told again. In a dry
 * run nothing is written either.
 *
 * Throws a {@link Failure}: what a grant throws, and `invalidArgument` for an end that is not ahead or a missing reason.
 * After one that leaves it open whether access was given, the lease ends at once.
 */
export async function grantLease(
  deps: LeaseDeps,
  wanted: LeaseWanted,
  call: ChangeCall,
): Promise<LeaseGranted | { readonly planned: Change }> {
  const { ledger, clock, provisioner, org } = deps;
  const entitlement = entitlementText(entitlementOf(wanted.entitlement));
  checkKey(wanted.principal, "the principal");
  if (wanted.reason.trim() === "") {
    throw new Failure({ kind: "invalidArgument", message: "a lease has no reason", field: "reason" });
  }
  const endOf = () => (typeof wanted.ends === "number" ? wanted.ends : clock.now() + wanted.ends.lengthMs);
  checkEnd(endOf(), clock.now());
  if (call.dryRun === true) return { planned: await provisioner.grant(entitlement, wanted.principal, call) };

  const access = accessKey(org, entitlement, wanted.principal);
  const { signal } = call;
  for (let tries = 1; ; tries++) {
    const done = await withClaim(ledger.store, access, { ...deps, signal }, async (claim, held) => {
      const mine = { ...call, signal: held };
      const before = await provisioner.grant(entitlement, wanted.principal, reading(mine));
      // The first answer tells the other side's time.
      await renewed(ledger.store, claim, clock);
      const ends = endOf();
      checkEnd(ends, clock.now());
      const asked = askedOf(wanted);
      const repeated = await sameAsked(ledger, access, wanted.ticket, asked);
      if (repeated?.state === "granting") {
        return { lease: await resumeGrant(deps, claim, repeated, mine), change: before };
      }
      if (repeated?.state === "active" && repeated.ends > clock.now() && before.already) {
        return { lease: repeated, change: before };
      }
      const ours = await ledger.isOurs(access);
      const hadBefore = before.already && !ours;
      const now = clock.now();
      const actor = call.actor ?? deps.actor;
      const lease = await ledger.add(
        claim,
        {
          id: KSUID.randomSync(now).string,
          org,
          access,
          entitlement,
          principal_type: wanted.principal.type,
          principal_id: wanted.principal.id,
          reason: wanted.reason,
          ticket: wanted.ticket ?? null,
          actor,
          created: now,
          ends,
          state: "granting",
          outcome: null,
          had_before: Number(hadBefore),
          attempts: 0,
          next_try: AT_ONCE,
          last_error: null,
          ended: null,
          still_held: null,
        },
        {
          event: {
            at: now,
            kind: "requested",
            actor,
            detail: {
              ends,
              reason: wanted.reason,
              ticket: wanted.ticket,
              asked,
              heldBefore: before.already,
              ours,
            },
          },
          ...(!before.already && { ours: true }),
        },
      );
      return await give(deps, claim, lease, before, mine);
    });
    if (done !== undefined) return done.result;
    if (tries === CLAIM_TRIES) throw busy();
    await clock.sleep(CLAIM_PAUSE_MS, signal);
  }
}

/** How the end of a lease was asked for: what a repeated request says again, word for word. */
function askedOf({ ends }: LeaseWanted): string {
  return typeof ends === "number" ? `until ${ends}` : `for ${ends.lengthMs}`;
}

/** The lease that was asked for with the same ticket and the same end, as by a platform that did not hear the answer. */
async function sameAsked(
  ledger: Ledger,
  access: string,
  ticket: string | undefined,
  asked: string,
): Promise<Lease | undefined> {
  if (ticket === undefined) return undefined;
  for (const lease of await ledger.ofAccess(access)) {
    if (lease.ticket !== ticket || !OPEN_STATES.includes(lease.state)) continue;
    const { events } = await ledger.history(lease.id);
    if (events[0]?.detail.asked === asked) return lease;
  }
  return undefined;
}

/** Gives what a lease that is in the ledger says, where it is not held, and writes down how that went. */
async function give(
  deps: LeaseDeps,
  claim: Claim,
  lease: Lease,
  before: Change,
  call: ChangeCall,
): Promise<LeaseGranted> {
  const { ledger, clock } = deps;
  const actor = call.actor ?? deps.actor;
  if (before.already) {
    const detail = { already: true, ours: !lease.hadBefore };
    const active = await ledger.step(claim, lease.id, {
      set: { state: "active" },
      event: { at: clock.now(), kind: "granted", actor, detail },
    });
    return { lease: active, change: before };
  }
  const sent: WriteStep[] = [];
  try {
    const change = await deps.provisioner.grant(
      lease.entitlement,
      lease.principal,
      guarded({ ...call, actor }, claim, clock, sent),
    );
    // Somebody else was faster: then it is theirs.
    const theirs = change.already && sent.length === 0;
    const active = await ledger.step(claim, lease.id, {
      set: { state: "active", ...(theirs && { had_before: 1 }) },
      ...(theirs && { ours: false }),
      event: { at: clock.now(), kind: "granted", actor, detail: { already: change.already, sent: sentDetail(sent) } },
    });
    return { lease: active, change };
  } catch (error) {
    await notGiven(deps, claim, lease, { error, sent, actor });
    throw error;
  }
}

interface NotGiven {
  readonly error: unknown;
  readonly sent: readonly WriteStep[];
  readonly actor: string;
}

/** Writes down that a grant failed: for certain, or so that nobody knows; then the lease is to end at once. */
async function notGiven(deps: LeaseDeps, claim: Claim, lease: Lease, { error, sent, actor }: NotGiven): Promise<void> {
  const { ledger, clock } = deps;
  const certain = isCertain(error);
  const others = await ledger.others(lease);
  await ledger.step(claim, lease.id, {
    set: certain ? { state: "failed", ended: clock.now() } : { state: "ending", next_try: AT_ONCE },
    ...(certain && others.length === 0 && { ours: false }),
    event: {
      at: clock.now(),
      kind: certain ? "not-granted" : "grant-not-known",
      actor,
      detail: { error: error instanceof Error ? error.message : String(error), sent: sentDetail(sent) },
    },
  });
}

/**
 * Goes on with a lease whose process died between the ledger and the grant. What is there is what was to be there: the
 * ledger says that it was not there before. What is not is given now, while its time lasts.
 */
export async function resumeGrant(deps: LeaseDeps, claim: Claim, lease: Lease, call: ChangeCall): Promise<Lease> {
  const { ledger, clock, provisioner, connector } = deps;
  const resumed = async (detail: LeaseEvent["detail"], state?: "ending") =>
    await ledger.step(claim, lease.id, {
      ...(state && { set: { state } }),
      event: { at: clock.now(), kind: "resumed", actor: deps.actor, detail },
    });
  if (lease.ends <= clock.now()) return await resumed({ late: true }, "ending");
  const { principal, ...entitlement } = grantOfLease(lease, connector);
  let before: Change;
  try {
    before = await provisioner.grant(entitlement, principal, reading(call));
  } catch (error) {
    if (!isCertain(error)) throw error;
    // It may have been given before the process died, and cannot be any more: its end shows what is there.
    return await resumed({ error: error.message }, "ending");
  }
  await resumed({ isThere: before.already });
  try {
    return (await give(deps, claim, lease, before, call)).lease;
  } catch (error) {
    const now = await ledger.find(lease.id);
    if (now === undefined || now.state === "granting") throw error;
    return now;
  }
}
