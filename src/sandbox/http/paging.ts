import { invalid } from "../org/errors.ts";
import type { ApiRequest } from "./route.ts";

/** An endpoint's page size: what it is unless asked, its bounds, and what is done with a limit beyond them. */
export interface PageSize {
  readonly default: number;
  readonly max: number;
  readonly min?: number;
  readonly beyond: "clamp" | "refuse";
}

/** The page size that a call asks for. */
export function pageSize(query: URLSearchParams, size: PageSize): number {
  const text = query.get("limit");
  if (text === null) return size.default;
  const min = size.min ?? 1;
  if (!/^-?\d{1,9}$/.test(text)) throw invalid("limit", ["limit: The limit must be a number."]);
  const limit = Number(text);
  if (limit < min) throw invalid("limit", [`limit: The limit must not be less than ${min}.`]);
  if (limit <= size.max) return limit;
  if (size.beyond === "clamp") return size.max;
  throw invalid("limit", [`limit: The limit must not be greater than ${size.max}.`]);
}

/** The URL of the call itself, as Okta's `self` link says it. */
export function selfUrl(request: ApiRequest): string {
  const query = request.query.toString();
  return `${request.origin}${request.path}${query === "" ? "" : `?${query}`}`;
}

/** The URL of the call with another `after`. */
export function nextUrl(request: ApiRequest, after: string): string {
  const query = new URLSearchParams(request.query);
  query.set("after", after);
  return `${request.origin}${request.path}?${query}`;
}

/** The `Link` headers of a list: `self`, and `next` where there is more. */
export function linkHeaders(request: ApiRequest, after?: string): { link: string[] } {
  const link = [`<${selfUrl(request)}>; rel="self"`];
  if (after !== undefined) link.push(`<${nextUrl(request, after)}>; rel="next"`);
  return { link };
}
