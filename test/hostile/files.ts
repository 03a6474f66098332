import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { zstdCompressSync } from "node:zlib";
import { createTables } from "../../src/baton/snapshot/schema.ts";

const MAGIC = Buffer.from("C1ZF\0", "latin1");

/** A query that never ends. */
export const ENDLESS = "WITH RECURSIVE n(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM n) SELECT count(*) FROM n";

/** Writes a snapshot around any bytes, as one honest zstd frame. */
export function wrap(path: string, database: Uint8Array): string {
  writeFileSync(path, Buffer.concat([MAGIC, zstdCompressSync(database)]));
  return path;
}

/** Writes a snapshot whose zstd frame is whatever is given. */
export function wrapFrame(path: string, ...frame: Uint8Array[]): string {
  writeFileSync(path, Buffer.concat([MAGIC, ...frame]));
  return path;
}

/** How a hostile database is made. */
export interface Spoiling {
  /** Run before the tables of a snapshot are made, as for the encoding. */
  readonly before?: string;
  /** Run when the tables, one finished sync `s1` and one user are there. */
  readonly spoil?: string | ((db: DatabaseSync) => void);
  /** Done to the file's bytes in the end. */
  readonly bend?: (bytes: Buffer) => void;
}

/** Writes a snapshot with a finished sync `s1` whose database was spoilt; without indexes, so that nothing is unique. */
export function hostileSnapshot(folder: string, { before = "", spoil = "", bend }: Spoiling): string {
  const path = join(folder, "hostile.db");
  const db = new DatabaseSync(path, { defensive: false, enableForeignKeyConstraints: false });
  try {
    db.exec(`PRAGMA synchronous = OFF; ${before}`);
    createTables(db);
    db.exec(`
      INSERT INTO v1_sync_runs (sync_id, started_at, ended_at, sync_token)
        VALUES ('s1', '2026-01-01 00:00:00', '2026-01-01 00:01:00', '');
      INSERT INTO v1_resources (resource_type_id, external_id, data, sync_id, discovered_at)
        VALUES ('user', 'user:1', x'', 's1', '2026-01-01 00:00:00')`);
    if (typeof spoil === "string") db.exec(spoil);
    else spoil(db);
  } finally {
    db.close();
  }
  const bytes = readFileSync(path);
  bend?.(bytes);
  return wrap(join(folder, "hostile.c1z"), bytes);
}

/** Puts something else in the place of a table. */
const inPlaceOf = (table: string, sql: string): Spoiling => ({ spoil: `DROP TABLE ${table}; ${sql}` });

/** Rewrites the statement that SQLite keeps of a table, which it believes the next time. */
const rewritten = (table: string, from: string, to: string): Spoiling => ({
  spoil: `PRAGMA writable_schema = ON;
    UPDATE sqlite_master SET sql = replace(sql, '${from}', '${to}') WHERE name = '${table}'`,
});

/** Databases that must not be read as snapshots: what each is, and how it is made. */
export const HOSTILE_DATABASES: Readonly<Record<string, Spoiling>> = {
  "the syncs are a view without end": inPlaceOf(
    "v1_sync_runs",
    `CREATE VIEW v1_sync_runs AS SELECT 1 AS id, 's1' AS sync_id, 'full' AS sync_type, '' AS started_at,
       '' AS ended_at, '' AS parent_sync_id, 1 AS supports_diff, (${ENDLESS}) AS stats`,
  ),
  "the grants are a view without end": inPlaceOf(
    "v1_grants",
    `CREATE VIEW v1_grants AS SELECT (${ENDLESS}) AS id, 'a' AS resource_type_id, 'b' AS resource_id, 'c' AS entitlement_id,
       'd' AS principal_resource_type_id, 'e' AS principal_resource_id, 'f' AS external_id, NULL AS expansion,
       x'' AS data, 's1' AS sync_id, '' AS discovered_at`,
  ),
  "a view whose name is written otherwise": inPlaceOf(
    "v1_grants",
    "CREATE VIEW V1_Grants AS SELECT * FROM v1_resources",
  ),
  "a view of no known name": { spoil: "CREATE VIEW more AS SELECT 1" },
  "a trigger": {
    spoil: "CREATE TRIGGER t AFTER INSERT ON v1_grants BEGIN DELETE FROM v1_resources; END",
  },
  "a virtual table": inPlaceOf("v1_grants", "CREATE VIRTUAL TABLE v1_grants USING fts5(external_id, data, sync_id)"),
  "a table without row numbers": inPlaceOf(
    "v1_assets",
    "CREATE TABLE v1_assets (id INTEGER PRIMARY KEY, external_id, data, sync_id) WITHOUT ROWID",
  ),
  "a table that is numbered by something else": inPlaceOf(
    "v1_assets",
    "CREATE TABLE v1_assets (id TEXT PRIMARY KEY, external_id, data, sync_id)",
  ),
  "a computed column": {
    spoil: "ALTER TABLE v1_grants ADD COLUMN more TEXT AS (hex(zeroblob(30000000))) VIRTUAL",
  },
  "a computed column in another table": { spoil: "CREATE TABLE other (a, b AS (a || a) STORED)" },
  "an order of texts of its own": inPlaceOf(
    "v1_assets",
    "CREATE TABLE v1_assets (id INTEGER PRIMARY KEY, external_id TEXT COLLATE NOCASE, data, sync_id)",
  ),
  "an index over an expression": { spoil: "CREATE INDEX odd ON v1_grants (lower(external_id))" },
  "an index in an order of its own": { spoil: "CREATE INDEX odd ON v1_grants (external_id COLLATE RTRIM)" },
  "a schema of two statements": rewritten("v1_grants", "CREATE TABLE", "CREATE TABLE x (a); CREATE TABLE"),
  "a schema that calls a table a view": {
    spoil: `PRAGMA writable_schema = ON;
      UPDATE sqlite_master SET type = 'view', sql = 'CREATE VIEW v1_grants AS ${ENDLESS}' WHERE name = 'v1_grants'`,
  },
  "a table of which each page is its own child": {
    // Pages of 512 bytes: rows enough that the table's first page only points to others.
    before: "PRAGMA page_size = 512",
    spoil: `WITH RECURSIVE n(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM n WHERE x < 3000)
      INSERT INTO v1_resources (resource_type_id, external_id, data, sync_id, discovered_at)
        SELECT 'user', 'user:more' || x, zeroblob(60), 's1', '' FROM n`,
    bend: pointPagesAtThemselves,
  },
  "two tables in the same pages": {
    spoil: `PRAGMA writable_schema = ON; UPDATE sqlite_master SET rootpage =
      (SELECT rootpage FROM sqlite_master WHERE name = 'v1_resources') WHERE name = 'v1_assets'`,
  },
  "no table of grants": { spoil: "DROP TABLE v1_grants" },
  "a table without its ids": inPlaceOf("v1_assets", "CREATE TABLE v1_assets (id INTEGER PRIMARY KEY, data, sync_id)"),
  "more tables than anybody has": {
    spoil: Array.from({ length: 1100 }, (_, at) => `CREATE TABLE t${at} (a)`).join("; "),
  },
};

/** Makes all children of inner table pages the first child of the page: rows without end in a file of some kB. */
function pointPagesAtThemselves(bytes: Buffer): void {
  const pageSize = bytes.readUInt16BE(16);
  for (let page = pageSize; page < bytes.length; page += pageSize) {
    // SQLite file format, section 1.6: 5 is an inner page of a table, whose cells begin with the child's number.
    if (bytes[page] !== 5) continue;
    const cells = bytes.readUInt16BE(page + 3);
    const child = bytes.readUInt32BE(page + bytes.readUInt16BE(page + 12));
    for (let cell = 0; cell < cells; cell++)
      bytes.writeUInt32BE(child, page + bytes.readUInt16BE(page + 12 + 2 * cell));
    bytes.writeUInt32BE(child, page + 8);
  }
}

/** Databases that are odd but can do no harm: they are read. */
export const ODD_DATABASES: Readonly<Record<string, Spoiling>> = {
  "tables and columns of others": {
    spoil: `CREATE TABLE other (a TEXT PRIMARY KEY, b CHECK (b > 0)) WITHOUT ROWID; CREATE INDEX o ON other (lower(a));
      ALTER TABLE v1_grants ADD COLUMN more TEXT NOT NULL DEFAULT 'x';
      CREATE TABLE seq (id INTEGER PRIMARY KEY AUTOINCREMENT)`,
  },
  "a check that calls functions": inPlaceOf(
    "v1_assets",
    "CREATE TABLE v1_assets (id INTEGER PRIMARY KEY, external_id, data CHECK (length(randomblob(9)) > 0), sync_id)",
  ),
  "statistics that lie": {
    spoil: `CREATE INDEX i ON v1_grants (external_id); ANALYZE; DELETE FROM sqlite_stat1;
      INSERT INTO sqlite_stat1 VALUES ('v1_grants', 'i', '1 99999999')`,
  },
  "a journal mode that needs files beside it": { spoil: "PRAGMA journal_mode = WAL" },
  "UTF-16": { before: "PRAGMA encoding = 'UTF-16le'" },
  "a partial index": { spoil: "CREATE INDEX p ON v1_grants (external_id) WHERE expansion IS NULL" },
};

const block = (last: boolean, type: 0 | 1, size: number, ...bytes: number[]) => {
  const head = Buffer.alloc(3);
  head.writeUIntLE((size << 3) | (type << 1) | (last ? 1 : 0), 0, 3);
  return Buffer.concat([head, Buffer.from(bytes)]);
};
/** A frame without a size, with a window of 2 MiB (RFC 8878, 3.1.1.1). */
const FRAME = Buffer.from([0x28, 0xb5, 0x2f, 0xfd, 0x00, 0x58]);

/** A snapshot of so many empty blocks. */
export function emptyBlocks(path: string, count: number): string {
  return wrapFrame(path, FRAME, Buffer.alloc(3 * count), block(true, 0, 0));
}

/** A snapshot of some kB whose blocks say one byte each, repeated 128 KiB times: `count` blocks of it. */
export function repeatedByte(path: string, count: number): string {
  const one = block(false, 1, 128 * 1024, 0);
  return wrapFrame(path, FRAME, sqliteHead(), Buffer.concat(Array(count).fill(one)), block(true, 0, 0));
}

/** A snapshot whose frame says that `bytes` are in it. */
export function declaredSize(path: string, bytes: bigint): string {
  const head = Buffer.from([0x28, 0xb5, 0x2f, 0xfd, 0xc0, 0x58, 0, 0, 0, 0, 0, 0, 0, 0]);
  head.writeBigUInt64LE(bytes, 6);
  return wrapFrame(path, head, sqliteHead(), block(true, 0, 0));
}

/** A snapshot whose frame asks its reader to keep 2 GiB. */
export function hugeWindow(path: string): string {
  return wrapFrame(path, Buffer.from([0x28, 0xb5, 0x2f, 0xfd, 0x00, 21 << 3]), sqliteHead(), block(true, 0, 0));
}

function sqliteHead(): Buffer {
  const text = Buffer.from("SQLite format 3\0", "latin1");
  return block(false, 0, text.length, ...text);
}
