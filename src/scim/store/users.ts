import { randomUUIDv7 } from "node:crypto";
import type { Selectable } from "kysely";
import { invalidValue, notFound, ScimError } from "../protocol/error.ts";
import type { JsonObject } from "../protocol/json.ts";
import { textOf } from "../protocol/normalize.ts";
import { type EventKind, type Pushed, record } from "./events.ts";
import { memberOf } from "./members.ts";
import type { UserTable } from "./schema.ts";
import { isDuplicate, type ScimStore, type ScimTransaction } from "./store.ts";

export type UserRow = Selectable<UserTable>;

/** The longest login, name or id that is taken: more does not fit into an index of PostgreSQL. */
export const MAX_NAME = 500;

/** A user's document out of its row. */
export function userDocument(row: Pick<UserRow, "document">): JsonObject {
  return JSON.parse(row.document) as JsonObject;
}

/** Keeps a new user. Throws a {@link ScimError}: 409 where the login is taken. */
export async function createUser(store: ScimStore, document: JsonObject, now: number): Promise<UserRow> {
  const row: UserRow = {
    id: randomUUIDv7(),
    ...columnsOf({ active: true, ...document }),
    created: now,
    modified: now,
  };
  return await unlessTaken(() =>
    store.write(async (trx) => {
      await trx.insertInto("scim_user").values(row).execute();
      await record(trx, now, [
        eventOf("user.created", row),
        ...(row.active === 0 ? [eventOf("user.deactivated", row)] : []),
      ]);
      return row;
    }),
  );
}

/** A user by its id. Throws a {@link ScimError} of status 404. */
export async function readUser({ db }: ScimStore, id: string): Promise<UserRow> {
  const row = await db.selectFrom("scim_user").selectAll().where("id", "=", id).executeTakeFirst();
  if (row === undefined) throw notFound("user");
  return row;
}

/**
 * Changes a user: `change` makes the new document from the one that is there, and may be called again. Nobody else changes
 * the user in between. Throws a {@link ScimError}: 404, 409, and whatever `change` throws.
 */
export async function changeUser(
  store: ScimStore,
  id: string,
  now: number,
  change: (document: JsonObject) => JsonObject,
): Promise<UserRow> {
  return await unlessTaken(() =>
    store.write(async (trx) => {
      const before = await locked(store, trx, id);
      const columns = columnsOf(change(userDocument(before)));
      if (columns.document === before.document) return before;
      const after: UserRow = { ...before, ...columns, modified: now };
      await trx
        .updateTable("scim_user")
        .set({ ...columns, modified: now })
        .where("id", "=", id)
        .execute();
      await record(trx, now, [eventOf(kindOf(before, after), after)]);
      return after;
    }),
  );
}

/** Forgets a user and all its memberships. Throws a {@link ScimError} of status 404. */
export async function deleteUser(store: ScimStore, id: string, now: number): Promise<void> {
  await store.write(async (trx) => {
    const row = await locked(store, trx, id);
    const groups = await trx
      .selectFrom("scim_member")
      .innerJoin("scim_group", "scim_group.id", "scim_member.group_id")
      .select(["scim_group.id", "scim_group.external_id", "scim_group.display_name"])
      .where("member_id", "=", id)
      .execute();
    await trx.deleteFrom("scim_member").where("member_id", "=", id).execute();
    await trx.deleteFrom("scim_user").where("id", "=", id).execute();
    const gone = groups.map(
      (group): Pushed => ({
        kind: "member.removed",
        subject_id: group.id,
        subject_key: group.external_id || group.id,
        subject_name: group.display_name,
        member: memberOf(row),
      }),
    );
    await record(trx, now, [...gone, eventOf("user.deleted", row)]);
  });
}

async function locked(store: ScimStore, trx: ScimTransaction, id: string): Promise<UserRow> {
  const row = await store.forUpdate(trx.selectFrom("scim_user").selectAll().where("id", "=", id)).executeTakeFirst();
  if (row === undefined) throw notFound("user");
  return row;
}

function columnsOf(document: JsonObject) {
  const [userName, externalId] = [textOf(document, "userName"), textOf(document, "externalId")];
  const displayName = textOf(document, "displayName");
  if (userName.trim() === "") throw invalidValue("userName is missing");
  for (const name of [userName, externalId, displayName]) {
    if (name.length > MAX_NAME) throw invalidValue(`a name is longer than ${MAX_NAME} characters`);
  }
  return {
    user_name: userName,
    user_name_key: userName.toLowerCase(),
    external_id: externalId || null,
    display_name_key: displayName.toLowerCase(),
    active: document.active === false ? 0 : 1,
    document: JSON.stringify(document),
  };
}

function kindOf(before: UserRow, after: UserRow): EventKind {
  if (before.active === after.active) return "user.updated";
  return after.active === 1 ? "user.activated" : "user.deactivated";
}

function eventOf(kind: EventKind, row: UserRow): Pushed {
  return { kind, subject_id: row.id, subject_key: row.external_id || row.id, subject_name: row.user_name };
}

async function unlessTaken<T>(write: () => Promise<T>): Promise<T> {
  try {
    return await write();
  } catch (error) {
    if (isDuplicate(error)) throw new ScimError(409, "there is a user with this userName", "uniqueness");
    throw error;
  }
}
