import type { ApiRequest, ApiResponse, Route } from "../../http/route.ts";
import { createApp, deleteApp, setAppStatus, updateApp } from "../../org/apps/lifecycle.ts";
import { invalid } from "../../org/errors.ts";
import type { Org } from "../../org/org.ts";
import type { AppRecord } from "../../org/types.ts";
import { appOf, bodyOf, flag, noContent } from "../context.ts";
import { appObject } from "../render.ts";

const APP = "/api/v1/apps/{appId}";
/** What Okta sets itself. */
const OWN = ["id", "orn", "status", "created", "lastUpdated", "_links", "_embedded"];

/** Making, changing and deleting apps. What an app's settings must say is not checked. */
export function appLifecycleRoutes(org: Org): Route[] {
  const route = (method: string, pattern: string, handle: Route["handle"]): Route => ({
    ...{ method, pattern, scope: "okta.apps.manage", handle },
  });
  return [
    route("POST", "/api/v1/apps", (request) => create(org, request)),
    route("PUT", APP, (request) => {
      const app = appOf(org, request);
      updateApp(org, app, detailsIn(request));
      return { status: 200, body: appObject(app, request.origin, false) };
    }),
    route("POST", `${APP}/lifecycle/activate`, (request) => {
      setAppStatus(org, appOf(org, request), "ACTIVE");
      return { status: 200, body: {} };
    }),
    route("POST", `${APP}/lifecycle/deactivate`, (request) => {
      setAppStatus(org, appOf(org, request), "INACTIVE");
      return { status: 200, body: {} };
    }),
    route("DELETE", APP, (request) => {
      deleteApp(org, appOf(org, request));
      return noContent;
    }),
  ];
}

function create(org: Org, request: ApiRequest): ApiResponse {
  const details = detailsIn(request);
  const now = org.now();
  const id = org.newId("0oa");
  const status = flag(request, "activate", true) ? "ACTIVE" : "INACTIVE";
  const record = { name: `acme_${id.toLowerCase()}`, ...details, id, status, created: now, lastUpdated: now };
  return { status: 200, body: appObject(createApp(org, record as AppRecord), request.origin, false) };
}

function detailsIn(request: ApiRequest): Partial<AppRecord> {
  const body = bodyOf(request);
  for (const key of ["label", "signOnMode"]) {
    if (typeof body[key] !== "string" || body[key] === "") {
      throw invalid(key, [`${key}: The field cannot be left blank`]);
    }
  }
  return Object.fromEntries(Object.entries(body).filter(([key]) => !OWN.includes(key)));
}
