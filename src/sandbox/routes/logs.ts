import { pageSize } from "../http/paging.ts";
import type { ApiRequest, ApiResponse, Route } from "../http/route.ts";
import { invalid } from "../org/errors.ts";
import type { LogEntry } from "../org/log/log.ts";
import type { Org } from "../org/org.ts";
import { afterOf, answerList } from "./context.ts";
import { compile, lookupIn } from "./search.ts";

const DAY = 86_400_000;
/** How long the log is kept, and how far back a query may ask at most. */
const KEPT_DAYS = 90;
const OLDEST_SINCE_DAYS = 180;
const OPERATORS = ["eq", "ne", "gt", "ge", "lt", "le", "sw", "co", "pr"];
const FILTERABLE =
  /^(uuid|published|eventType|version|severity|displayMessage|(actor|target|outcome|client|transaction)\.\w+)$/;

/** Reading the system log. */
export function logRoutes(org: Org): Route[] {
  return [
    { method: "GET", pattern: "/api/v1/logs", scope: "okta.logs.read", handle: (request) => listLogs(org, request) },
  ];
}

/**
 * One page of the log. Okta tells two kinds of query apart. With `until` or descending a query is bounded: in the order of
 * `published`, without what is not stored yet, and it ends with a page without a `next` link. Otherwise it is for polling:
 * every entry in the order in which it was stored, and every page has a `next` link, the last one too.
 */
function listLogs(org: Org, request: ApiRequest): ApiResponse {
  const { query } = request;
  const now = org.clock.now();
  const until = timeOf(query, "until");
  const since = timeOf(query, "since") ?? (until ?? now) - 7 * DAY;
  const descending = orderOf(query) === "DESCENDING";
  if (since < now - OLDEST_SINCE_DAYS * DAY) {
    throw invalid("since", [`since: The time must not be more than ${OLDEST_SINCE_DAYS} days ago.`]);
  }
  const limit = pageSize(query, { default: 100, min: 0, max: 1000, beyond: "refuse" });
  const wanted = selection(query);
  const kept = Math.max(since, now - KEPT_DAYS * DAY);
  const polling = until === undefined && !descending;
  // A place in the log is one whatever is filtered: clients whose filter's parts come in another order page on all the same.
  const list = polling ? "logs stored" : `logs ${descending}`;
  const after = query.has("after") ? afterOf(org, request, list) : undefined;
  const { log } = org;
  const entryAt = (at: number): LogEntry | undefined => {
    if (polling) return isFrom(log.stored(at), kept) ? log.stored(at) : undefined;
    return log.isStored(at) ? log.entries[at] : undefined;
  };
  const first = polling ? log.firstStoredSince(kept) : log.firstSince(kept);
  const end = polling ? log.storedCount : until === undefined ? log.entries.length : log.firstSince(until);
  const found: LogEntry[] = [];
  let place = after ?? (descending ? end : first - 1);
  const step = descending ? -1 : 1;
  let more = false;
  for (let at = place + step; descending ? at >= first : at < end; at += step) {
    if (at < first || at >= end) continue;
    const entry = entryAt(at);
    if (entry === undefined || !wanted(entry)) continue;
    if (found.length === limit) {
      more = true;
      break;
    }
    found.push(entry);
    place = at;
  }
  const next = more || polling ? place : undefined;
  const items = found.map((entry) => JSON.stringify(entry));
  return answerList(org, request, list, next === undefined ? { items } : { items, next });
}

/** What `filter` and `q` let through. */
function selection(query: URLSearchParams): (entry: LogEntry) => boolean {
  const filter = query.get("filter");
  const dialect = {
    operators: (name: string) => (FILTERABLE.test(name) ? OPERATORS : undefined),
    caseSensitive: false,
  };
  const test = filter ? compile(filter, dialect) : () => true;
  const words = (query.get("q") ?? "")
    .toLowerCase()
    .split(/\s+/)
    .filter((word) => word !== "");
  return (entry) => {
    if (!test(lookupIn(entry))) return false;
    const text = words.length === 0 ? "" : JSON.stringify(entry).toLowerCase();
    return words.every((word) => text.includes(word));
  };
}

function isFrom(entry: LogEntry, time: number): boolean {
  return Date.parse(entry.published) >= time;
}

function timeOf(query: URLSearchParams, name: string): number | undefined {
  const text = query.get(name);
  if (text === null || text === "") return undefined;
  const time = /^\d{4}-\d\d-\d\d/.test(text) ? Date.parse(text) : Number.NaN;
  if (Number.isNaN(time)) throw invalid(name, [`${name}: The time must have the form of ISO 8601.`]);
  return time;
}

function orderOf(query: URLSearchParams): string {
  const order = query.get("sortOrder") ?? "ASCENDING";
  if (order === "ASCENDING" || order === "DESCENDING") return order;
  throw invalid("sortOrder", ["sortOrder: The order must be ASCENDING or DESCENDING."]);
}
