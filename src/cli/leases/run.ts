import { type Lease, OPEN_STATES } from "../../baton/leases/lease.ts";
import { followDue, isFailing, runDue, type WorkerOptions } from "../../baton/leases/worker.ts";
import { auditFile } from "../../baton/provision/audit.ts";
import { createProvisioner } from "../../baton/provision/provisioner.ts";
import { scopesForChange } from "../../okta/api/auth/scopes.ts";
import { systemClock } from "../../runtime/clock.ts";
import { onShutdown } from "../../runtime/shutdown.ts";
import { version } from "../../runtime/version.ts";
import { userName } from "../change/session.ts";
import { connect } from "../connect.ts";
import { openObservation } from "../daemon/observation.ts";
import { EXIT, type ExitCode } from "../exit.ts";
import type { FlagValues } from "../flags/flags.ts";
import { openLogs } from "../logs.ts";
import type { Output } from "../terminal/output.ts";
import { oktaClock } from "./clock.ts";
import { LOG_SCOPE, leaseDeps } from "./deps.ts";
import { ledgerLocation, ledgerName, openLedgerOf } from "./ledger.ts";
import { endedText, leaseJson, leaseTable } from "./show.ts";

/** How often the metrics of the ledger are read anew, in milliseconds. */
const GAUGE_INTERVAL_MS = 10_000;

/** Ends what is due: once, or until a signal comes. */
export async function runLeases(
  { alertAfter, follow }: { readonly alertAfter: number; readonly follow: boolean },
  values: FlagValues,
  env: NodeJS.ProcessEnv,
  output: Output,
): Promise<ExitCode> {
  const logs = openLogs(values, output, output.err);
  const observation = await openObservation(values, logs.log, systemClock);
  const { log, metrics, health } = observation;
  const shutdown = onShutdown((times) => {
    health?.stopping();
    log.info(times === 1 ? "stopping: what is under way is finished" : "ending at once");
    if (times > 1) process.exit(EXIT.interrupted);
  });
  try {
    const audit = values["audit-log"] === undefined ? undefined : auditFile(values["audit-log"]);
    const known: FlagValues = { ...values, "sync-custom-roles": true, "sync-reach": true };
    const uses = { scopes: [...scopesForChange([""]), LOG_SCOPE] };
    const { connector, client, origin } = await connect(known, { env, log, uses, observer: observation });
    const ledger = await openLedgerOf(values, env, log);
    try {
      const actor = values["requested-by"] ?? userName();
      const provisioner = createProvisioner(connector, { clock: systemClock, log, audit, actor });
      const clock = oktaClock(client, connector, log);
      const deps = leaseDeps({ ledger, connector, client, provisioner, clock, log, org: origin.url, actor });
      health?.add("ledger", async () => {
        await ledger.nextAt(origin.url);
      });
      const json = values.output === "json";
      const report = (lease: Lease) =>
        output.out(json ? `${JSON.stringify(leaseJson(lease, clock.now(), alertAfter))}\n` : endedText(lease));
      const options: WorkerOptions = {
        alertAfter,
        beforeRound: (signal) => clock.synchronize(signal),
        knowsTime: clock.isKnown,
        onEnded(lease) {
          metrics.lease(lease.outcome ?? "revoked");
          report(lease);
        },
        onFailed: () => metrics.lease("failed"),
      };
      const call = { signal: shutdown.stop };
      if (values["dry-run"]) {
        await clock.synchronize(call.signal);
        const due = await ledger.due(origin.url, clock.now());
        output.out(leaseTable(due, clock.now(), alertAfter));
        return EXIT.done;
      }
      if (follow) {
        log.info("ending leases as they run out", { ledger: ledgerName(ledgerLocation(values, env)), version });
        const counts = { open: 0, overdue: 0, failing: 0 };
        const count = async () => {
          const open = await ledger.list({ org: origin.url, states: OPEN_STATES });
          const now = clock.now();
          counts.open = open.length;
          counts.overdue = open.filter(({ ends }) => ends <= now).length;
          counts.failing = open.filter((lease) => isFailing(lease, now, alertAfter)).length;
        };
        metrics.gauge("leasesOpen", () => counts.open);
        metrics.gauge("leasesOverdue", () => counts.overdue);
        metrics.gauge("leasesFailing", () => counts.failing);
        const counting = (async () => {
          while (!shutdown.stop.aborted) {
            await count().catch((error) => log.warn("leases cannot be counted for now", { error }));
            await systemClock.sleep(GAUGE_INTERVAL_MS, shutdown.stop).catch(() => {});
          }
        })();
        await followDue(deps, call, options);
        await counting;
        log.info("stopped");
        return EXIT.done;
      }
      const { failed, elsewhere, ended } = await runDue(deps, call, options);
      if (failed.length > 0) throw failed[0]!.error;
      if (ended.length === 0 && !json) {
        output.out(elsewhere > 0 ? "What is due is being ended by another process.\n" : "Nothing is due.\n");
      }
      return EXIT.done;
    } finally {
      await ledger.close();
      audit?.close();
      await connector.close?.();
    }
  } catch (error) {
    logs.failed(error);
    throw error;
  } finally {
    shutdown.dispose();
    await observation.close();
  }
}
