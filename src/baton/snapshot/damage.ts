import { Failure } from "../../runtime/failure.ts";

/**
 * Runs a reading of a snapshot's database; where SQLite finds it damaged, or without the tables of a snapshot, throws a
 * {@link Failure} of kind `notASnapshot`.
 */
export function damaged<T>(read: () => T): T {
  try {
    return read();
  } catch (cause) {
    if (!(cause instanceof Error) || !("code" in cause) || cause.code !== "ERR_SQLITE_ERROR") throw cause;
    throw new Failure({
      kind: "notASnapshot",
      message: `the database in the snapshot cannot be read: ${cause.message}`,
      advice: "name another file, or move this one away",
      cause,
    });
  }
}
