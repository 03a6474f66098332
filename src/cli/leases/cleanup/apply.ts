import KSUID from "ksuid";
import type { CleanupTable } from "../../../baton/leases/cleanup-schema.ts";
import { BatonActionStatus } from "../../../gen/c1/connector/v2/action_pb.ts";
import { isFailure } from "../../../runtime/failure.ts";
import type { ChangeSession } from "../../change/session.ts";
import { readAccount } from "./accounts.ts";
import type { PlanAsked, Planned } from "./asked.ts";
import { type JudgeDeps, judge, lastLeases } from "./judge.ts";
import { isOfOne } from "./plan.ts";
import { setState } from "./record.ts";

const WAIT_MS = 600_000;
/** Accounts in a row that fail before the rest is left. */
const MAX_FAILURES = 5;
/** What says that nothing was done, and nothing will be. */
const REFUSED = ["invalidArgument", "notFound", "permissionDenied", "failedPrecondition", "unimplemented"] as const;

/** An account with which something failed. */
export interface Failed {
  readonly user: string;
  readonly login: string;
  readonly error: string;
}

/** What became of a run. */
export interface Applied {
  readonly run: string;
  readonly done: readonly CleanupTable[];
  /** Accounts that are left, as they are not what they were when it was planned. */
  readonly left: number;
  readonly failed: readonly Failed[];
  /** Accounts that were not come to. */
  readonly untouched: number;
}

/**
 * Deactivates what was planned, each account read and judged again right before, with the leases that there are by then.
 * One that fails holds up no other, as long as not several in a row do.
 */
export async function deactivateAll(
  session: ChangeSession,
  deps: JudgeDeps,
  asked: PlanAsked,
  planned: readonly Planned[],
): Promise<Applied> {
  const { ledger, org, now } = deps;
  const run = KSUID.randomSync(now()).string;
  const done: CleanupTable[] = [];
  const failed: Failed[] = [];
  let left = 0;
  let inARow = 0;
  let come = 0;
  for (const { account } of planned) {
    if (session.stop.aborted || inARow === MAX_FAILURES) break;
    come += 1;
    try {
      await session.change(async (call) => {
        const fresh = await readAccount(session.client, account.id, call);
        const scrutiny = { leases: await lastLeases(ledger, org), log: true };
        const again = fresh && (await judge(deps, asked, fresh, scrutiny, call));
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
        if (ended.status === BatonActionStatus.FAILED) {
          if (REFUSED.some((kind) => isFailure(ended.failure, kind))) await setState(ledger, row, "not-done", now());
          throw ended.failure;
        }
        await setState(ledger, row, "deactivated", now());
        done.push({ ...row, state: "deactivated" });
      });
      inARow = 0;
    } catch (error) {
      if (!isOfOne(error) && !isFailure(error)) throw error;
      failed.push({ user: account.id, login: account.login, error: error.message });
      inARow = isOfOne(error) ? inARow + 1 : MAX_FAILURES;
    }
  }
  return { run, done, left, failed, untouched: planned.length - come };
}
