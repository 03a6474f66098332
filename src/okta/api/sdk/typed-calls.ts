import type { OktaSdk } from "./sdk.ts";

/** What a request says besides its path's ids. */
export interface TypedRequest {
  /** The ids of the path, decoded, in their order. */
  readonly ids: readonly string[];
  readonly query: URLSearchParams;
  readonly body: unknown;
}

type TypedCall = (okta: OktaSdk, request: TypedRequest) => Promise<unknown>;

/**
 * The SDK's typed call for each change and each read of one object, by method and path. Lists are not among them: they
 * are read as JSON. Source: Okta Management API.
 */
const CALLS: Readonly<Record<string, TypedCall>> = {
  "GET /users/*": ({ userApi }, { ids: [userId] }) => userApi.getUser({ userId: userId! }),
  "POST /users": ({ userApi }, { query, body }) =>
    userApi.createUser({
      body: body as never,
      ...flag(query, "activate"),
      ...flag(query, "provider"),
      ...(query.has("nextLogin") && { nextLogin: query.get("nextLogin") as never }),
    }),
  "POST /users/*": ({ userApi }, { ids: [userId], body }) =>
    userApi.updateUser({ userId: userId!, user: body as never }),
  "DELETE /users/*": ({ userApi }, { ids: [userId], query }) =>
    userApi.deleteUser({ userId: userId!, ...flag(query, "sendEmail") }),
  "POST /users/*/lifecycle/activate": ({ userApi }, { ids: [userId], query }) =>
    userApi.activateUser({ userId: userId!, ...flag(query, "sendEmail") }),
  "POST /users/*/lifecycle/expire_password": ({ userApi }, { ids: [userId] }) =>
    userApi.expirePassword({ userId: userId! }),
  "POST /users/*/lifecycle/suspend": ({ userApi }, { ids: [userId] }) => userApi.suspendUser({ userId: userId! }),
  "POST /users/*/lifecycle/unsuspend": ({ userApi }, { ids: [userId] }) => userApi.unsuspendUser({ userId: userId! }),
  "POST /users/*/lifecycle/deactivate": ({ userApi }, { ids: [userId], query }) =>
    userApi.deactivateUser({ userId: userId!, ...flag(query, "sendEmail") }),

  "GET /groups/*": ({ groupApi }, { ids: [groupId] }) => groupApi.getGroup({ groupId: groupId! }),
  "POST /groups": ({ groupApi }, { body }) => groupApi.createGroup({ group: body as never }),
  "PUT /groups/*": ({ groupApi }, { ids: [groupId], body }) =>
    groupApi.replaceGroup({ groupId: groupId!, group: body as never }),
  "DELETE /groups/*": ({ groupApi }, { ids: [groupId] }) => groupApi.deleteGroup({ groupId: groupId! }),
  "PUT /groups/*/users/*": ({ groupApi }, { ids: [groupId, userId] }) =>
    groupApi.assignUserToGroup({ groupId: groupId!, userId: userId! }),
  "DELETE /groups/*/users/*": ({ groupApi }, { ids: [groupId, userId] }) =>
    groupApi.unassignUserFromGroup({ groupId: groupId!, userId: userId! }),

  "GET /apps/*": ({ applicationApi }, { ids: [appId] }) => applicationApi.getApplication({ appId: appId! }),
  "GET /apps/*/users/*": ({ applicationApi }, { ids: [appId, userId] }) =>
    applicationApi.getApplicationUser({ appId: appId!, userId: userId! }),
  "POST /apps/*/users": ({ applicationApi }, { ids: [appId], body }) =>
    applicationApi.assignUserToApplication({ appId: appId!, appUser: body as never }),
  "DELETE /apps/*/users/*": ({ applicationApi }, { ids: [appId, userId] }) =>
    applicationApi.unassignUserFromApplication({ appId: appId!, userId: userId! }),
  "GET /apps/*/groups/*": ({ applicationApi }, { ids: [appId, groupId] }) =>
    applicationApi.getApplicationGroupAssignment({ appId: appId!, groupId: groupId! }),
  "PUT /apps/*/groups/*": ({ applicationApi }, { ids: [appId, groupId], body }) =>
    applicationApi.assignGroupToApplication({
      appId: appId!,
      groupId: groupId!,
      applicationGroupAssignment: body as never,
    }),
  "DELETE /apps/*/groups/*": ({ applicationApi }, { ids: [appId, groupId] }) =>
    applicationApi.unassignApplicationFromGroup({ appId: appId!, groupId: groupId! }),

  "POST /users/*/roles": ({ roleAssignmentApi }, { ids: [userId], body }) =>
    roleAssignmentApi.assignRoleToUser({ userId: userId!, assignRoleRequest: body as never }),
  "DELETE /users/*/roles/*": ({ roleAssignmentApi }, { ids: [userId, roleId] }) =>
    roleAssignmentApi.unassignRoleFromUser({ userId: userId!, roleId: roleId! }),
  "POST /groups/*/roles": ({ roleAssignmentApi }, { ids: [groupId], body }) =>
    roleAssignmentApi.assignRoleToGroup({ groupId: groupId!, assignRoleRequest: body as never }),
  "DELETE /groups/*/roles/*": ({ roleAssignmentApi }, { ids: [groupId, roleId] }) =>
    roleAssignmentApi.unassignRoleFromGroup({ groupId: groupId!, roleId: roleId! }),

  "GET /iam/roles/*": ({ customRoleApi }, { ids: [role] }) => customRoleApi.getRole({ roleIdOrLabel: role! }),
  "GET /iam/resource-sets/*": ({ resourceSetApi }, { ids: [set] }) =>
    resourceSetApi.getResourceSet({ resourceSetId: set! }),
  "GET /iam/resource-sets/*/bindings/*": ({ resourceSetApi }, { ids: [set, role] }) =>
    resourceSetApi.getBinding({ resourceSetId: set!, roleIdOrLabel: role! }),
  "POST /iam/resource-sets/*/bindings": ({ resourceSetApi }, { ids: [set], body }) =>
    resourceSetApi.createResourceSetBinding({ resourceSetId: set!, instance: body as never }),
  "PATCH /iam/resource-sets/*/bindings/*/members": ({ resourceSetApi }, { ids: [set, role], body }) =>
    resourceSetApi.addMembersToBinding({ resourceSetId: set!, roleIdOrLabel: role!, instance: body as never }),
  "DELETE /iam/resource-sets/*/bindings/*/members/*": ({ resourceSetApi }, { ids: [set, role, member] }) =>
    resourceSetApi.unassignMemberFromBinding({ resourceSetId: set!, roleIdOrLabel: role!, memberId: member! }),
  "DELETE /iam/resource-sets/*/bindings/*": ({ resourceSetApi }, { ids: [set, role] }) =>
    resourceSetApi.deleteBinding({ resourceSetId: set!, roleIdOrLabel: role! }),

  "GET /api-tokens/*": ({ apiTokenApi }, { ids: [apiTokenId] }) => apiTokenApi.getApiToken({ apiTokenId: apiTokenId! }),
};

/** All of them, as `GET /users/*`. */
export const TYPED_CALLS: readonly string[] = Object.keys(CALLS);

/** The typed call for a request, ready to be made; `undefined` where there is none. */
export function typedCall(
  method: string,
  path: string,
  body: unknown,
): ((okta: OktaSdk) => Promise<unknown>) | undefined {
  const [plain = "", query] = path.split("?");
  const segments = plain.replace(/^\/api\/v1\//, "").split("/");
  for (const [known, make] of Object.entries(CALLS)) {
    const ids = idsIn(known, method, segments);
    if (ids !== undefined) return (okta) => make(okta, { ids, query: new URLSearchParams(query), body });
  }
  return undefined;
}

function idsIn(known: string, method: string, segments: readonly string[]): string[] | undefined {
  const [verb, pattern = ""] = known.split(" ");
  const wanted = pattern.slice(1).split("/");
  if (verb !== method || wanted.length !== segments.length) return undefined;
  if (!wanted.every((one, at) => one === "*" || one === segments[at])) return undefined;
  return segments.filter((_, at) => wanted[at] === "*").map(decodeURIComponent);
}

function flag<K extends string>(query: URLSearchParams, name: K): { [key in K]?: boolean } {
  return (query.has(name) ? { [name]: query.get(name) === "true" } : {}) as { [key in K]?: boolean };
}
