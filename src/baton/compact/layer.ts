import { closeSync, openSync } from "node:fs";
import { DatabaseSync } from "node:sqlite";
import { fromBinary, toBinary } from "@bufbuild/protobuf";
import { GrantExpandableSchema } from "../../gen/c1/connector/v2/annotation_grant_pb.ts";
import { type Grant, GrantSchema } from "../../gen/c1/connector/v2/grant_pb.ts";
import { CONTENT_TABLES, createTables, INDEXES } from "../snapshot/schema.ts";
import { decode } from "../snapshot/stored.ts";
import type { Column, Source } from "./source.ts";

/** The indexes that folding needs: rows by their id, grants by what and by whom. */
const NEEDED = INDEXES.filter(
  ({ table, name, unique }) =>
    (unique && (CONTENT_TABLES as readonly string[]).includes(table)) ||
    [
      "idx_grants_resource_type_id_resource_id_v1",
      "idx_grants_principal_id_v1",
      "idx_grants_entitlement_sync_grant_v1",
    ].includes(name),
);

/** Opens a database with the tables of a snapshot; a new one is readable by its owner only. */
export function openDatabase(path: string): DatabaseSync {
  closeSync(openSync(path, "a", 0o600));
  const db = new DatabaseSync(path, { enableForeignKeyConstraints: false });
  db.exec(
    "PRAGMA synchronous = OFF; PRAGMA journal_mode = MEMORY; PRAGMA temp_store = FILE; PRAGMA cache_size = -16000",
  );
  createTables(db);
  return db;
}

/**
 * Writes one sync of a snapshot into the new database at `path`, under the id `as`, and takes back what expansion added
 * to it: it is expanded again when everything is folded together. Of rows that are there twice the first one counts.
 */
export function writeLayer(path: string, source: Source, syncId: string, as: string): void {
  const db = openDatabase(path);
  try {
    for (const { sql } of NEEDED) db.exec(sql.replace(" INDEX ", " INDEX IF NOT EXISTS "));
    db.exec("BEGIN");
    for (const table of CONTENT_TABLES) {
      let insert: ((values: Column[]) => void) | undefined;
      for (const row of source.rows(table, syncId)) {
        insert ??= insertInto(db, table, Object.keys(row), as);
        insert(Object.values(row));
      }
    }
    takeExpansionBack(db);
    db.exec("COMMIT");
  } finally {
    db.close();
  }
}

function insertInto(db: DatabaseSync, table: string, names: readonly string[], syncId: string) {
  const places = names.map(() => "?").join(", ");
  const statement = db.prepare(`INSERT OR IGNORE INTO ${table} (${names.join(", ")}, sync_id) VALUES (${places}, ?)`);
  return (values: Column[]) => void statement.run(...values, syncId);
}

/** Removes the grants that follow from expandable ones, and what those say of it that are held directly as well. */
function takeExpansionBack(db: DatabaseSync): void {
  const edges = new Map<string, Set<string>>();
  for (const row of db
    .prepare("SELECT entitlement_id, expansion FROM v1_grants WHERE expansion IS NOT NULL")
    .iterate()) {
    const destination = row.entitlement_id as string;
    const sources = edges.get(destination) ?? new Set();
    edges.set(destination, sources);
    for (const id of fromBinary(GrantExpandableSchema, row.expansion as Uint8Array).entitlementIds) sources.add(id);
  }
  const grants = db.prepare("SELECT id, external_id, data FROM v1_grants WHERE entitlement_id = ?");
  const remove = db.prepare("DELETE FROM v1_grants WHERE id = ?");
  const update = db.prepare("UPDATE v1_grants SET data = ? WHERE id = ?");
  for (const [destination, sources] of edges) {
    for (const { id, external_id, data } of grants.all(destination)) {
      const grant = decode(GrantSchema, data as Uint8Array, String(external_id));
      const left = withoutSources(grant, destination, sources);
      if (left === "unchanged") continue;
      if (left === "derived") remove.run(id as number);
      else update.run(toBinary(GrantSchema, grant), id as number);
    }
  }
}

/** Takes the sources away that expansion gives a grant; says whether it was there at all without them. */
function withoutSources(grant: Grant, own: string, derived: ReadonlySet<string>): "unchanged" | "derived" | "changed" {
  const all = Object.keys(grant.sources?.sources ?? {});
  const others = all.filter((id) => id !== own && !derived.has(id));
  if (all.length === 0 || !all.some((id) => id !== own && derived.has(id))) return "unchanged";
  if (!all.includes(own) && others.length === 0) return "derived";
  for (const id of all) if (derived.has(id) && id !== own) delete grant.sources!.sources[id];
  // Expansion says of a direct grant that it is direct; the connector does not.
  if (others.length === 0) delete grant.sources;
  return "changed";
}
