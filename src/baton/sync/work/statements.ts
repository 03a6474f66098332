import type { DatabaseSync } from "node:sqlite";

/** What the store runs, prepared for one sync. */
export function prepareStatements(db: DatabaseSync, syncId: string) {
  // A sync's id is letters and digits, so it can stand in the text, which spares binding it to each row.
  const mine = `'${syncId.replaceAll("'", "''")}'`;
  return {
    type: db.prepare(
      `INSERT INTO v1_resource_types (external_id, data, sync_id, discovered_at) VALUES (?, ?, ${mine}, ?)`,
    ),
    resource: db.prepare(
      `INSERT INTO v1_resources (resource_type_id, external_id, parent_resource_type_id, parent_resource_id, data, sync_id,
         discovered_at) VALUES (?, ?, ?, ?, ?, ${mine}, ?) ON CONFLICT DO NOTHING`,
    ),
    resourceById: db.prepare("SELECT data FROM v1_resources WHERE id = ?"),
    resourceByKey: db.prepare(`SELECT id, data FROM v1_resources WHERE external_id = ? AND sync_id = ${mine}`),
    replaceResource: db.prepare("UPDATE v1_resources SET data = ?, discovered_at = ? WHERE id = ?"),
    entitlement: db.prepare(
      `INSERT INTO v1_entitlements (resource_type_id, resource_id, external_id, data, sync_id, discovered_at)
         VALUES (?, ?, ?, ?, ${mine}, ?)
         ON CONFLICT (external_id, sync_id) DO UPDATE SET data = excluded.data WHERE excluded.data < data`,
    ),
    deleteEntitlements: db.prepare(
      `DELETE FROM v1_entitlements WHERE resource_type_id = ? AND resource_id = ? AND sync_id = ${mine}`,
    ),
    listed: db.prepare("SELECT grants FROM work_listed WHERE resource = ?"),
    setListed: db.prepare("INSERT OR REPLACE INTO work_listed (resource, grants) VALUES (?, ?)"),
    grant: db.prepare(
      `INSERT INTO v1_grants (resource_type_id, resource_id, entitlement_id, principal_resource_type_id,
         principal_resource_id, external_id, expansion, needs_expansion, data, sync_id, discovered_at)
         VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ${mine}, ?)`,
    ),
    found: db.prepare(
      `INSERT INTO work_found (external_id, type, data) VALUES (?, ?, ?)
         ON CONFLICT DO UPDATE SET data = excluded.data, carried = 0 WHERE carried = 1 OR excluded.data < data`,
    ),
    holder: db.prepare("INSERT OR IGNORE INTO work_holder (name, type, id) VALUES (?, ?, ?)"),
    gone: db.prepare("INSERT OR IGNORE INTO work_gone (subject) VALUES (?)"),
    related: db.prepare("INSERT OR IGNORE INTO work_related (external_id) VALUES (?)"),
    skipped: db.prepare("INSERT OR IGNORE INTO work_skipped (type, id) VALUES (?, ?)"),
  };
}
