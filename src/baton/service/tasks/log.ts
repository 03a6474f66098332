import { AsyncLocalStorage } from "node:async_hooks";
import { closeSync, openSync, writeSync } from "node:fs";
import type { Log, LogFields, LogLevel } from "../../../runtime/log/log.ts";
import { printableLines } from "../../../runtime/printable-text.ts";
import { diskFailure } from "../../snapshot/container/disk.ts";

/** The longest log of one task, in bytes: what a platform can be expected to take. */
const MAX_LOG_BYTES = 64 * 1024 * 1024;

/** A log that also writes what is said while a task runs, by whomever, into that task's own file. */
export interface TaskLogs {
  readonly log: Log;
  /** Runs `body` with a log in a file: a line of JSON for each entry of any level. */
  record<T>(file: string, body: () => Promise<T>): Promise<T>;
}

interface Sink {
  readonly fd: number;
  written: number;
}

/** Puts the logs of tasks beside a log. */
export function taskLogs(base: Log): TaskLogs {
  const current = new AsyncLocalStorage<Sink>();
  const entry = (level: LogLevel) => (message: string, fields?: LogFields) => {
    base[level](message, fields);
    const sink = current.getStore();
    if (sink !== undefined) append(sink, level, message, fields);
  };
  return {
    log: { debug: entry("debug"), info: entry("info"), warn: entry("warn"), error: entry("error") },
    async record(file, body) {
      let sink: Sink;
      try {
        sink = { fd: openSync(file, "a", 0o600), written: 0 };
      } catch (error) {
        throw diskFailure(error, "write", file);
      }
      try {
        return await current.run(sink, body);
      } finally {
        sink.written = MAX_LOG_BYTES;
        closeSync(sink.fd);
      }
    },
  };
}

function append(sink: Sink, level: LogLevel, message: string, fields: LogFields = {}): void {
  if (sink.written >= MAX_LOG_BYTES) return;
  try {
    const line = JSON.stringify({ level, time: new Date().toISOString(), ...fields, msg: message }, plain);
    sink.written += writeSync(sink.fd, `${printableLines(line)}\n`);
  } catch {
    // A log that cannot be written must not end what it tells of.
    sink.written = MAX_LOG_BYTES;
  }
}

/** What JSON has no form for. Errors show their texts, and no stack. */
function plain(_key: string, value: unknown): unknown {
  if (value instanceof Error) return { type: value.name, message: value.message };
  return typeof value === "bigint" ? value.toString() : value;
}
