import { Failure } from "../../runtime/failure.ts";

/** SQLite's primary result codes (https://sqlite.org/rescode.html). */
const BUSY = 5;
const READONLY = 8;
const IOERR = 10;
const CORRUPT = 11;
const FULL = 13;
const CANTOPEN = 14;
const CONSTRAINT = 19;
const NOTADB = 26;

function resultCode(error: unknown): number | undefined {
  if (!(error instanceof Error) || !("errcode" in error) || typeof error.errcode !== "number") return undefined;
  return error.errcode & 0xff;
}

/** Whether another connection holds the lock. */
export function isBusy(error: unknown): boolean {
  return resultCode(error) === BUSY;
}

/** Whether a unique index met two equal rows. */
export function isConflict(error: unknown): boolean {
  return resultCode(error) === CONSTRAINT;
}

/** Whether the file is no database, or a corrupt one. */
export function isCorrupt(error: unknown): boolean {
  const code = resultCode(error);
  return code === CORRUPT || code === NOTADB;
}

/** Turns an error of SQLite into a {@link Failure} that names the file; any other error is handed back as it is. */
export function databaseFailure(error: unknown, path: string): unknown {
  const attempted = `write ${path}`;
  switch (resultCode(error)) {
    case FULL:
      return new Failure({
        kind: "resourceExhausted",
        message: `the disk that holds ${path} is full`,
        attempted,
        advice: "free some space, or choose another folder for the working file (--c1z-temp-dir)",
        cause: error,
      });
    case READONLY:
    case CANTOPEN:
      return new Failure({
        kind: "failedPrecondition",
        message: `the working file ${path} cannot be opened for writing`,
        attempted,
        advice: "check the folder's permissions, or choose another one (--c1z-temp-dir)",
        cause: error,
      });
    case IOERR:
    case CORRUPT:
    case NOTADB:
      return new Failure({
        kind: "internal",
        message: `the working file ${path} cannot be read or written: ${(error as Error).message}`,
        attempted,
        advice: "check the disk, remove the file and start again",
        cause: error,
      });
    default:
      return error;
  }
}
