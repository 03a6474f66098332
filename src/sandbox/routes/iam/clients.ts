import type { ApiRequest, Route } from "../../http/route.ts";
import { assignClientRole, clientRolesOf, isServiceApp, unassignClientRole } from "../../org/admins/clients.ts";
import { ROLE_LABELS } from "../../org/admins/roles.ts";
import { ApiError } from "../../org/api-error.ts";
import { invalid, notFound } from "../../org/errors.ts";
import type { Org } from "../../org/org.ts";
import type { AppEntry, RoleRow } from "../../org/types.ts";
import { bodyOf, noContent, superAdminOnly } from "../context.ts";
import { roleObject } from "../render.ts";

const ROLES = "/oauth2/v1/clients/{clientId}/roles";
const ROLE = `${ROLES}/{roleAssignmentId}`;

/** Which admin roles an OAuth app holds: one of the org's apps, or the caller itself, which need not be one. */
export function clientRoutes(org: Org): Route[] {
  const get = (pattern: string, handle: Route["handle"]): Route => ({
    ...{ method: "GET", pattern, scope: "okta.roles.read", handle },
  });
  const write = (method: string, pattern: string, handle: Route["handle"]): Route => ({
    method,
    pattern,
    scope: "okta.roles.manage",
    handle: (request) => {
      superAdminOnly(request);
      return handle(request);
    },
  });
  const shown = (row: RoleRow, { origin, params }: ApiRequest) => ({
    ...roleObject(row, "", origin),
    _links: { assignee: { href: `${origin}/oauth2/v1/clients/${params.clientId}` } },
  });
  return [
    get(ROLES, (request) => ({ status: 200, body: rowsOf(org, request).map((row) => shown(row, request)) })),
    get(ROLE, (request) => ({ status: 200, body: shown(rowOf(org, request), request) })),
    write("POST", ROLES, (request) => {
      const app = appOf(org, request);
      const { type } = bodyOf(request);
      if (typeof type !== "string" || ROLE_LABELS[type] === undefined) {
        throw invalid("type", [`type: Unknown role type: ${type}`]);
      }
      if (clientRolesOf(org, app.record.id).some((row) => row.type === type)) {
        throw new ApiError(409, "E0000090", "The role specified is already assigned to the client.");
      }
      return { status: 200, body: shown(assignClientRole(org, app, type), request) };
    }),
    write("DELETE", ROLE, (request) => {
      unassignClientRole(org, appOf(org, request), rowOf(org, request));
      return noContent;
    }),
  ];
}

/** The org's API service app that a path names. */
function appOf(org: Org, { params }: ApiRequest): AppEntry {
  const app = org.app(params.clientId ?? "");
  if (app === undefined || !isServiceApp(app)) throw notFound(params.clientId ?? "", "PublicClientApp");
  return app;
}

function rowsOf(org: Org, { params, caller }: ApiRequest): RoleRow[] {
  const { clientId = "" } = params;
  const isCaller = caller.scopes !== undefined && caller.id === clientId;
  const app = org.app(clientId);
  if (!isCaller && app?.record.signOnMode !== "OPENID_CONNECT") throw notFound(clientId, "PublicClientApp");
  const since = String(org.settings.created ?? "2024-01-01T00:00:00.000Z");
  const own = (isCaller ? caller.roles : []).map((type) => ({
    ...{ id: `KVJU${type}`, label: ROLE_LABELS[type] ?? type, type, status: "ACTIVE" },
    ...{ created: since, lastUpdated: since, assignmentType: "CLIENT" },
  }));
  return [...own, ...clientRolesOf(org, clientId)];
}

function rowOf(org: Org, request: ApiRequest): RoleRow {
  const id = request.params.roleAssignmentId ?? "";
  const row = rowsOf(org, request).find((one) => one.id === id);
  if (row === undefined) throw notFound(id, "RoleAssignment");
  return row;
}
