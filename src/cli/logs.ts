import { Failure, isFailure } from "../runtime/failure.ts";
import type { Log, LogLevel } from "../runtime/log/log.ts";
import { createLog } from "../runtime/log/output.ts";
import { describeError, stackLines } from "./errors.ts";
import type { FlagValues } from "./flags/flags.ts";
import { markReported } from "./reported.ts";
import type { Output } from "./terminal/output.ts";

/** The log of a run, and how it stands to the terminal. */
export interface Logs {
  readonly log: Log;
  /** Whether a person watches standard error, so that a view may be redrawn there. */
  readonly live: boolean;
  /** Whether standard error is for people: it then gets sentences, else log lines. */
  readonly human: boolean;
  /** Logs the error that ends the run, where the log is not what a person reads on standard error anyway. */
  failed(error: unknown): void;
}

/** Opens the log that the settings ask for. `print` writes to standard error, around whatever is drawn there. */
export function openLogs(
  values: Pick<FlagValues, "log-level" | "log-format" | "log-path" | "log-level-debug-expires-at">,
  output: Output,
  print: (text: string) => void,
): Logs {
  const level = values["log-level"] as LogLevel;
  const paths = values["log-path"];
  const format = (values["log-format"] ?? (output.errIsTerminal ? "console" : "json")) as "json" | "console";
  const onStderr = paths.length === 0 || paths.includes("stderr");
  const human = format === "console" || !onStderr;
  const whole = createLog({
    level,
    format,
    paths,
    stderr: { write: print },
    stdout: { write: output.out },
    color: output.errColor,
  });
  const until = timeOf(values["log-level-debug-expires-at"]);
  const log =
    until === undefined
      ? whole
      : { ...whole, debug: (...said: Parameters<Log["debug"]>) => void (Date.now() < until && whole.debug(...said)) };
  return {
    log,
    human,
    live: human && output.errIsTerminal && process.env.TERM !== "dumb",
    failed: (error) => {
      if (human && onStderr) return;
      const { what, advice } = describeError(error);
      log.error(what, {
        ...(advice === undefined ? {} : { advice }),
        ...(isFailure(error) ? { kind: error.kind, requestId: error.answer?.requestId } : {}),
        ...(level === "debug" ? { stack: stackLines(error).join("\n") } : {}),
      });
      if (!human) markReported(error);
    },
  };
}

/** Milliseconds since the Unix epoch. Throws a `Failure` of kind `usage` for what is no time. */
function timeOf(text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  const time = Date.parse(text);
  if (!Number.isNaN(time)) return time;
  throw new Failure({
    kind: "usage",
    message: `--log-level-debug-expires-at takes a time, not ${JSON.stringify(text)}`,
    advice: "write it as 2026-01-31T08:00:00Z",
  });
}
