import pLimit from "p-limit";
import { isFailure } from "../../runtime/failure.ts";
import type { ChangeCall } from "../provision/audit.ts";
import { type Claim, renewed, withClaim } from "./claim.ts";
import { endLease } from "./end.ts";
import { resumeGrant } from "./grant.ts";
import { isPaused, type Lease, MAX_BACKOFF_MS } from "./lease.ts";
import { grantOfLease, type LeaseDeps, reading } from "./work.ts";

/** How many leases are worked on at once: they do not wait for one another. */
const CONCURRENCY = 8;

/** The first pause between tries to end a lease, in milliseconds; each is twice the one before, up to the longest. */
const MIN_BACKOFF_MS = 2_000;

/** How long the ledger is left alone where nothing is due, in milliseconds: others may write to it. */
export const MAX_IDLE_MS = 30_000;

/** Tries in a row that fail before somebody is alerted, where nobody says. */
export const ALERT_AFTER = 5;

/** A lease that is overdue for so long counts as failing even where nobody has tried, in milliseconds. */
export const OVERDUE_MS = 600_000;

/** How one round went. */
export interface Round {
  readonly ended: readonly Lease[];
  /** Leases whose end, or grant, could not be brought about or proved. */
  readonly failed: readonly { readonly lease: Lease; readonly error: unknown }[];
  /** Leases that another process works on. */
  readonly elsewhere: number;
}

/** What is reported of leases as they end or fail. */
export interface WorkerOptions {
  readonly alertAfter?: number;
  /** Called before what is due is looked up, as to make sure of the time. */
  readonly beforeRound?: (signal: AbortSignal) => Promise<void>;
  /** Whether the clock goes by the other side's time already, which each of its answers tells. */
  readonly knowsTime?: () => boolean;
  readonly onEnded?: (lease: Lease) => void;
  readonly onFailed?: (lease: Lease) => void;
}

/** Does all that is due now: grants that were cut short are finished, and what has run out ends. */
export async function runDue(deps: LeaseDeps, call: ChangeCall, options: WorkerOptions = {}): Promise<Round> {
  const { ledger, clock, org } = deps;
  const limit = pLimit(CONCURRENCY);
  const ended: Lease[] = [];
  const failed: Round["failed"][number][] = [];
  let elsewhere = 0;
  await options.beforeRound?.(call.signal);
  const due = await ledger.due(org, clock.now());
  await Promise.all(
    due.map((lease) =>
      limit(async () => {
        if (call.signal.aborted) return;
        const done = await withClaim(ledger.store, lease.access, { ...deps, signal: call.signal }, (claim, signal) =>
          workOn(deps, claim, lease.id, { ...call, signal }, options),
        );
        if (done === undefined) elsewhere += 1;
        else if (done.result?.error !== undefined) failed.push({ lease: done.result.lease, error: done.result.error });
        else if (done.result?.lease.state === "ended") ended.push(done.result.lease);
      }),
    ),
  );
  return { ended, failed, elsewhere };
}

/** Does what is due for one lease, as the holder of its access; `undefined` where nothing is any more. */
async function workOn(
  deps: LeaseDeps,
  claim: Claim,
  id: string,
  call: ChangeCall,
  options: WorkerOptions,
): Promise<{ readonly lease: Lease; readonly error?: unknown } | undefined> {
  const { ledger, clock, log, provisioner, connector } = deps;
  // It may have been extended, or ended, since the list was read.
  let lease = await ledger.find(id);
  if (lease === undefined || isPaused(lease.nextTry, clock.now())) return undefined;
  try {
    // Whatever is answered tells the time. Without it nothing is taken away, as that might be early.
    const { knowsTime = () => true } = options;
    if (!knowsTime()) {
      await provisioner.revoke(grantOfLease(lease, connector), reading(call)).catch((error) => {
        if (!knowsTime()) throw error;
      });
      await renewed(ledger.store, claim, clock);
    }
    if (lease.state === "granting") lease = await resumeGrant(deps, claim, lease, call);
    const isDue = lease.state === "ending" || (lease.state === "active" && lease.ends <= clock.now());
    if (!isDue) return { lease };
    const ended = await endLease(deps, claim, lease, call);
    log.info("lease ended", { lease: ended.id, outcome: ended.outcome, stillHeld: ended.stillHeld });
    options.onEnded?.(ended);
    return { lease: ended };
  } catch (error) {
    if (call.signal.aborted || isFailure(error, "cancelled")) return { lease, error };
    const known = await noteFailure(deps, claim, lease, error, options).catch((cause) => {
      log.warn("that a lease could not be ended could not be written down", { lease: id, error: cause });
      return lease!;
    });
    return { lease: known, error };
  }
}

async function noteFailure(
  { ledger, clock, log, actor }: LeaseDeps,
  claim: Claim,
  lease: Lease,
  error: unknown,
  { alertAfter = ALERT_AFTER, onFailed }: WorkerOptions,
): Promise<Lease> {
  const attempts = lease.attempts + 1;
  const pause = Math.min(MIN_BACKOFF_MS * 2 ** (attempts - 1), MAX_BACKOFF_MS);
  const at = clock.now();
  const message = error instanceof Error ? error.message : String(error);
  const known = await ledger.step(claim, lease.id, {
    set: { attempts, next_try: at + pause, last_error: message },
    event: { at, kind: "not-ended", actor, detail: { attempts, error: message } },
  });
  const fields = { lease: lease.id, attempts, error: message, nextTrySeconds: pause / 1000 };
  if (attempts >= alertAfter) log.error("a lease cannot be ended: the access may still be there", fields);
  else log.warn("a lease could not be ended yet; trying again", fields);
  onFailed?.(known);
  return known;
}

/** Does what is due whenever something is, until the signal aborts. The ledger and the other side may be away meanwhile. */
export async function followDue(deps: LeaseDeps, call: ChangeCall, options: WorkerOptions = {}): Promise<void> {
  const { ledger, clock, log, org } = deps;
  const { signal } = call;
  for (let away = 0; !signal.aborted; ) {
    let wait = MAX_IDLE_MS;
    try {
      await runDue(deps, call, options);
      const next = await ledger.nextAt(org);
      if (next !== undefined) wait = Math.min(Math.max(next - clock.now(), 1000), MAX_IDLE_MS);
      away = 0;
    } catch (error) {
      if (signal.aborted) return;
      away += 1;
      wait = Math.min(MIN_BACKOFF_MS * 2 ** (away - 1), MAX_IDLE_MS);
      log.warn("the ledger of leases cannot be used for now; trying again", { error, inSeconds: wait / 1000 });
    }
    await clock.sleep(wait, signal).catch(() => {});
  }
}

/** Whether somebody has to look after a lease: its end fails again and again, or nobody ends it. */
export function isFailing(lease: Lease, now: number, alertAfter = ALERT_AFTER): boolean {
  if (lease.state === "ended" || lease.state === "failed") return false;
  return lease.attempts >= alertAfter || now - lease.ends >= OVERDUE_MS;
}
