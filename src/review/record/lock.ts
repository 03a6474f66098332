import { rmSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { Failure } from "../../runtime/failure.ts";

/** The lock's file. It holds nothing; it is no part of the evidence. */
export const LOCK_FILE = ".lock";

/** Keeps others from writing into a review's folder. */
export interface FolderLock {
  release(): void;
}

/**
 * Takes the lock of a folder. SQLite holds it through the system's own locks, which end with the process however that
 * ends. Throws a {@link Failure} of kind `failedPrecondition` where another process has it.
 */
export function lockFolder(folder: string): FolderLock {
  const path = join(folder, LOCK_FILE);
  const db = new DatabaseSync(path, { timeout: 0 });
  try {
    // No journal beside it: nothing is written into it.
    db.exec("pragma journal_mode = memory; begin exclusive");
  } catch (cause) {
    db.close();
    throw new Failure({
      kind: "failedPrecondition",
      message: `another process is writing to the review in ${folder}`,
      advice: "wait until it is done, or end it",
      cause,
    });
  }
  return {
    release() {
      if (!db.isOpen) return;
      db.exec("rollback");
      db.close();
    },
  };
}

/** Takes the lock's file away, when nothing is to be written any more. */
export function dropLockFile(folder: string): void {
  rmSync(join(folder, LOCK_FILE), { force: true });
}
