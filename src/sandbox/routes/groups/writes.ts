import type { ApiRequest, ApiResponse, Route } from "../../http/route.ts";
import { ApiError } from "../../org/api-error.ts";
import { forbidden, invalid, unsupported } from "../../org/errors.ts";
import { createGroup, deleteGroup, replaceGroupProfile } from "../../org/groups/lifecycle.ts";
import { addMember, removeMember } from "../../org/groups/members.ts";
import type { Org } from "../../org/org.ts";
import type { GroupEntry, JsonObject } from "../../org/types.ts";
import { bodyOf, groupOf, noContent, objectIn, superAdminOnly, userOf } from "../context.ts";
import { groupObject } from "../render.ts";

const GROUP = "/api/v1/groups/{groupId}";
const NAME_MAX = 255;
const DESCRIPTION_MAX = 1024;

/** Changing groups and who is in them. */
export function groupWriteRoutes(org: Org): Route[] {
  const scope = "okta.groups.manage";
  const route = (method: string, pattern: string, handle: Route["handle"]): Route => ({
    ...{ method, pattern, scope, handle },
  });
  return [
    route("POST", "/api/v1/groups", (request) => create(org, request)),
    route("PUT", GROUP, (request) => replace(org, request)),
    route("DELETE", GROUP, (request) => remove(org, request)),
    route("PUT", `${GROUP}/users/{userId}`, (request) => changeMember(org, request, true)),
    route("DELETE", `${GROUP}/users/{userId}`, (request) => changeMember(org, request, false)),
  ];
}

/** A group that gives its members an admin role is for super admins to change. */
function guard(request: ApiRequest, group: GroupEntry): void {
  if (group.roles.length > 0) superAdminOnly(request);
}

function changeMember(org: Org, request: ApiRequest, wanted: boolean): ApiResponse {
  const group = groupOf(org, request);
  const user = userOf(org, request);
  if (group.record.type !== "OKTA_GROUP") throw unsupported();
  guard(request, group);
  if (wanted && user.record.status === "DEPROVISIONED") {
    throw invalid("userId", ["userId: A deactivated user cannot be added to a group."]);
  }
  if (wanted) addMember(org, group, user);
  else removeMember(org, group, user);
  return noContent;
}

function create(org: Org, request: ApiRequest): ApiResponse {
  const group = createGroup(org, profileOf(org, bodyOf(request)));
  return { status: 200, body: groupObject(group, request.origin, false) };
}

function replace(org: Org, request: ApiRequest): ApiResponse {
  const group = groupOf(org, request);
  const { type } = group.record;
  if (type === "BUILT_IN") throw forbidden();
  if (type !== "OKTA_GROUP") throw unsupported();
  guard(request, group);
  replaceGroupProfile(org, group, profileOf(org, bodyOf(request), group));
  return { status: 200, body: groupObject(group, request.origin, false) };
}

function remove(org: Org, request: ApiRequest): ApiResponse {
  const group = groupOf(org, request);
  if (group.record.type === "BUILT_IN") throw forbidden();
  guard(request, group);
  if ((group.stats?.groupPushMappingsCount ?? 0) > 0) {
    throw new ApiError(400, "E0000001", "Api validation failed: group", [
      "group: A group push mapping uses the group.",
    ]);
  }
  deleteGroup(org, group);
  return noContent;
}

function profileOf(org: Org, body: JsonObject, self?: GroupEntry): JsonObject {
  const profile = objectIn(body, "profile");
  const { name, description } = profile ?? {};
  if (typeof name !== "string" || name.trim() === "") throw invalid("name", ["name: The field cannot be left blank"]);
  if (name.length > NAME_MAX)
    throw invalid("name", [`name: The field is too long. It can have ${NAME_MAX} characters.`]);
  if (description !== undefined && description !== null) {
    if (typeof description !== "string") throw invalid("description", ["description: The value must be a text."]);
    if (description.length > DESCRIPTION_MAX) throw invalid("description", ["description: The field is too long."]);
  }
  const twin = org.groups.find((other) => other?.record.profile.name === name && other.record.type === "OKTA_GROUP");
  if (twin !== undefined && twin !== self) {
    throw invalid("name", ["name: An object with this field already exists in the current organization"]);
  }
  return { ...profile };
}
