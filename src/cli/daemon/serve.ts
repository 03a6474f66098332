import { auditFile } from "../../baton/provision/audit.ts";
import { createProvisioner } from "../../baton/provision/provisioner.ts";
import { startRpcServer } from "../../baton/rpc/server/server.ts";
import { loadSdk } from "../../okta/api/sdk/sdk.ts";
import { systemClock } from "../../runtime/clock.ts";
import { keepMemoryLow } from "../../runtime/low-memory.ts";
import { onShutdown, whenAborted } from "../../runtime/shutdown.ts";
import { version } from "../../runtime/version.ts";
import { EXIT, type ExitCode } from "../exit.ts";
import type { FlagValues } from "../flags/flags.ts";
import { openLogs } from "../logs.ts";
import { openOwn } from "../sync/source.ts";
import type { Output } from "../terminal/output.ts";
import { openObservation } from "./observation.ts";
import { pageTokenKey } from "./page-token-key.ts";

/** How long actions that outlive their callers may take to end when the program stops, in milliseconds. */
const ACTIONS_MS = 2000;
/** How long the program waits after the second signal before it ends whatever is under way, in milliseconds. */
const EXIT_TIMEOUT_MS = 2000;

/** Serves the connector that the settings describe, until a signal comes. */
export async function serveConnector(values: FlagValues, env: NodeJS.ProcessEnv, output: Output): Promise<ExitCode> {
  keepMemoryLow();
  const clock = systemClock;
  const { provisioning } = values;
  const logs = openLogs(values, output, output.err);
  const trail = values["audit-log"] ? auditFile(values["audit-log"]) : undefined;
  const observation = await openObservation(values, logs.log, clock);
  const { log, metrics, traces } = observation;
  const ending = new AbortController();
  const shutdown = onShutdown((times) => {
    observation.health?.stopping();
    log.info(times === 1 ? "stopping: calls that run may end, new ones are refused" : "ending at once");
    if (times > 1) {
      ending.abort();
      setTimeout(() => process.exit(EXIT.interrupted), EXIT_TIMEOUT_MS).unref();
    }
  });
  try {
    const parts = { env, log, uses: { logs: true, provisioning }, observer: observation };
    const { client, connector, what, url, binding } = await openOwn(values, parts);
    whenAborted(shutdown.stop, () => client?.stopWaiting());
    if (provisioning) void loadSdk().catch(() => {});
    try {
      const provisioner = createProvisioner(connector, { clock, log, audit: trail, actor: "gRPC client" });
      const server = await startRpcServer({
        connector,
        provisioner,
        provisioning,
        tokenKey: pageTokenKey(binding),
        listen: values.listen,
        tls:
          values["tls-cert"] === undefined || values["tls-key"] === undefined
            ? undefined
            : { cert: values["tls-cert"], key: values["tls-key"], clientCa: values["tls-client-ca"] },
        authTokenFile: values["auth-token-file"],
        insecure: values.insecure,
        clock,
        log,
        metrics,
        traces,
      });
      ending.signal.addEventListener("abort", () => server.kill(), { once: true });
      if (values["sync-findings"]) {
        log.warn("--sync-findings is not served: rules need the whole picture, so only a sync of this program judges");
      }
      log.info("serving over gRPC", { address: server.address, org: url, provisioning, version });
      output.out(`Serving ${what} over gRPC at ${server.address}\n`);
      await aborted(shutdown.stop);
      await Promise.race([server.stop(), aborted(ending.signal)]);
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
    shutdown.dispose();
    trail?.close();
    await observation.close();
  }
}

function aborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => whenAborted(signal, resolve));
}
