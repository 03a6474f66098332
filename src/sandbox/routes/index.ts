import type { Route } from "../http.ts";
import type { Org } from "../org.ts";
import { appWriteRoutes } from "./app-writes.ts";
import { appRoutes } from "./apps.ts";
import { clientRoutes } from "./clients.ts";
import { groupWriteRoutes } from "./group-writes.ts";
import { groupRoutes } from "./groups.ts";
import { iamRoutes } from "./iam.ts";
import { iamWriteRoutes } from "./iam-writes.ts";
import { logRoutes } from "./logs.ts";
import { orgRoutes } from "./org.ts";
import { userWriteRoutes } from "./user-writes.ts";
import { userRoutes } from "./users.ts";

/** Every endpoint of the Management API that the sandbox knows, over one org. */
export function routes(org: Org): Route[] {
  return [
    ...orgRoutes(org),
    ...userRoutes(org),
    ...userWriteRoutes(org),
    ...groupRoutes(org),
    ...groupWriteRoutes(org),
    ...appRoutes(org),
    ...appWriteRoutes(org),
    ...iamRoutes(org),
    ...iamWriteRoutes(org),
    ...clientRoutes(org),
    ...logRoutes(org),
  ];
}
