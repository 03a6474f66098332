import { parseBid } from "../../baton/model/ids.ts";
import { inspect } from "../../baton/snapshot/container/container.ts";
import { isWhole, logMissing } from "../../baton/sync/checks/missing.ts";
import type { Increment } from "../../baton/sync/options.ts";
import { checkSelection } from "../../baton/sync/plan.ts";
import { sync } from "../../baton/sync/sync.ts";
import type { OktaClient } from "../../okta/api/client.ts";
import { reachedOf } from "../../okta/plan/reached.ts";
import { systemClock } from "../../runtime/clock.ts";
import { Failure, isFailure } from "../../runtime/failure.ts";
import type { Log } from "../../runtime/log/log.ts";
import { keepOldGenerationSmall } from "../../runtime/old-generation.ts";
import { onShutdown, whenAborted } from "../../runtime/shutdown.ts";
import { version } from "../../runtime/version.ts";
import { keepYoungGenerationSmall } from "../../runtime/young-generation.ts";
import { openObservation } from "../daemon/observation.ts";
import { EXIT } from "../exit.ts";
import type { FlagValues } from "../flags/flags.ts";
import { openLogs } from "../logs.ts";
import type { SyncTarget } from "../object-store/sync-target.ts";
import type { WaitingBucket } from "../progress/estimate.ts";
import { type Watch, watchInLog, watchOnTerminal } from "../progress/watch.ts";
import type { Output } from "../terminal/output.ts";
import { incrementalOf, watchEvery } from "./incremental.ts";
import { openSource } from "./source.ts";
import { type SyncReport, summaryData } from "./summary.ts";

/** How long the program waits after the second Ctrl-C before it ends whatever is under way, in milliseconds. */
const EXIT_TIMEOUT_MS = 2000;

/**
 * Syncs an org as the settings say, showing how far it is; with `--watch` again and again until a signal comes, telling of
 * each sync by `onReport`. `target`: where the file comes from, and goes after each sync. Throws a `Failure` where it does not come to its end.
 */
export async function syncOrg(
  values: FlagValues,
  env: NodeJS.ProcessEnv,
  output: Output,
  onReport: (report: SyncReport) => void = () => {},
  target?: Pick<SyncTarget, "fetch" | "deliver">,
): Promise<SyncReport> {
  const clock = systemClock;
  const selection = selectionOf(values);
  const keep = keptSyncs(env);
  keepYoungGenerationSmall();
  keepOldGenerationSmall(75);
  const incremental = incrementalOf(values);
  const every = watchEvery(values);
  let print = output.err;
  const logs = openLogs(values, output, (text) => print(text));
  const observation = await openObservation(values, logs.log, clock);
  const { log, metrics, traces } = observation;
  const parts = { env, log, types: selection.types, uses: { logs: true }, observer: observation };
  const opening = onShutdown();
  const source = await openSource(values, parts, opening.stop)
    .catch(async (error: unknown) => {
      await observation.close();
      throw interrupted(error, opening.signal);
    })
    .finally(() => opening.dispose());
  const { client, connector, what, url } = source;
  let asOf: number | undefined;
  const age = () => (asOf === undefined ? undefined : clock.now() - asOf);
  metrics.gauge("snapshotAge", () => (age() ?? 0) / 1000);
  const watched = { what, buckets: () => (client ? waitingBuckets(client) : []), clock, age };
  let limitsReached = 0;
  metrics.gauge("limitsReached", () => limitsReached);
  const openWatch = (): Watch =>
    logs.live ? watchOnTerminal(watched, process.stderr, output.errColor) : watchInLog(watched, log, output.err);
  const shutdown = onShutdown((times) => {
    observation.health?.stopping();
    tellOfSignal(times, logs.human, log, print);
    if (times === 2) setTimeout(() => process.exit(EXIT.interrupted), EXIT_TIMEOUT_MS).unref();
  });
  whenAborted(shutdown.stop, () => client?.stopWaiting());

  const syncOnce = async (startedAt: number): Promise<SyncReport> => {
    const watch = openWatch();
    print = watch.print;
    const before = client?.stats().calls ?? 0;
    try {
      const result = await traces.span("sync", { "server.address": what }, () =>
        sync(connector, {
          file: values.file,
          ...(values["c1z-temp-dir"] === undefined ? {} : { tempDir: values["c1z-temp-dir"] }),
          binding: source.binding,
          selection,
          ...workersOf(values),
          ...(keep === undefined ? {} : { keep }),
          ...(incremental && { incremental }),
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
      await target?.deliver();
      watch.close();
      metrics.syncEnded(isWhole(result) ? "done" : "incomplete", clock.now() - startedAt, result.refused);
      if (incremental && result.increment) {
        metrics.increment(result.increment);
        logIncrement(log, result.increment);
      }
      // What other runs, or syncs before this one, have called is not in these counts, or is too much in them.
      const reached =
        client && before === 0 && !result.resumed
          ? reachedOf(client.buckets(), result.timings.reading?.ms ?? 0)
          : undefined;
      if (reached) limitsReached = reached.share;
      const report: SyncReport = {
        what,
        file: values.file,
        elapsedMs: clock.now() - startedAt,
        result,
        incremental: incremental !== undefined,
        callsBefore: before,
        reached,
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
      metrics.syncEnded(isFailure(shown, "cancelled") ? "interrupted" : "failed", clock.now() - startedAt);
      throw shown;
    } finally {
      print = output.err;
    }
  };

  try {
    // What is mistyped, and a target that is no snapshot, are found before Okta is asked for anything.
    checkSelection(connector, selection);
    await target?.fetch();
    await inspect(values.file);
    let report: SyncReport | undefined;
    for (;;) {
      const startedAt = clock.now();
      try {
        report = await syncOnce(startedAt);
        asOf = startedAt;
      } catch (error) {
        if (every === undefined || !mayPass(error)) throw error;
        log.warn("the sync failed, and is tried again at its next time", { why: String(error), ageMs: age() });
      }
      if (every === undefined) return report!;
      if (report !== undefined && asOf === startedAt) onReport(report);
      const wait = Math.max(0, startedAt + every - clock.now());
      log.info("the next sync waits for its time", { inMs: wait, asOf: asOf && new Date(asOf).toISOString() });
      await clock.sleep(wait, shutdown.stop).catch(() => {});
      if (!shutdown.stop.aborted) continue;
      if (report === undefined) throw interrupted(shutdown.stop.reason, shutdown.signal);
      return report;
    }
  } catch (error) {
    logs.failed(error);
    throw error;
  } finally {
    print = output.err;
    shutdown.dispose();
    await connector.close?.();
    await observation.close();
  }
}

/** Whether the next sync may go well though this one failed: nobody has to change anything for it. */
function mayPass(error: unknown): boolean {
  return isFailure(error) && ["unavailable", "deadlineExceeded", "resourceExhausted"].includes(error.kind);
}

/** Logs what a sync that was to read only what has changed found of itself. */
function logIncrement(log: Log, increment: Increment): void {
  const { mode, why, blind, sampled, sampleMismatches, countMismatches } = increment;
  if (mode === "full") log.info("everything was read", { why });
  for (const what of blind) log.warn("not everything that changed could be seen", { what });
  if (sampleMismatches + countMismatches > 0) {
    log.warn("what was carried over was not as stored, though nothing had said so: it was read again", {
      ...{ sampled, sampleMismatches, countMismatches },
    });
  }
}

/** A wait that a signal cut short throws the signal's reason: people read what that means. */
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
