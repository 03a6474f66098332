import type { Dialect } from "kysely";
import { Failure } from "../failure.ts";

const CONNECT_TIMEOUT_MS = 10_000;
const STATEMENT_TIMEOUT_MS = 60_000;

/** Connections that one process keeps at most. */
const MAX_CONNECTIONS = 10;

/**
 * A Kysely dialect over PostgreSQL, loaded only where it is asked for. `schema` is where the tables are.
 * `onIdleError` is called with the error of a connection that broke while nobody used it.
 */
export async function postgresDialect(
  url: string,
  schema: string,
  onIdleError: (error: Error) => void,
): Promise<Dialect> {
  const [{ PostgresDialect }, { default: pg }] = await Promise.all([import("kysely"), import("pg")]);
  const pool = new pg.Pool({
    connectionString: url,
    max: MAX_CONNECTIONS,
    connectionTimeoutMillis: CONNECT_TIMEOUT_MS,
    statement_timeout: STATEMENT_TIMEOUT_MS,
    application_name: "baton-okta",
    options: `-c search_path=${schema}`,
    // A number that JavaScript can hold comes as one: counts and times in milliseconds do.
    types: { getTypeParser: (oid, format) => (oid === INT8 ? Number : pg.types.getTypeParser(oid, format)) },
  });
  pool.on("error", onIdleError);
  return new PostgresDialect({ pool });
}

const INT8 = 20;

/** Codes with which PostgreSQL asks for the transaction to be repeated: serialization failure and deadlock. */
const REPEATABLE = new Set(["40001", "40P01"]);

/** Whether the same transaction may succeed when it is repeated. Source: PostgreSQL, Serialization Failure Handling. */
export function isRepeatable(error: unknown): boolean {
  return REPEATABLE.has(codeOf(error) ?? "");
}

/** What a failure of the database means: away, refused, or our own fault. The address is shown without its password. */
export function postgresFailure(error: unknown, url: string): Failure {
  const code = codeOf(error) ?? "";
  const where = addressOf(url);
  const message = error instanceof Error && error.message !== "" ? error.message : code;
  // Class 28: credentials; 3D: no such database. Source: PostgreSQL error codes.
  if (/^(28|3D)/.test(code)) {
    return new Failure({
      kind: "failedPrecondition",
      message: `PostgreSQL at ${where} refuses: ${message}`,
      advice: "check user, password and database of the postgres:// address",
      cause: error,
    });
  }
  // 42501: insufficient privilege. Class 22: data that is none; 23: broken constraints; 42: what is asked for is not there.
  if (/^(22|23|42)/.test(code)) {
    const denied = code === "42501";
    return new Failure({
      kind: denied ? "failedPrecondition" : "internal",
      message: `PostgreSQL at ${where} refuses what it is asked: ${message}`,
      advice: denied
        ? "let the user of the postgres:// address create and change tables in a schema of its own"
        : "nothing of it was kept; report it with the log at --log-level debug",
      cause: error,
    });
  }
  return new Failure({
    kind: "unavailable",
    message: `PostgreSQL at ${where} does not answer: ${message}`,
    advice: "see that it runs and can be reached from here",
    cause: error,
  });
}

/** Host, port and database of an address, for people: never its user or password. */
export function addressOf(url: string): string {
  if (!URL.canParse(url)) return "its address";
  const { host, pathname } = new URL(url);
  return `${host}${pathname}`;
}

function codeOf(error: unknown): string | undefined {
  const code = (error as { code?: unknown } | null)?.code;
  return typeof code === "string" ? code : undefined;
}
