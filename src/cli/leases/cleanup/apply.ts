import KSUID from "ksuid";
import type { CleanupTable } from "../../../baton/leases/cleanup-schema.ts";
import type { Ledger } from "../../../baton/leases/ledger.ts";
import { BatonActionStatus } from "../../../gen/c1/connector/v2/action_pb.ts";
import type { ChangeSession } from "../../change/session.ts";
import { readAccount } from "./accounts.ts";
import type { Judge, Planned } from "./plan.ts";

const WAIT_MS = 600_000;

/** Deactivates what was planned, each account read and judged again right before. Answers what became of each. */
export async function deactivateAll(
  session: ChangeSession,
  ledger: Ledger,
  planned: readonly Planned[],
  judge: Judge,
  now: () => number,
): Promise<{ readonly run: string; readonly done: readonly CleanupTable[]; readonly left: number }> {
  const run = KSUID.randomSync(now()).string;
  const done: CleanupTable[] = [];
  let left = 0;
  for (const { account } of planned) {
    if (session.stop.aborted) break;
    await session.change(async (call) => {
      const fresh = await readAccount(session.client, account.id, call);
      const again = fresh && (await judge(fresh, call));
      if (fresh === undefined || again === undefined || again.left !== undefined) {
        left += 1;
        return;
      }
      const at = now();
      const row: CleanupTable = {
        ...{ id: KSUID.randomSync(at).string, run, org: session.org, user_id: fresh.id, login: fresh.login },
        ...{ reason: again.reason, actor: session.actor, at, state: "deactivating", was: fresh.status, changed: at },
      };
      // Written before it is sent: what was done can be found, and undone, whatever happens in between.
      await ledger.store.write((trx) => trx.insertInto("cleanup").values(row).execute());
      const args = { user_id: { resource_type_id: "user", resource_id: fresh.id } };
      const ended = await session.provisioner.actions.invoke(
        { name: "deactivate_user", args, resourceType: "user", waitMs: WAIT_MS },
        call,
      );
      if (ended.status === BatonActionStatus.FAILED) throw ended.failure;
      await setState(ledger, row.id, "deactivated", now());
      done.push({ ...row, state: "deactivated" });
    });
  }
  return { run, done, left };
}

/** Deletes what clean-ups deactivated longer ago than the undo window, where it is deactivated still. */
export async function deleteOld(session: ChangeSession, ledger: Ledger, windowMs: number, now: () => number) {
  const rows = await rowsOf(ledger, session.org, ["deactivated", "deleting"]);
  const deleted: CleanupTable[] = [];
  for (const row of rows) {
    if (now() - row.changed < windowMs && row.state === "deactivated") continue;
    if (session.stop.aborted) break;
    await session.change(async (call) => {
      const fresh = await readAccount(session.client, row.user_id, call);
      // Somebody has brought it back: it is no longer ours to delete.
      if (fresh !== undefined && fresh.status !== "DEPROVISIONED")
        return await setState(ledger, row.id, "undone", now());
      await setState(ledger, row.id, "deleting", row.changed);
      await session.provisioner.remove({ type: "user", id: row.user_id }, call);
      await setState(ledger, row.id, "deleted", now());
      deleted.push(row);
    });
  }
  return deleted;
}

/** Activates again what clean-ups deactivated: of one run or user, or all within the window. No email is sent. */
export async function undo(session: ChangeSession, ledger: Ledger, named: string | undefined, now: () => number) {
  const rows = await rowsOf(ledger, session.org, ["deactivating", "deactivated"]);
  const undone: CleanupTable[] = [];
  for (const row of rows) {
    if (named !== undefined && ![row.run, row.user_id, row.login].includes(named)) continue;
    if (session.stop.aborted) break;
    await session.change(async (call) => {
      const fresh = await readAccount(session.client, row.user_id, call);
      if (fresh?.status === "DEPROVISIONED") {
        const operation = { operation: "undo cleanup", on: `user:${row.user_id}` };
        const path = `/api/v1/users/${encodeURIComponent(row.user_id)}/lifecycle/activate?sendEmail=false`;
        await session.client.send("POST", path, session.audited(call, operation), { repeatable: false });
        undone.push(row);
      }
      await setState(ledger, row.id, "undone", now());
    });
  }
  return undone;
}

async function rowsOf(ledger: Ledger, org: string, states: readonly string[]): Promise<readonly CleanupTable[]> {
  return await ledger.store.db
    .selectFrom("cleanup")
    .selectAll()
    .where("org", "=", org)
    .where("state", "in", [...states])
    .orderBy("at")
    .execute();
}

async function setState(ledger: Ledger, id: string, state: string, changed: number): Promise<void> {
  await ledger.store.write((trx) => trx.updateTable("cleanup").set({ state, changed }).where("id", "=", id).execute());
}
