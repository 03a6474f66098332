import type { Route } from "../http/route.ts";
import type { Org } from "../org/org.ts";
import { appRoutes } from "./apps/apps.ts";
import { appWriteRoutes } from "./apps/writes.ts";
import { groupRoutes } from "./groups/groups.ts";
import { groupWriteRoutes } from "./groups/writes.ts";
import { clientRoutes } from "./iam/clients.ts";
import { iamRoutes } from "./iam/iam.ts";
import { iamWriteRoutes } from "./iam/writes.ts";
import { logRoutes } from "./logs.ts";
import { orgRoutes } from "./org.ts";
import { userRoutes } from "./users/users.ts";
import { userWriteRoutes } from "./users/writes.ts";

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
