import type { CleanupAccount } from "../../../baton/leases/cleanup-rules.ts";
import type { CleanupTable } from "../../../baton/leases/cleanup-schema.ts";
import type { Ledger } from "../../../baton/leases/ledger.ts";

/** How far Okta's times and the ledger's may be apart, and how long a deactivation may take to show, in milliseconds. */
const SKEW_MS = 120_000;
const MAX_DELAY_MS = 900_000;

/** What clean-ups did in an org, oldest first. */
export async function rowsOf(ledger: Ledger, org: string): Promise<readonly CleanupTable[]> {
  return await ledger.store.db
    .selectFrom("cleanup")
    .selectAll()
    .where("org", "=", org)
    .orderBy("at")
    .orderBy("id")
    .execute();
}

/** Writes down how far one account is. `changed`: Okta's time. */
export async function setState(
  ledger: Ledger,
  { id }: Pick<CleanupTable, "id">,
  state: CleanupState,
  changed: number,
): Promise<void> {
  await ledger.store.write((trx) => trx.updateTable("cleanup").set({ state, changed }).where("id", "=", id).execute());
}

/** See {@link CleanupTable.state}. */
export type CleanupState = "deactivating" | "deactivated" | "not-done" | "undone" | "deleting" | "deleted";

/**
 * Whether an account's deactivation is the one of this row: somebody else may have activated it since, and deactivated it
 * again. Where Okta does not say when it was it is not ours.
 */
export function isOurs({ at, changed }: CleanupTable, { status, statusChanged }: CleanupAccount): boolean {
  if (status !== "DEPROVISIONED" || statusChanged === undefined) return false;
  return statusChanged >= at - SKEW_MS && statusChanged <= changed + MAX_DELAY_MS;
}

/** Whether a row is of a run that cannot be under way any more. */
export function isAbandoned({ at }: CleanupTable, now: number): boolean {
  return now - at > MAX_DELAY_MS;
}
