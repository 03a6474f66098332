import { Failure } from "../../runtime/failure.ts";

/** `ERR_OUT_OF_RANGE`: a number that is larger than any in a snapshot. */
const CODES = new Set(["ERR_SQLITE_ERROR", "ERR_OUT_OF_RANGE"]);

/**
 * Runs a reading of a snapshot's database; where SQLite finds it corrupt, or without the tables of a snapshot, throws a
 * {@link Failure} of kind `notASnapshot`. `path` is what to call the file.
 */
export function refuseCorrupt<T>(read: () => T, path?: string): T {
  try {
    return read();
  } catch (cause) {
    if (!(cause instanceof Error) || !("code" in cause) || !CODES.has(String(cause.code))) throw cause;
    throw new Failure({
      kind: "notASnapshot",
      message: `the database in ${path ?? "the snapshot"} cannot be read: ${cause.message}`,
      advice: "name another file, or move this one away",
      cause,
    });
  }
}
