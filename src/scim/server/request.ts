import { parseFilter } from "../protocol/filter/parse.ts";
import { attributeOf, type JsonObject, readBody } from "../protocol/json.ts";
import { type Projection, projectionOf } from "../protocol/projection.ts";
import { MAX_PAGE } from "../protocol/schemas/discovery.ts";
import { LIST_URN } from "../protocol/urns.ts";
import type { PageRequest } from "../store/pages.ts";

/** A request, whole. */
export interface ScimRequest {
  readonly method: string;
  /** The path after the base path, as `/Users/123`, still percent-encoded. */
  readonly path: string;
  readonly query: URLSearchParams;
  readonly authorization: string | undefined;
  readonly body: Buffer;
  /** Where the receiver is reached, as `https://scim.acme.example/scim/v2`. */
  readonly base: string;
}

/** What is answered. */
export interface ScimAnswer {
  readonly status: number;
  readonly body?: JsonObject;
  readonly headers?: Readonly<Record<string, string>>;
}

/** How many resources a page holds where the client does not say. */
const DEFAULT_PAGE = 100;

/** Which part of a list a request asks for. Numbers that are none count as absent. */
export function pageRequestOf(query: URLSearchParams): PageRequest {
  const filter = query.get("filter");
  const startIndex = wholeNumber(query.get("startIndex")) ?? 1;
  const count = wholeNumber(query.get("count")) ?? DEFAULT_PAGE;
  return {
    ...(filter !== null && filter.trim() !== "" && { filter: parseFilter(filter) }),
    startIndex: Math.max(1, startIndex),
    count: Math.min(MAX_PAGE, Math.max(0, count)),
  };
}

/** Which attributes a request asks for. */
export function projectionIn(query: URLSearchParams): Projection {
  return projectionOf(query.get("attributes"), query.get("excludedAttributes"));
}

/** The query that a search by `POST .search` stands for. Source: RFC 7644, section 3.4.3. */
export function searchOf(body: Buffer): URLSearchParams {
  const search = readBody(body);
  const query = new URLSearchParams();
  for (const name of ["filter", "startIndex", "count", "attributes", "excludedAttributes"]) {
    const value = attributeOf(search, name);
    if (value !== undefined && value !== null) query.set(name, Array.isArray(value) ? value.join(",") : String(value));
  }
  return query;
}

/** A list's answer. Source: RFC 7644, section 3.4.2. */
export function listAnswer(resources: JsonObject[], total = resources.length, startIndex = 1): ScimAnswer {
  return {
    status: 200,
    body: {
      schemas: [LIST_URN],
      totalResults: total,
      startIndex,
      itemsPerPage: resources.length,
      Resources: resources,
    },
  };
}

function wholeNumber(text: string | null): number | undefined {
  return text !== null && /^[+-]?\d{1,9}$/.test(text.trim()) ? Number(text) : undefined;
}
