import { type Dialect, Kysely, type Transaction } from "kysely";
import { isFailure } from "../failure.ts";
import { migrate, type StateSchema } from "./migrate.ts";
import { isRepeatable, postgresDialect, postgresFailure } from "./postgres.ts";
import { sqliteDialect } from "./sqlite.ts";

/** How often a transaction is repeated that another one got in the way of. */
const MAX_REPEATS = 20;

/** How a store is opened. */
export interface StateOptions {
  /** Called with the error of a connection that broke while it was idle. */
  readonly onIdleError?: (error: Error) => void;
}

/**
 * A durable store that a process shares with others: a SQLite file, or PostgreSQL where there are several replicas.
 * `DB` is its tables, as Kysely types them. Booleans are 0 and 1, times are milliseconds, JSON is text: the same in
 * both databases.
 */
export interface State<DB> {
  readonly kind: "sqlite" | "postgres";
  /** For reads. */
  readonly db: Kysely<DB>;
  /**
   * One transaction: all of it is on the disk when this resolves, or nothing of it is there. In SQLite writers wait for
   * each other; in PostgreSQL a row that is read to be changed is to be locked (see {@link State.forUpdate}). The body
   * may be called again where another transaction got in the way, so it does nothing but use `trx`.
   */
  write<T>(body: (trx: Transaction<DB>) => Promise<T>): Promise<T>;
  /** Locks the rows of a query until the transaction ends, where the database does that row by row. */
  forUpdate<Q extends { forUpdate(): Q }>(query: Q): Q;
  close(): Promise<void>;
}

/** Whether a location names PostgreSQL rather than a file. */
export function isPostgres(location: string): boolean {
  return /^postgres(ql)?:\/\//i.test(location);
}

/**
 * Opens a store and brings its tables up to date: one replica does, the others wait. `location` is a file, `:memory:` or
 * a `postgres://` address. Throws a `Failure`: `failedPrecondition` where it cannot be used (or a newer version of the
 * program has changed it), `unavailable` where the database does not answer.
 */
export async function openState<DB>(
  location: string,
  schema: StateSchema,
  options: StateOptions = {},
): Promise<State<DB>> {
  const postgres = isPostgres(location);
  const dialect: Dialect = postgres
    ? await postgresDialect(location, `baton_okta_${schema.name}`, options.onIdleError ?? (() => {}))
    : sqliteDialect(location);
  const db = new Kysely<DB>({ dialect });
  const explained = async <T>(body: () => Promise<T>): Promise<T> => {
    try {
      return await body();
    } catch (error) {
      if (isFailure(error) || !postgres || !isFromDatabase(error)) throw error;
      throw postgresFailure(error, location);
    }
  };
  try {
    await explained(() => migrate(db, schema, postgres));
  } catch (error) {
    await db.destroy().catch(() => {});
    throw error;
  }
  return {
    kind: postgres ? "postgres" : "sqlite",
    db,
    forUpdate: (query) => (postgres ? query.forUpdate() : query),
    write: (body) => explained(() => repeated(() => db.transaction().execute(body))),
    close: () => db.destroy(),
  };
}

async function repeated<T>(transaction: () => Promise<T>): Promise<T> {
  for (let tries = 0; ; tries++) {
    try {
      return await transaction();
    } catch (error) {
      if (tries >= MAX_REPEATS || !isRepeatable(error)) throw error;
    }
  }
}

/** Errors of PostgreSQL have a `severity`; those of the network a `syscall`; the pool's own say that they timed out. */
function isFromDatabase(error: unknown): boolean {
  return (
    error instanceof Error && ("severity" in error || "syscall" in error || /connect|timeout/i.test(error.message))
  );
}
