import { AsyncLocalStorage } from "node:async_hooks";
import {
  type Attributes,
  type Context,
  DiagLogLevel,
  diag,
  ROOT_CONTEXT,
  SpanStatusCode,
  trace,
} from "@opentelemetry/api";
import { OTLPLogExporter } from "@opentelemetry/exporter-logs-otlp-grpc";
import { OTLPTraceExporter } from "@opentelemetry/exporter-trace-otlp-grpc";
import { resourceFromAttributes } from "@opentelemetry/resources";
import { BatchLogRecordProcessor, LoggerProvider } from "@opentelemetry/sdk-logs";
import { BatchSpanProcessor, TracerProvider } from "@opentelemetry/sdk-trace";
import { isFailure } from "../failure.ts";
import type { Log, LogFields, LogLevel } from "../log/log.ts";
import { LOG_LEVELS } from "../log/log.ts";
import { version } from "../version.ts";
import { collectorOf, type TelemetryOptions } from "./collector.ts";
import { noTraces, type SpanAttributes, type Traces } from "./traces.ts";

/** Traces and logs on their way to a collector. */
export interface Telemetry {
  readonly traces: Traces;
  /** A log that writes to another one and to the collector. */
  tee(log: Log): Log;
  /** Sends what is left, as far as the collector takes it within a moment. */
  close(): Promise<void>;
}

/** How long one export may take, in milliseconds, its tries included; what then is not taken is dropped. */
const EXPORT_MS = 4000;

/** How long the end of the program waits for the collector, in milliseconds. */
const CLOSE_MS = 2000;

/** OpenTelemetry's numbers of the levels. Source: OpenTelemetry's log data model, severity fields. */
const SEVERITY: Readonly<Record<LogLevel, number>> = { debug: 5, info: 9, warn: 13, error: 17 };

/**
 * Opens the way to a collector. It is not waited for: spans and log lines queue up in memory, within bounds, and are
 * dropped where the collector stays away. Throws a `Failure` of kind `usage` for an address or certificate that is none.
 */
export async function openTelemetry(options: TelemetryOptions, log: Log): Promise<Telemetry> {
  const { url, credentials } = await collectorOf(options);
  const exporting = { url, credentials, timeoutMillis: EXPORT_MS };
  const batching = { scheduledDelayMillis: 1000, exportTimeoutMillis: EXPORT_MS };
  const resource = resourceFromAttributes({ "service.name": "baton-okta", "service.version": version });
  tellOfTrouble(log);
  const tracing = options.tracing
    ? new TracerProvider({
        resource,
        spanProcessors: [new BatchSpanProcessor({ ...batching, exporter: new OTLPTraceExporter(exporting) })],
      })
    : undefined;
  const logging = options.logging
    ? new LoggerProvider({
        resource,
        processors: [new BatchLogRecordProcessor({ ...batching, exporter: new OTLPLogExporter(exporting) })],
      })
    : undefined;
  const here = new AsyncLocalStorage<Context>();
  return {
    traces: tracing === undefined ? noTraces : tracesOf(tracing, here),
    tee: (other) => (logging === undefined ? other : teeOf(logging, here, other, options.level)),
    async close() {
      const ended = new AbortController();
      const late = new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, CLOSE_MS);
        ended.signal.addEventListener("abort", () => clearTimeout(timer));
      });
      await Promise.race([Promise.allSettled([tracing?.shutdown(), logging?.shutdown()]), late]);
      ended.abort();
      diag.disable();
    },
  };
}

/** A collector's trouble is logged once; the exporter would log it every second. */
function tellOfTrouble(log: Log): void {
  let reported = false;
  const trouble = (message: string) => {
    if (reported) return;
    reported = true;
    log.warn("the OpenTelemetry collector does not take what it is sent", { error: reasonOf(message) });
  };
  diag.setLogger(
    { error: trouble, warn: trouble, info() {}, debug() {}, verbose() {} },
    { logLevel: DiagLogLevel.WARN, suppressOverrideMessage: true },
  );
}

/** What an exporter complains of, in one line: it writes an error as JSON, with its stack. */
function reasonOf(message: string): string {
  let reason = message;
  try {
    const { message: said, stack } = JSON.parse(message) as Partial<Error>;
    reason = said ?? stack ?? message;
  } catch {
    // A text that is none of an error is reported as it is.
  }
  return reason.split("\n", 1)[0]!.slice(0, 300);
}

function tracesOf(provider: TracerProvider, here: AsyncLocalStorage<Context>): Traces {
  const tracer = provider.getTracer("baton-okta", version);
  const around = () => here.getStore() ?? ROOT_CONTEXT;
  return {
    async span(name, attributes, run) {
      const outer = around();
      const span = tracer.startSpan(name, { attributes: { ...attributes } }, outer);
      try {
        return await here.run(trace.setSpan(outer, span), () =>
          run({ set: (more: SpanAttributes) => void span.setAttributes({ ...more }) }),
        );
      } catch (error) {
        span.setStatus({ code: SpanStatusCode.ERROR, message: textOf(error) });
        if (isFailure(error)) span.setAttribute("error.type", error.kind);
        throw error;
      } finally {
        span.end();
      }
    },
    ended(name, durationMs, attributes, failed) {
      const now = Date.now();
      const span = tracer.startSpan(name, { startTime: now - durationMs, attributes: { ...attributes } }, around());
      if (failed !== undefined) span.setStatus({ code: SpanStatusCode.ERROR, message: failed });
      span.end(now);
    },
  };
}

function teeOf(provider: LoggerProvider, here: AsyncLocalStorage<Context>, log: Log, level: LogLevel): Log {
  const logger = provider.getLogger("baton-okta", version);
  const wanted = LOG_LEVELS.indexOf(level);
  const write = (severity: LogLevel) => (message: string, fields?: LogFields) => {
    log[severity](message, fields);
    if (LOG_LEVELS.indexOf(severity) < wanted) return;
    const context = here.getStore();
    logger.emit({
      body: message,
      severityNumber: SEVERITY[severity],
      severityText: severity,
      attributes: flat(fields),
      ...(context === undefined ? {} : { context }),
    });
  };
  return { debug: write("debug"), info: write("info"), warn: write("warn"), error: write("error") };
}

/** Fields as a collector takes them. Whatever is no plain value is written as JSON, in which a `Secret` is redacted. */
function flat(fields: LogFields | undefined): Attributes {
  const attributes: Attributes = {};
  for (const [name, value] of Object.entries(fields ?? {})) {
    if (value === undefined) continue;
    if (typeof value === "string" || typeof value === "number" || typeof value === "boolean") attributes[name] = value;
    else attributes[name] = value instanceof Error ? textOf(value) : (JSON.stringify(value) ?? String(value));
  }
  return attributes;
}

/** Only failures have texts that are known to hold no secret and to name nobody. */
function textOf(error: unknown): string {
  return isFailure(error) ? error.message : error instanceof Error ? error.name : "failed";
}
