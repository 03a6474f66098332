import { mkdirSync } from "node:fs";
import { dirname } from "node:path";
import pino from "pino";
import { Failure } from "../failure.ts";
import { printableLines } from "../printable-text.ts";
import { consoleLine } from "./console.ts";
import type { Log, LogLevel } from "./log.ts";

/** Something that takes whole lines of text. */
export interface LineSink {
  write(text: string): void;
}

/** How a log is written. */
export interface LogOptions {
  readonly level: LogLevel;
  readonly format: "json" | "console";
  /** `stderr`, `stdout` or files to append to; none means `stderr`. */
  readonly paths?: readonly string[];
  readonly stderr: LineSink;
  readonly stdout: LineSink;
  /** Whether lines for a terminal are coloured. Files never are. */
  readonly color?: boolean;
}

/**
 * Makes the log. Lines are written at once, so that none is lost however the program ends.
 * Throws a `Failure` of kind `usage` where a file cannot be opened.
 */
export function createLog(options: LogOptions): Log {
  const paths = options.paths?.length ? options.paths : ["stderr"];
  const streams = paths.map((path) => ({ level: options.level, stream: sinkOf(path, options) }));
  const logger = pino(
    {
      level: options.level,
      base: null,
      timestamp: pino.stdTimeFunctions.isoTime,
      formatters: { level: (label) => ({ level: label }) },
      serializers: { error: errorFields },
    },
    pino.multistream(streams),
  );
  return {
    debug: (message, fields) => logger.debug(fields ?? {}, message),
    info: (message, fields) => logger.info(fields ?? {}, message),
    warn: (message, fields) => logger.warn(fields ?? {}, message),
    error: (message, fields) => logger.error(fields ?? {}, message),
  };
}

function sinkOf(path: string, options: LogOptions): LineSink {
  const standard = path === "stderr" ? options.stderr : path === "stdout" ? options.stdout : undefined;
  if (standard !== undefined) return lines(standard, options.format, options.color ?? false);
  try {
    mkdirSync(dirname(path), { recursive: true });
    // A new file is its owner's alone. `sync` opens, and so fails, here rather than in an event later.
    const file = pino.destination({ dest: path, append: true, sync: true, mode: 0o600 });
    return lines(file, options.format, false);
  } catch (cause) {
    throw new Failure({
      kind: "usage",
      message: `the log file ${path} cannot be written (${(cause as NodeJS.ErrnoException).code ?? "unknown reason"})`,
      advice: "give --log-path a file that can be written, stderr or stdout",
      cause,
    });
  }
}

/** A sink of the log's JSON lines, that writes them in their format. What a terminal would obey is in neither. */
function lines(sink: LineSink, format: LogOptions["format"], color: boolean): LineSink {
  if (format === "json") return { write: (text) => sink.write(printableLines(text)) };
  return { write: (text) => sink.write(consoleLine(JSON.parse(text), color)) };
}

/** What of an error goes into a log line: its texts, and its stack only where the log shows everything. */
function errorFields(error: unknown): unknown {
  return error instanceof Error ? { type: error.name, message: error.message } : error;
}
