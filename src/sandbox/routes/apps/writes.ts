import type { ApiRequest, ApiResponse, Route } from "../../http/route.ts";
import {
  type AppUserDetails,
  assignGroup as assignAppGroup,
  assignUser as assignAppUser,
  unassignGroup as unassignAppGroup,
  unassignUser as unassignAppUser,
} from "../../org/apps/assignments.ts";
import { forbidden, invalid, notFound } from "../../org/errors.ts";
import type { Org } from "../../org/org.ts";
import type { AppEntry, JsonObject, UserEntry } from "../../org/types.ts";
import { appOf, bodyOf, groupOf, noContent, objectIn, userOf } from "../context.ts";
import { appGroupObject, appUserObject } from "../render.ts";

const USERS = "/api/v1/apps/{appId}/users";
const GROUP = "/api/v1/apps/{appId}/groups/{groupId}";

/** Changing who is assigned to an app. */
export function appWriteRoutes(org: Org): Route[] {
  const scope = "okta.apps.manage";
  const route = (method: string, pattern: string, handle: Route["handle"]): Route => ({
    ...{ method, pattern, scope, handle },
  });
  return [
    route("POST", USERS, (request) => assignUser(org, request)),
    route("POST", `${USERS}/{userId}`, (request) => updateUser(org, request)),
    route("DELETE", `${USERS}/{userId}`, (request) => unassignUser(org, request)),
    route("PUT", GROUP, (request) => assignGroup(org, request)),
    route("DELETE", GROUP, (request) => unassignGroup(org, request)),
  ];
}

function assignUser(org: Org, request: ApiRequest): ApiResponse {
  const app = appOf(org, request);
  const body = bodyOf(request);
  if (typeof body.id !== "string") throw invalid("id", ["id: The field cannot be left blank"]);
  const user = org.user(body.id);
  if (user === undefined) throw notFound(body.id, "User");
  if (body.scope !== undefined && body.scope !== "USER" && body.scope !== "GROUP") {
    throw invalid("scope", ["scope: The value must be USER or GROUP."]);
  }
  if (app.record.status !== "ACTIVE" || user.record.status === "DEPROVISIONED") throw forbidden();
  assignAppUser(org, app, user, detailsIn(body));
  return { status: 200, body: appUserObject(org, app, user, request.origin) };
}

function updateUser(org: Org, request: ApiRequest): ApiResponse {
  const app = appOf(org, request);
  const user = assigned(org, request, app);
  assignAppUser(org, app, user, detailsIn(bodyOf(request)));
  return { status: 200, body: appUserObject(org, app, user, request.origin) };
}

function unassignUser(org: Org, request: ApiRequest): ApiResponse {
  const app = appOf(org, request);
  const user = assigned(org, request, app);
  unassignAppUser(org, app, user);
  return noContent;
}

function assigned(org: Org, request: ApiRequest, app: AppEntry): UserEntry {
  const user = userOf(org, request);
  if (!app.userRows.has(user.index)) throw notFound(request.params.userId ?? "", "AppUser");
  return user;
}

function detailsIn(body: JsonObject): AppUserDetails {
  const userName = objectIn(body, "credentials")?.userName;
  if (userName !== undefined && (typeof userName !== "string" || userName === "" || userName.length > 100)) {
    throw invalid("credentials.userName", ["userName: The field must have 1 to 100 characters."]);
  }
  const profile = objectIn(body, "profile");
  return {
    ...(userName === undefined ? {} : { credentials: { userName } }),
    ...(profile === undefined ? {} : { profile }),
  };
}

function assignGroup(org: Org, request: ApiRequest): ApiResponse {
  const app = appOf(org, request);
  const group = groupOf(org, request);
  const body = request.body === undefined ? {} : bodyOf(request);
  if (app.record.status !== "ACTIVE") throw forbidden();
  const { priority } = body;
  if (priority !== undefined && !Number.isInteger(priority)) throw invalid("priority", ["priority: Must be a number."]);
  const isNew = !app.groupRows.has(group.index);
  const row = {
    lastUpdated: org.now(),
    priority:
      (priority as number | undefined) ?? (isNew ? app.groups.length : app.groupRows.get(group.index)!.priority),
    profile: objectIn(body, "profile") ?? {},
  };
  assignAppGroup(org, app, group, row);
  return { status: 200, body: appGroupObject(app, group, request.origin) };
}

function unassignGroup(org: Org, request: ApiRequest): ApiResponse {
  const app = appOf(org, request);
  const group = groupOf(org, request);
  if (!app.groupRows.has(group.index)) throw notFound(group.record.id, "ApplicationGroupAssignment");
  unassignAppGroup(org, app, group);
  return noContent;
}
