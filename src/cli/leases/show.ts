import type { Lease, LeaseEvent } from "../../baton/leases/lease.ts";
import { shownTime } from "../../baton/leases/time.ts";
import { isFailing } from "../../baton/leases/worker.ts";
import { printable } from "../../runtime/printable-text.ts";
import { table } from "../terminal/layout.ts";

/** A lease as programs read it; times in RFC 3339. */
export function leaseJson(lease: Lease, now: number, alertAfter?: number): Record<string, unknown> {
  return {
    id: lease.id,
    org: lease.org,
    entitlement: lease.entitlement,
    principalType: lease.principal.type,
    principal: lease.principal.id,
    state: lease.state,
    ...(lease.outcome !== undefined && { outcome: lease.outcome }),
    failing: isFailing(lease, now, alertAfter),
    created: shownTime(lease.created),
    ends: shownTime(lease.ends),
    ...(lease.ended !== undefined && { ended: shownTime(lease.ended) }),
    reason: lease.reason,
    ...(lease.ticket !== undefined && { ticket: lease.ticket }),
    actor: lease.actor,
    heldBefore: lease.hadBefore,
    attempts: lease.attempts,
    ...(lease.lastError !== undefined && { lastError: lease.lastError }),
    stillHeld: lease.stillHeld,
  };
}

/** Leases as a table. */
export function leaseTable(leases: readonly Lease[], now: number, alertAfter?: number): string {
  if (leases.length === 0) return "There are no such leases.\n";
  return table(
    ["lease", "what", "who", "until", "state", "reason"],
    leases.map((lease) => [
      lease.id,
      lease.entitlement,
      `${lease.principal.type}:${lease.principal.id}`,
      shownTime(lease.ends),
      stateOf(lease, now, alertAfter),
      [lease.reason, lease.ticket].filter(Boolean).join(", "),
    ]),
  );
}

function stateOf(lease: Lease, now: number, alertAfter: number | undefined): string {
  if (isFailing(lease, now, alertAfter)) return `FAILING (${lease.attempts} tries)`;
  if (lease.state === "ended") return `ended: ${lease.outcome}`;
  return lease.state === "active" && lease.ends <= now ? "due" : lease.state;
}

/** A lease with its history. */
export function leaseText(lease: Lease, events: readonly LeaseEvent[], intact: boolean, now: number): string {
  const lines = events.map(
    ({ at, kind, actor, detail }) =>
      `  ${shownTime(at)}  ${kind}  by ${printable(actor)}  ${printable(JSON.stringify(detail))}`,
  );
  const broken = intact ? [] : ["The history has been changed: what it says is not to be relied on."];
  const error = lease.lastError === undefined ? [] : [`Last error: ${printable(lease.lastError)}`];
  return [...[leaseTable([lease], now).trimEnd(), "", "History:"], ...lines, ...error, ...broken, ""].join("\n");
}

/** How a lease ended, in a sentence. */
export function endedText(lease: Lease): string {
  const who = `${lease.principal.type}:${lease.principal.id}`;
  const what = lease.entitlement;
  const still = lease.stillHeld.length === 0 ? "" : ` Still held: ${lease.stillHeld.join("; ")}.`;
  const sentences: Record<string, string> = {
    revoked: `${who} no longer has ${what}: taken away, and read again.`,
    absent: `${who} did not have ${what} any more.`,
    gone: `${who} or ${what} is gone: nothing is left to take away.`,
    "kept-before": `${who} keeps ${what}, which was held before the lease.`,
    "kept-lease": `${who} keeps ${what}, as another lease runs on.`,
    "kept-other": `What the lease gave ${who} is gone; ${what} is held another way.`,
    "given-again": `${who} has ${what}, which somebody else gave: it was left.`,
  };
  return `${printable(`Lease ${lease.id} ended. ${sentences[lease.outcome ?? ""] ?? ""}${still}`)}\n`;
}
