import { closeSync, openSync, rmSync, statSync } from "node:fs";
import { DatabaseSync } from "node:sqlite";
import { Failure } from "../../runtime/failure.ts";
import { diskFailure } from "../snapshot/disk.ts";
import { databaseFailure, isBusy, isDamaged } from "./failures.ts";

/** What is known of a sync whatever its working file holds: texts by name, kept beside the lock. */
export interface Lock {
  get(name: string): string | undefined;
  set(values: Readonly<Record<string, string>>): void;
  /** Forgets everything. */
  clear(): void;
  /** Gives the lock up; `remove` where nothing is left that a later run could go on with. */
  release(remove: boolean): void;
}

/**
 * Takes the lock of a target: SQLite's own lock on a small database, which the system takes away from a process that
 * dies, so that it is never stale. Throws a {@link Failure} of kind `failedPrecondition` where another process has it.
 */
export function takeLock(path: string, target: string): Lock {
  for (;;) {
    const inode = touch(path);
    const db = new DatabaseSync(path, { timeout: 0 });
    try {
      seize(db);
    } catch (error) {
      db.close();
      if (isBusy(error)) throw taken(target);
      if (!isDamaged(error)) throw databaseFailure(error, path);
      rmSync(path, { force: true });
      rmSync(`${path}-journal`, { force: true });
      continue;
    }
    // The process that had it may have removed the file between our opening it and our locking it.
    if (statSync(path, { throwIfNoEntry: false })?.ino !== inode) {
      db.close();
      continue;
    }
    return {
      get: (name) => db.prepare("SELECT value FROM state WHERE name = ?").get(name)?.value as string | undefined,
      set(values) {
        db.exec("BEGIN");
        try {
          const put = db.prepare("INSERT OR REPLACE INTO state (name, value) VALUES (?, ?)");
          for (const [name, value] of Object.entries(values)) put.run(name, value);
          db.exec("COMMIT");
        } catch (error) {
          if (db.isTransaction) db.exec("ROLLBACK");
          throw databaseFailure(error, path);
        }
      },
      clear() {
        db.exec("DELETE FROM state");
      },
      release(remove) {
        if (!db.isOpen) return;
        if (remove) rmSync(path, { force: true });
        db.close();
        if (remove) rmSync(`${path}-journal`, { force: true });
      },
    };
  }
}

function touch(path: string): number {
  try {
    closeSync(openSync(path, "a", 0o600));
    return statSync(path).ino;
  } catch (error) {
    throw diskFailure(error, "write", path);
  }
}

function seize(db: DatabaseSync): void {
  db.exec("PRAGMA locking_mode = EXCLUSIVE; PRAGMA journal_mode = TRUNCATE; PRAGMA synchronous = OFF");
  db.exec("BEGIN EXCLUSIVE; CREATE TABLE IF NOT EXISTS state (name TEXT PRIMARY KEY, value TEXT NOT NULL); COMMIT");
}

function taken(target: string): Failure {
  return new Failure({
    kind: "failedPrecondition",
    message: `another process is syncing into ${target}`,
    advice: "wait until it is done, or write to another file",
  });
}
