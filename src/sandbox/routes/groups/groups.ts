import { pageSize } from "../../http/paging.ts";
import type { ApiRequest, ApiResponse, Route } from "../../http/route.ts";
import { type Org, startBehind } from "../../org/org.ts";
import type { GroupRecord } from "../../org/types.ts";
import { afterOf, answerItems, answerList, collect, from, groupOf, range, seesNothing } from "../context.ts";
import { appObject, groupObject, responseParts, userText } from "../render.ts";
import { compile, lookupIn } from "../search.ts";

const DATES = ["created", "lastUpdated", "lastMembershipUpdated"];
const DATE_OPERATORS = ["eq", "gt", "ge", "lt", "le", "pr"];
const TEXTS = new Set(["id", "type", "source.id"]);

/** Reading groups: the list, one group, its members and its apps. */
export function groupRoutes(org: Org): Route[] {
  const scope = "okta.groups.read";
  return [
    { method: "GET", pattern: "/api/v1/groups", scope, handle: (request) => listGroups(org, request) },
    {
      method: "GET",
      pattern: "/api/v1/groups/{groupId}",
      scope,
      handle: (request) => ({
        status: 200,
        body: groupObject(groupOf(org, request), request.origin, wantsStats(request)),
      }),
    },
    { method: "GET", pattern: "/api/v1/groups/{groupId}/users", scope, handle: (request) => listMembers(org, request) },
    {
      method: "GET",
      pattern: "/api/v1/groups/{groupId}/apps",
      scope,
      handle: (request) => {
        const group = groupOf(org, request);
        const apps = [...group.apps].map((index) => appObject(org.apps[index]!, request.origin, false));
        const size = { default: 20, max: 200, beyond: "clamp" } as const;
        return answerItems(org, request, `groups/${group.record.id}/apps`, size, apps);
      },
    },
  ];
}

function wantsStats(request: ApiRequest): boolean {
  return request.query.getAll("expand").some((value) => value.split(",").includes("stats"));
}

function listGroups(org: Org, request: ApiRequest): ApiResponse {
  const { query, origin } = request;
  const test = selection(query);
  const limit = pageSize(query, { default: query.has("q") ? 300 : 10_000, max: 10_000, beyond: "clamp" });
  const list = `groups ${query.get("search") ?? ""} ${query.get("filter") ?? ""} ${query.get("q") ?? ""}`;
  const after = afterOf(org, request, list);
  const stats = wantsStats(request);
  const end = seesNothing(request) ? 0 : org.groups.length;
  const indexed = query.has("search");
  const page = collect(range(after + 1, end), limit, (place) => {
    const group = org.groups[place];
    const record = indexed ? org.groupIndex.seen(place, group?.record) : group?.record;
    if (record === undefined || !test(record)) return undefined;
    return JSON.stringify(groupObject({ record, stats: group?.stats }, origin, stats));
  });
  return answerList(org, request, list, query.has("q") ? { items: page.items } : page);
}

function selection(query: URLSearchParams): (group: GroupRecord) => boolean {
  const tests: ((group: GroupRecord) => boolean)[] = [];
  const search = query.get("search");
  const filter = query.get("filter");
  const q = query.get("q")?.toLowerCase();
  if (search) {
    const test = compile(search, { operators: searchable, caseSensitive: false });
    tests.push((group) => test(lookupIn(group)));
  }
  if (filter) {
    const operators = (name: string) => (name.startsWith("profile.") || name === "source.id" ? [] : searchable(name));
    const test = compile(filter, { operators, caseSensitive: true });
    tests.push((group) => test(lookupIn(group)));
  }
  if (q) tests.push((group) => String(group.profile.name).toLowerCase().startsWith(q));
  return (group) => tests.every((test) => test(group));
}

function searchable(attribute: string): readonly string[] | undefined {
  if (DATES.includes(attribute)) return DATE_OPERATORS;
  if (TEXTS.has(attribute)) return ["eq", "sw", "pr"];
  return attribute.startsWith("profile.") ? ["eq", "sw", "co", "pr"] : undefined;
}

function listMembers(org: Org, request: ApiRequest): ApiResponse {
  const group = groupOf(org, request);
  const list = `groups/${group.record.id}/users`;
  const limit = pageSize(request.query, { default: 1000, max: 1000, beyond: "clamp" });
  const start = startBehind(group.members, afterOf(org, request, list));
  const { credentials } = responseParts(request.headers);
  const page = collect(from(group.members, start), limit, (index) =>
    userText(org.users[index]!, request.origin, credentials),
  );
  return answerList(org, request, list, page);
}
