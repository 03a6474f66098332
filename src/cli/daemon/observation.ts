import type { Clock } from "../../runtime/clock.ts";
import { isFailure } from "../../runtime/failure.ts";
import type { Health } from "../../runtime/http/health.ts";
import type { Log, LogLevel } from "../../runtime/log/log.ts";
import { type Metrics, noMetrics } from "../../runtime/metrics/metrics.ts";
import { noTraces, type Traces } from "../../runtime/traces/traces.ts";
import type { ConnectionObserver, Watched } from "../connect.ts";
import type { FlagValues } from "../flags/flags.ts";
import type { HEALTH_FLAGS } from "../flags/health.ts";
import { traced } from "./traced-connector.ts";

/** What a run shows of itself. Without the flags that ask for it: nothing, at no cost. */
export interface Observation extends ConnectionObserver {
  /** The run's log, which may go to a collector as well. */
  readonly log: Log;
  readonly metrics: Metrics;
  readonly traces: Traces;
  /** Absent where nobody asked for it. What else has to work for the program to be ready is added here. */
  readonly health?: Health;
  /** Where health and metrics are served, as `http://127.0.0.1:8081`. */
  readonly url?: string;
  /** Sends what is left and closes the port. */
  close(): Promise<void>;
}

/** The settings that say what is shown. */
export type ObservationFlags = Pick<FlagValues, keyof typeof HEALTH_FLAGS | "log-level">;

/** The health check that shows whether Okta lets the program in. */
const OKTA = "okta";

/** The health check of a source that is no call to Okta: what was pushed. */
const SOURCE = "source";

/**
 * Opens what the settings ask for; `connect` takes it as its observer. Throws a `Failure` of kind `usage` where the port is taken, or
 * the collector's address is none.
 */
export async function openObservation(values: ObservationFlags, log: Log, clock: Clock): Promise<Observation> {
  const closing: (() => Promise<void>)[] = [];
  const telemetry = await telemetryOf(values, log);
  if (telemetry !== undefined) closing.push(() => telemetry.close());
  const seen = telemetry?.tee(log) ?? log;
  const traces = telemetry?.traces ?? noTraces;
  const served = values["health-check"] ? await serve(values, seen, clock).catch(closeAnd(closing)) : undefined;
  if (served !== undefined) closing.push(() => served.close());
  const metrics = served?.metrics ?? noMetrics;
  return {
    log: seen,
    metrics,
    traces,
    ...(served === undefined ? {} : { health: served.health, url: served.url }),
    client: {
      onAnswer({ method, bucket, status, durationMs }) {
        metrics.answered({ method, endpoint: bucket, status, durationMs });
        const said = { "http.request.method": method, "url.template": bucket, "http.response.status_code": status };
        traces.ended(`${method} ${bucket}`, durationMs, said, status >= 400 ? `HTTP ${status}` : undefined);
        if (status >= 200 && status < 300) served?.health.proven(OKTA);
      },
      onUnanswered({ method, bucket, reason }) {
        metrics.broken({ method, endpoint: bucket, reason });
        traces.ended(`${method} ${bucket}`, 0, { "http.request.method": method, "url.template": bucket }, reason);
      },
    },
    watch(connection) {
      const { client } = connection;
      if (client !== undefined) metrics.limits(() => client.buckets());
      served?.health.add(client === undefined ? SOURCE : OKTA, (limits) => letsIn(connection, limits), { vital: true });
      return telemetry === undefined ? connection : { ...connection, connector: traced(connection.connector, traces) };
    },
    async close() {
      for (const close of closing.reverse()) await close();
    },
  };
}

/** Proves that Okta is there and the credentials are good. */
async function letsIn({ connector }: Watched, limits: { signal: AbortSignal; deadline: number }): Promise<void> {
  try {
    await connector.validate(limits);
  } catch (error) {
    // A used-up limit shows a busy program, not a broken one: Okta answered, and knew who asked.
    const limited = isFailure(error, "unavailable") && error.retryAfterMs !== undefined;
    if (limited && (error.answer?.status ?? 429) === 429) return;
    throw error;
  }
}

async function telemetryOf(values: ObservationFlags, log: Log) {
  const endpoint = values["otel-collector-endpoint"];
  const tracing = !values["otel-tracing-disabled"];
  const logging = !values["otel-logging-disabled"];
  if (!endpoint || (!tracing && !logging)) return undefined;
  // OpenTelemetry's SDK is only loaded where somebody takes what it sends.
  const { openTelemetry } = await import("../../runtime/traces/otel.ts");
  return openTelemetry(
    {
      endpoint,
      caFile: values["otel-collector-endpoint-tls-cert-path"] || undefined,
      ca: values["otel-collector-endpoint-tls-cert"] || undefined,
      insecure: values["otel-collector-endpoint-tls-insecure"],
      tracing,
      logging,
      level: values["log-level"] as LogLevel,
    },
    log,
  );
}

async function serve(values: ObservationFlags, log: Log, clock: Clock) {
  const [{ createMetricsRegistry }, { createHealth }, { openHttpPort }] = await Promise.all([
    import("../../runtime/metrics/registry.ts"),
    import("../../runtime/http/health.ts"),
    import("../../runtime/http/port.ts"),
  ]);
  const metrics = createMetricsRegistry();
  const health = createHealth({ log, clock, metrics });
  const host = values["health-check-bind-address"] ?? "127.0.0.1";
  const port = await openHttpPort({ host, port: values["health-check-port"], health, metrics });
  log.info("serving health and metrics", { url: port.url });
  return {
    metrics,
    health,
    url: port.url,
    async close() {
      await port.close();
      metrics.close();
    },
  };
}

/** Closes what is open already where opening the rest fails. */
function closeAnd(closing: readonly (() => Promise<void>)[]): (error: unknown) => Promise<never> {
  return async (error) => {
    for (const close of closing) await close();
    throw error;
  };
}
