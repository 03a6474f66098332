import type { Migration } from "kysely/migration";

/** An account that a clean-up has deactivated, or was about to. */
export interface CleanupTable {
  id: string;
  /** The run that did it. */
  run: string;
  org: string;
  user_id: string;
  login: string;
  reason: string;
  actor: string;
  at: number;
  /** `deactivating` (written before it is sent), `deactivated`, `not-done` (refused), `undone`, `deleting`, `deleted`. */
  state: string;
  /** What the account's status was, as a person reads it. */
  was: string;
  changed: number;
}

/** The table of what clean-ups did, beside the leases. */
export const cleanupMigration: Migration = {
  async up(db) {
    await db.schema
      .createTable("cleanup")
      .addColumn("id", "text", (column) => column.primaryKey())
      .addColumn("run", "text", (column) => column.notNull())
      .addColumn("org", "text", (column) => column.notNull())
      .addColumn("user_id", "text", (column) => column.notNull())
      .addColumn("login", "text", (column) => column.notNull())
      .addColumn("reason", "text", (column) => column.notNull())
      .addColumn("actor", "text", (column) => column.notNull())
      .addColumn("at", "bigint", (column) => column.notNull())
      .addColumn("state", "text", (column) => column.notNull())
      .addColumn("was", "text", (column) => column.notNull())
      .addColumn("changed", "bigint", (column) => column.notNull())
      .execute();
  },
};
