import type { OktaClient } from "../../../okta/api/client.ts";
import type { Clock } from "../../../runtime/clock.ts";

/** Okta's time in milliseconds since the Unix epoch, or this machine's where no answer has told it. */
export function timeAt(client: Pick<OktaClient, "seenDate">, clock: Clock): number {
  const seen = client.seenDate();
  return seen === undefined ? clock.now() : Math.round(seen.at + (performance.now() - seen.monotonicMs));
}
