import { mkdtemp, rm } from "node:fs/promises";
import { join } from "node:path";
import type { DatabaseSync } from "node:sqlite";
import { Failure } from "../../runtime/failure.ts";
import { inspect, unpack } from "../snapshot/container/container.ts";
import { diskFailure } from "../snapshot/container/disk.ts";
import { refuseCorrupt } from "../snapshot/corrupt.ts";
import { type ContentTable, TABLES } from "../snapshot/schema.ts";
import { checkSchema, openUntrusted } from "../snapshot/untrusted.ts";

/** A finished sync in a snapshot, as far as it matters for folding it into another. */
export interface SourceSync {
  readonly id: string;
  readonly type: string;
  /** Texts as in the file. */
  readonly startedAt: string;
  readonly endedAt: string | undefined;
  readonly parentId: string;
  readonly token: string;
  readonly isExpanded: boolean;
}

/** A snapshot that is read row by row. Close it when done. */
export interface Source {
  readonly path: string;
  readonly syncs: readonly SourceSync[];
  /** The rows of a sync, with all columns but `id` and `sync_id`, in the order in which they were written. */
  rows(table: ContentTable, syncId: string): Iterable<Record<string, Column>>;
  close(): Promise<void>;
}

/** A value in a row. */
export type Column = string | number | Uint8Array | null;

/** Opens a snapshot, unpacked in a folder of its own below `tempDir`. Throws a {@link Failure} that says what is wrong with it. */
export async function openSource(path: string, tempDir: string, signal: AbortSignal): Promise<Source> {
  if ((await inspect(path)) === "absent") {
    throw new Failure({ kind: "notFound", message: `there is no snapshot at ${path}`, advice: "check the path" });
  }
  const folder = await mkdtemp(join(tempDir, "source-")).catch((error) => {
    throw diskFailure(error, "write", tempDir);
  });
  let db: DatabaseSync | undefined;
  try {
    const unpacked = join(folder, "snapshot.db");
    await unpack(path, unpacked, { signal });
    db = refuseCorrupt(() => openUntrusted(unpacked), path);
    checkSchema(db, path);
    return sourceOf(path, db, folder);
  } catch (error) {
    db?.close();
    await rm(folder, { recursive: true, force: true });
    throw error;
  }
}

function sourceOf(path: string, db: DatabaseSync, folder: string): Source {
  const syncs = refuseCorrupt(() => db.prepare("SELECT * FROM v1_sync_runs ORDER BY id").all(), path).map((row) => ({
    id: String(row.sync_id),
    // Files of older writers lack some columns.
    type: String(row.sync_type ?? "full"),
    startedAt: String(row.started_at),
    endedAt: row.ended_at === null ? undefined : String(row.ended_at),
    parentId: String(row.parent_sync_id ?? ""),
    token: String(row.sync_token ?? ""),
    isExpanded: row.supports_diff === 1,
  }));
  return {
    path,
    syncs,
    *rows(table, syncId) {
      const names = columnsOf(db, table).filter((name) => name !== "id" && name !== "sync_id");
      const statement = refuseCorrupt(
        () => db.prepare(`SELECT ${names.join(", ")} FROM ${table} WHERE sync_id = ? ORDER BY id`),
        path,
      );
      const rows = statement.iterate(syncId);
      for (;;) {
        const next = refuseCorrupt(() => rows.next(), path);
        if (next.done) return;
        yield next.value as Record<string, Column>;
      }
    },
    async close() {
      db.close();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

/** The columns of a table that a snapshot of this version has as well: what else is there is nobody's. */
function columnsOf(db: DatabaseSync, table: ContentTable): string[] {
  const sql = TABLES.find(({ name }) => name === table)!.sql;
  const known = sql
    .split("\n")
    .slice(1, -1)
    .map((line) => line.trim().split(" ")[0]!);
  const there = new Set(
    db
      .prepare("SELECT name FROM pragma_table_info(?)")
      .all(table)
      .map(({ name }) => String(name)),
  );
  return known.filter((name) => there.has(name));
}
