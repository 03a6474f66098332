import { isLoopback, parseListen } from "../../baton/rpc/server/address.ts";
import { systemClock } from "../../runtime/clock.ts";
import { Failure } from "../../runtime/failure.ts";
import { onShutdown } from "../../runtime/shutdown.ts";
import { version } from "../../runtime/version.ts";
import { watchDrift } from "../../scim/check/watch.ts";
import { createHandler } from "../../scim/server/handler.ts";
import { startScimServer } from "../../scim/server/server.ts";
import { TokenCheck } from "../../scim/server/tokens/check.ts";
import { forgetOld } from "../../scim/store/events.ts";
import { openScimStore, storeName } from "../../scim/store/store.ts";
import { openObservation } from "../daemon/observation.ts";
import { stopWithin } from "../daemon/stop.ts";
import { EXIT, type ExitCode } from "../exit.ts";
import { openLogs } from "../logs.ts";
import type { Output } from "../terminal/output.ts";
import { compareWith } from "./compare-with.ts";
import type { ScimValues } from "./settings.ts";

/** How often old events are forgotten, in milliseconds. */
const DAY_MS = 86_400_000;

/** How long requests under way may take to end after the first signal, in milliseconds. */
const STOP_TIMEOUT_MS = 30_000;

/** Receives what Okta pushes, until a signal comes. */
export async function receive(values: ScimValues, output: Output): Promise<ExitCode> {
  const { host, port, tokenFile, tls } = addressOf(values);
  const clock = systemClock;
  const logs = openLogs(values, output, output.err);
  const observation = await openObservation(values, logs.log, clock);
  const { log, metrics, health } = observation;
  const ending = new AbortController();
  const shutdown = onShutdown((times) => {
    health?.stopping();
    log.info(times === 1 ? "stopping: requests under way are answered, new ones are refused" : "ending at once");
    if (times > 1) ending.abort();
  });
  try {
    const tokens = new TokenCheck(tokenFile, clock, log);
    await tokens.open();
    metrics.tokens(() => tokens.expiries());
    const store = await openScimStore(values.store, {
      onIdleError: (error) => log.warn("a connection to PostgreSQL broke", { error }),
    });
    try {
      await forgetOld(store, clock.now());
      health?.add("store", async () => {
        await store.db.selectFrom("scim_counter").select("last").execute();
      });
      const handler = createHandler({ store, tokens, clock, log, metrics });
      const server = await startScimServer({ host, port, tls, handler, log });
      log.info("receiving SCIM", { url: server.url, store: storeName(values.store), version });
      output.out(`Receiving SCIM at ${server.url}\n`);
      const file = values["compare-with"];
      const watching =
        file === undefined
          ? undefined
          : watchDrift({ file, compare: () => compareWith(store, file), clock, log, metrics, stop: shutdown.stop });
      while (!shutdown.stop.aborted) {
        await clock.sleep(DAY_MS, shutdown.stop).catch(() => {});
        if (!shutdown.stop.aborted)
          await forgetOld(store, clock.now()).catch((error) => log.warn("old events stay", { error }));
      }
      await stopWithin(STOP_TIMEOUT_MS, server, ending, clock);
      await watching;
      log.info("stopped");
      return EXIT.done;
    } finally {
      await store.close();
    }
  } catch (error) {
    logs.failed(error);
    throw error;
  } finally {
    shutdown.dispose();
    await observation.close();
  }
}

/** Where to listen and with what, checked before anything is opened. Throws a {@link Failure} of kind `usage`. */
function addressOf(values: ScimValues) {
  const { host, port } = parseListen(values.listen);
  const tokenFile = values["token-file"];
  const [cert, key] = [values["tls-cert"], values["tls-key"]];
  if (tokenFile === undefined) {
    throw new Failure({
      kind: "usage",
      message: "--token-file is missing",
      advice: "make one with baton-okta scim token NAME --token-file FILE",
    });
  }
  if ((cert === undefined) !== (key === undefined)) {
    throw new Failure({ kind: "usage", message: "--tls-cert and --tls-key go together" });
  }
  const tls = cert === undefined || key === undefined ? undefined : { cert, key };
  if (tls === undefined && !isLoopback(host) && !values.insecure) {
    throw new Failure({
      kind: "usage",
      message: `SCIM without TLS is served on loopback only, and ${values.listen} is not`,
      advice: "give --tls-cert and --tls-key, or --insecure where something in front brings TLS",
    });
  }
  return { host, port, tokenFile, tls };
}
