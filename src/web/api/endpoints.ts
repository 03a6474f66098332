import type { Endpoint } from "./endpoint.ts";
import { access } from "./endpoints/access.ts";
import { admins } from "./endpoints/admins.ts";
import { changes } from "./endpoints/changes.ts";
import { compare } from "./endpoints/compare.ts";
import { findings } from "./endpoints/findings.ts";
import { graph } from "./endpoints/graph.ts";
import { history } from "./endpoints/history.ts";
import { historyChanges } from "./endpoints/history-changes.ts";
import { holders } from "./endpoints/holders.ts";
import { overview } from "./endpoints/overview.ts";
import { resource } from "./endpoints/resource.ts";
import { resources } from "./endpoints/resources.ts";
import { search } from "./endpoints/search.ts";

/** What can be asked of a snapshot, by path. */
export const EXPLORE_ENDPOINTS: readonly (readonly [path: string, endpoint: Endpoint])[] = [
  ["/api/overview", overview],
  ["/api/search", search],
  ["/api/resources", resources],
  ["/api/resources/:type/:id", resource],
  ["/api/resources/:type/:id/access", access],
  ["/api/resources/:type/:id/graph", graph],
  ["/api/resources/:type/:id/holders", holders],
  ["/api/resources/:type/:id/history", history],
  ["/api/resources/:type/:id/history/changes", historyChanges],
  ["/api/compare", compare],
  ["/api/admins", admins],
  ["/api/changes", changes],
  ["/api/findings", findings],
];
