import type { Call } from "../../../baton/connector.ts";
import type { Clock } from "../../../runtime/clock.ts";
import { Failure } from "../../../runtime/failure.ts";

/** Backoff between reads that look whether a change has come through, in milliseconds. */
const BACKOFFS_MS = [250, 500, 1000, 2000];

/**
 * Looks whether a change shows, again after a while where it does not: Okta does some of them behind its answer. Answers
 * whether it did before the call's deadline. `isDone` must read afresh. Throws a {@link Failure} of kind `cancelled`
 * where the call ends meanwhile.
 */
export async function confirmed(isDone: () => Promise<boolean>, clock: Clock, call: Call): Promise<boolean> {
  for (const pause of BACKOFFS_MS) {
    if (await isDone()) return true;
    if (call.deadline !== undefined && clock.now() + pause >= call.deadline) return false;
    try {
      await clock.sleep(pause, call.signal);
    } catch (cause) {
      const message = "the call was cancelled after the change was sent and before it was seen to have come through";
      throw new Failure({ kind: "cancelled", message, cause });
    }
  }
  return isDone();
}

/**
 * That Okta answered a change with success and does not show it. `attempted`: method and path without the query; `still`:
 * what is so instead, as `app 0oa1 is still assigned to user 00u1`.
 */
export function notShown(attempted: string, still: string): Failure {
  return new Failure({
    kind: "unavailable",
    message: `Okta does not show the change: ${still}`,
    attempted,
    advice: "try again in a minute: what has been done already is not done twice",
  });
}
