import { type GrantLog, readGrantLog } from "../../okta/events/grant-log.ts";
import { systemClock } from "../../runtime/clock.ts";
import { onShutdown, whenAborted } from "../../runtime/shutdown.ts";
import { connect } from "../connect.ts";
import { openLogs } from "../logs.ts";
import type { ReviewInput } from "./input.ts";

/**
 * What Okta's system log says of when, and by whom, access was granted that was seen at `until`, in milliseconds since the
 * Unix epoch. `wants`: of which entitlements.
 */
export async function grantLog(
  { values, env, output }: ReviewInput,
  until: number,
  wants: (entitlement: string) => boolean,
): Promise<GrantLog> {
  const { log } = openLogs(values, output, output.err);
  const { client } = await connect(values, { env, log, uses: { scopes: ["okta.logs.read"] } });
  const shutdown = onShutdown();
  whenAborted(shutdown.stop, () => client.stopWaiting());
  try {
    const signal = AbortSignal.any([shutdown.stop, shutdown.now]);
    return await readGrantLog(client, { until, now: systemClock.now(), wants }, { signal });
  } finally {
    shutdown.dispose();
    client.close();
  }
}
