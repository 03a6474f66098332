import { stat } from "node:fs/promises";
import type { Clock } from "../../runtime/clock.ts";
import type { Log } from "../../runtime/log/log.ts";
import type { Metrics } from "../../runtime/metrics/metrics.ts";
import type { Drift } from "./compare.ts";
import { WRONG } from "./sorts.ts";

/** How often it is looked whether there is a new snapshot, in milliseconds. */
const LOOK_MS = 60_000;

/** What the watch works with. */
export interface WatchParts {
  /** The snapshot, which a sync replaces from time to time. */
  readonly file: string;
  /** Compares what was pushed with it. */
  readonly compare: () => Promise<Drift>;
  readonly clock: Clock;
  readonly log: Log;
  readonly metrics: Metrics;
  readonly stop: AbortSignal;
}

/** Compares what was pushed with each new snapshot, and tells the metrics. Ends when `stop` aborts. */
export async function watchDrift({ file, compare, clock, log, metrics, stop }: WatchParts): Promise<void> {
  let seen = "";
  while (!stop.aborted) {
    const stamp = await stampOf(file);
    if (stamp !== seen) {
      seen = stamp;
      try {
        const { counts, users, groups, newer } = await compare();
        metrics.drift(counts);
        const wrong = WRONG.reduce((sum, sort) => sum + counts[sort], 0);
        log[wrong > 0 ? "warn" : "info"]("compared what was pushed with Okta", {
          file,
          users,
          groups,
          newer,
          ...counts,
        });
      } catch (error) {
        log.warn("what was pushed cannot be compared with Okta", { file, error });
      }
    }
    await clock.sleep(LOOK_MS, stop).catch(() => {});
  }
}

async function stampOf(file: string): Promise<string> {
  try {
    const { ino, size, mtimeMs } = await stat(file);
    return `${ino} ${size} ${mtimeMs}`;
  } catch {
    return "";
  }
}
