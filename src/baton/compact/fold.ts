import type { DatabaseSync } from "node:sqlite";
import { CONTENT_TABLES } from "../snapshot/schema.ts";
import type { ReadRecord } from "../sync/read-record.ts";

/** What folding took out: resources that are not there any more, and grants that are not held any more. */
export interface Removed {
  readonly resources: number;
  readonly grants: number;
}

/** Folds the layer in the database at `path` into the one that is open: `how` is what the layer says of what it lacks. */
export function foldLayer(db: DatabaseSync, path: string, how: Authority): Removed {
  db.prepare("ATTACH ? AS layer").run(path);
  try {
    db.exec("BEGIN");
    const resources = how.kind === "types" ? dropWhatTypesLack(db, how.withGrants) : dropWhatWasRead(db, how.record);
    const { grants } = db
      .prepare(
        "SELECT count(*) AS grants FROM temp.dropped AS d WHERE NOT EXISTS (SELECT 1 FROM layer.v1_grants AS l WHERE l.external_id = d.external_id)",
      )
      .get()!;
    for (const table of CONTENT_TABLES) copy(db, table);
    db.exec("DROP TABLE temp.dropped; COMMIT");
    return { resources, grants: Number(grants) };
  } catch (error) {
    if (db.isTransaction) db.exec("ROLLBACK");
    throw error;
  } finally {
    db.exec("DETACH layer");
  }
}

/**
 * What a sync that is folded in decides: all of its resource types (a full one; with their grants, or only which
 * resources there are), or what its record says of single resources. Without a record it decides nothing that it lacks.
 */
export type Authority =
  | { readonly kind: "types"; readonly withGrants: boolean }
  | { readonly kind: "resources"; readonly record: ReadRecord | undefined };

const DROPPED = "CREATE TEMP TABLE dropped (external_id TEXT PRIMARY KEY) WITHOUT ROWID";

function dropWhatTypesLack(db: DatabaseSync, withGrants: boolean): number {
  db.exec(DROPPED);
  const types = "SELECT external_id FROM layer.v1_resource_types";
  db.exec(`CREATE TEMP TABLE gone AS SELECT resource_type_id AS type, external_id FROM main.v1_resources AS r
    WHERE resource_type_id IN (${types}) AND NOT EXISTS (SELECT 1 FROM layer.v1_resources AS l WHERE l.external_id = r.external_id)`);
  const gone = dropGone(db);
  if (withGrants) {
    dropGrants(db, `resource_type_id IN (${types}) AND principal_resource_type_id IN (${types})`, {});
    db.exec(`DELETE FROM main.v1_entitlements WHERE resource_type_id IN (${types})`);
  }
  return gone;
}

function dropWhatWasRead(db: DatabaseSync, record: ReadRecord | undefined): number {
  db.exec(`${DROPPED}; CREATE TEMP TABLE gone (type TEXT NOT NULL, external_id TEXT NOT NULL)`);
  const put = db.prepare(
    "INSERT INTO temp.gone SELECT resource_type_id, external_id FROM main.v1_resources WHERE external_id = ?",
  );
  for (const key of record?.gone ?? []) put.run(key);
  const gone = dropGone(db);
  for (const key of record?.read ?? []) {
    const { type, id } = partsOf(key);
    if (record!.entitlements) {
      db.prepare("DELETE FROM main.v1_entitlements WHERE resource_type_id = ? AND resource_id = ?").run(type, id);
    }
    if (!record!.grants) continue;
    // Who reads its own grants of this resource is not in what was read of the resource.
    const apart = Object.entries(record!.held).flatMap(([principal, held]) => (held.includes(type) ? [principal] : []));
    dropGrants(
      db,
      "resource_type_id = :type AND resource_id = :id AND principal_resource_type_id NOT IN (SELECT value FROM json_each(:apart))",
      { type, id, apart: JSON.stringify(apart) },
    );
    dropGrants(
      db,
      "principal_resource_type_id = :type AND principal_resource_id = :id AND resource_type_id IN (SELECT value FROM json_each(:held))",
      { type, id, held: JSON.stringify(record!.held[type] ?? []) },
    );
  }
  return gone;
}

/** Takes the resources in `temp.gone` out, with their entitlements, their grants and what they held. */
function dropGone(db: DatabaseSync): number {
  const keys = "SELECT type, substr(external_id, length(type) + 2) FROM temp.gone";
  dropGrants(
    db,
    `(resource_type_id, resource_id) IN (${keys}) OR (principal_resource_type_id, principal_resource_id) IN (${keys})`,
    {},
  );
  db.exec(`DELETE FROM main.v1_entitlements WHERE (resource_type_id, resource_id) IN (${keys})`);
  const { changes } = db
    .prepare("DELETE FROM main.v1_resources WHERE external_id IN (SELECT external_id FROM temp.gone)")
    .run();
  db.exec("DROP TABLE temp.gone");
  return Number(changes);
}

function dropGrants(db: DatabaseSync, which: string, values: Record<string, string>): void {
  db.prepare(`INSERT OR IGNORE INTO temp.dropped SELECT external_id FROM main.v1_grants WHERE ${which}`).run(values);
  db.prepare(`DELETE FROM main.v1_grants WHERE ${which}`).run(values);
}

/** A row of the layer goes before one with the same id. */
function copy(db: DatabaseSync, table: string): void {
  const names = db
    .prepare("SELECT name FROM pragma_table_info(?)")
    .all(table)
    .map(({ name }) => String(name))
    .filter((name) => name !== "id")
    .join(", ");
  db.exec(`INSERT OR REPLACE INTO main.${table} (${names}) SELECT ${names} FROM layer.${table} ORDER BY id`);
}

function partsOf(key: string): { type: string; id: string } {
  const colon = key.indexOf(":");
  return { type: key.slice(0, colon), id: key.slice(colon + 1) };
}
