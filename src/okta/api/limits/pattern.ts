const COLLECTIONS = new Set([
  "users",
  "groups",
  "apps",
  "roles",
  "resource-sets",
  "bindings",
  "members",
  "api-tokens",
  "devices",
  "clients",
  "resources",
  "targets",
]);

/** Words that stand where an id would, but name an endpoint of their own. */
const ENDPOINTS = new Set(["rules"]);

/**
 * The URL pattern of a path, ids replaced: `/api/v1/groups/00g1/users` gives `/api/v1/groups/{id}/users`. Okta counts
 * requests by such patterns, so this is the key of a rate-limit bucket; it holds nothing that names a person.
 */
export function patternOf(path: string): string {
  const query = path.indexOf("?");
  const segments = (query < 0 ? path : path.slice(0, query)).split("/");
  let afterCollection = false;
  for (let i = 0; i < segments.length; i++) {
    const segment = segments[i]!;
    if (afterCollection && segment !== "" && !ENDPOINTS.has(segment)) {
      segments[i] = "{id}";
      afterCollection = false;
    } else if (COLLECTIONS.has(segment)) {
      afterCollection = true;
    } else {
      afterCollection = false;
      // No word of the API after its version has a digit in it: whatever does is an id of an endpoint unknown here.
      if (i > 3 && /[\d@%]/.test(segment)) {
        segments[i] = "{id}";
      }
    }
  }
  return segments.join("/");
}

/** A path for messages: the query, which may hold a search, and logins are left out; ids stay. */
export function pathForPeople(path: string): string {
  const query = path.indexOf("?");
  const bare = query < 0 ? path : path.slice(0, query);
  if (!/@|%40/.test(bare)) return bare;
  return bare
    .split("/")
    .map((segment) => (/@|%40/.test(segment) ? "{login}" : segment))
    .join("/");
}
