import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { unpack } from "../../../src/baton/snapshot/container/container.ts";

export interface Content {
  /** `table external_id data expansion` of each row of the newest sync, sorted. */
  readonly rows: readonly string[];
  readonly runs: readonly Record<string, unknown>[];
  readonly schema: readonly string[];
  readonly freePages: number;
  /** The syncs that rows belong to. */
  readonly syncs: readonly string[];
}

const TABLES = ["v1_resource_types", "v1_resources", "v1_entitlements", "v1_grants"];

/** Reads what a snapshot holds. */
export async function readSnapshot(file: string): Promise<Content> {
  const folder = mkdtempSync(join(tmpdir(), "baton-test-"));
  try {
    await unpack(file, join(folder, "db"));
    const db = new DatabaseSync(join(folder, "db"));
    try {
      const runs = db.prepare("SELECT * FROM v1_sync_runs ORDER BY id").all();
      const newest = runs.at(-1)?.sync_id as string;
      const rows = TABLES.flatMap((table) =>
        db
          .prepare(`SELECT * FROM ${table} WHERE sync_id = ?`)
          .all(newest)
          .map((row) => {
            const { id: _, sync_id: __, discovered_at: ___, ...rest } = row;
            return `${table} ${JSON.stringify(rest, (_key, value) => (value instanceof Uint8Array ? Buffer.from(value).toString("hex") : value))}`;
          }),
      );
      return {
        rows: rows.sort(),
        runs,
        schema: db
          .prepare("SELECT sql FROM sqlite_master WHERE sql IS NOT NULL")
          .all()
          .map((row) => row.sql as string)
          .sort(),
        freePages: db.prepare("PRAGMA freelist_count").get()!.freelist_count as number,
        syncs: TABLES.flatMap((table) =>
          db
            .prepare(`SELECT DISTINCT sync_id FROM ${table}`)
            .all()
            .map((row) => row.sync_id as string),
        ),
      };
    } finally {
      db.close();
    }
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** The external ids of a table's rows, sorted. */
export function idsOf(content: Content, table: string): string[] {
  return content.rows
    .filter((row) => row.startsWith(`v1_${table} `))
    .map((row) => JSON.parse(row.slice(row.indexOf(" ") + 1)).external_id as string)
    .sort();
}
