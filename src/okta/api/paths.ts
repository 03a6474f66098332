import type { Cursor } from "../../baton/connector.ts";
import { Failure } from "../../runtime/failure.ts";

/**
 * An id as one segment of a path. Throws a {@link Failure} of kind `notFound` where it cannot be one: an empty segment
 * or dots would name another path.
 */
export function segment(id: string): string {
  if (id === "" || id === "." || id === "..") {
    throw new Failure({ kind: "notFound", message: `nothing has the id "${id}"` });
  }
  return encodeURIComponent(id.toWellFormed());
}

/** Where a list begins. A cursor of a resource that says no more than: read it from the start. */
export const START: Cursor = {};

/**
 * The path to read: what the cursor's `next` says, else `first`. A cursor may come from outside, so it must stay on the
 * endpoint of `first`; one that does not is refused with a {@link Failure} of kind `invalidArgument`.
 */
export function pathAt(cursor: Cursor | undefined, first: string): string {
  const next = cursor?.next;
  if (next === undefined) return first;
  if (typeof next !== "string" || !isOnEndpoint(next, first)) throw badPageToken();
  return next;
}

/** Whether a path is a page of the list that begins at `first`. */
export function isOnEndpoint(path: string, first: string): boolean {
  return /^[!-~]+$/.test(path) && endpointOf(path) === endpointOf(first);
}

/** A cursor that names nothing that could be read. */
export function badPageToken(): Failure {
  return new Failure({
    kind: "invalidArgument",
    message: "the page token does not belong to this list",
    advice: "start the list again without one",
  });
}

/** The cursors of the page after this one. */
export function nextCursors(next: string | undefined, rest: Cursor = START): Cursor[] {
  return next === undefined ? [] : [{ ...rest, next }];
}

function endpointOf(path: string): string | undefined {
  const query = path.search(/[?#]/);
  const segments = (query < 0 ? path : path.slice(0, query)).split("/");
  try {
    const decoded = segments.map(decodeURIComponent);
    // Compared as a list: a slash within an id is no slash of the path.
    return decoded.some((one) => one === "." || one === ".." || one.includes("\\"))
      ? undefined
      : JSON.stringify(decoded);
  } catch {
    return undefined;
  }
}

/** Who a link leads to: the user or group whose path its end is; `undefined` where it leads to something else. */
export function principalOf(href: unknown): { readonly type: "user" | "group"; readonly id: string } | undefined {
  if (typeof href !== "string") return undefined;
  const path = href.replace(/[?#].*$/s, "").replace(/\/+$/, "");
  const [kind, last] = path.split("/").slice(-2);
  if (!last || (kind !== "users" && kind !== "groups")) return undefined;
  try {
    return { type: kind === "users" ? "user" : "group", id: decodeURIComponent(last) };
  } catch {
    return undefined;
  }
}
