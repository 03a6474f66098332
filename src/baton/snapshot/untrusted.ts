import { DatabaseSync } from "node:sqlite";
import { Failure } from "../../runtime/failure.ts";
import { refuseCorrupt } from "./corrupt.ts";
import { CONTENT_TABLES, TABLES } from "./schema.ts";

/** What a database of somebody else's may make SQLite do; the names are those of https://sqlite.org/c3ref/limit.html. */
const LIMITS = {
  /** The longest text, blob or row, in bytes. */
  length: 64 * 2 ** 20,
  sqlLength: 100_000,
  column: 200,
  exprDepth: 100,
  compoundSelect: 3,
  vdbeOp: 250_000,
  functionArg: 10,
  triggerDepth: 1,
  attach: 0,
};

/** More parts than this no schema of a snapshot has. */
const MAX_SCHEMA_PARTS = 1000;

const KNOWN = new Map(TABLES.map(({ name, sql }) => [name as string, columnsOf(sql)]));
/** The tables and columns without which nothing can be read; files of older writers lack others. */
const NEEDED = new Set(["id", "external_id", "data", "sync_id", "started_at", "ended_at"]);

/**
 * Opens a database that somebody else wrote so that it can do nothing: read-only, and with SQLite's defences up
 * (https://sqlite.org/security.html). Nothing is read before {@link checkSchema}.
 */
export function openUntrusted(path: string | URL): DatabaseSync {
  return new DatabaseSync(path, { readOnly: true, defensive: true, allowExtension: false, limits: LIMITS });
}

/** Opens a private copy of one for writing, with the same defences. */
export function openUntrustedCopy(path: string): DatabaseSync {
  return new DatabaseSync(path, { readOnly: false, defensive: true, allowExtension: false, limits: LIMITS });
}

/**
 * Makes sure that the queries of this program read tables and nothing else, so that what they cost is bounded by the
 * file's size: known tables of the known shape, tables of others but no views, triggers or virtual tables, no computed
 * columns, and pages of which none is used twice (or a small file would hold rows without end). Throws a
 * {@link Failure} of kind `notASnapshot` that says what is there. `path` is what to call the file. Without `pages` the
 * pages are not looked at again: for a copy of one's own of a file that was checked.
 */
export function checkSchema(db: DatabaseSync, path: string, { pages = true }: { pages?: boolean } = {}): void {
  const refuse = (why: string): never => {
    throw new Failure({
      kind: "notASnapshot",
      message: `the database in ${path} is not that of a snapshot: ${why}`,
      advice: "make sure that the file comes from where you think it does, or name another",
    });
  };
  refuseCorrupt(() => {
    db.exec("PRAGMA trusted_schema = OFF; PRAGMA cell_size_check = ON; PRAGMA mmap_size = 0");
    db.exec("PRAGMA query_only = ON; PRAGMA ignore_check_constraints = ON");
    const parts = db
      .prepare("SELECT type, name, rootpage, sql FROM sqlite_master LIMIT ?")
      .all(MAX_SCHEMA_PARTS + 1) as unknown as SchemaRow[];
    if (parts.length > MAX_SCHEMA_PARTS) refuse(`it has more than ${MAX_SCHEMA_PARTS} tables and indexes`);
    for (const { type, rootpage } of parts) {
      if (type !== "table" && type !== "index") refuse(`it has a ${type === "view" ? "view" : "trigger"}`);
      if (typeof rootpage !== "number" || rootpage < 1) refuse("it has a virtual table");
    }
    const tables = parts.filter(({ type }) => type === "table");
    for (const { name } of tables) {
      if (hiddenColumns(db, name)) refuse("it has a table with computed columns");
    }
    for (const table of tables) {
      const known = KNOWN.get(table.name.toLowerCase());
      if (known) checkTable(db, table, known, refuse);
    }
    for (const name of ["v1_sync_runs", ...CONTENT_TABLES]) {
      if (!tables.some((table) => table.name.toLowerCase() === name)) refuse(`it has no table ${name}`);
    }
    if (!pages) return;
    const found = db.prepare("PRAGMA quick_check(1)").get()?.quick_check;
    if (found !== "ok") refuse("it is corrupt");
  }, path);
}

interface SchemaRow {
  readonly type: string;
  readonly name: string;
  readonly rootpage: unknown;
  readonly sql: unknown;
}

function hiddenColumns(db: DatabaseSync, table: string): boolean {
  return db.prepare("SELECT 1 FROM pragma_table_xinfo(?) WHERE hidden <> 0").get(table) !== undefined;
}

function checkTable(
  db: DatabaseSync,
  { name, sql }: SchemaRow,
  known: readonly string[],
  refuse: (why: string) => void,
): void {
  const listed = db.prepare("SELECT type, wr FROM pragma_table_list WHERE schema = 'main' AND name = ?").get(name);
  if (listed?.type !== "table" || listed.wr !== 0) refuse(`${name} is not a plain table`);
  const columns = new Map(
    db
      .prepare("SELECT lower(name) AS name, lower(type) AS type, pk FROM pragma_table_xinfo(?)")
      .all(name)
      .map((column) => [column.name as string, column]),
  );
  const id = columns.get("id");
  if (id?.type !== "integer" || id.pk !== 1) refuse(`${name} is not numbered by its column id`);
  const missing = known.find((column) => NEEDED.has(column) && !columns.has(column));
  if (missing !== undefined) refuse(`${name} has no column ${missing}`);
  if (/\bcollate\b/i.test(withoutComments(String(sql)))) refuse(`${name} compares texts in a way of its own`);
  const odd = db
    .prepare(
      `SELECT 1 FROM pragma_index_list(?) AS i JOIN pragma_index_xinfo(i.name) AS c
         WHERE c.cid < -1 OR (c.key AND c.coll <> 'BINARY')`,
    )
    .get(name);
  if (odd) refuse(`${name} has an index of an odd shape`);
}

function withoutComments(sql: string): string {
  return sql.replace(/--[^\n]*|\/\*[\s\S]*?\*\//g, " ");
}

/** The names of the columns in a statement of {@link TABLES}, which has one on each line. */
function columnsOf(sql: string): string[] {
  return sql
    .split("\n")
    .slice(1, -1)
    .map((line) => line.trim().split(" ")[0]!);
}
