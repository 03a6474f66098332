import type { Call, WriteStep } from "../../../baton/connector.ts";
import { isNamed } from "../../../baton/leases/cleanup-rules.ts";
import type { CleanupTable } from "../../../baton/leases/cleanup-schema.ts";
import { Failure } from "../../../runtime/failure.ts";
import type { ChangeSession } from "../../change/session.ts";
import { readAccount } from "./accounts.ts";
import type { Failed } from "./apply.ts";
import type { PlanAsked } from "./asked.ts";
import { type JudgeDeps, lastLeases } from "./judge.ts";
import { isOfOne } from "./plan.ts";
import { isAbandoned, isOurs, rowsOf, setState } from "./record.ts";

/** An account whose deactivation is past its undo window. `left`: why it is not deleted all the same. */
export interface Deletion {
  readonly row: CleanupTable;
  readonly left?: string;
}

/**
 * What clean-ups deactivated longer ago than the undo window. Rows that no longer tell what is so are put right on the way:
 * those of a run that died, and of accounts that somebody brought back. `dryRun`: the ledger stays as it is.
 */
export async function deletionsOf(
  session: ChangeSession,
  deps: JudgeDeps,
  asked: PlanAsked,
  windowMs: number,
  dryRun: boolean,
): Promise<readonly Deletion[]> {
  const { ledger, org, now } = deps;
  const leases = await lastLeases(ledger, org);
  const found: Deletion[] = [];
  for (const row of await rowsOf(ledger, org)) {
    if (!["deactivating", "deactivated", "deleting"].includes(row.state)) continue;
    try {
      const left = await session.change((call) => lookAt(row, call));
      if (left !== "not ours" && left !== "too early") found.push({ row, ...(left !== undefined && { left }) });
    } catch (error) {
      if (!isOfOne(error)) throw error;
      found.push({ row, left: `it cannot be looked at: ${error.message}` });
    }
  }
  return found;

  async function lookAt(row: CleanupTable, call: Call): Promise<string | undefined> {
    const settle = async (state: Parameters<typeof setState>[2], changed: number) => {
      if (!dryRun) await setState(ledger, row, state, changed);
    };
    const isEarly = now() - row.changed < windowMs;
    if (isEarly && row.state === "deactivated") return "too early";
    const fresh = await readAccount(session.client, row.user_id, call);
    if (fresh === undefined) {
      await settle("deleted", now());
      return "not ours";
    }
    if (row.state === "deactivating") {
      // The run that wrote it died, or is under way still.
      if (isOurs(row, fresh)) await settle("deactivated", row.changed);
      else if (isAbandoned(row, now())) await settle("not-done", now());
      if (isEarly || !isOurs(row, fresh)) return "too early";
    }
    if (fresh.status !== "DEPROVISIONED") {
      await settle("undone", now());
      return "not ours";
    }
    if (!isOurs(row, fresh)) return "somebody else has deactivated it again since";
    if (fresh.id === deps.me) return "it is who asks";
    if (leases.get(row.user_id) === Number.POSITIVE_INFINITY) return "a lease of it runs";
    if (isNamed([row.user_id, row.login, fresh.login], asked.exclude)) return "it is excluded";
    return undefined;
  }
}

/** Deletes these accounts, each where it is still as it was when it was looked at. */
export async function deleteAll(
  session: ChangeSession,
  deps: JudgeDeps,
  rows: readonly CleanupTable[],
): Promise<{ readonly deleted: readonly CleanupTable[]; readonly failed: readonly Failed[] }> {
  const { ledger, now } = deps;
  const deleted: CleanupTable[] = [];
  const failed: Failed[] = [];
  for (const row of rows) {
    if (session.stop.aborted) break;
    try {
      await session.change(async (call) => {
        const fresh = await readAccount(session.client, row.user_id, call);
        if (fresh !== undefined && !isOurs(row, fresh)) throw broughtBack(row);
        await setState(ledger, row, "deleting", row.changed);
        await session.provisioner.remove({ type: "user", id: row.user_id }, { ...call, audit: guarded(row, call) });
        await setState(ledger, row, "deleted", now());
        deleted.push(row);
      });
    } catch (error) {
      if (!isOfOne(error)) throw error;
      failed.push({ user: row.user_id, login: row.login, error: error.message });
    }
  }
  return { deleted, failed };
}

/** Whoever deletes an account deactivates it first: here that would mean that somebody has just activated it. */
function guarded(row: CleanupTable, call: Call): (step: WriteStep) => void {
  return (step) => {
    if (step.phase === "intent" && step.request.endsWith("/lifecycle/deactivate")) throw broughtBack(row);
    call.audit?.(step);
  };
}

function broughtBack({ user_id }: CleanupTable): Failure {
  return new Failure({
    kind: "failedPrecondition",
    message: `user ${user_id} is not deactivated by the clean-up any more: it is not deleted`,
  });
}
