import { sql } from "kysely";
import type { Migration } from "kysely/migration";
import type { StateSchema } from "../../runtime/state/migrate.ts";
import { accountsMigration, type MadeAccountTable } from "./accounts-schema.ts";
import { type CleanupTable, cleanupMigration } from "./cleanup-schema.ts";

/** Access that somebody was given until a time. */
export interface LeaseTable {
  id: string;
  /** The org, as `https://acme.okta.com`. */
  org: string;
  /** What is given to whom in which org, as one text: leases of the same access share it. */
  access: string;
  entitlement: string;
  principal_type: string;
  principal_id: string;
  reason: string;
  ticket: string | null;
  actor: string;
  created: number;
  ends: number;
  state: string;
  outcome: string | null;
  /** Whether it was held before and by none of our leases: then nothing is taken away at the end. */
  had_before: number;
  /** Tries to end it (or to find out how its grant ended) that failed in a row. */
  attempts: number;
  next_try: number;
  last_error: string | null;
  ended: number | null;
  /** How the access is held still, where it is, as a JSON list of texts. */
  still_held: string | null;
}

/** What leases of the same access share, and who works on it. */
export interface LeaseAccessTable {
  access: string;
  /** Whether it is there because a lease added it: the last lease that ends takes it away. */
  ours: number;
  holder: string | null;
  held_until: number;
  /** Grows with each claim: what an earlier holder writes is refused. */
  fence: number;
}

/** What happened to a lease: only ever appended to. */
export interface LeaseEventTable {
  lease_id: string;
  /** From 1, without gaps. */
  n: number;
  at: number;
  kind: string;
  actor: string;
  /** JSON. */
  detail: string;
  /** SHA-256 in hex over the hash before and this row: a row that is changed or taken out breaks the chain. */
  hash: string;
}

/** The tables. */
export interface LeaseTables {
  lease: LeaseTable;
  lease_access: LeaseAccessTable;
  lease_event: LeaseEventTable;
  cleanup: CleanupTable;
  made_account: MadeAccountTable;
}

function first(postgres: boolean): Migration {
  return {
    async up(db) {
      await db.schema
        .createTable("lease")
        .addColumn("id", "text", (column) => column.primaryKey())
        .addColumn("org", "text", (column) => column.notNull())
        .addColumn("access", "text", (column) => column.notNull())
        .addColumn("entitlement", "text", (column) => column.notNull())
        .addColumn("principal_type", "text", (column) => column.notNull())
        .addColumn("principal_id", "text", (column) => column.notNull())
        .addColumn("reason", "text", (column) => column.notNull())
        .addColumn("ticket", "text")
        .addColumn("actor", "text", (column) => column.notNull())
        .addColumn("created", "bigint", (column) => column.notNull())
        .addColumn("ends", "bigint", (column) => column.notNull())
        .addColumn("state", "text", (column) => column.notNull())
        .addColumn("outcome", "text")
        .addColumn("had_before", "integer", (column) => column.notNull())
        .addColumn("attempts", "integer", (column) => column.notNull())
        .addColumn("next_try", "bigint", (column) => column.notNull())
        .addColumn("last_error", "text")
        .addColumn("ended", "bigint")
        .addColumn("still_held", "text")
        .execute();
      await db.schema.createIndex("lease_due").on("lease").columns(["state", "ends"]).execute();
      await db.schema.createIndex("lease_of_access").on("lease").column("access").execute();
      await db.schema
        .createTable("lease_access")
        .addColumn("access", "text", (column) => column.primaryKey())
        .addColumn("ours", "integer", (column) => column.notNull())
        .addColumn("holder", "text")
        .addColumn("held_until", "bigint", (column) => column.notNull())
        .addColumn("fence", "bigint", (column) => column.notNull())
        .execute();
      await db.schema
        .createTable("lease_event")
        .addColumn("lease_id", "text", (column) => column.notNull())
        .addColumn("n", "integer", (column) => column.notNull())
        .addColumn("at", "bigint", (column) => column.notNull())
        .addColumn("kind", "text", (column) => column.notNull())
        .addColumn("actor", "text", (column) => column.notNull())
        .addColumn("detail", "text", (column) => column.notNull())
        .addColumn("hash", "text", (column) => column.notNull())
        .addPrimaryKeyConstraint("lease_event_key", ["lease_id", "n"])
        .execute();
      for (const statement of postgres ? POSTGRES_APPEND_ONLY : SQLITE_APPEND_ONLY) {
        await sql.raw(statement).execute(db);
      }
    },
  };
}

const REFUSAL = "the history of leases is only ever appended to";

const SQLITE_APPEND_ONLY = ["update", "delete"].map(
  (what) =>
    `create trigger lease_event_no_${what} before ${what} on lease_event begin select raise(abort, '${REFUSAL}'); end`,
);

const POSTGRES_APPEND_ONLY = [
  `create function lease_event_keep() returns trigger language plpgsql as $$ begin raise exception '${REFUSAL}'; end $$`,
  "create trigger lease_event_keep before update or delete on lease_event for each row execute function lease_event_keep()",
];

/** The ledger of leases. */
export function leaseSchema(postgres: boolean): StateSchema {
  return {
    name: "leases",
    migrations: { "001_first": first(postgres), "002_cleanup": cleanupMigration, "003_accounts": accountsMigration },
  };
}
