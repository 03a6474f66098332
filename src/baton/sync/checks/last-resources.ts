import { openUntrusted } from "../../snapshot/untrusted.ts";

/** The ids of the resources, by type, of the newest finished full sync in an old snapshot's database, which was checked. */
export function lastResources(database: string): Map<string, string[]> {
  const found = new Map<string, string[]>();
  const db = openUntrusted(database);
  try {
    // Files of old writers have no such column: all their syncs are full ones.
    const typed = db.prepare("SELECT 1 FROM pragma_table_info('v1_sync_runs') WHERE name = 'sync_type'").get();
    const newest = db
      .prepare(
        `SELECT sync_id FROM v1_sync_runs WHERE ended_at IS NOT NULL ${typed ? "AND sync_type = 'full'" : ""} ORDER BY id DESC LIMIT 1`,
      )
      .get();
    if (newest === undefined) return found;
    const rows = db.prepare("SELECT external_id FROM v1_resources WHERE sync_id = ?");
    for (const { external_id } of rows.iterate(newest.sync_id as string)) {
      const key = String(external_id);
      const colon = key.indexOf(":");
      const type = key.slice(0, colon);
      const ids = found.get(type) ?? [];
      if (ids.length === 0) found.set(type, ids);
      ids.push(key.slice(colon + 1));
    }
    return found;
  } finally {
    db.close();
  }
}
