import { type Kysely, sql } from "kysely";
import { type Migration, Migrator } from "kysely/migration";
import { Failure } from "../failure.ts";

/** What a room keeps: its tables, in the order in which they came to be. */
export interface StateSchema {
  /** Names the room's tables in a database that several rooms share, as `scim`: letters and `_` only. */
  readonly name: string;
  /** By name, in the order of their names: a published one never changes. */
  readonly migrations: Readonly<Record<string, Migration>>;
}

/**
 * Brings a store's tables up to date. Kysely's migrator keeps what was done and lets one replica do it at a time. Throws
 * a {@link Failure} of kind `failedPrecondition` where a newer version has been at the store.
 */
export async function migrate(
  // biome-ignore lint/suspicious/noExplicitAny: a migration knows tables that no type describes any more
  db: Kysely<any>,
  { name, migrations }: StateSchema,
  postgres: boolean,
): Promise<void> {
  const schema = `baton_okta_${name}`;
  if (postgres) await createSchema(db, schema);
  const migrator = new Migrator({
    db,
    provider: { getMigrations: async () => ({ ...migrations }) },
    migrationTableName: `${name}_migration`,
    migrationLockTableName: `${name}_migration_lock`,
    ...(postgres && { migrationTableSchema: schema }),
  });
  let { error } = await migrator.migrateToLatest();
  // SQLite has no lock that Kysely's migrator could take: of two that start at once, the second finds the tables made.
  if (error !== undefined && !postgres) ({ error } = await migrator.migrateToLatest());
  if (error === undefined) return;
  if (error instanceof Error && /corrupted migrations/i.test(error.message)) {
    throw new Failure({
      kind: "failedPrecondition",
      message: "the state store was written by a newer version of this program",
      advice: "use that version, or another store",
      cause: error,
    });
  }
  throw error;
}

/** Two replicas that start at once may both find no schema; the one that comes second gets the error that it is there. */
async function createSchema(db: Kysely<unknown>, schema: string): Promise<void> {
  try {
    await sql`create schema if not exists ${sql.id(schema)}`.execute(db);
  } catch (error) {
    // 23505: unique violation; 42P06: duplicate schema. Source: PostgreSQL error codes.
    const code = (error as { code?: unknown }).code;
    if (code !== "23505" && code !== "42P06") throw error;
  }
}
