import { pageSize } from "../../http/paging.ts";
import type { ApiRequest, ApiResponse, Route } from "../../http/route.ts";
import { notFound } from "../../org/errors.ts";
import { type Org, startBehind } from "../../org/org.ts";
import { afterOf, answerList, appOf, collect, flag, from, range, seesNothing, userOf } from "../context.ts";
import { appGroupObject, appObject, appUserObject, userObject } from "../render.ts";
import { compile, lookupIn } from "../search.ts";

/** Okta's default page of apps, used where `limit` is absent or -1. */
const APPS_PAGE = 20;
const FILTERABLE = new Set(["id", "status", "name"]);

/** Reading apps and who is assigned to them. */
export function appRoutes(org: Org): Route[] {
  const scope = "okta.apps.read";
  return [
    { method: "GET", pattern: "/api/v1/apps", scope, handle: (request) => listApps(org, request) },
    {
      method: "GET",
      pattern: "/api/v1/apps/{appId}",
      scope,
      handle: (request) => ({ status: 200, body: appObject(appOf(org, request), request.origin, false) }),
    },
    { method: "GET", pattern: "/api/v1/apps/{appId}/users", scope, handle: (request) => listAppUsers(org, request) },
    {
      method: "GET",
      pattern: "/api/v1/apps/{appId}/users/{userId}",
      scope,
      handle: (request) => {
        const app = appOf(org, request);
        const id = request.params.userId ?? "";
        const user = userOf(org, request);
        if (!app.userRows.has(user.index)) throw notFound(id, "AppUser");
        return { status: 200, body: appUserObject(org, app, user, request.origin) };
      },
    },
    { method: "GET", pattern: "/api/v1/apps/{appId}/groups", scope, handle: (request) => listAppGroups(org, request) },
    {
      method: "GET",
      pattern: "/api/v1/apps/{appId}/groups/{groupId}",
      scope,
      handle: (request) => {
        const app = appOf(org, request);
        const id = request.params.groupId ?? "";
        const group = org.group(id);
        if (group === undefined || !app.groupRows.has(group.index)) throw notFound(id, "ApplicationGroupAssignment");
        return { status: 200, body: appGroupObject(app, group, request.origin) };
      },
    },
  ];
}

function listApps(org: Org, request: ApiRequest): ApiResponse {
  const { query, origin } = request;
  const filter = query.get("filter");
  const q = query.get("q")?.toLowerCase() ?? "";
  const operators = (name: string) => (FILTERABLE.has(name) ? ["eq"] : undefined);
  const test = filter ? compile(filter, { operators, caseSensitive: true }) : () => true;
  const unlimited = query.get("limit") === "-1";
  const limit = unlimited ? APPS_PAGE : pageSize(query, { default: APPS_PAGE, max: 200, beyond: "clamp" });
  const list = `apps ${filter ?? ""} ${q}`;
  const after = afterOf(org, request, list);
  const optimized = flag(request, "useOptimization", false);
  const end = seesNothing(request) ? 0 : org.apps.length;
  const page = collect(range(after + 1, end), limit, (place) => {
    const app = org.apps[place];
    if (app === undefined || !test(lookupIn(app.record))) return undefined;
    const names = [app.record.name, app.record.label];
    if (!names.some((name) => name.toLowerCase().startsWith(q))) return undefined;
    return JSON.stringify(appObject(app, origin, optimized));
  });
  return answerList(org, request, list, page);
}

function listAppUsers(org: Org, request: ApiRequest): ApiResponse {
  const { query, origin } = request;
  const app = appOf(org, request);
  const list = `apps/${app.record.id}/users`;
  const limit = pageSize(query, { default: 50, max: 500, beyond: "clamp" });
  const start = startBehind(app.users, afterOf(org, request, list));
  const q = query.get("q")?.toLowerCase() ?? "";
  const embed = query.get("expand") === "user";
  const page = collect(from(app.users, start), limit, (index) => {
    const user = org.users[index]!;
    const { profile } = user.record;
    const names = [profile.login, profile.email, profile.firstName, profile.lastName];
    if (
      q !== "" &&
      !names.some((name) =>
        String(name ?? "")
          .toLowerCase()
          .startsWith(q),
      )
    )
      return undefined;
    const item = appUserObject(org, app, user, origin);
    if (embed) item._embedded = { user: userObject(user, origin, { credentials: true, credentialsLinks: false }) };
    return JSON.stringify(item);
  });
  return answerList(org, request, list, page);
}

function listAppGroups(org: Org, request: ApiRequest): ApiResponse {
  const app = appOf(org, request);
  const list = `apps/${app.record.id}/groups`;
  const limit = pageSize(request.query, { default: 20, max: 200, beyond: "clamp" });
  const start = startBehind(app.groups, afterOf(org, request, list));
  const q = request.query.get("q")?.toLowerCase() ?? "";
  const page = collect(from(app.groups, start), limit, (index) => {
    const group = org.groups[index]!;
    if (!String(group.record.profile.name).toLowerCase().startsWith(q)) return undefined;
    return JSON.stringify(appGroupObject(app, group, request.origin));
  });
  return answerList(org, request, list, page);
}
