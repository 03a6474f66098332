import type { Selectable } from "kysely";
import type { Filter } from "../protocol/filter/parse.ts";
import { condition } from "./query.ts";
import type { GroupTable, UserTable } from "./schema.ts";
import { CHUNK, type ScimStore } from "./store.ts";

/** Which part of a list is wanted. */
export interface PageRequest {
  readonly filter?: Filter;
  /** From 1. */
  readonly startIndex: number;
  readonly count: number;
}

/** A part of a list, and how long the list is. */
export interface ListedRows<R> {
  readonly total: number;
  readonly rows: readonly R[];
}

interface Rows {
  scim_user: Selectable<UserTable>;
  scim_group: Selectable<GroupTable>;
}

/** Says of each of some rows whether it fulfils the filter, which the database cannot say. */
export type Chooser<R> = (rows: readonly R[], filter: Filter) => Promise<readonly boolean[]>;

/** One page of users or groups. They stand in the order in which they were made: their ids sort by time. */
export async function pageOf<T extends keyof Rows>(
  { db }: ScimStore,
  table: T,
  { filter, startIndex, count }: PageRequest,
  choose: Chooser<Rows[T]>,
): Promise<ListedRows<Rows[T]>> {
  const where = filter && condition(table, filter);
  if (filter !== undefined && where === undefined) {
    return await chosen(db, table, filter, { startIndex, count }, choose);
  }
  let query = db.selectFrom(table as "scim_user");
  if (where !== undefined) query = query.where(where);
  const { total } = await query.select(({ fn }) => fn.countAll<number>().as("total")).executeTakeFirstOrThrow();
  const rows =
    count === 0 || startIndex > total
      ? []
      : await query
          .selectAll()
          .orderBy("id")
          .limit(count)
          .offset(startIndex - 1)
          .execute();
  return { total: Number(total), rows: rows as unknown as Rows[T][] };
}

async function chosen<T extends keyof Rows>(
  db: ScimStore["db"],
  table: T,
  filter: Filter,
  { startIndex, count }: Pick<PageRequest, "startIndex" | "count">,
  choose: Chooser<Rows[T]>,
): Promise<ListedRows<Rows[T]>> {
  const rows: Rows[T][] = [];
  let total = 0;
  for (let after = ""; ; ) {
    const part = (await db
      .selectFrom(table as "scim_user")
      .selectAll()
      .where("id", ">", after)
      .orderBy("id")
      .limit(CHUNK)
      .execute()) as unknown as Rows[T][];
    const fulfilled = await choose(part, filter);
    for (const [at, row] of part.entries()) {
      if (!fulfilled[at]) continue;
      total++;
      if (total >= startIndex && rows.length < count) rows.push(row);
    }
    if (part.length < CHUNK) return { total, rows };
    after = part.at(-1)!.id;
  }
}
