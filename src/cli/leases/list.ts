import { OPEN_STATES } from "../../baton/leases/lease.ts";
import { noSuchLease } from "../../baton/leases/ledger.ts";
import { shownTime } from "../../baton/leases/time.ts";
import { isFailing } from "../../baton/leases/worker.ts";
import { systemClock } from "../../runtime/clock.ts";
import { EXIT, type ExitCode } from "../exit.ts";
import type { FlagValues } from "../flags/flags.ts";
import type { Output } from "../terminal/output.ts";
import { openExistingLedger } from "./ledger.ts";
import { leaseJson, leaseTable, leaseText } from "./show.ts";

/** What is listed. */
export interface ListAsked {
  readonly all: boolean;
  readonly failing: boolean;
  readonly alertAfter: number;
}

/** Lists leases: those that have not ended, all, or those that cannot be ended (then it ends with 1 where there are any). */
export async function list(
  asked: ListAsked,
  values: FlagValues,
  env: NodeJS.ProcessEnv,
  output: Output,
): Promise<ExitCode> {
  const { all, failing, alertAfter } = asked;
  const ledger = await openExistingLedger(values, env);
  try {
    const now = systemClock.now();
    const found = await ledger.list(all ? {} : { states: OPEN_STATES });
    const leases = failing ? found.filter((lease) => isFailing(lease, now, alertAfter)) : found;
    output.out(
      values.output === "json"
        ? `${JSON.stringify({ leases: leases.map((lease) => leaseJson(lease, now, alertAfter)) }, null, 2)}\n`
        : leaseTable(leases, now, alertAfter),
    );
    return failing && leases.length > 0 ? EXIT.failed : EXIT.done;
  } finally {
    await ledger.close();
  }
}

/** Shows one lease with its history. */
export async function show(id: string, values: FlagValues, env: NodeJS.ProcessEnv, output: Output): Promise<ExitCode> {
  const ledger = await openExistingLedger(values, env);
  try {
    const lease = await ledger.find(id);
    if (lease === undefined) throw noSuchLease(id);
    const { events, intact } = await ledger.history(id);
    const now = systemClock.now();
    const history = events.map((event) => ({ ...event, at: shownTime(event.at) }));
    output.out(
      values.output === "json"
        ? `${JSON.stringify({ ...leaseJson(lease, now), history, historyIntact: intact }, null, 2)}\n`
        : leaseText(lease, events, intact, now),
    );
    return intact ? EXIT.done : EXIT.failed;
  } finally {
    await ledger.close();
  }
}
