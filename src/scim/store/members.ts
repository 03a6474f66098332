import type { Selectable } from "kysely";
import { invalidValue } from "../protocol/error.ts";
import { matches } from "../protocol/filter/match.ts";
import type { Filter } from "../protocol/filter/parse.ts";
import { isObject, type Json } from "../protocol/json.ts";
import type { MemberTable } from "./schema.ts";
import { chunks, type ScimTransaction } from "./store.ts";

/** A member of a group, without the group. */
export type Member = Omit<Selectable<MemberTable>, "group_id">;

/** Somebody in an event. */
export interface NamedMember {
  readonly id: string;
  readonly key: string;
  readonly name: string;
}

/** The longest id of a member that is taken. */
const MAX_ID = 250;

/** Members as a client names them: as objects, or by their ids alone; each once. Throws a `ScimError`. */
export function membersOf(value: Json | undefined): Member[] {
  const all = value === undefined || value === null ? [] : Array.isArray(value) ? value : [value];
  const members = new Map<string, Member>();
  for (const one of all) {
    const id = isObject(one) ? one.value : one;
    if (typeof id !== "string" || id === "") throw invalidValue("a member has a value: the user's id");
    if (id.length > MAX_ID) throw invalidValue(`a member's id is longer than ${MAX_ID} characters`);
    const display = isObject(one) && typeof one.display === "string" ? one.display : null;
    const type = isObject(one) && typeof one.type === "string" && one.type !== "" ? one.type.slice(0, MAX_ID) : "User";
    members.set(id, { member_id: id, display, type });
  }
  return [...members.values()];
}

/** A member as a filter sees it. */
export function memberJson({ member_id, display, type }: Member) {
  return { value: member_id, ...(display !== null && { display }), type };
}

/** Adds members to a group. Answers those who were not in it before. */
export async function addMembers(
  trx: ScimTransaction,
  groupId: string,
  members: readonly Member[],
): Promise<readonly string[]> {
  const added: string[] = [];
  for (const part of chunks(members)) {
    const rows = await trx
      .insertInto("scim_member")
      .values(part.map((member) => ({ ...member, group_id: groupId })))
      .onConflict((conflict) => conflict.columns(["group_id", "member_id"]).doNothing())
      .returning("member_id")
      .execute();
    added.push(...rows.map((row) => row.member_id));
  }
  return added;
}

/** Takes members out of a group. Answers those who were in it. */
export async function removeMembers(
  trx: ScimTransaction,
  groupId: string,
  ids: readonly string[],
): Promise<readonly string[]> {
  const removed: string[] = [];
  for (const part of chunks(ids)) {
    const rows = await trx
      .deleteFrom("scim_member")
      .where("group_id", "=", groupId)
      .where("member_id", "in", part)
      .returning("member_id")
      .execute();
    removed.push(...rows.map((row) => row.member_id));
  }
  return removed;
}

/** The ids of a group's members that fulfil a filter, or of all. */
export async function memberIds(trx: ScimTransaction, groupId: string, filter?: Filter): Promise<string[]> {
  // What Okta asks for needs no look at the others.
  if (filter?.op === "eq" && filter.path.toLowerCase() === "value" && typeof filter.value === "string") {
    return [filter.value];
  }
  const rows = await trx.selectFrom("scim_member").selectAll().where("group_id", "=", groupId).execute();
  const chosen = filter === undefined ? rows : rows.filter((row) => matches(filter, memberJson(row)));
  return chosen.map((row) => row.member_id);
}

/** How members are called in events. Those who were never pushed are called by the id that the client named. */
export async function namesOf(trx: ScimTransaction, ids: readonly string[]): Promise<NamedMember[]> {
  const known = new Map<string, NamedMember>();
  for (const part of chunks(ids)) {
    const rows = await trx
      .selectFrom("scim_user")
      .select(["id", "external_id", "user_name"])
      .where("id", "in", part)
      .execute();
    for (const row of rows) known.set(row.id, memberOf(row));
  }
  return ids.map((id) => known.get(id) ?? { id, key: id, name: "" });
}

/** A user as the member of a group in an event. */
export function memberOf(row: { id: string; external_id: string | null; user_name: string }): NamedMember {
  return { id: row.id, key: row.external_id || row.id, name: row.user_name };
}
