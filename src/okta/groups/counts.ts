import type { Call, Cursor, Refusal } from "../../baton/connector.ts";
import type { ListPage } from "../api/client.ts";
import type { OktaApp, OktaGroup, OktaUser } from "../api/json/objects.ts";
import { nextCursors, segment } from "../api/paths.ts";
import { hasId, readPage, withIds, withoutId } from "../resource/reading.ts";
import type { Source } from "../resource/source.ts";
import { USERS } from "../users/visibility.ts";

/** What is reported where there are groups by what users have, and the list of groups shows none. */
export const NO_GROUPS: Refusal = {
  sort: "incomplete",
  what: "the list of resources of type group",
  why: "it is empty, also when it was read again, though users are in groups",
};

/** Whether a list ends with its first page, and that is empty. */
export function isEmpty(page: ListPage<unknown>): boolean {
  return page.items.length === 0 && page.next === undefined;
}

/** Whether the first user is in a group: everybody is in one. Source: Okta Management API, List all groups of a user. */
export async function somebodyHasGroups(source: Source, call: Call): Promise<boolean> {
  const users = await source.client.list<OktaUser>(`${USERS}&limit=1`, call);
  const [user] = withIds(source, users.items);
  if (user === undefined) return false;
  const groups = await source.client.list<OktaGroup>(`/api/v1/users/${segment(user.id)}/groups?limit=1`, call);
  return groups.items.length > 0;
}

/** The ids of the groups that a user is in. Source: Okta Management API, List all groups of a user. */
export async function groupsOfUser(source: Source, user: string, call: Call): Promise<readonly string[]> {
  const first = `/api/v1/users/${segment(user)}/groups?limit=200`;
  const ids: string[] = [];
  for (let cursor: Cursor | undefined = {}; cursor !== undefined; ) {
    const page: ListPage<OktaGroup> = await readPage(source, cursor, first, call);
    ids.push(...withIds(source, page.items).map(({ id }) => id));
    cursor = nextCursors(page.next)[0];
  }
  return ids;
}

/** The ids of the apps that a group has; throws where one has none. Source: Okta Management API, List all assigned applications of a group. */
export async function appsOfGroup(source: Source, group: string, call: Call): Promise<readonly string[]> {
  const first = `/api/v1/groups/${segment(group)}/apps?limit=200`;
  const ids: string[] = [];
  for (let cursor: Cursor | undefined = {}; cursor !== undefined; ) {
    const page: ListPage<OktaApp> = await readPage(source, cursor, first, call);
    for (const app of page.items) {
      if (!hasId(app)) throw withoutId(first);
      ids.push(app.id);
    }
    cursor = nextCursors(page.next)[0];
  }
  return ids;
}
