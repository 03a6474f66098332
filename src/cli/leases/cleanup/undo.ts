import type { Call } from "../../../baton/connector.ts";
import type { CleanupTable } from "../../../baton/leases/cleanup-schema.ts";
import { shownTime } from "../../../baton/leases/time.ts";
import { transit } from "../../../okta/users/accounts/transition.ts";
import { systemClock } from "../../../runtime/clock.ts";
import { Failure } from "../../../runtime/failure.ts";
import type { ChangeSession } from "../../change/session.ts";
import { readAccount } from "./accounts.ts";
import type { JudgeDeps } from "./judge.ts";
import { isOfOne } from "./plan.ts";
import { isAbandoned, isOurs, rowsOf, setState } from "./record.ts";

/** What became of an account that was to be brought back. */
export interface Undone {
  readonly row: CleanupTable;
  /** Whether it is activated again by this. */
  readonly activated: boolean;
  /** Its status now, where it is known. */
  readonly status?: string;
  /** Why it is not what it was before. */
  readonly note?: string;
  readonly failed?: boolean;
}

/**
 * Activates again, without an email, what clean-ups deactivated: of one run or user, else all within the undo window. What
 * somebody else has deactivated since stays so. Throws a {@link Failure} of kind `notFound` for a name of which there is
 * nothing.
 */
export async function undo(
  session: ChangeSession,
  deps: Omit<JudgeDeps, "me">,
  named: string | undefined,
  windowMs: number,
  dryRun: boolean,
): Promise<readonly Undone[]> {
  const { ledger, org, now } = deps;
  const all = await rowsOf(ledger, org);
  const isNamed = ({ run, user_id, login }: CleanupTable) =>
    [run, user_id].includes(named!) || login.toLowerCase() === named!.toLowerCase();
  const rows = all.filter((row) => (named === undefined ? now() - row.changed < windowMs : isNamed(row)));
  if (named !== undefined && rows.length === 0) throw nothing(named);
  const ended: Undone[] = [];
  // The newest first: what an earlier run did to an account is over by then.
  const come = new Set<string>();
  for (const row of rows.toReversed()) {
    if (session.stop.aborted) break;
    if (come.has(row.user_id) || row.state === "not-done") continue;
    come.add(row.user_id);
    if (named === undefined && (row.state === "undone" || row.state === "deleted")) continue;
    try {
      ended.push(await session.change((call) => undoOne(row, call)));
    } catch (error) {
      if (!isOfOne(error)) throw error;
      ended.push({ row, activated: false, failed: true, note: error.message });
    }
  }
  if (named !== undefined && ended.length === 0 && !session.stop.aborted) throw nothing(named);
  return ended.toReversed();

  async function undoOne(row: CleanupTable, call: Call): Promise<Undone> {
    const settle = async (state: Parameters<typeof setState>[2]) => {
      if (!dryRun) await setState(ledger, row, state, now());
    };
    const fresh = await readAccount(session.client, row.user_id, call);
    if (fresh === undefined) {
      const when = row.state === "deleted" ? ` ${shownTime(row.changed)}` : "";
      await settle("deleted");
      return { row, activated: false, failed: true, note: `it is deleted${when}, and cannot be brought back` };
    }
    const { status } = fresh;
    if (status !== "DEPROVISIONED") {
      // A run that is under way may be about to deactivate it.
      if (row.state !== "deactivating" || isAbandoned(row, now())) await settle("undone");
      return { row, activated: false, status, note: "it was not deactivated any more" };
    }
    if (row.state === "undone" || !isOurs(row, fresh)) {
      const note = "somebody else has deactivated it since: activate it in Okta where that is meant";
      return { row, activated: false, failed: true, status, note };
    }
    const operation = { operation: "undo cleanup", on: `user:${row.user_id}` };
    const source = { client: session.client, clock: systemClock };
    const audited = session.audited(call, operation);
    await transit(source, row.user_id, "activate", audited);
    if (dryRun) return { row, activated: true };
    await settle("undone");
    return { row, activated: true, ...(await suspendAgain(row, audited)) };
  }

  /** What was suspended must not come back as one who may sign in. Okta suspends ACTIVE users only. */
  async function suspendAgain(row: CleanupTable, call: Call): Promise<Pick<Undone, "status" | "note">> {
    const status = (await readAccount(session.client, row.user_id, call))?.status ?? "";
    if (row.was !== "SUSPENDED") {
      const note = status === "PROVISIONED" && row.was !== status ? "it needs a new password" : undefined;
      return { status, ...(note !== undefined && { note }) };
    }
    if (status !== "ACTIVE") return { status, note: "it was suspended, which Okta does to ACTIVE accounts only" };
    await transit({ client: session.client, clock: systemClock }, row.user_id, "suspend", call);
    return { status: "SUSPENDED" };
  }
}

function nothing(named: string): Failure {
  return new Failure({
    kind: "notFound",
    message: `no clean-up has deactivated ${JSON.stringify(named)}`,
    advice: "give the run's id, or a user's id or login; see that --lease-store is the one that cleanup apply ran with",
  });
}
