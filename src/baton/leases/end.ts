import { type Failure, isFailure } from "../../runtime/failure.ts";
import type { WriteStep } from "../connector.ts";
import { HeldOtherwise } from "../model/held-otherwise.ts";
import type { ChangeCall } from "../provision/audit.ts";
import { entitlementText, type GrantKey, supportOf } from "../provision/keys.ts";
import type { Claim } from "./claim.ts";
import { givenAgain } from "./given-again.ts";
import type { Lease, LeaseOutcome } from "./lease.ts";
import { grantOfLease, guarded, type LeaseDeps, reading, sentDetail } from "./work.ts";

/** What is known at the end of a lease. */
interface Ending {
  readonly outcome: LeaseOutcome;
  /** How it is held still, in words. */
  readonly stillHeld?: readonly string[];
  /** What was read, and when, that shows it. */
  readonly proof: Readonly<Record<string, unknown>>;
}

/**
 * Ends a lease, as the holder of its access: takes away what leases added where no other lease of it runs on, reads again,
 * and keeps the proof. Throws what went wrong where the end is not proved; then nothing of it counts as ended.
 */
export async function endLease(deps: LeaseDeps, claim: Claim, lease: Lease, call: ChangeCall): Promise<Lease> {
  const { ledger, clock } = deps;
  const now = clock.now();
  const others = (await ledger.others(lease)).filter(({ state, ends }) => state !== "ending" && ends > now);
  const ours = await ledger.isOurs(lease.access);
  const sent: WriteStep[] = [];
  const ending = others[0]
    ? runsOn(others[0])
    : ours
      ? await takeAway(deps, claim, lease, call, sent)
      : await leave(deps, lease, call);
  const at = clock.now();
  const { outcome, stillHeld = [], proof } = ending;
  return await ledger.step(claim, lease.id, {
    set: {
      state: "ended",
      outcome,
      ended: at,
      attempts: 0,
      last_error: null,
      still_held: JSON.stringify(stillHeld),
    },
    ...(others.length === 0 && { ours: false }),
    event: {
      at,
      kind: "ended",
      actor: call.actor ?? deps.actor,
      detail: { outcome, stillHeld, sent: sentDetail(sent), proof },
    },
  });
}

function runsOn(other: Lease): Ending {
  return {
    outcome: "kept-lease",
    stillHeld: [`lease ${other.id} until ${new Date(other.ends).toISOString()}`],
    proof: { lease: other.id, ends: other.ends },
  };
}

/** Takes away what a lease added. Only a fresh reading counts as proof. */
async function takeAway(
  deps: LeaseDeps,
  claim: Claim,
  lease: Lease,
  call: ChangeCall,
  sent: WriteStep[],
): Promise<Ending> {
  const { provisioner, connector, clock } = deps;
  const grant = grantOfLease(lease, connector);
  const again = await givenAgain(deps, lease, grant, call);
  if (typeof again === "object" && "by" in again) return await leave(deps, lease, call, again);
  try {
    const { already } = await provisioner.revoke(
      grant,
      guarded({ ...call, actor: `lease ${lease.id}` }, claim, clock, sent),
    );
    const after = await provisioner.revoke(grant, reading(call));
    if (!after.already) throw new Error("it is still there after it was taken away");
    const stillHeld = (await deps.otherWays?.(grant, call).catch(() => [])) ?? [];
    return {
      outcome: already ? "absent" : "revoked",
      stillHeld,
      proof: { read: "not held", at: clock.now(), givenAgain: again },
    };
  } catch (error) {
    const known = isFailure(error) ? await explained(deps, grant, error, call) : undefined;
    if (known === undefined) throw error;
    return known;
  }
}

/** Whether a refusal means that there is nothing left to take away. */
async function explained(
  deps: LeaseDeps,
  grant: GrantKey,
  refusal: Failure,
  call: ChangeCall,
): Promise<Ending | undefined> {
  const { connector, clock } = deps;
  const { kind } = refusal;
  if (kind !== "notFound" && kind !== "failedPrecondition" && kind !== "invalidArgument") return undefined;
  const proof = (read: string) => ({ read, at: clock.now() });
  for (const { type, id } of [grant.principal, grant.resource]) {
    const { get } = supportOf(connector, type);
    if (get === undefined) continue;
    const found = await get(id, call);
    if (found === undefined) return { outcome: "gone", proof: proof(`${type}:${id} is not there`) };
    const status = found.resource.status?.details ?? "";
    if (type === grant.principal.type && deps.isDeparted?.(status)) {
      return { outcome: "gone", proof: proof(`${type}:${id} is ${status}`) };
    }
  }
  if (kind !== "failedPrecondition") return undefined;
  const ways = refusal instanceof HeldOtherwise ? refusal.ways : await waysOf(deps, grant, call);
  if (ways === undefined) return undefined;
  return ways.length === 0
    ? { outcome: "absent", proof: proof("not held") }
    : { outcome: "kept-other", stillHeld: ways, proof: proof("held another way only") };
}

/** How a grant is held where none of it is direct, in words; `undefined`: it is held directly, or that is not known. */
async function waysOf(deps: LeaseDeps, grant: GrantKey, call: ChangeCall): Promise<readonly string[] | undefined> {
  const { resource, principal } = grant;
  const support = supportOf(deps.connector, resource.type);
  const found = support.grantsTo === undefined ? undefined : await support.get?.(resource.id, call);
  if (found === undefined) return undefined;
  const { items, next } = await support.grantsTo!(found.resource, principal, call);
  const held = items.filter(
    ({ granted, principalType, principalId }) =>
      granted.id === entitlementText(grant) && principalType === principal.type && principalId === principal.id,
  );
  if (next.length > 0 || held.some(({ origin }) => origin !== "group")) return undefined;
  return held.flatMap(({ sources = [] }) => (sources.length === 0 ? ["a group"] : [...sources]));
}

/**
 * A lease that added nothing, or nothing that is still there, ends without a change. What is read says whether it is held
 * all the same. `again`: who gave it again.
 */
async function leave(
  deps: LeaseDeps,
  lease: Lease,
  call: ChangeCall,
  again?: { readonly by: string; readonly at: string },
): Promise<Ending> {
  const grant = grantOfLease(lease, deps.connector);
  const at = deps.clock.now();
  try {
    const { already } = await deps.provisioner.revoke(grant, reading(call));
    if (already) return { outcome: "absent", proof: { read: "not held", at } };
  } catch (error) {
    const known = isFailure(error) ? await explained(deps, grant, error, call) : undefined;
    if (known !== undefined && (known.outcome !== "kept-other" || again !== undefined)) return known;
    if (known === undefined && !lease.hadBefore) throw error;
  }
  const held = { read: "held", at };
  if (again !== undefined) {
    deps.log.warn("access of a lease was taken away meanwhile, and somebody else gave it again: it is left", {
      ...{ lease: lease.id, entitlement: lease.entitlement, ...again },
      principal: `${lease.principal.type}:${lease.principal.id}`,
    });
    const stillHeld = [`given again by ${again.by} at ${again.at}, after it had been taken away`];
    return { outcome: "given-again", stillHeld, proof: { ...held, givenAgain: again } };
  }
  return lease.hadBefore
    ? { outcome: "kept-before", stillHeld: ["held before the lease"], proof: held }
    : { outcome: "given-again", stillHeld: ["given by somebody else after a lease had ended"], proof: held };
}
