import { nextUrl, pageSize } from "../../http/paging.ts";
import type { ApiRequest, ApiResponse, Route } from "../../http/route.ts";
import { notFound } from "../../org/errors.ts";
import { type Org, startBehind } from "../../org/org.ts";
import type { BindingMember, JsonObject, LabelledRecord } from "../../org/types.ts";
import { afterOf, collect, from, groupOf, range, seesNothing, userOf } from "../context.ts";
import { roleObject } from "../render.ts";

const PAGE = 100;
const SETS = "/api/v1/iam/resource-sets/{resourceSetId}";

/** Reading who holds which admin role: assignments, custom roles, resource sets, bindings. */
export function iamRoutes(org: Org): Route[] {
  const get = (pattern: string, handle: Route["handle"]): Route => ({
    ...{ method: "GET", pattern, scope: "okta.roles.read", handle },
  });
  return [
    get("/api/v1/users/{userId}/roles", (request) => listUserRoles(org, request)),
    get("/api/v1/users/{userId}/roles/{roleAssignmentId}", (request) => {
      const row = org.rolesOf(userOf(org, request)).find((role) => role.id === request.params.roleAssignmentId);
      if (row === undefined) throw notFound(request.params.roleAssignmentId ?? "", "RoleAssignment");
      return { status: 200, body: roleObject(row, `users/${userOf(org, request).record.id}`, request.origin) };
    }),
    get("/api/v1/groups/{groupId}/roles", (request) => {
      const group = groupOf(org, request);
      const rows = group.roles.map((row) => roleObject(row, `groups/${group.record.id}`, request.origin));
      return { status: 200, body: rows };
    }),
    get("/api/v1/groups/{groupId}/roles/{roleAssignmentId}", (request) => {
      const group = groupOf(org, request);
      const row = group.roles.find((role) => role.id === request.params.roleAssignmentId);
      if (row === undefined) throw notFound(request.params.roleAssignmentId ?? "", "RoleAssignment");
      return { status: 200, body: roleObject(row, `groups/${group.record.id}`, request.origin) };
    }),
    get("/api/v1/iam/assignees/users", (request) => listAssignees(org, request)),
    get("/api/v1/iam/roles", (request) =>
      listBody(org, request, "roles", org.listedRoles, (role) => customRoleObject(role, request.origin)),
    ),
    get("/api/v1/iam/roles/{roleIdOrLabel}", (request) => ({
      status: 200,
      body: customRoleObject(customRoleOf(org, request), request.origin),
    })),
    get("/api/v1/iam/resource-sets", (request) =>
      listBody(org, request, "resource-sets", org.resourceSets, (set) => resourceSetObject(set, request.origin)),
    ),
    get(SETS, (request) => ({ status: 200, body: resourceSetObject(resourceSetOf(org, request), request.origin) })),
    get(`${SETS}/bindings`, (request) => listBindings(org, request)),
    get(`${SETS}/bindings/{roleIdOrLabel}`, (request) => {
      const { href, set, role } = bindingOf(org, request);
      const links = { self: { href }, "resource-set": { href: set.href }, members: { href: `${href}/members` } };
      return { status: 200, body: { id: role.id, _links: links } };
    }),
    get(`${SETS}/bindings/{roleIdOrLabel}/members`, (request) => {
      const { href, members } = bindingOf(org, request);
      const links = { self: { href: `${href}/members` }, binding: { href } };
      return listBody(org, request, "members", members, (member) => memberObject(member, request.origin), links);
    }),
    get(`${SETS}/bindings/{roleIdOrLabel}/members/{memberId}`, (request) => {
      const id = request.params.memberId ?? "";
      const member = bindingOf(org, request).members.find((candidate) => candidate.id === id);
      if (member === undefined) throw notFound(id, "RoleResourceSetBindingMember");
      return { status: 200, body: memberObject(member, request.origin) };
    }),
  ];
}

/** The custom role that a path names by id or label. */
export function customRoleOf(org: Org, request: ApiRequest): LabelledRecord {
  const name = request.params.roleIdOrLabel ?? "";
  const role = org.customRole(name);
  if (role === undefined) throw notFound(name, "CustomRole");
  return role;
}

/** The resource set that a path names by id or label. */
export function resourceSetOf(org: Org, request: ApiRequest): LabelledRecord {
  const name = request.params.resourceSetId ?? "";
  const set = org.resourceSet(name);
  if (set === undefined) throw notFound(name, "ResourceSet");
  return set;
}

/** A binding that a path names, with its address. */
export interface NamedBinding {
  readonly set: { readonly id: string; readonly href: string };
  readonly role: LabelledRecord;
  readonly href: string;
  readonly members: BindingMember[];
}

/** The binding that a path names. */
export function bindingOf(org: Org, request: ApiRequest): NamedBinding {
  const set = resourceSetOf(org, request);
  const role = customRoleOf(org, request);
  const members = org.binding(set.id, role.id);
  if (members === undefined) throw notFound(role.id, "RoleResourceSetBinding");
  const href = `${request.origin}/api/v1/iam/resource-sets/${set.id}`;
  return { set: { id: set.id, href }, role, href: `${href}/bindings/${role.id}`, members };
}

function listUserRoles(org: Org, request: ApiRequest): ApiResponse {
  const user = userOf(org, request);
  const rows = org.rolesOf(user).map((row) => {
    const group = user.roles.includes(row)
      ? undefined
      : user.groups.map((index) => org.groups[index]!).find((candidate) => candidate.roles.includes(row));
    const principal = group === undefined ? `users/${user.record.id}` : `groups/${group.record.id}`;
    return roleObject(row, principal, request.origin);
  });
  return { status: 200, body: rows };
}

function listAssignees(org: Org, request: ApiRequest): ApiResponse {
  const list = "assignees";
  const limit = pageSize(request.query, { default: PAGE, max: PAGE, beyond: "clamp" });
  const start = startBehind(org.assignees, afterOf(org, request, list));
  const places = seesNothing(request) ? [] : from(org.assignees, start);
  const page = collect(places, limit, (index) => {
    const { id } = org.users[index]!.record;
    const href = `${request.origin}/api/v1/users/${id}`;
    const links = { self: { href }, roles: { href: `${href}/roles` } };
    return JSON.stringify({ id, orn: `orn:okta:directory:${org.settings.id}:users:${id}`, _links: links });
  });
  const next = page.next === undefined ? {} : { next: { href: nextUrl(request, org.cursors.make(list, page.next)) } };
  return { status: 200, body: `{"value":[${page.items.join(",")}],"_links":${JSON.stringify(next)}}` };
}

function listBindings(org: Org, request: ApiRequest): ApiResponse {
  const set = resourceSetOf(org, request);
  const href = `${request.origin}/api/v1/iam/resource-sets/${set.id}`;
  const roles = [...(org.bindings.get(set.id)?.keys() ?? [])];
  const item = (id: string) => {
    const binding = `${href}/bindings/${id}`;
    return { id, _links: { self: { href: binding }, members: { href: `${binding}/members` } } };
  };
  const links = { self: { href: `${href}/bindings` }, "resource-set": { href } };
  return listBody(org, request, "roles", roles, item, links);
}

/** Answers a list under `/iam`: the next page stands in the body, and the page size is Okta's. */
export function listBody<T>(
  ...[org, request, key, all, item, links]: [Org, ApiRequest, string, readonly T[], (one: T) => JsonObject, JsonObject?]
): ApiResponse {
  const list = `iam ${request.path}`;
  const after = afterOf(org, request, list);
  const page = collect(range(after + 1, all.length), PAGE, (place) => JSON.stringify(item(all[place]!)));
  const next = page.next === undefined ? {} : { next: { href: nextUrl(request, org.cursors.make(list, page.next)) } };
  const body = `{${JSON.stringify(key)}:[${page.items.join(",")}],"_links":${JSON.stringify({ ...links, ...next })}}`;
  return { status: 200, body };
}

/** A custom role. */
export function customRoleObject(role: LabelledRecord, origin: string): JsonObject {
  const href = `${origin}/api/v1/iam/roles/${role.id}`;
  return { ...role, _links: { self: { href }, permissions: { href: `${href}/permissions` } } };
}

/** A resource set. */
export function resourceSetObject(set: LabelledRecord, origin: string): JsonObject {
  const href = `${origin}/api/v1/iam/resource-sets/${set.id}`;
  const links = { self: { href }, resources: { href: `${href}/resources` }, bindings: { href: `${href}/bindings` } };
  return { ...set, _links: links };
}

function memberObject(member: BindingMember, origin: string): JsonObject {
  const { principal, ...shown } = member;
  return { ...shown, _links: { self: { href: `${origin}/api/v1/${principal}` } } };
}
