import { randomUUIDv7 } from "node:crypto";
import type { Selectable } from "kysely";
import { invalidValue, notFound, ScimError } from "../protocol/error.ts";
import type { JsonObject } from "../protocol/json.ts";
import { textOf } from "../protocol/normalize.ts";
import { type PatchStep, patched } from "../protocol/patch.ts";
import { GROUP } from "../protocol/schemas/group.ts";
import { type EventKind, type Pushed, record } from "./events.ts";
import { addMembers, type Member, memberIds, membersOf, namesOf, removeMembers } from "./members.ts";
import type { GroupTable } from "./schema.ts";
import type { ScimStore, ScimTransaction } from "./store.ts";
import { MAX_NAME } from "./users.ts";

export type GroupRow = Selectable<GroupTable>;

/** Who came in and who went out. */
interface Moved {
  readonly added: readonly string[];
  readonly removed: readonly string[];
}

/** A group's document out of its row, without its members. */
export function groupDocument(row: Pick<GroupRow, "document">): JsonObject {
  return JSON.parse(row.document) as JsonObject;
}

/** Keeps a new group with its members. */
export async function createGroup(store: ScimStore, body: JsonObject, now: number): Promise<GroupRow> {
  const { members, ...document } = body;
  const given = membersOf(members);
  const row: GroupRow = { id: randomUUIDv7(), ...columnsOf(document), created: now, modified: now };
  return await store.write(async (trx) => {
    await trx.insertInto("scim_group").values(row).execute();
    const added = await addMembers(trx, row.id, given);
    const came = await moves(trx, row, { added, removed: [] });
    await record(trx, now, [eventOf("group.created", row), ...came]);
    return row;
  });
}

/** A group by its id. Throws a {@link ScimError} of status 404. */
export async function readGroup({ db }: ScimStore, id: string): Promise<GroupRow> {
  const row = await db.selectFrom("scim_group").selectAll().where("id", "=", id).executeTakeFirst();
  if (row === undefined) throw notFound("group");
  return row;
}

/** Puts a group in the place of what is there: its name, and exactly these members. Throws a {@link ScimError}. */
export async function replaceGroup(store: ScimStore, id: string, body: JsonObject, now: number): Promise<GroupRow> {
  const { members, ...document } = body;
  const given = membersOf(members);
  return await changed(store, id, now, async (trx, row) => {
    const kept = row.external_id === null ? {} : { externalId: row.external_id };
    return { document: { ...kept, ...document }, moved: await setMembers(trx, id, given) };
  });
}

/** Does the steps of a patch, one after the other. Throws a {@link ScimError}. */
export async function patchGroup(
  store: ScimStore,
  id: string,
  steps: readonly PatchStep[],
  now: number,
): Promise<GroupRow> {
  return await changed(store, id, now, async (trx, row) => {
    let document = groupDocument(row);
    const added = new Set<string>();
    const removed = new Set<string>();
    for (const step of steps) {
      if (step.path.attribute?.toLowerCase() !== "members") {
        document = patched(GROUP, document, [step]);
        continue;
      }
      const moved = await memberStep(trx, id, step);
      for (const one of moved.added) if (!removed.delete(one)) added.add(one);
      for (const one of moved.removed) if (!added.delete(one)) removed.add(one);
    }
    return { document, moved: { added: [...added], removed: [...removed] } };
  });
}

/** Forgets a group, its members and its own memberships. Throws a {@link ScimError} of status 404. */
export async function deleteGroup(store: ScimStore, id: string, now: number): Promise<void> {
  await store.write(async (trx) => {
    const row = await locked(store, trx, id);
    const removed = await memberIds(trx, id);
    await trx.deleteFrom("scim_member").where("group_id", "=", id).execute();
    await trx.deleteFrom("scim_member").where("member_id", "=", id).execute();
    await trx.deleteFrom("scim_group").where("id", "=", id).execute();
    const went = await moves(trx, row, { added: [], removed });
    await record(trx, now, [...went, eventOf("group.deleted", row)]);
  });
}

/** One step on a group's members, as rows: what it does not name is neither read nor written. */
async function memberStep(trx: ScimTransaction, groupId: string, { op, path, value }: PatchStep): Promise<Moved> {
  const { filter, sub } = path;
  if (sub !== undefined && sub.toLowerCase() !== "value") {
    await displayStep(trx, groupId, path, op === "remove" ? null : value);
    return { added: [], removed: [] };
  }
  if (op === "remove") {
    // Some clients name who is to go in the value in place of the path.
    const named = filter === undefined && value !== undefined && value !== null;
    const ids = named ? membersOf(value).map((member) => member.member_id) : await memberIds(trx, groupId, filter);
    return { added: [], removed: await removeMembers(trx, groupId, ids) };
  }
  if (op === "add") return { added: await addMembers(trx, groupId, membersOf(value)), removed: [] };
  if (filter === undefined) return await setMembers(trx, groupId, membersOf(value));
  const removed = await removeMembers(trx, groupId, await memberIds(trx, groupId, filter));
  if (removed.length === 0) throw new ScimError(400, "the path's filter finds nobody", "noTarget");
  return { added: await addMembers(trx, groupId, membersOf(value)), removed };
}

async function displayStep(
  trx: ScimTransaction,
  groupId: string,
  { filter, sub = "" }: PatchStep["path"],
  value: PatchStep["value"] | null,
): Promise<void> {
  if (sub.toLowerCase() !== "display") throw new ScimError(400, `a member's ${sub} cannot be changed`, "mutability");
  const display = typeof value === "string" ? value : null;
  for (const id of await memberIds(trx, groupId, filter)) {
    await trx
      .updateTable("scim_member")
      .set({ display })
      .where("group_id", "=", groupId)
      .where("member_id", "=", id)
      .execute();
  }
}

async function setMembers(trx: ScimTransaction, groupId: string, members: readonly Member[]): Promise<Moved> {
  const wanted = new Set(members.map(({ member_id }) => member_id));
  const gone = (await memberIds(trx, groupId)).filter((id) => !wanted.has(id));
  return { removed: await removeMembers(trx, groupId, gone), added: await addMembers(trx, groupId, members) };
}

async function changed(
  store: ScimStore,
  id: string,
  now: number,
  change: (trx: ScimTransaction, row: GroupRow) => Promise<{ document: JsonObject; moved: Moved }>,
): Promise<GroupRow> {
  return await store.write(async (trx) => {
    // Whoever changes the group, on whichever replica, waits here for whoever is at it: so no change is lost.
    const before = await locked(store, trx, id);
    const { document, moved } = await change(trx, before);
    const columns = columnsOf(document);
    const isRenamed = columns.document !== before.document;
    if (!isRenamed && moved.added.length + moved.removed.length === 0) return before;
    const after: GroupRow = { ...before, ...columns, modified: now };
    await trx
      .updateTable("scim_group")
      .set({ ...columns, modified: now })
      .where("id", "=", id)
      .execute();
    const events = await moves(trx, after, moved);
    await record(trx, now, [...(isRenamed ? [eventOf("group.updated", after)] : []), ...events]);
    return after;
  });
}

async function locked(store: ScimStore, trx: ScimTransaction, id: string): Promise<GroupRow> {
  const row = await store.forUpdate(trx.selectFrom("scim_group").selectAll().where("id", "=", id)).executeTakeFirst();
  if (row === undefined) throw notFound("group");
  return row;
}

function columnsOf(document: JsonObject) {
  const [displayName, externalId] = [textOf(document, "displayName"), textOf(document, "externalId")];
  if (displayName.trim() === "") throw invalidValue("displayName is missing");
  if (Math.max(displayName.length, externalId.length) > MAX_NAME) {
    throw invalidValue(`a name is longer than ${MAX_NAME} characters`);
  }
  return {
    display_name: displayName,
    display_name_key: displayName.toLowerCase(),
    external_id: externalId || null,
    document: JSON.stringify(document),
  };
}

async function moves(trx: ScimTransaction, row: GroupRow, { added, removed }: Moved): Promise<Pushed[]> {
  const of = async (kind: EventKind, ids: readonly string[]) =>
    (await namesOf(trx, ids)).map((member): Pushed => ({ ...eventOf(kind, row), member }));
  return [...(await of("member.removed", removed)), ...(await of("member.added", added))];
}

function eventOf(kind: EventKind, row: GroupRow): Pushed {
  return { kind, subject_id: row.id, subject_key: row.external_id || row.id, subject_name: row.display_name };
}
