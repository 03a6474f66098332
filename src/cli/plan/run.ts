import { planSync } from "../../okta/plan/plan.ts";
import { systemClock } from "../../runtime/clock.ts";
import { onShutdown, whenAborted } from "../../runtime/shutdown.ts";
import { connect } from "../connect.ts";
import type { FlagValues } from "../flags/flags.ts";
import { openLogs } from "../logs.ts";
import type { Output } from "../terminal/output.ts";
import { planData, renderPlan } from "./report.ts";
import { planSettings } from "./settings.ts";

/** Shows what a full sync would take, from some calls. Writes nothing. Throws a `Failure` where the org is not readable. */
export async function showPlan(values: FlagValues, env: NodeJS.ProcessEnv, output: Output): Promise<void> {
  const { log } = openLogs(values, output, output.err);
  const { client } = await connect(values, { env, log });
  const shutdown = onShutdown();
  whenAborted(shutdown.stop, () => client.stopWaiting());
  try {
    const signal = AbortSignal.any([shutdown.stop, shutdown.now]);
    const report = await planSync(client, planSettings(values), systemClock, { signal });
    output.out(values.output === "json" ? `${JSON.stringify(planData(report), null, 2)}\n` : renderPlan(report));
  } finally {
    shutdown.dispose();
    client.close();
  }
}
