import { parseBid } from "../../baton/model/ids.ts";
import { inspect } from "../../baton/snapshot/container/container.ts";
import { isWhole, logMissing } from "../../baton/sync/checks/missing.ts";
import { checkSelection } from "../../baton/sync/plan.ts";
import { sync } from "../../baton/sync/sync.ts";
import type { OktaClient } from "../../okta/api/client.ts";
import { systemClock } from "../../runtime/clock.ts";
import { Failure, isFailure } from "../../runtime/failure.ts";
import type { Log } from "../../runtime/log/log.ts";
import type { SyncOutcome } from "../../runtime/metrics/metrics.ts";
import { onShutdown, whenAborted } from "../../runtime/shutdown.ts";
import { version } from "../../runtime/version.ts";
import { openObservation } from "../daemon/observation.ts";
import { EXIT } from "../exit.ts";
import type { FlagValues } from "../flags/flags.ts";
import { openLogs } from "../logs.ts";
import type { WaitingBucket } from "../progress/estimate.ts";
import { type Watch, watchInLog, watchOnTerminal } from "../progress/watch.ts";
import type { Output } from "../terminal/output.ts";
import { openSource } from "./source.ts";
import { type SyncReport, summaryData } from "./summary.ts";

/** How long the program waits after the second Ctrl-C before it ends whatever is under way, in milliseconds. */
const EXIT_TIMEOUT_MS = 2000;

/** Syncs an org as the settings say, showing how far it is. Throws a `Failure` where it does not come to its end. */
export async function syncOrg(values: FlagValues, env: NodeJS.ProcessEnv, output: Output): Promise<SyncReport> {
  const clock = systemClock;
  const selection = selectionOf(values);
  const keep = keptSyncs(env);
  let print = output.err;
  const logs = openLogs(values, output, (text) => print(text));
  const startedAt = clock.now();
  const observation = await openObservation(values, logs.log, clock);
  const { log, metrics, traces } = observation;
  const parts = { env, log, types: selection.types, observer: observation };
  const opening = onShutdown();
  const source = await openSource(values, parts, opening.stop)
    .catch(async (error: unknown) => {
      await observation.close();
      throw interrupted(error, opening.signal);
    })
    .finally(() => opening.dispose());
  const { client, connector, what, url } = source;
  const ended = (outcome: SyncOutcome) => metrics.syncEnded(outcome, clock.now() - startedAt);
  const watched = { what, buckets: () => (client ? waitingBuckets(client) : []), clock };
  const watch: Watch = logs.live
    ? watchOnTerminal(watched, process.stderr, output.errColor)
    : watchInLog(watched, log, output.err);
  print = watch.print;
  const shutdown = onShutdown((times) => {
    observation.health?.stopping();
    tellOfSignal(times, logs.human, log, print);
    if (times === 2) setTimeout(() => process.exit(EXIT.interrupted), EXIT_TIMEOUT_MS).unref();
  });
  whenAborted(shutdown.stop, () => client?.stopWaiting());
  try {
    // What is mistyped, and a target that is no snapshot, are found before Okta is asked for anything.
    checkSelection(connector, selection);
    await inspect(values.file);
    const result = await traces.span("sync", { "server.address": what }, () =>
      sync(connector, {
        file: values.file,
        ...(values["c1z-temp-dir"] === undefined ? {} : { tempDir: values["c1z-temp-dir"] }),
        binding: source.binding,
        selection,
        ...workersOf(values),
        ...(keep === undefined ? {} : { keep }),
        skipUnreadable: values["skip-unreadable"],
        clock,
        stop: shutdown.stop,
        signal: shutdown.now,
        log,
        beforeReading: async () => {
          log.debug("checking the credentials", { org: url });
          await connector.validate({ signal: AbortSignal.any([shutdown.stop, shutdown.now]) });
          log.info("sync started", { org: url, file: values.file, version });
        },
        onProgress: (progress) => {
          watch.update(progress);
          metrics.sync(progress);
        },
      }),
    );
    watch.close();
    metrics.syncEnded(isWhole(result) ? "done" : "incomplete", clock.now() - startedAt, result.refused);
    const report: SyncReport = {
      what,
      file: values.file,
      elapsedMs: clock.now() - startedAt,
      result,
      buckets: client?.buckets() ?? [],
      stats: client?.stats(),
    };
    logMissing(log, result.refused);
    // People get the summary itself, on standard output.
    log.info("sync finished", logs.human ? { file: values.file, syncId: result.syncId } : summaryData(report));
    return report;
  } catch (error) {
    watch.close();
    const shown = interrupted(error, shutdown.signal);
    ended(isFailure(shown, "cancelled") ? "interrupted" : "failed");
    logs.failed(shown);
    throw shown;
  } finally {
    print = output.err;
    shutdown.dispose();
    await connector.close?.();
    await observation.close();
  }
}

/** A wait that a signal cut short throws the signal's reason: people are told what that means. */
function interrupted(error: unknown, signal: NodeJS.Signals | undefined): unknown {
  if (signal === undefined || (isFailure(error) && error.kind !== "cancelled")) return error;
  if (isFailure(error) && error.advice !== undefined) return error;
  return new Failure({
    kind: "cancelled",
    message: `interrupted by ${signal}; what was read is kept`,
    advice: "run the same command again within 24 hours to go on where it stopped",
    cause: error,
  });
}

function tellOfSignal(times: number, human: boolean, log: Log, print: (text: string) => void): void {
  const text =
    times === 1
      ? "Finishing the pages under way, keeping the rest for later. Ctrl-C again ends at once."
      : "Ending at once; what was stored is kept.";
  if (human) print(`${text}\n`);
  else log.warn(text);
}

/** What the flags select. */
export function selectionOf(values: FlagValues) {
  const types = values["sync-resource-types"];
  const resources = values["sync-resources"];
  return {
    ...(types.length === 0 ? {} : { types }),
    ...(resources.length === 0 ? {} : { resources: resources.map(parseBid) }),
    skipEntitlementsAndGrants: values["skip-entitlements-and-grants"],
    skipGrants: values["skip-grants"],
  };
}

/** How many pages are read side by side, where the flags say. */
export function workersOf(values: FlagValues): { workers?: number } {
  return values["parallel-sync"] || values.workers === -1 ? {} : { workers: values.workers };
}

/** How many finished syncs the file keeps, by the variables that the Baton programs share. */
function keptSyncs(env: NodeJS.ProcessEnv): number | undefined {
  if (["true", "1"].includes((env.BATON_SKIP_CLEANUP ?? "").toLowerCase())) return Number.POSITIVE_INFINITY;
  const text = env.BATON_KEEP_SYNC_COUNT;
  if (text === undefined || text === "") return undefined;
  const keep = Number(text);
  if (!Number.isInteger(keep) || keep < 1) {
    throw new Failure({
      kind: "usage",
      message: `BATON_KEEP_SYNC_COUNT takes a whole number of at least 1, not ${JSON.stringify(text)}`,
    });
  }
  return keep;
}

/** The limits as the view needs them, in this machine's time. */
function waitingBuckets(client: OktaClient): WaitingBucket[] {
  const { clockOffsetMs } = client.stats();
  return client.buckets().map(({ name, waiting, resetAt }) => ({
    name,
    waiting,
    ...(resetAt === undefined ? {} : { resetAt: resetAt - clockOffsetMs }),
  }));
}
