import type { Connector } from "../../baton/connector.ts";
import type { OktaClient } from "../../okta/api/client.ts";
import { type Clock, systemClock } from "../../runtime/clock.ts";
import type { Log } from "../../runtime/log/log.ts";

/** By how much two clocks may differ before Okta is asked for the time, in milliseconds. */
const MAX_DRIFT_MS = 30_000;

/** A clock that goes by Okta's, so that setting this machine's ends nothing early or late. */
export interface OktaClock extends Clock {
  /** Asks Okta for the time where it is not known, or where this machine's clocks do not agree on what has passed since. */
  synchronize(signal: AbortSignal): Promise<void>;
  /** Whether Okta has told its time. */
  isKnown(): boolean;
}

/** Makes a clock of the last `Date` that Okta gave, moved on by a clock that nobody sets. */
export function oktaClock(client: Pick<OktaClient, "seenDate">, connector: Connector, log: Log): OktaClock {
  let anchor: { readonly wall: number; readonly monotonicMs: number } | undefined;
  const now = () => {
    const seen = client.seenDate();
    return seen === undefined ? systemClock.now() : seen.at + (performance.now() - seen.monotonicMs);
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
