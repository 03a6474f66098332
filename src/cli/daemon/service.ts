import { auditFile } from "../../baton/provision/audit.ts";
import { createProvisioner } from "../../baton/provision/provisioner.ts";
import { changingServices } from "../../baton/rpc/server/changing.ts";
import { aboutServices } from "../../baton/rpc/server/metadata.ts";
import { isLoopback, readIdentity } from "../../baton/service/platform/identity.ts";
import { connectPlatform } from "../../baton/service/platform/platform.ts";
import { createTokens, postTokenTo } from "../../baton/service/platform/token.ts";
import { runService } from "../../baton/service/service.ts";
import { taskLogs } from "../../baton/service/tasks/log.ts";
import { workFolder } from "../../baton/service/tasks/work-folder.ts";
import { loadSdk } from "../../okta/api/sdk/sdk.ts";
import { systemClock } from "../../runtime/clock.ts";
import { booleanOf } from "../../runtime/config/config.ts";
import { onShutdown, whenAborted } from "../../runtime/shutdown.ts";
import { version } from "../../runtime/version.ts";
import { EXIT, type ExitCode } from "../exit.ts";
import type { FlagValues } from "../flags/flags.ts";
import { openLogs } from "../logs.ts";
import { requireAccess } from "../settings.ts";
import { incrementalOf } from "../sync/incremental.ts";
import { selectionOf, workersOf } from "../sync/run.ts";
import { openOwn } from "../sync/source.ts";
import type { Output } from "../terminal/output.ts";
import { openObservation } from "./observation.ts";
import { watched } from "./watched-platform.ts";

const NAME = "baton-okta";

/** How long actions that outlive their tasks may take to end when the program stops, in milliseconds. */
const ACTIONS_MS = 2000;

/** How long the program waits after the second signal before it ends whatever is under way, in milliseconds. */
const EXIT_TIMEOUT_MS = 2000;

/** Takes tasks from the platform that the settings name, until a signal comes. */
export async function runAsService(values: FlagValues, env: NodeJS.ProcessEnv, output: Output): Promise<ExitCode> {
  requireAccess(values);
  const clock = systemClock;
  const selection = selectionOf(values);
  const incremental = incrementalOf(values);
  const provisioning = values.provisioning;
  const identity = await readIdentity(values["client-id"]!, values["client-secret"]!, env);
  useProxyOf(env, isLoopback(identity.address));
  const logs = openLogs(values, output, output.err);
  const trail = values["audit-log"] ? auditFile(values["audit-log"]) : undefined;
  const observation = await openObservation(values, logs.log, clock);
  const tasks = taskLogs(observation.log);
  const { log } = tasks;
  const shutdown = onShutdown((times) => {
    observation.health?.stopping();
    log.info(times === 1 ? "stopping: no more tasks are taken" : "ending at once");
    if (times > 1) setTimeout(() => process.exit(EXIT.interrupted), EXIT_TIMEOUT_MS).unref();
  });
  const userAgent = `${identity.name} ${NAME}/${version}`;
  const { platform, check } = watched(
    connectPlatform({
      identity,
      tokens: createTokens(identity, clock, postTokenTo(identity, { userAgent, env })),
      userAgent,
    }),
  );
  observation.health?.add("platform", check);
  try {
    const { client, connector, what, url, binding } = await openOwn(values, {
      env,
      log,
      uses: { logs: true, provisioning },
      observer: observation,
    });
    whenAborted(shutdown.stop, () => client?.stopWaiting());
    if (provisioning) void loadSdk().catch(() => {});
    const actor = identity.clientId;
    const provisioner = createProvisioner(connector, { clock, log, audit: trail, actor });
    log.info("service mode", { platform: identity.address.host, org: url, provisioning, version });
    try {
      await runService({
        platform,
        hostId: identity.hostId,
        program: { name: NAME, version },
        connector,
        services: [...aboutServices(connector), ...changingServices({ connector, provisioner, provisioning })],
        provisioning,
        actor,
        failureOfAction: (id) => provisioner.actions.status(id).failure,
        settings: {
          binding,
          selection,
          ...workersOf(values),
          skipFullSync: values["skip-full-sync"],
          skipUnreadable: values["skip-unreadable"],
          ...(incremental && { incremental }),
        },
        folder: workFolder(identity.clientId, values["c1z-temp-dir"]),
        logs: tasks,
        metrics: observation.metrics,
        traces: observation.traces,
        concurrency: values["task-concurrency"],
        several: booleanOf(env.BATON_GET_TASKS ?? "") ?? false,
        domain: what,
        clock,
        stop: shutdown.stop,
        now: shutdown.now,
      });
      provisioner.actions.stop();
      const settled = new AbortController();
      void provisioner.actions.settled().then(() => settled.abort());
      await clock.sleep(ACTIONS_MS, settled.signal).catch(() => {});
      log.info("stopped");
      return EXIT.done;
    } finally {
      await connector.close?.();
    }
  } catch (error) {
    logs.failed(error);
    throw error;
  } finally {
    platform.close();
    shutdown.dispose();
    trail?.close();
    await observation.close();
  }
}

/** gRPC's library reads the usual proxy variables in lower case only. */
function useProxyOf(env: NodeJS.ProcessEnv, loopback: boolean): void {
  if (loopback) return;
  for (const name of ["https_proxy", "no_proxy"]) {
    const value = env[name] || env[name.toUpperCase()];
    if (value) process.env[name] = value;
  }
}
