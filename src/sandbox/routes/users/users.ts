import { pageSize } from "../../http/paging.ts";
import type { ApiRequest, ApiResponse, Route } from "../../http/route.ts";
import type { Org } from "../../org/org.ts";
import type { UserRecord } from "../../org/types.ts";
import { afterOf, answerItems, answerList, collect, range, seesNothing, userOf } from "../context.ts";
import { groupObject, responseParts, userObject, userText } from "../render.ts";
import { compile, lookupIn, type Predicate } from "../search.ts";

const DATES = ["created", "activated", "statusChanged", "lastUpdated", "passwordChanged"];
const SEARCHABLE = new Set(["id", "status", "type.id", ...DATES]);
const SEARCH_OPERATORS = ["eq", "ge", "gt", "le", "lt", "sw", "co", "ne", "pr"];
const FILTERABLE = new Set(["status", "id", "profile.login", "profile.email", "profile.firstName", "profile.lastName"]);

/** Reading users: the list, one user, and a user's groups. */
export function userRoutes(org: Org): Route[] {
  const scope = "okta.users.read";
  return [
    { method: "GET", pattern: "/api/v1/users", scope, handle: (request) => listUsers(org, request) },
    {
      method: "GET",
      pattern: "/api/v1/users/{userId}",
      scope,
      handle: (request) => {
        const user = userOf(org, request);
        return { status: 200, body: userObject(user, request.origin, responseParts(request.headers)) };
      },
    },
    {
      method: "GET",
      pattern: "/api/v1/users/{userId}/groups",
      scope,
      handle: (request) => {
        const user = userOf(org, request);
        const groups = user.groups.map((index) => groupObject(org.groups[index]!, request.origin, false));
        const size = { default: 200, max: 200, beyond: "clamp" } as const;
        return answerItems(org, request, `users/${user.record.id}/groups`, size, groups);
      },
    },
  ];
}

function listUsers(org: Org, request: ApiRequest): ApiResponse {
  const { query, origin } = request;
  const test = selection(org, query);
  const limit = pageSize(query, { default: query.has("q") ? 10 : 200, max: 200, beyond: "clamp" });
  const list = `users ${query.get("search") ?? ""} ${query.get("filter") ?? ""} ${query.get("q") ?? ""}`;
  const after = afterOf(org, request, list);
  const { credentials } = responseParts(request.headers);
  const end = seesNothing(request) ? 0 : org.users.length;
  const indexed = query.has("search");
  const page = collect(range(after + 1, end), limit, (place) => {
    const user = org.users[place];
    const record = indexed ? org.userIndex.seen(place, user?.record) : user?.record;
    if (record === undefined || !test(record)) return undefined;
    const shown = user !== undefined && user.record === record ? user : { record };
    return userText(shown, origin, credentials);
  });
  return answerList(org, request, list, query.has("q") ? { items: page.items } : page);
}

/** Which users a list shows: without `search` and `filter` those that are deactivated are left out. */
function selection(org: Org, query: URLSearchParams): (user: UserRecord) => boolean {
  const tests: ((user: UserRecord) => boolean)[] = [];
  const search = query.get("search");
  const filter = query.get("filter");
  const q = query.get("q")?.toLowerCase();
  if (search)
    tests.push(onRecord(compile(search, { operators: (name) => searchable(org, name), caseSensitive: false })));
  if (filter) tests.push(onRecord(compile(filter, { operators: filterable, caseSensitive: true })));
  if (tests.length === 0) tests.push((user) => user.status !== "DEPROVISIONED");
  if (q) {
    tests.push(({ profile }) =>
      ["firstName", "lastName", "email"].some((key) =>
        String(profile[key] ?? "")
          .toLowerCase()
          .startsWith(q),
      ),
    );
  }
  return tests.length === 1 ? tests[0]! : (user) => tests.every((test) => test(user));
}

function onRecord(predicate: Predicate): (user: UserRecord) => boolean {
  return (user) => predicate(lookupIn(user));
}

function searchable(org: Org, attribute: string): readonly string[] | undefined {
  if (SEARCHABLE.has(attribute)) return SEARCH_OPERATORS;
  const [first, second] = attribute.split(".");
  return first === "profile" && org.profileAttributes.has(second ?? "") ? SEARCH_OPERATORS : undefined;
}

function filterable(attribute: string): readonly string[] | undefined {
  if (attribute === "lastUpdated") return ["eq", "gt", "ge", "lt", "le"];
  return FILTERABLE.has(attribute) ? ["eq"] : undefined;
}
