import { closeSync, existsSync, openSync, readFileSync, statSync, writeSync } from "node:fs";
import type { BulkOutcome } from "../../baton/provision/bulk.ts";
import { Failure } from "../../runtime/failure.ts";
import { printableLines } from "../../runtime/printable-text.ts";
import { describeError } from "../errors.ts";

/** What a line of results says, on standard output and in the file. */
export interface ResultLine {
  readonly line: number;
  readonly operation: "grant" | "revoke";
  readonly result: BulkOutcome["result"];
  readonly entitlement?: string;
  readonly principalType?: string;
  readonly principal?: string;
  readonly error?: string;
  readonly kind?: string;
  readonly org: string;
}

/** How one line ended, with the org and the operation, so that it means the same in another run. */
export function resultLine(outcome: BulkOutcome, operation: ResultLine["operation"], org: string): ResultLine {
  const { line, result, entitlement, principal, error } = outcome;
  const details = error === undefined ? undefined : describeError(error);
  return {
    line,
    operation,
    result,
    ...(entitlement === undefined ? {} : { entitlement }),
    ...(principal === undefined ? {} : { principalType: principal.type, principal: principal.id }),
    ...(details === undefined ? {} : { error: [details.what, details.advice].filter(Boolean).join(". ") }),
    ...(error !== undefined && error instanceof Failure ? { kind: error.kind } : {}),
    org,
  };
}

/** The file that lets a bulk change go on where it stopped. */
export interface Results {
  /** Keys of the lines that are done, and were not undone since. */
  readonly done: ReadonlySet<string>;
  append(line: ResultLine): void;
  close(): void;
}

/** Nothing is kept. */
export const noResults: Results = { done: new Set(), append() {}, close() {} };

/**
 * Opens a file of results, and reads what an earlier run wrote. A last line that was cut off counts for nothing. Throws
 * a `Failure` of kind `usage` where it is something else or cannot be written.
 */
export function openResults(path: string, operation: ResultLine["operation"], org: string): Results {
  const done = new Set<string>();
  let file: number;
  let torn = false;
  try {
    if (existsSync(path)) {
      if (!statSync(path).isFile()) throw noFile(path);
      const text = readFileSync(path, "utf8");
      torn = text !== "" && !text.endsWith("\n");
      take(text, path, operation, org, done);
    }
    file = openSync(path, "a", 0o600);
  } catch (cause) {
    if (cause instanceof Failure) throw cause;
    const code = (cause as NodeJS.ErrnoException).code ?? "unknown reason";
    throw new Failure({ kind: "usage", message: `the results file ${path} cannot be opened (${code})`, cause });
  }
  return {
    done,
    append(line) {
      const text = `${torn ? "\n" : ""}${printableLines(JSON.stringify(line))}\n`;
      torn = true;
      try {
        writeSync(file, text);
      } catch (cause) {
        throw notKept(path, cause);
      }
      torn = false;
    },
    close: () => closeSync(file),
  };
}

function noFile(path: string): Failure {
  return new Failure({
    kind: "usage",
    message: `the results file ${path} is no file, but a folder or a device`,
    advice: "name a new file with --results",
  });
}

/** A change was made, and its line could not be kept. */
function notKept(path: string, cause: unknown): Failure {
  const code = (cause as NodeJS.ErrnoException).code ?? "unknown reason";
  const full = code === "ENOSPC" || code === "EDQUOT";
  return new Failure({
    kind: full ? "resourceExhausted" : "failedPrecondition",
    message: full
      ? `the disk that holds the results file ${path} is full`
      : `the results file ${path} cannot be written (${code})`,
    advice:
      "make room, or copy the file and name the copy with --results, and run the same command again: what is done already is not done twice",
    cause,
  });
}

function take(text: string, path: string, operation: string, org: string, done: Set<string>): void {
  const lines = text.split("\n");
  const last = lines.pop();
  if (last) lines.push(last);
  for (const [i, line] of lines.entries()) {
    if (line === "") continue;
    let said: Partial<ResultLine>;
    try {
      said = JSON.parse(line);
    } catch (cause) {
      if (i === lines.length - 1 && last) continue;
      // A line that a killed run left torn stands before the one that the next run began with.
      if (line.startsWith("{")) continue;
      throw new Failure({
        kind: "usage",
        message: `${path} is no file of results (line ${i + 1})`,
        advice: "name a new file with --results",
        cause,
      });
    }
    if (said.org !== org || !["done", "already"].includes(said.result ?? "")) continue;
    const key = `${said.entitlement} ${said.principalType}:${said.principal}`;
    if (said.operation === operation) done.add(key);
    else done.delete(key);
  }
}
