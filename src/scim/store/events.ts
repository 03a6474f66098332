import type { Insertable } from "kysely";
import type { EventTable } from "./schema.ts";
import { chunks, type ScimStore, type ScimTransaction } from "./store.ts";

/** What can have been pushed. */
export type EventKind =
  | "user.created"
  | "user.updated"
  | "user.activated"
  | "user.deactivated"
  | "user.deleted"
  | "group.created"
  | "group.updated"
  | "group.deleted"
  | "member.added"
  | "member.removed";

/** What was pushed, before it has its number. */
export type Pushed = Omit<
  Insertable<EventTable>,
  "seq" | "at" | "kind" | "member_id" | "member_key" | "member_name"
> & {
  readonly kind: EventKind;
  readonly member?: { readonly id: string; readonly key: string; readonly name: string };
};

/** How long what was pushed can be read from the feed, in milliseconds. */
const KEPT_MS = 90 * 86_400_000;

/**
 * Adds to the feed, as the last step of a transaction. The numbers come from one row, which stays locked until the
 * transaction ends: what is committed later has a higher number, so that a reader who goes on from a number misses nothing.
 */
export async function record(trx: ScimTransaction, at: number, events: readonly Pushed[]): Promise<void> {
  if (events.length === 0) return;
  const { last } = await trx
    .updateTable("scim_counter")
    .set(({ eb }) => ({ last: eb("last", "+", events.length) }))
    .where("name", "=", "event")
    .returning("last")
    .executeTakeFirstOrThrow();
  let seq = last - events.length;
  const rows = events.map(({ member, ...event }) => ({
    ...event,
    seq: ++seq,
    at,
    member_id: member?.id ?? null,
    member_key: member?.key ?? null,
    member_name: member?.name ?? null,
  }));
  for (const part of chunks(rows)) await trx.insertInto("scim_event").values(part).execute();
}

/** Events after a number, or since a time, oldest first. */
export function eventsAfter(
  { db }: ScimStore,
  { seq, since = 0 }: { readonly seq: number; readonly since?: number },
  limit: number,
): Promise<EventTable[]> {
  return db
    .selectFrom("scim_event")
    .selectAll()
    .where("seq", ">", seq)
    .where("at", ">=", since)
    .orderBy("seq")
    .limit(limit)
    .execute();
}

/** Forgets what is older than the feed reaches back. */
export async function forgetOld(store: ScimStore, now: number): Promise<void> {
  await store.write((trx) =>
    trx
      .deleteFrom("scim_event")
      .where("at", "<", now - KEPT_MS)
      .execute(),
  );
}
