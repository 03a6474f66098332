import type { DatabaseSync } from "node:sqlite";
import { Failure } from "../../../runtime/failure.ts";
import { CONTENT_TABLES, type ContentTable, TABLES } from "../../snapshot/schema.ts";
import { parseTime } from "../../snapshot/time.ts";
import { isConflict, isCorrupt } from "../failures.ts";
import { notMergeable } from "./previous.ts";

/** Readers show an unfinished sync for a week, in milliseconds; after that nobody needs it. */
const UNFINISHED_MS = 7 * 24 * 60 * 60 * 1000;

const PARTIAL = new Set(["partial", "resources_only"]);
const DIFFERENCE = new Set(["partial_upserts", "partial_deletions"]);

/** A sync that the old snapshot holds. */
export interface OldSync {
  readonly id: string;
  readonly type: string;
  readonly startedAt: number;
  readonly endedAt: number | undefined;
}

/**
 * Chooses, of the syncs of the old snapshot (oldest first), those that the new one keeps beside the sync that is being
 * written: the newest finished full ones, as many as `full` says; partial ones that ended after the oldest full one
 * that stays began; unfinished ones that a reader may still show; syncs of other types.
 */
export function chooseKept(old: readonly OldSync[], full: number, now: number): string[] {
  const whole = old.filter(({ type, endedAt }) => endedAt !== undefined && !PARTIAL.has(type) && !DIFFERENCE.has(type));
  const kept = new Set((full === Infinity ? whole : full > 0 ? whole.slice(-full) : []).map(({ id }) => id));
  const overflow = whole.length > kept.size;
  const oldest = whole.find(({ id }) => kept.has(id))?.startedAt ?? now;
  return old
    .filter(({ id, type, startedAt, endedAt }) => {
      if (kept.has(id)) return true;
      if (endedAt === undefined) return full === Infinity || now - startedAt < UNFINISHED_MS;
      if (PARTIAL.has(type)) return !overflow || endedAt >= oldest;
      return DIFFERENCE.has(type);
    })
    .map(({ id }) => id);
}

/** The first and the last of the row ids of consecutive rows; the last one is smaller where there are none. */
export interface IdRange {
  readonly first: number;
  readonly last: number;
}

/** What is kept of an old snapshot, in the database that is attached as `old`. */
export interface Kept {
  /** The newest finished full sync of the old snapshot, or `""`. */
  readonly newestFull: string;
  /** Where the copied rows lie in each table. */
  readonly copied: Readonly<Record<ContentTable, IdRange>>;
  /** Adds the kept syncs' entries to `v1_sync_runs`. Their rows are there already. */
  addRuns(): void;
}

/**
 * Copies the kept syncs of the database attached as `old` into the tables of the working file. `current` is the sync
 * that is being written. Columns that the old file lacks get their defaults.
 */
export function copyHistory(db: DatabaseSync, path: string, current: string, full: number, now: number): Kept {
  try {
    const old = readRuns(db).filter(({ id }) => id !== current);
    const kept = JSON.stringify(chooseKept(old, full, now));
    const copied = Object.fromEntries(
      CONTENT_TABLES.map((table) => {
        const first = lastId(db, table) + 1;
        copy(db, table, kept);
        return [table, { first, last: lastId(db, table) }];
      }),
    ) as Record<ContentTable, IdRange>;
    copy(db, "v1_assets", kept);
    const newest = old.filter(({ type, endedAt }) => type === "full" && endedAt !== undefined).at(-1);
    return { newestFull: newest?.id ?? "", copied, addRuns: () => copy(db, "v1_sync_runs", kept) };
  } catch (error) {
    if (isConflict(error))
      throw notMergeable(path, `its rows contradict each other (${(error as Error).message})`, error);
    if (!isCorrupt(error)) throw error;
    throw new Failure({
      kind: "notASnapshot",
      message: `${path} is not a whole snapshot: its database is corrupt`,
      advice: "move the file away and run the same command again: what was read is kept",
      cause: error,
    });
  }
}

function readRuns(db: DatabaseSync): OldSync[] {
  if (columns(db, "old", "v1_sync_runs").size === 0) return [];
  const hasType = columns(db, "old", "v1_sync_runs").has("sync_type");
  const rows = db.prepare(
    `SELECT sync_id, ${hasType ? "sync_type" : "'full'"} AS type, started_at, ended_at FROM old.v1_sync_runs ORDER BY id`,
  );
  return rows.all().map((row) => ({
    id: row.sync_id as string,
    type: row.type as string,
    startedAt: parseTime(String(row.started_at)) ?? 0,
    endedAt: row.ended_at === null ? undefined : (parseTime(String(row.ended_at)) ?? 0),
  }));
}

function lastId(db: DatabaseSync, table: ContentTable): number {
  return (db.prepare(`SELECT max(id) AS last FROM main.${table}`).get()!.last as number | null) ?? 0;
}

function copy(db: DatabaseSync, table: string, kept: string): void {
  const there = columns(db, "old", table);
  const common = [...columns(db, "main", table)].filter((name) => name !== "id" && there.has(name)).join(", ");
  if (common === "") return;
  db.prepare(
    `INSERT INTO main.${table} (${common}) SELECT ${common} FROM old.${table}
       WHERE sync_id IN (SELECT value FROM json_each(?)) ORDER BY id`,
  ).run(kept);
}

function columns(db: DatabaseSync, schema: string, table: string): Set<string> {
  if (!TABLES.some(({ name }) => name === table)) throw new Error(`there is no table ${table}`);
  return new Set(
    db
      .prepare(`PRAGMA ${schema}.table_info(${table})`)
      .all()
      .map((row) => row.name as string),
  );
}
