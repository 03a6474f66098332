import type { ApiRequest, ApiResponse, Route } from "../../http/route.ts";
import { clientRolesOf } from "../../org/admins/clients.ts";
import {
  addAppTarget,
  addGroupTarget,
  removeAppTarget,
  removeGroupTarget,
  targetsOf,
} from "../../org/admins/targets.ts";
import { notFound } from "../../org/errors.ts";
import type { Org } from "../../org/org.ts";
import type { JsonObject, RoleRow } from "../../org/types.ts";
import { answerItems, groupOf, noContent, superAdminOnly, userOf } from "../context.ts";
import { groupObject } from "../render.ts";

const SIZE = { default: 20, max: 200, beyond: "clamp" } as const;

/** Where role assignments of one kind of holder are, and how one is found. */
interface Assignments {
  readonly base: string;
  readonly rows: (request: ApiRequest) => readonly RoleRow[];
}

/** What role assignments of users, groups and OAuth apps are confined to; an empty list means: to nothing. */
export function targetRoutes(org: Org): Route[] {
  const holders: readonly Assignments[] = [
    { base: "/api/v1/users/{userId}", rows: (request) => userOf(org, request).roles },
    { base: "/api/v1/groups/{groupId}", rows: (request) => groupOf(org, request).roles },
    { base: "/oauth2/v1/clients/{clientId}", rows: ({ params }) => clientRolesOf(org, params.clientId ?? "") },
  ];
  return holders.flatMap((holder) => routesOf(org, holder));
}

function routesOf(org: Org, { base, rows }: Assignments): Route[] {
  const targets = `${base}/roles/{roleAssignmentId}/targets`;
  const apps = `${targets}/catalog/apps`;
  const row = (request: ApiRequest): RoleRow => {
    const id = request.params.roleAssignmentId ?? "";
    const found = rows(request).find((one) => one.id === id);
    if (found === undefined) throw notFound(id, "RoleAssignment");
    return found;
  };
  const read = (pattern: string, handle: Route["handle"]): Route => ({
    ...{ method: "GET", pattern, scope: "okta.roles.read", handle },
  });
  const write = (method: string, pattern: string, act: (request: ApiRequest) => void): Route => ({
    method,
    pattern,
    scope: "okta.roles.manage",
    handle: (request): ApiResponse => {
      superAdminOnly(request);
      act(request);
      return noContent;
    },
  });
  const app = ({ params }: ApiRequest) => ({ name: params.appName ?? "", id: params.appId });
  const add = (request: ApiRequest) => {
    const { name, id } = app(request);
    const known = org.apps.some((one) => one?.record.name === name && (id === undefined || one.record.id === id));
    if (!known) throw notFound(id ?? name, "AppInstance");
    addAppTarget(org, row(request), name, id);
  };
  const remove = (request: ApiRequest) => {
    const { name, id } = app(request);
    if (!removeAppTarget(org, row(request), name, id)) throw notFound(id ?? name, "AppInstance");
  };
  // Okta describes 200 for this one, and 204 for its like.
  const addForGroup = (request: ApiRequest): ApiResponse => {
    superAdminOnly(request);
    add(request);
    return { status: 200, body: {} };
  };
  return [
    read(`${targets}/groups`, (request) => {
      const groups = targetsOf(org, row(request)).groups.flatMap((id) => org.group(id) ?? []);
      const items = groups.map((group) => groupObject(group, request.origin, false));
      return answerItems(org, request, request.path, SIZE, items);
    }),
    read(apps, (request) => {
      const items = targetsOf(org, row(request)).apps.map((one) => appTarget(org, one, request.origin));
      return answerItems(org, request, request.path, SIZE, items);
    }),
    write("PUT", `${targets}/groups/{targetGroupId}`, (request) => {
      const id = request.params.targetGroupId ?? "";
      if (org.group(id) === undefined) throw notFound(id, "UserGroup");
      addGroupTarget(org, row(request), id);
    }),
    write("DELETE", `${targets}/groups/{targetGroupId}`, (request) => {
      const id = request.params.targetGroupId ?? "";
      if (!removeGroupTarget(org, row(request), id)) throw notFound(id, "UserGroup");
    }),
    { ...write("PUT", `${apps}/{appName}`, add), ...(base.includes("/groups/") ? { handle: addForGroup } : {}) },
    write("PUT", `${apps}/{appName}/{appId}`, add),
    write("DELETE", `${apps}/{appName}`, remove),
    write("DELETE", `${apps}/{appName}/{appId}`, remove),
  ];
}

/** An app, or all apps of a type, as Okta shows them among targets. */
function appTarget(org: Org, { name, id }: { name: string; id?: string }, origin: string): JsonObject {
  const app = org.apps.find((one) => (id === undefined ? one?.record.name === name : one?.record.id === id));
  const { label = name, lastUpdated, signOnMode } = app?.record ?? {};
  const path = id === undefined ? `catalog/apps/${name}` : `apps/${id}`;
  return {
    ...{ name, displayName: label, ...(id === undefined ? {} : { id, lastUpdated }) },
    ...{ status: "ACTIVE", signOnModes: signOnMode === undefined ? [] : [signOnMode] },
    _links: { self: { href: `${origin}/api/v1/${path}` } },
  };
}
