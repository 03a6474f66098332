import { rmSync } from "node:fs";
import { DatabaseSync } from "node:sqlite";

/** A new database that is written once, by one process, and lost without harm. */
export function createDatabase(path: string): DatabaseSync {
  const db = new DatabaseSync(path);
  db.exec(
    "PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF; PRAGMA locking_mode = EXCLUSIVE; PRAGMA cache_size = -32000",
  );
  return db;
}

/** Opens one that was written whole. */
export function openDatabase(path: string): DatabaseSync {
  return new DatabaseSync(path, { readOnly: true });
}

/** Runs a writing in one transaction, which is much faster than a transaction each row. */
export function inTransaction(db: DatabaseSync, write: () => void): void {
  db.exec("BEGIN");
  write();
  db.exec("COMMIT");
}

/** Where the system lets go of an open file's name, nothing of it outlives the process, however that ends. */
export function forgetFile(path: string): void {
  try {
    rmSync(path, { force: true });
  } catch {
    // It stays until its folder is removed.
  }
}
