import type { Call, ChangePage, Cursor, ToRead } from "../../baton/connector.ts";
import { isObject, text } from "../../baton/model/values.ts";
import { Failure, isFailure } from "../../runtime/failure.ts";
import type { ListPage } from "../api/client.ts";
import type { OktaGroup } from "../api/json/objects.ts";
import { isOnEndpoint, nextCursors } from "../api/paths.ts";
import type { LogEntry } from "../events/log-entry.ts";
import { once } from "../resource/memo.ts";
import { readPage, withIds } from "../resource/reading.ts";
import type { Source } from "../resource/source.ts";
import { appType, bindingType, groupType, resourceSetType, userType } from "../resource/types.ts";
import { CHANGE_EVENTS, importedFrom, readAfter } from "./events.ts";

export const LOGS = "/api/v1/logs";

/** How far before its own beginning the log is read, in milliseconds: what Okta had not shown everywhere by then. */
const OVERLAP_MS = 15 * 60_000;

/**
 * How old a place in the log may be, in milliseconds. Okta keeps 90 days, and answers an older question with what is there,
 * without a word. Source: Okta Management API, System Log.
 */
export const MAX_AGE_MS = 89 * 86_400_000;

/** Has Okta leave out what says nothing: a busy org's log is mostly sign-ons. */
const FILTER = filterOf(CHANGE_EVENTS);

/** The part of a path that asks for these event types only. */
export function filterOf(types: readonly string[]): string {
  return encodeURIComponent(types.map((type) => `eventType eq "${type}"`).join(" or "));
}

const MEMBERS: Cursor = { of: "members" };

const BLIND =
  "the system log could not be read (it takes the scope okta.logs.read and an admin role that may see it): users, who has which app, the admin roles and the resource sets are read whole";

/** What has no clock, and is read again where the log is not there. */
const WITHOUT_LOG: readonly ToRead[] = [
  { what: "list", type: userType.id },
  { what: "list", type: resourceSetType.id },
  { what: "list", type: bindingType.id },
  { what: "grants", type: appType.id },
  { what: "grants", type: groupType.id, reading: { of: "roles" } },
  { what: "grants", type: resourceSetType.id },
  { what: "grants", type: bindingType.id },
  { what: "holder", type: userType.id },
];

/** Where the log is read from, and Okta's time. */
export interface LogStart {
  readonly cursor: Cursor;
  readonly at?: number;
}

/**
 * A place in the log from before now. One call: the newest entry's time is Okta's own, as the `Date` of its answer is.
 * Where the log may not be read, the cursor says so, and the time takes another call.
 */
export async function openLog({ client }: Source, call: Call): Promise<LogStart> {
  try {
    const page = await client.list<LogEntry>(`${LOGS}?sortOrder=DESCENDING&limit=1`, call);
    const newest = Date.parse(text(page.items.find(isObject)?.published));
    const at = page.at ?? (Number.isNaN(newest) ? undefined : newest);
    const from = Number.isNaN(newest) ? at : Math.min(newest, at ?? newest);
    return {
      cursor: from === undefined ? {} : { since: new Date(from - OVERLAP_MS).toISOString(), at: from },
      ...(at !== undefined && { at }),
    };
  } catch (error) {
    if (!isRefused(error)) throw error;
    const at = await timeOf(client, call);
    return { cursor: { refused: true }, ...(at !== undefined && { at }) };
  }
}

/** Okta's time where the log does not say it: without it all clocks of groups would count as moved. */
async function timeOf(client: Source["client"], call: Call): Promise<number | undefined> {
  const { at } = await client.list<OktaGroup>("/api/v1/groups?limit=1", call);
  return at;
}

/** One page of the log, in the polling way: every entry, in the order in which Okta stored it. */
export async function logPage(source: Source, cursor: Cursor, call: Call): Promise<ChangePage> {
  if (cursor.refused === true) return withoutLog(source, call);
  const path = pathOf(cursor);
  let page: ListPage<LogEntry>;
  try {
    page = await source.client.list<LogEntry>(path, call);
  } catch (error) {
    // Of a place a 404 says that the place is gone, not that there is no log.
    const isGone = isFailure(error, "notFound") && typeof cursor.next === "string";
    if (isRefused(error) && !isGone) return withoutLog(source, call);
    if (!isGone && !isFailure(error, "badCursor") && !isFailure(error, "invalidArgument")) throw error;
    return everything("Okta no longer knows the place in its log from which changes are told");
  }
  const known = typeof cursor.at === "number" ? cursor.at : undefined;
  if (page.at !== undefined && known !== undefined && page.at - known > MAX_AGE_MS) {
    return everything("the last sync is older than what Okta's log keeps (90 days)");
  }
  const items: ToRead[] = [];
  const imported = new Set<string>();
  for (const entry of page.items.filter(isObject)) {
    const read = readAfter(entry);
    if (read === undefined) {
      return everything(`an entry of Okta's log (${text(entry.eventType)}) does not say what it is about`);
    }
    items.push(...read);
    const apps = importedFrom(entry);
    for (const app of apps?.length === 0 ? [UNNAMED] : (apps ?? [])) imported.add(app);
  }
  for (const app of imported) items.push(...(await importedGroups(source, app, call)));
  const next = page.next !== undefined && isOnEndpoint(page.next, LOGS) ? page.next : undefined;
  const time = page.at ?? latest(page.items, known);
  const place: Cursor = next === undefined ? cursor : { next, ...(time !== undefined && { at: time }) };
  const more = next !== undefined && page.items.length > 0 && next !== path;
  return {
    items,
    ...(more ? { next: place } : { since: place }),
    ...(page.at !== undefined && { at: page.at }),
  };
}

function pathOf(cursor: Cursor): string {
  const { next, since } = cursor;
  if (typeof next === "string") {
    if (!isOnEndpoint(next, LOGS)) throw new Failure({ kind: "badCursor", message: "the place in the log is none" });
    return next;
  }
  const from = typeof since === "string" ? `&since=${encodeURIComponent(since)}` : "";
  return `${LOGS}?sortOrder=ASCENDING&limit=1000${from}&filter=${FILTER}`;
}

function latest(items: readonly LogEntry[], before: number | undefined): number | undefined {
  const times = items.map((entry) => Date.parse(text(entry?.published))).filter((time) => !Number.isNaN(time));
  return [...times, ...(before === undefined ? [] : [before])].reduce<number | undefined>(
    (max, time) => (max === undefined || time > max ? time : max),
    undefined,
  );
}

/** An app that an entry does not name. */
export const UNNAMED = "";

/** The members of the groups that an app brought: all groups', where Okta does not say which those are. Asked once in a sync. */
export function importedGroups(source: Source, app: string, call: Call): Promise<readonly ToRead[]> {
  return once(source.memo.of(call)?.importedGroups, app, () => groupsBroughtBy(source, app, call));
}

async function groupsBroughtBy(source: Source, app: string, call: Call): Promise<readonly ToRead[]> {
  const all: ToRead = { what: "grants", type: groupType.id, reading: MEMBERS };
  if (app === UNNAMED) return [all];
  const first = `/api/v1/groups?search=${encodeURIComponent(`source.id eq ${JSON.stringify(app)}`)}&limit=1000`;
  const items: ToRead[] = [];
  try {
    for (let cursor: Cursor | undefined = {}; cursor !== undefined; ) {
      const page: ListPage<OktaGroup> = await readPage(source, cursor, first, call);
      for (const { id } of withIds(source, page.items)) items.push({ ...all, id });
      cursor = nextCursors(page.next)[0];
    }
  } catch (error) {
    if (isFailure(error, "invalidArgument")) return [all];
    throw error;
  }
  return items;
}

/** What has no clock is read again; from now on the log tells, where it may be read by now. */
async function withoutLog(source: Source, call: Call): Promise<ChangePage> {
  const { cursor, at } = await openLog(source, call);
  return { items: WITHOUT_LOG, since: cursor, blind: BLIND, ...(at !== undefined && { at }) };
}

function everything(why: string): ChangePage {
  return { items: [{ what: "everything", why }] };
}

export function isRefused(error: unknown): boolean {
  return isFailure(error, "permissionDenied") || isFailure(error, "notFound");
}
