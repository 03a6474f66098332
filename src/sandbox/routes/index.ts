import type { Route } from "../http/route.ts";
import type { Org } from "../org/org.ts";
import { appAccessRoutes } from "./apps/access.ts";
import { appRoutes } from "./apps/apps.ts";
import { appLifecycleRoutes } from "./apps/lifecycle.ts";
import { appWriteRoutes } from "./apps/writes.ts";
import { logOriginOf } from "./context.ts";
import { deviceRoutes } from "./devices.ts";
import { groupRoutes } from "./groups/groups.ts";
import { groupOwnerRoutes } from "./groups/owners.ts";
import { groupRuleRoutes } from "./groups/rules.ts";
import { groupWriteRoutes } from "./groups/writes.ts";
import { clientRoutes } from "./iam/clients.ts";
import { customRoleRoutes } from "./iam/custom-roles.ts";
import { iamRoutes } from "./iam/iam.ts";
import { resourceSetRoutes } from "./iam/resource-sets.ts";
import { targetRoutes } from "./iam/targets.ts";
import { iamWriteRoutes } from "./iam/writes.ts";
import { logRoutes } from "./logs.ts";
import { orgRoutes } from "./org.ts";
import { factorRoutes } from "./users/factors.ts";
import { userRoutes } from "./users/users.ts";
import { userWriteRoutes } from "./users/writes.ts";

/** Every endpoint of the Management API that the sandbox knows, over one org. */
export function routes(org: Org): Route[] {
  const all = [
    ...orgRoutes(org),
    ...userRoutes(org),
    ...userWriteRoutes(org),
    ...factorRoutes(org),
    ...groupRuleRoutes(org),
    ...groupRoutes(org),
    ...groupWriteRoutes(org),
    ...groupOwnerRoutes(org),
    ...appRoutes(org),
    ...appWriteRoutes(org),
    ...appLifecycleRoutes(org),
    ...appAccessRoutes(org),
    ...iamRoutes(org),
    ...iamWriteRoutes(org),
    ...customRoleRoutes(org),
    ...resourceSetRoutes(org),
    ...clientRoutes(org),
    ...targetRoutes(org),
    ...deviceRoutes(org),
    ...logRoutes(org),
  ];
  return all.map((route) => (route.method === "GET" ? route : { ...route, handle: attributed(org, route.handle) }));
}

/** Attributes what a call writes to the log to its caller. */
function attributed(org: Org, handle: Route["handle"]): Route["handle"] {
  return (request) => org.log.attributedTo(logOriginOf(org, request), () => handle(request));
}
