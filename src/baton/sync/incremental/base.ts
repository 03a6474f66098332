import { openUntrusted } from "../../snapshot/untrusted.ts";
import { readState, type State } from "./state.ts";

/** The sync whose rows can be carried over. */
export interface Base {
  readonly syncId: string;
  readonly state: State;
}

/** The newest finished full sync of an old snapshot's database, which was checked; or why its rows cannot be carried over. */
export function findBase(database: string): Base | string {
  const db = openUntrusted(database);
  try {
    const typed = db.prepare("SELECT 1 FROM pragma_table_info('v1_sync_runs') WHERE name = 'sync_type'").get();
    const newest = db
      .prepare(
        `SELECT sync_id, sync_token FROM v1_sync_runs
           WHERE ended_at IS NOT NULL ${typed ? "AND sync_type = 'full'" : ""} ORDER BY id DESC LIMIT 1`,
      )
      .get();
    if (newest === undefined) return "the file holds no finished full sync";
    const state = readState(newest.sync_token);
    if (state === undefined) return "the last full sync in the file does not say from where on changes are told";
    return { syncId: newest.sync_id as string, state };
  } finally {
    db.close();
  }
}
