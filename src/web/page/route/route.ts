/**
 * Where somebody is in the page: `#/people/00u1?tab=access`. All of it stands behind the `#`, so that an address that is
 * sent on opens the same view, and what is looked for does not reach the server's log.
 */
export interface Route {
  /** The decoded parts of the path; none on the overview. */
  readonly path: readonly string[];
  readonly query: Readonly<Record<string, string>>;
}

/** What a query may be made of: what is empty is left out. */
export type Query = Readonly<Record<string, string | number | null | undefined>>;

/** Reads a route from the part of an address that begins with `#`. What cannot be decoded stays as it is. */
export function parseRoute(hash: string): Route {
  const [path = "", query = ""] = hash.replace(/^#\/?/, "").split(/\?(.*)/s);
  return {
    path: path
      .split("/")
      .filter((part) => part !== "")
      .map(decoded),
    query: Object.fromEntries(new URLSearchParams(query)),
  };
}

/** Writes a route as the part of an address that begins with `#`. */
export function formatRoute(path: readonly string[], query: Query = {}): string {
  const written = path.map(encodeURIComponent).join("/");
  const search = formatQuery(query);
  return `#/${written}${search === "" ? "" : `?${search}`}`;
}

/** Writes a query without what is empty. */
export function formatQuery(query: Query): string {
  const params = new URLSearchParams();
  for (const [name, value] of Object.entries(query)) {
    if (value !== null && value !== undefined && value !== "") params.set(name, String(value));
  }
  return params.toString();
}

function decoded(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}
