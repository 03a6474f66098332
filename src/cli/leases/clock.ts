import type { Connector } from "../../baton/connector.ts";
import type { OktaClient } from "../../okta/api/client.ts";
import type { SeenDate } from "../../okta/api/limits/server-time.ts";
import { type Clock, systemClock } from "../../runtime/clock.ts";
import type { Log } from "../../runtime/log/log.ts";

/** By how much two clocks may differ before Okta is asked for the time, in milliseconds. */
const MAX_DRIFT_MS = 30_000;

/** By how much a `Date`, which has whole seconds, may lie behind what an earlier one already showed, in milliseconds. */
const DATE_STEP_MS = 1000;

/** A clock that goes by Okta's, so that setting this machine's ends nothing early or late. */
export interface OktaClock extends Clock {
  /** Asks Okta for the time where it is not known, or where this machine's clocks do not agree on what has passed since. */
  synchronize(signal: AbortSignal): Promise<void>;
  /** Whether Okta's time is known. */
  isKnown(): boolean;
}

/**
 * Makes a clock of the `Date` that Okta gives, moved on by a clock that nobody sets. It tells whole milliseconds, as
 * ledgers keep them, and does not go back by the part of a second that a `Date` leaves out.
 */
export function oktaClock(client: Pick<OktaClient, "seenDate">, connector: Connector, log: Log): OktaClock {
  let anchor: { readonly wall: number; readonly monotonicMs: number } | undefined;
  let best: SeenDate | undefined;
  const now = () => {
    const seen = client.seenDate();
    if (seen === undefined) return systemClock.now();
    const at = performance.now();
    const behind = best === undefined ? Number.POSITIVE_INFINITY : timeAt(best, at) - timeAt(seen, at);
    if (behind < 0 || behind > DATE_STEP_MS) best = seen;
    return Math.trunc(timeAt(best ?? seen, at));
  };
  return {
    now,
    isKnown: () => client.seenDate() !== undefined,
    sleep: systemClock.sleep,
    async synchronize(signal) {
      const passed = anchor === undefined ? 0 : performance.now() - anchor.monotonicMs;
      const agree = anchor !== undefined && Math.abs(systemClock.now() - anchor.wall - passed) < MAX_DRIFT_MS;
      if (agree && client.seenDate() !== undefined) return;
      try {
        await connector.validate({ signal });
        const ahead = systemClock.now() - now();
        if (Math.abs(ahead) > MAX_DRIFT_MS) {
          log.warn("this machine's clock is not Okta's: ends are counted by Okta's", {
            aheadSeconds: Math.round(ahead / 1000),
          });
        }
        anchor = { wall: systemClock.now(), monotonicMs: performance.now() };
      } catch (error) {
        log.debug("Okta could not be asked for the time", { error });
      }
    },
  };
}

function timeAt(seen: SeenDate, monotonicMs: number): number {
  return seen.at + (monotonicMs - seen.monotonicMs);
}
