import type { DatabaseSync } from "node:sqlite";
import { Failure } from "../../runtime/failure.ts";
import { refuseCorrupt } from "./corrupt.ts";
import type { ContentTable } from "./schema.ts";

/** The columns by which rows are looked up one by one: without an index each look-up reads the whole table. */
const LOOKUPS: readonly (readonly [table: ContentTable, ...columns: string[]])[] = [
  ["v1_resource_types", "external_id", "sync_id"],
  ["v1_resources", "external_id", "sync_id"],
  ["v1_resources", "resource_type_id"],
  ["v1_entitlements", "external_id", "sync_id"],
  ["v1_entitlements", "resource_type_id", "resource_id"],
  ["v1_grants", "external_id", "sync_id"],
  ["v1_grants", "resource_type_id", "resource_id"],
  ["v1_grants", "principal_resource_type_id", "principal_resource_id"],
  ["v1_grants", "entitlement_id", "principal_resource_type_id", "principal_resource_id"],
];

/** What the planner believes of a database's indexes (https://sqlite.org/fileformat2.html#stat1tab). */
const STATISTICS = ["sqlite_stat1", "sqlite_stat2", "sqlite_stat3", "sqlite_stat4"];

/** SQLite's result code for a disk, or a bound, that is full (https://sqlite.org/rescode.html). */
const FULL = 13;

/** How many times its own size a copy may have with its indexes. */
const MAX_GROWTH = 3;

/**
 * Sees that every look-up in a snapshot's database is one in an index: makes the indexes that it lacks, and drops the
 * statistics that could talk the planner out of using them. `db` is a private copy that can be written to, whose schema
 * was checked; what is added is bounded by its size. Throws where the disk is full.
 */
export function prepareLookups(db: DatabaseSync, path: string): void {
  refuseCorrupt(() => {
    const lacking = LOOKUPS.filter(
      ([table, ...columns]) => hasColumns(db, table, columns) && !hasIndex(db, table, columns),
    );
    const statistics = db
      .prepare("SELECT name FROM sqlite_master WHERE name IN (SELECT value FROM json_each(?))")
      .all(JSON.stringify(STATISTICS));
    if (lacking.length === 0 && statistics.length === 0) return;
    // The copy may have no name any more, beside which a journal could lie.
    db.exec(
      "PRAGMA trusted_schema = OFF; PRAGMA journal_mode = MEMORY; PRAGMA synchronous = OFF; PRAGMA cache_size = -64000",
    );
    const pages = db.prepare("PRAGMA page_count").get()!.page_count as number;
    db.exec(`PRAGMA max_page_count = ${pages * MAX_GROWTH + 1_000}`);
    for (const { name } of statistics) db.exec(`DROP TABLE ${name as string}`);
    for (const [table, ...columns] of lacking) makeIndex(db, table, columns, path);
  }, path);
}

function makeIndex(db: DatabaseSync, table: string, columns: readonly string[], path: string): void {
  try {
    db.exec(`CREATE INDEX "lookup ${table} ${columns.join(" ")}" ON ${table} (${columns.join(", ")})`);
  } catch (error) {
    if (!(error instanceof Error) || !("errcode" in error) || error.errcode !== FULL) throw error;
    throw new Failure({
      kind: "resourceExhausted",
      message: `there is no room for the unpacked copy of ${path} with the indexes that it lacks`,
      advice: "free some space in the temporary folder (TMPDIR), or have the snapshot written again, with its indexes",
      cause: error,
    });
  }
}

function hasColumns(db: DatabaseSync, table: string, columns: readonly string[]): boolean {
  const found = db.prepare("SELECT lower(name) AS name FROM pragma_table_info(?)").all(table);
  const names = new Set(found.map(({ name }) => name));
  return columns.every((column) => names.has(column));
}

/** Whether an index of the whole table begins with these columns. */
function hasIndex(db: DatabaseSync, table: string, columns: readonly string[]): boolean {
  const keys = db
    .prepare(
      `SELECT (SELECT group_concat(lower(c.name), ' ' ORDER BY c.seqno) FROM pragma_index_info(i.name) AS c) AS columns
         FROM pragma_index_list(?) AS i WHERE NOT i.partial`,
    )
    .all(table);
  return keys.some((key) => `${key.columns} `.startsWith(`${columns.join(" ")} `));
}
