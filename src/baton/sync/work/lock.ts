import { rmSync, statSync } from "node:fs";
import { DatabaseSync } from "node:sqlite";
import { Failure } from "../../../runtime/failure.ts";
import { canRemoveOpenFiles } from "../../../runtime/system/files.ts";
import { HOST, type System } from "../../../runtime/system/system.ts";
import { databaseFailure, isBusy, isCorrupt } from "../failures.ts";
import { notOwn, type OwnFile, touchOwnFile } from "./own-file.ts";

/** Stands in the header of each lock (SQLite file format, section 1.3.15): `BtLk`. */
const APPLICATION_ID = 0x42744c6b;
const MAGIC = "SQLite format 3\0";

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
 * The files that this process holds locks on. POSIX takes all of a process's locks on a file away as soon as the process
 * closes any descriptor of it (fcntl(2), advisory record locking), so that these must not even be looked into.
 */
const held = new Set<string>();

/**
 * Takes the lock of a target: SQLite's own lock on a small database, which the system takes away from a process that
 * dies, so that it is never stale. Throws a {@link Failure} of kind `failedPrecondition` where another process has it, or
 * where something that is no lock is at its path: that is neither followed, written to nor removed.
 */
export function takeLock(path: string, target: string, system: System = HOST): Lock {
  for (;;) {
    if (isHeld(path)) throw taken(target);
    const own = touchOwnFile(path);
    if (!isLock(own)) throw notOwn(path, "what is there is not of this program's making");
    const db = new DatabaseSync(path, { timeout: 0 });
    try {
      seize(db);
    } catch (error) {
      db.close();
      if (isBusy(error)) throw taken(target);
      if (!isCorrupt(error)) throw databaseFailure(error, path);
      rmSync(path, { force: true });
      rmSync(`${path}-journal`, { force: true });
      continue;
    }
    // The process that had it may have removed the file between our opening it and our locking it.
    if (statSync(path, { throwIfNoEntry: false })?.ino !== own.ino) {
      db.close();
      continue;
    }
    const key = keyOf(own);
    held.add(key);
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
        const early = remove && canRemoveOpenFiles(system);
        // While it is held, as nobody may take a lock that is about to go.
        if (early) rmSync(path, { force: true });
        db.close();
        held.delete(key);
        if (early) rmSync(`${path}-journal`, { force: true });
        else if (remove) removeUnlessTaken(path);
      },
    };
  }
}

/**
 * Removes a lock that was given up, where files that are open cannot be removed: if another process has taken it by now,
 * this is refused.
 */
function removeUnlessTaken(path: string): void {
  try {
    rmSync(path, { force: true });
    rmSync(`${path}-journal`, { force: true });
  } catch {
    // It is that process's to remove.
  }
}

function isHeld(path: string): boolean {
  try {
    const status = statSync(path, { throwIfNoEntry: false });
    return status !== undefined && held.has(keyOf(status));
  } catch {
    // What is wrong with the path is reported where it is opened.
    return false;
  }
}

function keyOf({ dev, ino }: { readonly dev: number; readonly ino: number }): string {
  return `${dev}:${ino}`;
}

/** Whether a file is a lock, or was to become one when the machine stopped: empty, or nothing but zeros. */
function isLock({ head }: OwnFile): boolean {
  if (head.every((byte) => byte === 0)) return true;
  return head.length === 100 && head.toString("latin1", 0, 16) === MAGIC && head.readUInt32BE(68) === APPLICATION_ID;
}

function seize(db: DatabaseSync): void {
  db.exec("PRAGMA locking_mode = EXCLUSIVE; PRAGMA journal_mode = TRUNCATE; PRAGMA synchronous = OFF");
  db.exec(`BEGIN EXCLUSIVE; PRAGMA application_id = ${APPLICATION_ID};
    CREATE TABLE IF NOT EXISTS state (name TEXT PRIMARY KEY, value TEXT NOT NULL); COMMIT`);
}

function taken(target: string): Failure {
  return new Failure({
    kind: "failedPrecondition",
    message: `another process is syncing into ${target}`,
    advice: "wait until it is done, or write to another file",
  });
}
