import type { ApiRequest, Route } from "../../http/route.ts";
import {
  addPermission,
  createCustomRole,
  deleteCustomRole,
  permissionsOf,
  removePermission,
  updateCustomRole,
} from "../../org/admins/custom-roles.ts";
import { ApiError } from "../../org/api-error.ts";
import { invalid, notFound } from "../../org/errors.ts";
import type { Org } from "../../org/org.ts";
import type { JsonObject, LabelledRecord } from "../../org/types.ts";
import { bodyOf, noContent, superAdminOnly } from "../context.ts";
import { customRoleObject, customRoleOf } from "./iam.ts";

const ROLES = "/api/v1/iam/roles";
const ROLE = `${ROLES}/{roleIdOrLabel}`;
const PERMISSION = `${ROLE}/permissions/{permissionType}`;

/** Custom roles: what each may do, and changes of them. */
export function customRoleRoutes(org: Org): Route[] {
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
  return [
    get(`${ROLE}/permissions`, (request) => {
      const role = customRoleOf(org, request);
      const permissions = permissionsOf(org, role).map((one) => permissionObject(role, one, request.origin));
      return { status: 200, body: { permissions } };
    }),
    get(PERMISSION, (request) => {
      const role = customRoleOf(org, request);
      const label = request.params.permissionType ?? "";
      const permission = permissionsOf(org, role).find((one) => one.label === label);
      if (permission === undefined) throw notFound(label, "Permission");
      return { status: 200, body: permissionObject(role, permission, request.origin) };
    }),
    write("POST", ROLES, (request) => {
      const { label, description, permissions } = detailsIn(request, true);
      const role = createCustomRole(org, mustBeFree(org, label), description, permissions);
      return { status: 200, body: customRoleObject(role, request.origin) };
    }),
    write("PUT", ROLE, (request) => {
      const { label, description } = detailsIn(request, false);
      const role = updateCustomRole(org, changeable(org, request), { label, description });
      return { status: 200, body: customRoleObject(role, request.origin) };
    }),
    write("DELETE", ROLE, (request) => {
      deleteCustomRole(org, changeable(org, request));
      return noContent;
    }),
    write("POST", PERMISSION, (request) => {
      addPermission(org, changeable(org, request), request.params.permissionType ?? "");
      return noContent;
    }),
    write("DELETE", PERMISSION, (request) => {
      const label = request.params.permissionType ?? "";
      if (!removePermission(org, changeable(org, request), label)) throw notFound(label, "Permission");
      return noContent;
    }),
  ];
}

/** The custom role that a path names, which must not be one of Okta's own. */
function changeable(org: Org, request: ApiRequest): LabelledRecord {
  const role = customRoleOf(org, request);
  if (!org.customRoles.includes(role)) throw new ApiError(403, "E0000006", "The role cannot be changed.");
  return role;
}

function mustBeFree(org: Org, label: string): string {
  if (org.customRole(label) === undefined) return label;
  throw invalid("label", ["label: An object with this field already exists in the current organization"]);
}

function detailsIn(request: ApiRequest, isNew: boolean) {
  const { label, description, permissions = [] } = bodyOf(request);
  if (typeof label !== "string" || label.trim() === "") {
    throw invalid("label", ["label: The field cannot be left blank"]);
  }
  if (!Array.isArray(permissions) || (isNew && permissions.length === 0)) {
    throw invalid("permissions", ["permissions: The field cannot be left blank"]);
  }
  return { label, description: String(description ?? ""), permissions: permissions.map(String) };
}

function permissionObject(role: LabelledRecord, permission: JsonObject, origin: string): JsonObject {
  const href = `${origin}/api/v1/iam/roles/${role.id}`;
  return { ...permission, _links: { role: { href }, self: { href: `${href}/permissions/${permission.label}` } } };
}
