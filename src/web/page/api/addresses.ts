import { formatQuery, type Query } from "../route/route.ts";

/** The address of an answer, of the sync that is looked at. */
export function apiAddress(path: string, query: Query = {}): string {
  const search = formatQuery(query);
  return `/api/${path}${search === "" ? "" : `?${search}`}`;
}

/** The path of a resource in the API. */
export function resourcePath(type: string, id: string): string {
  return `resources/${encodeURIComponent(type)}/${encodeURIComponent(id)}`;
}
