import { pageSize } from "../http/paging.ts";
import type { ApiRequest, ApiResponse, Route } from "../http/route.ts";
import { invalid } from "../org/errors.ts";
import type { LogEntry } from "../org/log/log.ts";
import type { Org } from "../org/org.ts";
import { afterOf, answerList } from "./context.ts";
import { compile, lookupIn } from "./search.ts";

const DAY = 86_400_000;
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
 * One page of the log. Okta tells two kinds of query apart: with `until` or descending it is bounded, and ends with a
 * page without a `next` link; otherwise it is for polling, and every page has a `next` link, the last one too.
 */
function listLogs(org: Org, request: ApiRequest): ApiResponse {
  const { query } = request;
  const now = org.clock.now();
  const until = timeOf(query, "until");
  const since = timeOf(query, "since") ?? (until ?? now) - 7 * DAY;
  const descending = orderOf(query) === "DESCENDING";
  const limit = pageSize(query, { default: 100, min: 0, max: 1000, beyond: "refuse" });
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
  const wanted = (entry: LogEntry) => {
    if (!test(lookupIn(entry))) return false;
    const text = words.length === 0 ? "" : JSON.stringify(entry).toLowerCase();
    return words.every((word) => text.includes(word));
  };
  // A place in the log is one whatever is filtered: clients whose filter's parts come in another order page on all the same.
  const list = `logs ${descending}`;
  const after = query.has("after") ? afterOf(org, request, list) : undefined;
  const first = org.log.firstSince(since);
  const end = until === undefined ? org.log.entries.length : org.log.firstSince(until);
  const found: LogEntry[] = [];
  let place = after ?? (descending ? end : first - 1);
  const step = descending ? -1 : 1;
  let more = false;
  for (let at = place + step; descending ? at >= first : at < end; at += step) {
    if (at < first || at >= end) continue;
    const entry = org.log.entries[at]!;
    if (!wanted(entry)) continue;
    if (found.length === limit) {
      more = true;
      break;
    }
    found.push(entry);
    place = at;
  }
  const polling = until === undefined && !descending;
  const next = more || polling ? place : undefined;
  const items = found.map((entry) => JSON.stringify(entry));
  return answerList(org, request, list, next === undefined ? { items } : { items, next });
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
