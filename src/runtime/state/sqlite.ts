import { closeSync, constants, fstatSync, openSync } from "node:fs";
import { DatabaseSync, type SQLInputValue } from "node:sqlite";
import { type Dialect, SqliteDialect } from "kysely";
import { Failure, type FailureKind } from "../failure.ts";

/** How long a writer waits for another process that writes, in milliseconds. */
const BUSY_TIMEOUT_MS = 10_000;

const CORRUPT = "it is corrupt, or no database: put a copy of it from before in its place";

/**
 * A Kysely dialect over Node's own SQLite. The file is made where it is missing, for its owner only. Every commit is on
 * the disk when it is answered. Throws a {@link Failure} of kind `failedPrecondition` where the file cannot be opened.
 */
export function sqliteDialect(file: string): Dialect {
  mustBeFile(file);
  let db: DatabaseSync;
  try {
    db = new DatabaseSync(file, { timeout: BUSY_TIMEOUT_MS });
    db.exec(
      "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON; PRAGMA trusted_schema = OFF",
    );
  } catch (cause) {
    throw notUsable(file, cause);
  }
  return new SqliteDialect({
    database: {
      close: () => db.close(),
      prepare(sql) {
        // A transaction that reads first and writes later would fail where another process wrote in between.
        const statement = explained(file, () => db.prepare(sql === "begin" ? "begin immediate" : sql));
        const values = (parameters: readonly unknown[]) => parameters.map(toSqlite);
        return {
          reader: statement.columns().length > 0,
          all: (parameters) => explained(file, () => statement.all(...values(parameters))),
          run: (parameters) => explained(file, () => statement.run(...values(parameters))),
          iterate: (parameters) => statement.iterate(...values(parameters)),
        };
      },
    },
  });
}

/**
 * What SQLite's result codes mean for whoever runs the program, and what to do about them. Source: SQLite, Result and
 * Error Codes.
 */
const MEANINGS: Readonly<Record<number, { kind: FailureKind; advice: string }>> = {
  5: { kind: "unavailable", advice: "another process has been writing to it for long: try again" },
  8: { kind: "failedPrecondition", advice: "let this user write to the file and its folder" },
  10: { kind: "unavailable", advice: "see whether its disk works" },
  11: { kind: "failedPrecondition", advice: CORRUPT },
  13: { kind: "resourceExhausted", advice: "make room on its disk" },
  26: { kind: "failedPrecondition", advice: CORRUPT },
};

/** Does something with the database. Throws a {@link Failure} where it is the file that is at fault. */
function explained<T>(file: string, body: () => T): T {
  try {
    return body();
  } catch (cause) {
    const code = (cause as { errcode?: unknown }).errcode;
    const meaning = typeof code === "number" ? MEANINGS[code & 0xff] : undefined;
    if (meaning === undefined) throw cause;
    throw new Failure({ ...meaning, message: `the state store ${file} cannot be used: ${textOf(cause)}`, cause });
  }
}

function textOf(cause: unknown): string {
  return cause instanceof Error ? cause.message : String(cause);
}

function toSqlite(value: unknown): SQLInputValue {
  return typeof value === "boolean" ? Number(value) : (value as SQLInputValue);
}

/** Makes the file, or sees that it is one: a pipe or a device would hang or confuse whoever opens it. */
function mustBeFile(file: string): void {
  if (file === ":memory:") return;
  let descriptor: number | undefined;
  try {
    const { O_RDWR, O_CREAT, O_NONBLOCK } = constants;
    descriptor = openSync(file, O_RDWR | O_CREAT | (O_NONBLOCK ?? 0), 0o600);
    if (!fstatSync(descriptor).isFile()) throw new Error("it is not a regular file");
  } catch (cause) {
    throw notUsable(file, cause);
  } finally {
    if (descriptor !== undefined) closeSync(descriptor);
  }
}

function notUsable(file: string, cause: unknown): Failure {
  return new Failure({
    kind: "failedPrecondition",
    message: `the state store ${file} cannot be used: ${textOf(cause)}`,
    advice: "name a file in a folder that exists and can be written to, or a postgres:// address",
    cause,
  });
}
