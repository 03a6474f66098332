import { createHash } from "node:crypto";
import type { Kysely, Transaction } from "kysely";
import type { LeaseEvent } from "./lease.ts";
import type { LeaseEventTable, LeaseTables } from "./schema.ts";

/** Appends what happened to a lease. */
export async function appendEvent(
  trx: Transaction<LeaseTables>,
  leaseId: string,
  event: Omit<LeaseEvent, "n">,
): Promise<void> {
  const last = await trx
    .selectFrom("lease_event")
    .select(["n", "hash"])
    .where("lease_id", "=", leaseId)
    .orderBy("n", "desc")
    .limit(1)
    .executeTakeFirst();
  const row = {
    lease_id: leaseId,
    n: (last?.n ?? 0) + 1,
    at: event.at,
    kind: event.kind,
    actor: event.actor,
    detail: JSON.stringify(event.detail),
  };
  await trx
    .insertInto("lease_event")
    .values({ ...row, hash: hashOf(last?.hash ?? "", row) })
    .execute();
}

/** What happened to a lease, oldest first. `intact`: no row was changed or taken out from between others. */
export async function historyOf(
  db: Kysely<LeaseTables>,
  leaseId: string,
): Promise<{ readonly events: readonly LeaseEvent[]; readonly intact: boolean }> {
  const rows = await db.selectFrom("lease_event").selectAll().where("lease_id", "=", leaseId).orderBy("n").execute();
  let before = "";
  let intact = true;
  for (const [at, { hash, ...row }] of rows.entries()) {
    intact &&= row.n === at + 1 && hash === hashOf(before, row);
    before = hash;
  }
  const events = rows.map(({ n, at, kind, actor, detail }) => ({ n, at, kind, actor, detail: JSON.parse(detail) }));
  return { events, intact };
}

function hashOf(before: string, { lease_id, n, at, kind, actor, detail }: Omit<LeaseEventTable, "hash">): string {
  return createHash("sha256")
    .update(JSON.stringify([before, lease_id, n, at, kind, actor, detail]))
    .digest("hex");
}
