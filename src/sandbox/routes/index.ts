import type { Route } from "../http.ts";
import type { Org } from "../org.ts";
import { appRoutes } from "./apps.ts";
import { groupRoutes } from "./groups.ts";
import { iamRoutes } from "./iam.ts";
import { logRoutes } from "./logs.ts";
import { orgRoutes } from "./org.ts";
import { userRoutes } from "./users.ts";

/** Every endpoint of the Management API that the sandbox knows, over one org. */
export function routes(org: Org): Route[] {
  return [
    ...orgRoutes(org),
    ...userRoutes(org),
    ...groupRoutes(org),
    ...appRoutes(org),
    ...iamRoutes(org),
    ...logRoutes(org),
  ];
}
