import type { Clock } from "../../../runtime/clock.ts";
import { isFailure } from "../../../runtime/failure.ts";
import type { TaskOutcome } from "../../../runtime/metrics/metrics.ts";
import type { Outcome } from "./finish.ts";
import { Stopped } from "./stopped.ts";

/** How a task ended, as metrics count it. */
export function metricOf(outcome: Outcome, provisioning: boolean): TaskOutcome {
  if (outcome.kind !== "failed") return "done";
  if (outcome.error instanceof Stopped) return "cancelled";
  const refused = isFailure(outcome.error, "unimplemented") || isFailure(outcome.error, "failedPrecondition");
  return refused && !provisioning ? "refused" : "failed";
}

/** How long what was stopped may take to notice, in milliseconds. */
const EXIT_NOTICE_MS = 2000;

/** Resolves some time after a task was stopped, as its end; never where it has ended before. */
export function leftBehind(stopped: AbortSignal, clock: Clock, done: AbortSignal): Promise<Outcome> {
  return new Promise((resolve) => {
    const end = () => resolve({ kind: "failed", error: stopped.reason, nonRetryable: false });
    const wait = () => void clock.sleep(EXIT_NOTICE_MS, done).then(end, () => {});
    if (stopped.aborted) wait();
    else stopped.addEventListener("abort", wait, { once: true });
  });
}
