import { DatabaseSync } from "node:sqlite";
import { isDamaged } from "./failures.ts";

/**
 * The ids of the resources, by type, of the newest finished full sync of an old snapshot's database. None where there is
 * no such sync, or the database cannot be read: whether it can be kept is found out, and told, when the sync is sealed.
 */
export function lastResources(database: string): Map<string, string[]> {
  const found = new Map<string, string[]>();
  const db = new DatabaseSync(database, { readOnly: true, enableForeignKeyConstraints: false });
  try {
    const newest = db
      .prepare(
        "SELECT sync_id FROM v1_sync_runs WHERE sync_type = 'full' AND ended_at IS NOT NULL ORDER BY id DESC LIMIT 1",
      )
      .get();
    if (newest === undefined) return found;
    const rows = db.prepare("SELECT resource_type_id AS type, external_id FROM v1_resources WHERE sync_id = ?");
    for (const { type, external_id } of rows.iterate(newest.sync_id as string)) {
      const of = String(type);
      const ids = found.get(of) ?? [];
      if (ids.length === 0) found.set(of, ids);
      ids.push(String(external_id).slice(of.length + 1));
    }
    return found;
  } catch (error) {
    if (isDamaged(error) || (error as { code?: string }).code === "ERR_SQLITE_ERROR") return new Map();
    throw error;
  } finally {
    db.close();
  }
}
