import type { Migration } from "kysely/migration";

/** An account that this program has made, or was about to. Times are milliseconds since the Unix epoch. */
export interface MadeAccountTable {
  id: string;
  /** The org, as `https://acme.okta.com`. */
  org: string;
  login: string;
  /** The other side's id; absent until it is known. */
  account: string | null;
  actor: string;
  at: number;
  /** `making` (written before it is sent), `made`, `not-made`. */
  state: string;
  /** When it became that. */
  changed: number;
  /** When its password was replaced last. */
  rotated: number | null;
  /** Until when its password is being replaced: no lease of it begins before. */
  rotating_until: number;
}

/** The table of the accounts that were made, beside the leases. */
export const accountsMigration: Migration = {
  async up(db) {
    await db.schema
      .createTable("made_account")
      .addColumn("id", "text", (column) => column.primaryKey())
      .addColumn("org", "text", (column) => column.notNull())
      .addColumn("login", "text", (column) => column.notNull())
      .addColumn("account", "text")
      .addColumn("actor", "text", (column) => column.notNull())
      .addColumn("at", "bigint", (column) => column.notNull())
      .addColumn("state", "text", (column) => column.notNull())
      .addColumn("changed", "bigint", (column) => column.notNull())
      .addColumn("rotated", "bigint")
      .addColumn("rotating_until", "bigint", (column) => column.notNull())
      .execute();
    await db.schema.createIndex("made_account_of").on("made_account").columns(["org", "account"]).execute();
  },
};
