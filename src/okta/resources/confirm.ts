import type { Call } from "../../baton/connector.ts";
import type { Clock } from "../../runtime/clock.ts";

/** Pauses between reads that look whether a change has come through, in milliseconds. */
const PAUSES_MS = [250, 500, 1000, 2000];

/**
 * Looks whether a change shows, again after a while where it does not: Okta does some of them behind its answer. Answers
 * whether it ever did. `isDone` must read afresh.
 */
export async function confirmed(isDone: () => Promise<boolean>, clock: Clock, call: Call): Promise<boolean> {
  for (const pause of PAUSES_MS) {
    if (await isDone()) return true;
    await clock.sleep(pause, call.signal);
  }
  return isDone();
}
