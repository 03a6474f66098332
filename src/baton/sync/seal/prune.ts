import type { DatabaseSync } from "node:sqlite";
import { INDEXES } from "../../snapshot/schema.ts";
import { isConflict } from "../failures.ts";

const CREATE = new Map(INDEXES.map(({ name, sql }) => [name, sql.replace(" INDEX ", " INDEX IF NOT EXISTS ")]));

/** Makes one of the snapshot's indexes, unless it is there. */
export function makeIndex(db: DatabaseSync, name: string): void {
  db.exec(CREATE.get(name)!);
}

/** Takes the resources that vanished out, with their entitlements; their grants go with {@link dropDangling}. */
export function dropVanished(db: DatabaseSync, syncId: string): number {
  db.prepare(
    `DELETE FROM v1_entitlements WHERE sync_id = ? AND (resource_type_id, resource_id) IN (
       SELECT resource_type_id, substr(external_id, length(resource_type_id) + 2)
         FROM v1_resources WHERE id IN (SELECT subject FROM work_gone))`,
  ).run(syncId);
  return Number(db.prepare("DELETE FROM v1_resources WHERE id IN (SELECT subject FROM work_gone)").run().changes);
}

/**
 * Takes out the grants whose entitlement's resource, or (`principals`) whose principal, is not among the sync's
 * resources; without `principals` only those that refer to a vanished resource. Gives how many.
 */
export function dropDangling(db: DatabaseSync, syncId: string, all: boolean, vanished: ReadonlySet<string>): number {
  makeIndex(db, "idx_grants_resource_type_id_resource_id_v1");
  makeIndex(db, "idx_grants_principal_id_v1");
  let dropped = 0;
  for (const [type, id] of [
    ["resource_type_id", "resource_id"],
    ["principal_resource_type_id", "principal_resource_id"],
  ] as const) {
    db.exec("CREATE TEMP TABLE missing (type TEXT NOT NULL, id TEXT NOT NULL)");
    if (all) {
      // The index gives each pair once, whatever the number of grants.
      db.prepare(
        `INSERT INTO missing SELECT ${type}, ${id} FROM (SELECT DISTINCT ${type}, ${id} FROM v1_grants) AS g
           WHERE NOT EXISTS (SELECT 1 FROM v1_resources AS r
             WHERE r.external_id = g.${type} || ':' || g.${id} AND r.sync_id = ?)`,
      ).run(syncId);
    } else {
      const insert = db.prepare("INSERT INTO missing (type, id) VALUES (?, ?)");
      for (const key of vanished) insert.run(key.slice(0, key.indexOf(":")), key.slice(key.indexOf(":") + 1));
    }
    dropped += Number(
      db
        .prepare(`DELETE FROM v1_grants WHERE sync_id = ? AND (${type}, ${id}) IN (SELECT type, id FROM missing)`)
        .run(syncId).changes,
    );
    db.exec("DROP TABLE temp.missing");
  }
  return dropped;
}

/**
 * Takes out grants that are there more than once: lists shift while they are read, and one custom role may be held in
 * two resource sets. Of several the one that expands, then the one whose bytes come first, stays, whatever the order
 * in which they came. Making the unique index finds out whether there are any, and costs nothing besides.
 */
export function dropDuplicates(db: DatabaseSync, syncId: string): number {
  const index = "idx_grants_external_sync_v1";
  try {
    makeIndex(db, index);
    return 0;
  } catch (error) {
    if (!isConflict(error)) throw error;
  }
  db.exec("CREATE TEMP TABLE repeated (external_id TEXT PRIMARY KEY) WITHOUT ROWID");
  db.prepare(
    "INSERT INTO repeated SELECT external_id FROM v1_grants WHERE sync_id = ? GROUP BY external_id HAVING count(*) > 1",
  ).run(syncId);
  const { changes } = db
    .prepare(
      `DELETE FROM v1_grants WHERE id IN (SELECT id FROM (
         SELECT g.id, row_number() OVER (
             PARTITION BY g.external_id ORDER BY g.expansion IS NULL, g.expansion, g.data, g.id
           ) AS place
           FROM v1_grants AS g CROSS JOIN repeated AS r ON r.external_id = g.external_id WHERE g.sync_id = ?
         ) WHERE place > 1)`,
    )
    .run(syncId);
  db.exec("DROP TABLE temp.repeated");
  makeIndex(db, index);
  return Number(changes);
}
