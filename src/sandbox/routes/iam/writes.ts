import type { ApiRequest, ApiResponse, Route } from "../../http/route.ts";
import { assignStandardRole, bind, removeBinding, unassignRole, unbind } from "../../org/admins/assignments.ts";
import { assignmentTypeOf, type Holder, holderAt, principalOf, rowsOf } from "../../org/admins/holders.ts";
import { ROLE_LABELS } from "../../org/admins/roles.ts";
import { ApiError } from "../../org/api-error.ts";
import { invalid, notFound } from "../../org/errors.ts";
import type { Org } from "../../org/org.ts";
import type { RoleRow } from "../../org/types.ts";
import { bodyOf, groupOf, noContent, superAdminOnly, userOf } from "../context.ts";
import { roleObject } from "../render.ts";
import { bindingOf, resourceSetOf } from "./iam.ts";

const BINDINGS = "/api/v1/iam/resource-sets/{resourceSetId}/bindings";
const BINDING = `${BINDINGS}/{roleIdOrLabel}`;

/** Changing who holds which admin role. */
export function iamWriteRoutes(org: Org): Route[] {
  const route = (method: string, pattern: string, handle: Route["handle"]): Route => ({
    method,
    pattern,
    scope: "okta.roles.manage",
    handle: (request) => {
      superAdminOnly(request);
      return handle(request);
    },
  });
  const user = (request: ApiRequest): Holder => ({ user: userOf(org, request) });
  const group = (request: ApiRequest): Holder => ({ group: groupOf(org, request) });
  return [
    route("POST", "/api/v1/users/{userId}/roles", (request) => assign(org, request, user(request))),
    route("POST", "/api/v1/groups/{groupId}/roles", (request) => assign(org, request, group(request))),
    route("DELETE", "/api/v1/users/{userId}/roles/{roleAssignmentId}", (request) =>
      unassign(org, request, user(request)),
    ),
    route("DELETE", "/api/v1/groups/{groupId}/roles/{roleAssignmentId}", (request) =>
      unassign(org, request, group(request)),
    ),
    route("POST", BINDINGS, (request) => createBinding(org, request)),
    route("DELETE", BINDING, (request) => deleteBinding(org, request)),
    route("PATCH", `${BINDING}/members`, (request) => addMembers(org, request)),
    route("DELETE", `${BINDING}/members/{memberId}`, (request) => removeMember(org, request)),
  ];
}

function assign(org: Org, request: ApiRequest, holder: Holder): ApiResponse {
  const body = bodyOf(request);
  const { type } = body;
  if (typeof type !== "string") throw invalid("type", ["type: The field cannot be left blank"]);
  if (type !== "CUSTOM" && ROLE_LABELS[type] === undefined) throw invalid("type", [`type: Unknown role type: ${type}`]);
  if ("user" in holder && holder.user.record.status === "DEPROVISIONED") {
    throw invalid("user", ["user: A deactivated user cannot hold an admin role."]);
  }
  let row: RoleRow | undefined;
  if (type === "CUSTOM") {
    const role = org.customRole(String(body.role));
    if (role === undefined) throw notFound(String(body.role), "CustomRole");
    const set = org.resourceSet(String(body["resource-set"]));
    if (set === undefined) throw notFound(String(body["resource-set"]), "ResourceSet");
    row = bind(org, set, role, holder);
  } else if (!rowsOf(holder).some((own) => own.type === type && own.assignmentType === assignmentTypeOf(holder))) {
    row = assignStandardRole(org, holder, type);
  }
  if (row === undefined) {
    const whom = "user" in holder ? "user" : "group";
    throw new ApiError(409, "E0000090", `The role specified is already assigned to the ${whom}.`);
  }
  const status = "user" in holder ? 201 : 200;
  return { status, body: roleObject(row, principalOf(holder), request.origin) };
}

function unassign(org: Org, request: ApiRequest, holder: Holder): ApiResponse {
  const id = request.params.roleAssignmentId ?? "";
  const row = rowsOf(holder).find((own) => own.id === id && own.assignmentType === assignmentTypeOf(holder));
  if (row === undefined) throw notFound(id, "RoleAssignment");
  unassignRole(org, holder, row);
  return noContent;
}

/** The holders that a body's list of addresses names; throws where one is malformed or nobody is there. */
function holdersIn(org: Org, list: unknown, name: string): Holder[] {
  if (!Array.isArray(list) || list.length === 0) throw invalid(name, [`${name}: The field cannot be left blank`]);
  return list.map((address) => {
    const holder = holderAt(org, String(address));
    if (holder === undefined) throw invalid(name, [`${name}: No user or group is at ${address}`]);
    return holder;
  });
}

function createBinding(org: Org, request: ApiRequest): ApiResponse {
  const set = resourceSetOf(org, request);
  const body = bodyOf(request);
  const role = org.customRole(String(body.role));
  if (role === undefined) throw notFound(String(body.role), "CustomRole");
  const holders = holdersIn(org, body.members, "members");
  if (org.binding(set.id, role.id) !== undefined) {
    throw invalid("role", ["role: A binding of this role and resource set exists already."]);
  }
  for (const holder of holders) bind(org, set, role, holder);
  return edited(request, set.id, role.id);
}

function addMembers(org: Org, request: ApiRequest): ApiResponse {
  const { role } = bindingOf(org, request);
  const set = resourceSetOf(org, request);
  for (const holder of holdersIn(org, bodyOf(request).additions, "additions")) bind(org, set, role, holder);
  return edited(request, set.id, role.id);
}

function removeMember(org: Org, request: ApiRequest): ApiResponse {
  const { role, members } = bindingOf(org, request);
  const set = resourceSetOf(org, request);
  const id = request.params.memberId ?? "";
  const member = members.find((candidate) => candidate.id === id);
  if (member === undefined) throw notFound(id, "RoleResourceSetBindingMember");
  unbind(org, set, role, member);
  return noContent;
}

function deleteBinding(org: Org, request: ApiRequest): ApiResponse {
  removeBinding(org, resourceSetOf(org, request), bindingOf(org, request).role);
  return noContent;
}

function edited(request: ApiRequest, setId: string, roleId: string): ApiResponse {
  const set = `${request.origin}/api/v1/iam/resource-sets/${setId}`;
  const bindings = { href: `${set}/bindings` };
  const links = { self: { href: `${set}/bindings/${roleId}` }, bindings, "resource-set": { href: set } };
  return { status: 200, body: { _links: links } };
}
