import { linkHeaders, type PageSize, pageSize } from "../http/paging.ts";
import type { ApiRequest, ApiResponse } from "../http/route.ts";
import { ApiError } from "../org/api-error.ts";
import { forbidden, invalid, notFound } from "../org/errors.ts";
import type { LogOrigin } from "../org/log/log.ts";
import { userParty } from "../org/log/parties.ts";
import type { Org } from "../org/org.ts";
import type { AppEntry, GroupEntry, JsonObject, UserEntry } from "../org/types.ts";

/** The user that a path names; `me` is the owner of the API token. */
export function userOf(org: Org, request: ApiRequest, param = "userId"): UserEntry {
  const name = request.params[param] ?? "";
  const user =
    name === "me" && request.caller.userId !== undefined ? org.user(request.caller.userId) : org.findUser(name);
  if (user === undefined) throw notFound(name, "User");
  return user;
}

/** The group that a path names. */
export function groupOf(org: Org, request: ApiRequest): GroupEntry {
  const id = request.params.groupId ?? "";
  const group = org.group(id);
  if (group === undefined) throw notFound(id, "UserGroup");
  return group;
}

/** The app that a path names. */
export function appOf(org: Org, request: ApiRequest): AppEntry {
  const id = request.params.appId ?? "";
  const app = org.app(id);
  if (app === undefined) throw notFound(id, "AppInstance");
  return app;
}

/** The body of a call, which must be a JSON object. */
export function bodyOf(request: ApiRequest): JsonObject {
  const { body } = request;
  if (typeof body !== "object" || body === null || Array.isArray(body)) {
    throw new ApiError(400, "E0000003", "The request body was not well-formed.");
  }
  return body as JsonObject;
}

/** A member of a body that must be an object where it is there. */
export function objectIn(body: JsonObject, key: string): JsonObject | undefined {
  const value = body[key];
  if (value === undefined || value === null) return undefined;
  if (typeof value !== "object" || Array.isArray(value)) throw invalid(key, [`${key}: The value must be an object.`]);
  return value as JsonObject;
}

/** A boolean query parameter. */
export function flag(request: ApiRequest, name: string, otherwise: boolean): boolean {
  const value = request.query.get(name);
  if (value === null || value === "") return otherwise;
  if (/^(true|false)$/i.test(value)) return value.toLowerCase() === "true";
  throw invalid(name, [`${name}: The value must be true or false.`]);
}

/** Whether the caller is an OAuth app without an admin role, to which Okta shows empty lists. */
export function seesNothing(request: ApiRequest): boolean {
  return request.caller.scopes !== undefined && request.caller.roles.length === 0;
}

/** Refuses callers other than super admins what only they may do: change who is an admin. */
export function superAdminOnly(request: ApiRequest): void {
  if (!request.caller.roles.includes("SUPER_ADMIN")) throw forbidden();
}

/** The place behind which a list goes on. */
export function afterOf(org: Org, request: ApiRequest, list: string): number {
  const after = request.query.get("after");
  return after === null || after === "" ? -1 : org.cursors.read(list, after);
}

/** One page of a list: the JSON texts of its items, and where the next page starts behind. */
export interface Page {
  readonly items: readonly string[];
  /** The place of the last item; absent where nothing follows. */
  readonly next?: number;
}

/** Collects a page from places in ascending order; `item` answers `undefined` for what is not in the list. */
export function collect(places: Iterable<number>, limit: number, item: (place: number) => string | undefined): Page {
  const items: string[] = [];
  let last = -1;
  for (const place of places) {
    const text = item(place);
    if (text === undefined) continue;
    if (items.length === limit) return { items, next: last };
    items.push(text);
    last = place;
  }
  return { items };
}

/** The places from `start` up to `end`, without `end`. */
export function* range(start: number, end: number): Generator<number> {
  for (let place = start; place < end; place++) yield place;
}

/** The values of a list from a position on. */
export function* from(list: readonly number[], start: number): Generator<number> {
  for (let i = start; i < list.length; i++) yield list[i]!;
}

/** Answers a classic list: a JSON array, with `self` and `next` as `Link` headers. */
export function answerList(org: Org, request: ApiRequest, list: string, page: Page): ApiResponse {
  const after = page.next === undefined ? undefined : org.cursors.make(list, page.next);
  return { status: 200, body: `[${page.items.join(",")}]`, headers: linkHeaders(request, after) };
}

/** Answers a list all of whose items can be made at once, such as a few hundred objects. */
export function answerItems(
  ...[org, request, list, size, items]: [Org, ApiRequest, string, PageSize, readonly unknown[]]
): ApiResponse {
  const after = afterOf(org, request, list);
  const limit = pageSize(request.query, size);
  const page = collect(range(after + 1, items.length), limit, (place) => JSON.stringify(items[place]));
  return answerList(org, request, list, page);
}

/** Who makes a call, as the log names them: the owner of an API token, or an OAuth app. */
export function logOriginOf(org: Org, request: ApiRequest): LogOrigin {
  const { caller, requestId, headers } = request;
  const owner = caller.userId === undefined ? undefined : org.user(caller.userId);
  const type = caller.scopes === undefined ? "SystemPrincipal" : "PublicClientApp";
  const actor =
    owner === undefined ? { id: caller.id, type, alternateId: caller.id, displayName: caller.id } : userParty(owner);
  return { actor, requestId, userAgent: headers["user-agent"] };
}

/** The answer to a write that has nothing to say. */
export const noContent: ApiResponse = { status: 204 };
