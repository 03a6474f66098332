import { existsSync } from "node:fs";
import type { Transaction } from "kysely";
import { Failure } from "../../runtime/failure.ts";
import { addressOf } from "../../runtime/state/postgres.ts";
import { isPostgres, openState, type State, type StateOptions } from "../../runtime/state/state.ts";
import { SCIM_SCHEMA, type ScimTables } from "./schema.ts";

/** The store of what was pushed. */
export type ScimStore = State<ScimTables>;

/** A transaction in it. */
export type ScimTransaction = Transaction<ScimTables>;

/** Rows that one statement writes or asks for: SQLite takes 32,766 values, PostgreSQL 65,535. */
export const CHUNK = 1_000;

/**
 * Opens the store. `mustExist`: for those who only read, where a file that is not there is a wrong name. Throws a
 * {@link Failure}: `notFound`, and whatever `openState` throws.
 */
export async function openScimStore(
  location: string,
  options: StateOptions & { readonly mustExist?: boolean } = {},
): Promise<ScimStore> {
  if (options.mustExist && !isPostgres(location) && location !== ":memory:" && !existsSync(location)) {
    throw new Failure({
      kind: "notFound",
      message: `there is no SCIM store ${location}`,
      advice: "give --store the file or address that `baton-okta scim` was started with",
    });
  }
  return await openState<ScimTables>(location, SCIM_SCHEMA, options);
}

/** What a store is called, without a password. */
export function storeName(location: string): string {
  return isPostgres(location) ? `PostgreSQL at ${addressOf(location)}` : location;
}

/** A list in parts of at most {@link CHUNK}. */
export function* chunks<T>(items: readonly T[], size = CHUNK): Generator<readonly T[]> {
  for (let at = 0; at < items.length; at += size) yield items.slice(at, at + size);
}

/** Whether an error says that a row with the same unique value is there already. */
export function isDuplicate(error: unknown): boolean {
  const { code, errcode, cause } = error as { code?: unknown; errcode?: unknown; cause?: unknown };
  if (typeof cause === "object" && cause !== null && isDuplicate(cause)) return true;
  // 23505: PostgreSQL's unique violation. 2067 and 1555: SQLITE_CONSTRAINT_UNIQUE and _PRIMARYKEY.
  return code === "23505" || errcode === 2067 || errcode === 1555;
}
