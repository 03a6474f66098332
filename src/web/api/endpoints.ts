import type { Endpoint } from "./endpoint.ts";
import { overview } from "./endpoints/overview.ts";
import { resources } from "./endpoints/resources.ts";
import { search } from "./endpoints/search.ts";

/** What can be asked of a snapshot, by path. */
export const EXPLORE_ENDPOINTS: readonly (readonly [path: string, endpoint: Endpoint])[] = [
  ["/api/overview", overview],
  ["/api/search", search],
  ["/api/resources", resources],
];
