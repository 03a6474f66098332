import { isObject, type JsonObject } from "../protocol/json.ts";
import type { ResourceKind } from "../protocol/schemas/attribute.ts";
import { GROUP } from "../protocol/schemas/group.ts";
import { USER } from "../protocol/schemas/user.ts";
import { isUrn } from "../protocol/urns.ts";
import { type GroupRow, groupDocument } from "../store/groups.ts";
import { type Member, memberJson } from "../store/members.ts";
import { chunks, type ScimStore } from "../store/store.ts";
import { type UserRow, userDocument } from "../store/users.ts";

/** A group as a user's `groups` shows it. */
export interface GroupOfUser {
  readonly id: string;
  readonly display: string;
}

/** A user as it is answered. Without `groups` where nobody asked for them. */
export function userJson(row: UserRow, base: string, groups?: readonly GroupOfUser[]): JsonObject {
  const shown = groups?.map(({ id, display }) => ({
    value: id,
    $ref: `${base}/Groups/${id}`,
    display,
    type: "direct",
  }));
  return whole(USER, row, base, userDocument(row), shown && shown.length > 0 ? { groups: shown } : {});
}

/** A group as it is answered. Without `members` where nobody asked for them. */
export function groupJson(row: GroupRow, base: string, members?: readonly Member[]): JsonObject {
  const shown = members?.map((member) => ({
    ...memberJson(member),
    $ref: `${base}/${/^group$/i.test(member.type) ? "Groups" : "Users"}/${encodeURIComponent(member.member_id)}`,
  }));
  return whole(GROUP, row, base, groupDocument(row), shown && shown.length > 0 ? { members: shown } : {});
}

/** The groups of some users. */
export async function groupsOf({ db }: ScimStore, ids: readonly string[]): Promise<Map<string, GroupOfUser[]>> {
  const groups = new Map<string, GroupOfUser[]>();
  for (const part of chunks(ids)) {
    const rows = await db
      .selectFrom("scim_member")
      .innerJoin("scim_group", "scim_group.id", "scim_member.group_id")
      .select(["member_id", "scim_group.id", "scim_group.display_name"])
      .where("member_id", "in", part)
      .orderBy("scim_group.id")
      .execute();
    for (const { member_id, id, display_name } of rows) push(groups, member_id, { id, display: display_name });
  }
  return groups;
}

/** The members of some groups. */
export async function membersOf({ db }: ScimStore, ids: readonly string[]): Promise<Map<string, Member[]>> {
  const members = new Map<string, Member[]>();
  for (const part of chunks(ids)) {
    const rows = await db
      .selectFrom("scim_member")
      .selectAll()
      .where("group_id", "in", part)
      .orderBy("group_id")
      .orderBy("member_id")
      .execute();
    for (const { group_id, ...member } of rows) push(members, group_id, member);
  }
  return members;
}

function whole(
  kind: ResourceKind,
  row: Pick<UserRow, "id" | "created" | "modified">,
  base: string,
  document: JsonObject,
  more: JsonObject,
): JsonObject {
  const extensions = Object.keys(document).filter((key) => isUrn(key) && isObject(document[key]));
  return {
    schemas: [kind.schema.id, ...extensions],
    id: row.id,
    ...document,
    ...more,
    meta: {
      resourceType: kind.name,
      created: new Date(row.created).toISOString(),
      lastModified: new Date(row.modified).toISOString(),
      location: locationOf(kind, row.id, base),
    },
  };
}

/** Where a resource is. */
export function locationOf(kind: ResourceKind, id: string, base: string): string {
  return `${base}/${kind.endpoint}/${id}`;
}

function push<T>(map: Map<string, T[]>, key: string, value: T): void {
  const values = map.get(key);
  if (values === undefined) map.set(key, [value]);
  else values.push(value);
}
