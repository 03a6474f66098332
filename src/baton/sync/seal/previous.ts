import { rmSync } from "node:fs";
import { DatabaseSync } from "node:sqlite";
import { Failure } from "../../../runtime/failure.ts";
import { inspect, unpack } from "../../snapshot/container/container.ts";
import { refuseCorrupt } from "../../snapshot/corrupt.ts";
import { createTables, TABLES, type TableName } from "../../snapshot/schema.ts";
import { checkSchema, openUntrusted } from "../../snapshot/untrusted.ts";
import type { SyncPaths } from "../work/file.ts";
import { markOf, targetChanged } from "../work/target.ts";

/** The old snapshot's database, unpacked and looked through, if there is one. */
export interface Previous {
  /** The mark of the target when it was unpacked. */
  readonly mark: string;
  readonly there: boolean;
}

/**
 * Unpacks the snapshot that is at the target and makes sure that the new one can take its syncs over. Throws a
 * {@link Failure} that says why not, as `inspect` does, or of kind `failedPrecondition`.
 */
export async function unpackPrevious(places: SyncPaths, signal?: AbortSignal): Promise<Previous> {
  const mark = markOf(places.target);
  removePrevious(places);
  const there = (await inspect(places.target)) === "snapshot";
  if (there) {
    await unpack(places.target, places.previous, signal ? { signal } : {});
    const db = refuseCorrupt(() => openUntrusted(places.previous), places.target);
    try {
      checkSchema(db, places.target);
      refuseCorrupt(() => checkRows(db, places.target), places.target);
    } finally {
      db.close();
    }
  }
  if (markOf(places.target) !== mark) throw targetChanged(places.target);
  return { mark, there };
}

/** Removes the unpacked old snapshot. */
export function removePrevious(places: SyncPaths): void {
  for (const end of ["", "-journal", "-wal", "-shm"]) rmSync(places.previous + end, { force: true });
}

/** What the new snapshot's tables refuse would be found only when everything is read. */
function checkRows(db: DatabaseSync, path: string): void {
  const encoding = db.prepare("PRAGMA encoding").get()?.encoding;
  if (encoding !== "UTF-8") throw notMergeable(path, `its database is in ${encoding}, and snapshots are in UTF-8`);
  const wanted = new DatabaseSync(":memory:");
  try {
    createTables(wanted);
    for (const { name } of TABLES) {
      if (name === "v1_connector_sessions" || columnsOf(db, name).length === 0) continue;
      checkTable(db, path, name, columnsOf(wanted, name));
    }
  } finally {
    wanted.close();
  }
}

interface Column {
  readonly name: string;
  readonly notnull: number;
  readonly dflt_value: string | null;
}

function columnsOf(db: DatabaseSync, table: TableName): Column[] {
  return db.prepare(`PRAGMA table_info(${table})`).all() as unknown as Column[];
}

function checkTable(db: DatabaseSync, path: string, table: TableName, wanted: readonly Column[]): void {
  const there = new Map(columnsOf(db, table).map((column) => [column.name, column]));
  const needed = wanted.filter(({ notnull }) => notnull !== 0);
  const missing = needed.find(({ name, dflt_value }) => !there.has(name) && dflt_value === null);
  if (missing) throw notMergeable(path, `its table ${table} has no column ${missing.name}`);
  // Where the file's own table refuses NULL, its check has looked for it already.
  const loose = needed.filter(({ name }) => there.get(name)?.notnull === 0);
  if (loose.length > 0) {
    const isNull = loose.map(({ name }) => `${name} IS NULL`).join(" OR ");
    if (db.prepare(`SELECT 1 FROM ${table} WHERE ${isNull} LIMIT 1`).get()) {
      throw notMergeable(path, `its table ${table} has rows without ${loose.map(({ name }) => name).join(" or ")}`);
    }
  }
  const key = table === "v1_sync_runs" ? "sync_id" : "external_id, sync_id";
  if (db.prepare(`SELECT 1 FROM ${table} GROUP BY ${key} HAVING count(*) > 1 LIMIT 1`).get()) {
    throw notMergeable(path, `its table ${table} has rows more than once`);
  }
  if (db.prepare(`SELECT 1 FROM ${table} WHERE typeof(sync_id) <> 'text' LIMIT 1`).get()) {
    throw notMergeable(path, `its table ${table} has a sync_id that is no text`);
  }
}

/** The syncs of the snapshot at a path cannot be taken over into a new one. */
export function notMergeable(path: string, why: string, cause?: unknown): Failure {
  return new Failure({
    kind: "failedPrecondition",
    message: `nothing can be added to ${path}: ${why}`,
    advice: "move the file away, or name another (--file), and run the same command again",
    ...(cause === undefined ? {} : { cause }),
  });
}
