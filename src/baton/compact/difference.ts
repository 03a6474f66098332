import { mkdtemp, rm } from "node:fs/promises";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import type { Clock } from "../../runtime/clock.ts";
import { Failure } from "../../runtime/failure.ts";
import { newSyncId } from "../model/ids.ts";
import { pack, unpack } from "../snapshot/container/container.ts";
import { diskFailure } from "../snapshot/container/disk.ts";
import { CONTENT_TABLES, type TableName } from "../snapshot/schema.ts";
import { countSync, type SyncStats } from "../snapshot/stats.ts";
import { formatTime } from "../snapshot/time.ts";
import { databaseFailure } from "../sync/failures.ts";
import { resolvePaths } from "../sync/work/file.ts";
import { takeLock } from "../sync/work/lock.ts";
import { openSource } from "./source.ts";

/** Which syncs of which file are compared. */
export interface DifferenceOptions {
  readonly file: string;
  readonly baseId: string;
  readonly appliedId: string;
  /** The folder for temporary files, which is there. */
  readonly tempDir: string;
  readonly clock: Clock;
  readonly signal: AbortSignal;
}

/** The sync that was added. */
export interface Difference {
  readonly file: string;
  readonly syncId: string;
  readonly stats: SyncStats;
}

/**
 * Adds a partial sync to a snapshot, of the rows that one sync in it has and an older one has not, by their ids. Throws a
 * {@link Failure} where the file does not hold both, or another process writes to it.
 */
export async function addDifference(options: DifferenceOptions): Promise<Difference> {
  const { file, signal, clock } = options;
  const places = resolvePaths(file, undefined);
  const folder = await mkdtemp(join(options.tempDir, "baton-diff-")).catch((error) => {
    throw diskFailure(error, "write", options.tempDir);
  });
  const lock = takeLock(places.lock, places.target);
  const work = join(folder, "snapshot.db");
  try {
    await checkSyncs(options, folder);
    await unpack(places.target, work, { signal });
    const syncId = newSyncId(clock);
    const stats = addRows(work, syncId, options);
    signal.throwIfAborted();
    await pack(work, places.target, { signal });
    return { file, syncId, stats };
  } catch (error) {
    throw signal.aborted ? signal.reason : databaseFailure(error, work);
  } finally {
    lock.release(lock.get("syncId") === undefined);
    await rm(folder, { recursive: true, force: true });
  }
}

/** Makes sure that the file is a snapshot of the known shape that holds both syncs. */
async function checkSyncs({ file, baseId, appliedId, signal }: DifferenceOptions, folder: string): Promise<void> {
  const source = await openSource(file, folder, signal);
  await source.close();
  for (const id of [baseId, appliedId]) {
    if (source.syncs.some((sync) => sync.id === id && sync.endedAt !== undefined)) continue;
    throw new Failure({
      kind: "notFound",
      message: `${file} holds no finished sync ${id}`,
      advice: "see baton-okta snapshot show FILE",
    });
  }
}

function addRows(path: string, syncId: string, { baseId, appliedId, clock }: DifferenceOptions): SyncStats {
  const db = new DatabaseSync(path, { enableForeignKeyConstraints: false, defensive: true, allowExtension: false });
  try {
    db.exec("PRAGMA trusted_schema = OFF; PRAGMA synchronous = OFF; PRAGMA temp_store = FILE; BEGIN");
    const startedAt = formatTime(clock.now());
    for (const table of CONTENT_TABLES) {
      const names = columnsOf(db, table).join(", ");
      db.prepare(
        `INSERT INTO ${table} (${names}, sync_id) SELECT ${names}, :added FROM ${table} AS a
           WHERE a.sync_id = :applied AND NOT EXISTS (
             SELECT 1 FROM ${table} AS b WHERE b.external_id = a.external_id AND b.sync_id = :base)
           ORDER BY a.id`,
      ).run({ added: syncId, applied: appliedId, base: baseId });
    }
    const stats = countSync(db, syncId);
    const run: Record<string, string | number> = {
      sync_id: syncId,
      started_at: startedAt,
      ended_at: formatTime(clock.now()),
      sync_token: "",
      sync_type: "partial",
      parent_sync_id: baseId,
      grants_backfilled: 1,
      stats: JSON.stringify(stats),
    };
    // Files of older writers lack some columns.
    const names = columnsOf(db, "v1_sync_runs");
    const given = Object.entries(run).filter(([name]) => name === "sync_id" || names.includes(`"${name}"`));
    db.prepare(
      `INSERT INTO v1_sync_runs (${given.map(([name]) => name).join(", ")}) VALUES (${given.map(() => "?").join(", ")})`,
    ).run(...given.map(([, value]) => value));
    db.exec("COMMIT");
    return stats;
  } finally {
    db.close();
  }
}

function columnsOf(db: DatabaseSync, table: TableName): string[] {
  return db
    .prepare("SELECT name FROM pragma_table_info(?) WHERE name NOT IN ('id', 'sync_id')")
    .all(table)
    .map(({ name }) => `"${String(name).replaceAll('"', '""')}"`);
}
