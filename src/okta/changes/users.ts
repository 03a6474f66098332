import type { Call, ChangePage, Cursor, Listed } from "../../baton/connector.ts";
import type { ResourceKey } from "../../baton/model/ids.ts";
import { nextCursors } from "../api/paths.ts";
import type { Source } from "../resource/source.ts";
import { userType } from "../resource/types.ts";
import { userPage } from "../users/users.ts";

/**
 * How far before the last sync's beginning users are asked for, in milliseconds: a full sync finds them by `search`, which
 * sees changes late.
 */
const OVERLAP_MS = 10 * 60_000;

/** Users who were there before: a filter may have left them out, and all that they hold. */
function older(listed: readonly Listed[], before: number): ResourceKey[] {
  return listed.flatMap(({ resource: { id, createdAt } }) => {
    const isNew = createdAt !== undefined && Number(createdAt.seconds) * 1000 >= before;
    return isNew || id === undefined ? [] : [{ type: userType.id, id: id.resource }];
  });
}

/** Where changed users are read from: Okta's time, where it is known. */
export function usersSince(at: number | undefined): Cursor {
  return at === undefined ? {} : { since: at };
}

/**
 * One page of the users who were changed. `filter` answers from the store, `search` late; times come in whole seconds, so
 * that `gt` would lose those of the same second. Source: Okta Management API, List all users.
 */
export async function changedUsers(source: Source, cursor: Cursor, call: Call): Promise<ChangePage> {
  const { since, began } = cursor;
  if (typeof since !== "number") return { items: [{ what: "list", type: userType.id }], since: {} };
  const filter = `lastUpdated ge "${new Date(since - OVERLAP_MS).toISOString()}"`;
  const first = `/api/v1/users?filter=${encodeURIComponent(filter)}&limit=200`;
  const page = await userPage(source, cursor, first, call);
  const start = typeof began === "number" ? began : page.at;
  const [next] = nextCursors(page.next[0]?.next as string | undefined, {
    since,
    ...(start !== undefined && { began: start }),
  });
  return {
    items: [],
    listed: page.items,
    ...(source.principals.usersFiltered && { cameIn: older(page.items, since - OVERLAP_MS) }),
    filteredOut: page.filteredOut.map((id) => ({ type: userType.id, id })),
    ...(next === undefined ? { since: usersSince(start ?? since) } : { next }),
    ...(page.at !== undefined && { at: page.at }),
    ...(page.refused !== undefined && { refused: page.refused }),
  };
}
