import { type Answer, Failure, isFailure } from "../runtime/failure.ts";
import { printable, printableLines } from "../runtime/printable-text.ts";

/** An error in words: one or two lines for people, parts for a log. */
export interface ErrorDescription {
  /** What went wrong and where. */
  readonly what: string;
  /** What to do about it. */
  readonly advice?: string;
}

/** Says what an error means to the person who ran the program: never a stack trace. */
export function describeError(error: unknown): ErrorDescription {
  const failure = isFailure(error) ? error : fromSystem(error);
  if (failure === undefined) {
    const text = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
    return {
      what: `Unexpected error: ${oneLine(text)}`,
      advice: "Run again with --log-level debug to see where it came from",
    };
  }
  const where = [failure.attempted, failure.answer && answered(failure.answer, failure.message)]
    .filter(Boolean)
    .join(": ");
  return {
    what: sentence(failure) + (where === "" ? "" : ` (${oneLine(where)})`),
    ...(failure.advice === undefined ? {} : { advice: capitalize(oneLine(failure.advice)) }),
  };
}

/** The message, with a capital unless it begins with the name of a field, which is written as it is. */
function sentence({ message, field }: Failure): string {
  const text = oneLine(message);
  const name = field?.split(".").at(-1);
  return name !== undefined && text.startsWith(`${name} `) ? text : capitalize(text);
}

/** The lines of {@link describeError}. With `debug`, the stacks of the error and its causes follow. */
export function renderError(error: unknown, debug: boolean): string {
  const { what, advice } = describeError(error);
  const lines = [`Error: ${stopped(what)}`];
  if (advice !== undefined) lines.push(stopped(advice));
  if (debug) lines.push(...stackLines(error));
  return `${lines.join("\n")}\n`;
}

/** The stacks of an error and its causes, outermost first. */
export function stackLines(error: unknown): string[] {
  const lines: string[] = [];
  const seen = new Set<unknown>();
  for (let at = error; at instanceof Error && !seen.has(at); at = at.cause) {
    seen.add(at);
    lines.push(`${lines.length === 0 ? "" : "caused by "}${printableLines(at.stack ?? at.message)}`);
  }
  return lines;
}

/** What was answered, without what the message says already. */
function answered({ status, code, summary, requestId }: Answer, message: string): string {
  const words = [status, code, summary]
    .filter((word) => word !== undefined && word !== "" && !message.includes(String(word)))
    .join(" ");
  const request = requestId === undefined ? "" : `request ${requestId}`;
  return [words === "" ? "" : `answered ${words}`, request].filter(Boolean).join(", ");
}

/** Errors of the operating system that need no programmer to explain them. */
function fromSystem(error: unknown): Failure | undefined {
  for (let at = error; at instanceof Error; at = at.cause) {
    const { code, path, syscall } = at as NodeJS.ErrnoException;
    const sqlite = (at as { errcode?: number }).errcode === 13;
    const full = code === "ENOSPC" || code === "EDQUOT" || sqlite;
    const on = path === undefined ? "" : ` ${path}`;
    if (full) {
      return new Failure({
        kind: "resourceExhausted",
        message: `the disk is full${path === undefined ? "" : ` (writing${on})`}`,
        // What knows its own file says more; a database without a name is the working file of a sync.
        advice: `make room${sqlite ? ", or put the working file on another disk with --c1z-temp-dir" : ""}, and run the same command again`,
        cause: error,
      });
    }
    const known: Record<string, string> = {
      EACCES: "permission denied",
      EPERM: "not permitted",
      EROFS: "the file system is read-only",
      ENOENT: "there is no such file or directory",
      EISDIR: "that is a directory",
      ENOTDIR: "part of the path is not a directory",
      EMFILE: "too many files are open",
      EADDRINUSE: "the address is in use already",
    };
    if (code !== undefined && code in known) {
      return new Failure({
        kind: "internal",
        message: `cannot ${syscall ?? "use"}${on}: ${known[code]}`,
        cause: error,
      });
    }
  }
  return undefined;
}

function oneLine(text: string): string {
  return printable(text.replace(/\s*[\r\n]+\s*/g, " ").trim());
}

/** The text with a capital, where it begins with a word; ids and names of flags and files stay as they are. */
export function capitalize(text: string): string {
  return /^[a-z]+(?:[ ,]|:(?: |$))/.test(text) ? text[0]!.toUpperCase() + text.slice(1) : text;
}

function stopped(text: string): string {
  return /[.!?]$/.test(text) ? text : `${text}.`;
}
