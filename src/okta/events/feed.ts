import { createHash } from "node:crypto";
import { create } from "@bufbuild/protobuf";
import type { Call, EventPage, Events } from "../../baton/connector.ts";
import { isObject, text } from "../../baton/model/values.ts";
import { type Event, EventFeedMetadataSchema, EventType } from "../../gen/c1/connector/v2/event_feed_pb.ts";
import type { Clock } from "../../runtime/clock.ts";
import { Failure, isFailure } from "../../runtime/failure.ts";
import type { Log } from "../../runtime/log/log.ts";
import type { ListPage } from "../api/client.ts";
import type { Reader } from "../resource/options.ts";
import { badCursor, markOf, type Position, readCursor, writeCursor } from "./cursor.ts";
import type { LogEntry } from "./log-entry.ts";
import { EVENT_TYPES, eventOf } from "./mapping.ts";

/** The one feed's id, which platforms know; an empty one means it too. */
export const FEED_ID = "baton_feed_event";

/** Entries a page holds at most. Source: Okta Management API, List all System Log events. */
const MAX_PAGE_SIZE = 1000;

/** How far back the log is read where nobody says: what Okta does without `since`. */
const DEFAULT_BACK_MS = 7 * 86_400_000;

/** Has Okta leave out what would not become an event: a busy org's log is mostly sign-ins. */
const FILTER = EVENT_TYPES.map((type) => `eventType eq "${type}"`).join(" or ");

/** Names the filter in cursors: Okta may bind its place in the log to the filter that it was made with. */
const FILTER_NAME = createHash("sha256").update(FILTER).digest("base64url").slice(0, 8);

/** What a feed is made with. */
export interface FeedDeps {
  readonly client: Pick<Reader, "list">;
  readonly clock: Clock;
  readonly log: Log;
}

/** One way of asking for a page. */
interface Asked {
  readonly path: string;
  readonly from: Position;
}

/**
 * The events of Okta's system log. The log is read in the polling way: ascending and without an end, so that the place
 * that Okta names after a page is a place in the log's own order of arrival, and nothing that arrives late is missed.
 */
export function createFeed({ client, clock, log }: FeedDeps): Events {
  async function ask(asked: Asked, call: Call): Promise<{ asked: Asked; page: ListPage<LogEntry> }> {
    try {
      const { items, ...rest } = await client.list<LogEntry>(asked.path, call);
      const entries = items.filter(isObject);
      const count = items.length - entries.length;
      if (count > 0) log.warn("entries of the system log were skipped", { why: "they are no objects", count });
      return { asked, page: { ...rest, items: entries } };
    } catch (error) {
      throw isFailure(error, "permissionDenied") ? mayNotRead(error) : error;
    }
  }

  async function read(
    from: { readonly startAt?: number; readonly cursor?: string },
    limit: number,
    call: Call,
  ): Promise<{ asked: Asked; page: ListPage<LogEntry> }> {
    const { startAt, cursor } = from;
    if (cursor === undefined || cursor === "") {
      const time = startAt ?? clock.now() - DEFAULT_BACK_MS;
      return ask(byTime({ filter: FILTER_NAME, time, seen: [] }, limit), call);
    }
    const position = readCursor(cursor);
    if ("after" in position) {
      const time = startAt ?? clock.now() - DEFAULT_BACK_MS;
      const since = startAt === undefined ? [] : [["since", iso(startAt)] as const];
      const query = [...since, ["sortOrder", "ASCENDING"], ["after", position.after]] as const;
      const asked = { path: pathOf(query, limit), from: { filter: FILTER_NAME, time, seen: [], query } };
      try {
        return await ask(asked, call);
      } catch (error) {
        throw isFailure(error, "badCursor") ? badCursor(error) : error;
      }
    }
    const timed = byTime(
      startAt !== undefined && startAt > position.time ? { ...position, time: startAt } : position,
      limit,
    );
    if (position.query === undefined || position.filter !== FILTER_NAME) return ask(timed, call);
    const query = position.query.map(([name, value]): readonly [string, string] =>
      name === "since" && startAt !== undefined ? [name, iso(startAt)] : [name, value],
    );
    try {
      return await ask({ path: pathOf(query, limit), from: position }, call);
    } catch (error) {
      if (!isFailure(error, "badCursor")) throw error;
      log.info("Okta no longer knows the place in its log; going on by time");
      return ask(timed, call);
    }
  }

  return {
    feeds: [create(EventFeedMetadataSchema, { id: FEED_ID, supportedEventTypes: [EventType.UNSPECIFIED] })],
    async list(feed, from, call): Promise<EventPage> {
      if (feed !== "" && feed !== FEED_ID) {
        throw new Failure({
          kind: "notFound",
          message: `there is no event feed ${JSON.stringify(feed)}`,
          advice: `the one there is is ${FEED_ID}`,
        });
      }
      const limit = from.pageSize <= 0 ? MAX_PAGE_SIZE : Math.min(from.pageSize, MAX_PAGE_SIZE);
      const { asked, page } = await read(from, limit, call);
      const entries = unseen(page.items, asked.from);
      const position = nextPosition(page, asked.from);
      return {
        events: eventsOf(entries, log),
        cursor: writeCursor(position),
        // Every page has a link to the next one, as more may happen: only an empty page is the end for now.
        hasMore: page.items.length > 0 && page.next !== undefined && placeIn(page.next) !== placeIn(asked.path),
      };
    },
  };
}

function eventsOf(entries: readonly LogEntry[], log: Log): Event[] {
  const events: Event[] = [];
  for (const entry of entries) {
    const mapped = eventOf(entry);
    if (mapped === undefined) continue;
    if ("event" in mapped) events.push(mapped.event);
    else {
      log.warn("an entry of the system log was skipped", {
        why: mapped.skipped,
        eventType: text(entry.eventType),
        uuid: text(entry.uuid),
      });
    }
  }
  return events;
}

/** The entries of a page that were not handed out before. */
function unseen(items: readonly LogEntry[], from: Position): readonly LogEntry[] {
  if (from.seen.length === 0) return items;
  const seen = new Set(from.seen);
  return items.filter((entry) => timeOf(entry) !== from.time || !seen.has(markOf(text(entry.uuid))));
}

/** Where a page ends. */
function nextPosition(page: ListPage<LogEntry>, from: Position): Position {
  // Nothing new and no link: the place that was asked for is still the one to ask for.
  if (page.items.length === 0 && page.next === undefined) return from;
  const time = page.items.reduce((latest, entry) => Math.max(latest, timeOf(entry) ?? latest), from.time);
  const marks = page.items.filter((entry) => timeOf(entry) === time).map((entry) => markOf(text(entry.uuid)));
  const seen = [...new Set(time === from.time ? [...from.seen, ...marks] : marks)];
  const query = page.next === undefined ? undefined : queryOf(page.next);
  return { filter: FILTER_NAME, time, seen, ...(query === undefined ? {} : { query }) };
}

/** What a link says besides what every request says anew; `undefined` where it names no place to go on from. */
function queryOf(link: string): Position["query"] {
  const query = parametersOf(link);
  if (!query.has("after")) return undefined;
  query.delete("filter");
  query.delete("limit");
  return [...query];
}

/** The place in the log that a path or link names. */
function placeIn(link: string): string | null {
  return parametersOf(link).get("after");
}

function parametersOf(link: string): URLSearchParams {
  const mark = link.indexOf("?");
  return new URLSearchParams(mark < 0 ? "" : link.slice(mark + 1));
}

/** Goes on at a time. What has that very time is asked for again, and left out where it was handed out. */
function byTime(from: Position, limit: number): Asked {
  return {
    path: pathOf(
      [
        ["since", iso(from.time)],
        ["sortOrder", "ASCENDING"],
      ],
      limit,
    ),
    from,
  };
}

function pathOf(query: NonNullable<Position["query"]>, limit: number): string {
  const parameters = [...query, ["filter", FILTER], ["limit", String(limit)]] as const;
  const pairs = parameters.map(([name, value]) => `${encodeURIComponent(name)}=${encodeURIComponent(value)}`);
  return `/api/v1/logs?${pairs.join("&")}`;
}

/** An entry's time, to the millisecond; `undefined` where it has none. */
function timeOf(entry: LogEntry): number | undefined {
  const at = Date.parse(text(entry.published));
  return Number.isNaN(at) ? undefined : at;
}

function iso(time: number): string {
  return new Date(time).toISOString();
}

/** Names what reading the log takes, which Okta's refusal does not. */
function mayNotRead(error: Failure): Failure {
  return new Failure({
    kind: error.kind,
    message: error.message,
    advice:
      "reading the system log takes the scope okta.logs.read and an admin role that may see it, as Read-only Administrator",
    cause: error,
    ...(error.attempted === undefined ? {} : { attempted: error.attempted }),
    ...(error.answer === undefined ? {} : { answer: error.answer }),
  });
}
