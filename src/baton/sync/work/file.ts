import { createHash } from "node:crypto";
import { lstatSync, readdirSync, readlinkSync, realpathSync, rmSync, statSync } from "node:fs";
import { basename, dirname, join, resolve } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { Failure } from "../../../runtime/failure.ts";
import type { Json } from "../../connector.ts";
import { diskFailure } from "../../snapshot/container/disk.ts";
import { touchOwnFile } from "./own-file.ts";

/** How long an interrupted sync can be gone on with, in milliseconds: what it read is that old. */
export const RESUMABLE_MS = 24 * 60 * 60 * 1000;

/** Where a sync's files lie. */
export interface SyncPaths {
  /** The snapshot, with its folder's links resolved. */
  readonly target: string;
  /** The database that is filled while the sync runs, and becomes the snapshot. */
  readonly work: string;
  /** Beside the working file, with what has to be known to go on with it. */
  readonly lock: string;
  /** Beside the target, wherever the working file is: two syncs into one file must meet. */
  readonly targetLock: string;
  /** The old snapshot's database, unpacked. */
  readonly previous: string;
}

/** The longest name that file systems take, in bytes. */
const MAX_NAME_BYTES = 255;

/** What is added to the target's name for the files that are made beside it, in bytes: `.work-previous-journal`. */
const ADDED_NAME_BYTES = 22;

/**
 * Says where the files of a sync into `file` lie. Throws a {@link Failure} where a folder is not there or the file's
 * name leaves no room for those of the other files.
 */
export function resolvePaths(file: string, tempDir: string | undefined): SyncPaths {
  const target = followed(resolve(file));
  const work =
    tempDir === undefined
      ? `${target}.work`
      : join(
          folder(resolve(tempDir), "the folder for temporary files (--c1z-temp-dir or BATON_TMPDIR)"),
          `baton-${createHash("sha256").update(target).digest("hex").slice(0, 16)}.work`,
        );
  return { target, work, lock: `${work}-lock`, targetLock: `${target}.work-lock`, previous: `${work}-previous` };
}

/** How many links from one to the next are followed, as Linux does. */
const MAX_LINKS = 40;

/** The file that a path leads to, whether or not it is there yet: a link stays a link to what is written. */
function followed(path: string): string {
  let target = path;
  for (let links = 0; links < MAX_LINKS; links++) {
    target = join(folder(dirname(target), "the folder of the snapshot"), basename(target));
    checkName(basename(target));
    if (!lstatSync(target, { throwIfNoEntry: false })?.isSymbolicLink()) return target;
    target = resolve(dirname(target), readlinkSync(target));
  }
  throw new Failure({ kind: "usage", message: `${path} leads to itself`, advice: "remove the link, or name a file" });
}

function checkName(name: string): void {
  const longest = MAX_NAME_BYTES - ADDED_NAME_BYTES;
  if (Buffer.byteLength(name) <= longest) return;
  throw new Failure({
    kind: "usage",
    message: `the name of the snapshot is longer than ${longest} bytes: ${name}`,
    advice: "choose a shorter one (--file): the names of the files beside it are made of it",
  });
}

function folder(path: string, what: string): string {
  try {
    const real = realpathSync(path);
    if (statSync(real).isDirectory()) return real;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ENOENT") throw diskFailure(error, "read", path);
    throw new Failure({
      kind: "usage",
      message: `${what} is not there: ${path}`,
      advice: "create it, or name another",
    });
  }
  throw new Failure({ kind: "usage", message: `${what} is not a folder: ${path}` });
}

/**
 * Opens the working file, which only its owner can read. A killed process loses no stored page: each transaction is
 * whole or not there. A crash of the machine can tear it, which is what `machineRun` is for. SQLite's errors come
 * as they are.
 */
export function openWork(places: SyncPaths): DatabaseSync {
  touchOwnFile(places.work);
  const db = new DatabaseSync(places.work, { enableForeignKeyConstraints: false });
  try {
    // What is deleted is overwritten: neither the queue nor people that a filter leaves out may stay in free pages.
    db.exec("PRAGMA locking_mode = EXCLUSIVE; PRAGMA synchronous = OFF; PRAGMA secure_delete = ON");
    db.exec("PRAGMA trusted_schema = OFF");
    db.exec(`PRAGMA page_size = ${PAGE_BYTES}; PRAGMA journal_mode = TRUNCATE; PRAGMA temp_store = FILE`);
    setCache(db, READING_CACHE_KIB);
    // Sorting must not depend on a temporary folder of the system that may be small or not writable.
    db.exec(`PRAGMA temp_store_directory = '${dirname(places.work).replaceAll("'", "''")}'`);
    return db;
  } catch (error) {
    db.close();
    throw error;
  }
}

/** Of a new database, in bytes: rows of some hundred bytes leave less of larger pages empty, and passing by them takes fewer calls. */
const PAGE_BYTES = 16_384;

/** The cache while pages are stored and grants are expanded, in KiB: rows are looked up here and there. */
export const READING_CACHE_KIB = 16_000;

/** The cache while indexes are made, in KiB: the whole table passes by, and sorting takes as much once more. */
export const INDEXING_CACHE_KIB = 4_000;

/** Sets how much of the database is held in memory. */
export function setCache(db: DatabaseSync, kib: number): void {
  db.exec(`PRAGMA cache_size = -${kib}`);
}

/** Removes the working file and what belongs to it, but for the lock. */
export function removeWork(places: SyncPaths): void {
  for (const path of [places.work, places.previous]) {
    for (const end of ["", "-journal", "-wal", "-shm"]) rmSync(path + end, { force: true });
  }
}

/** Removes the temporary files that a process killed while packing left beside the target. Call with the lock held. */
export function removeTorn(places: SyncPaths): void {
  const parent = dirname(places.target);
  const start = `.${basename(places.target)}.`;
  for (const name of readdirSync(parent)) {
    if (name.startsWith(start) && /^[0-9a-f]{12}\.tmp$/.test(name.slice(start.length))) {
      rmSync(join(parent, name), { force: true });
    }
  }
}

/** The text of a JSON value, the same for equal values: keys sorted, absent ones left out. */
export function canonical(value: Json): string {
  return JSON.stringify(value, (_key, part: Json) =>
    part !== null && typeof part === "object" && !Array.isArray(part)
      ? Object.fromEntries(Object.entries(part).sort(([a], [b]) => (a < b ? -1 : 1)))
      : part,
  );
}
