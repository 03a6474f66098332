import { Failure } from "../../../runtime/failure.ts";
import type { OktaOrigin } from "../http/domain.ts";
import { pathForPeople } from "../limits/pattern.ts";
import { parseLinks } from "./link-header.ts";
import { UnexpectedShape } from "./unexpected-shape.ts";

/**
 * The target of `rel="next"` in a `Link` header; `undefined` where there is none. Throws {@link UnexpectedShape} where the
 * header cannot be read, or names several.
 */
export function nextOfLinkHeader(header: string | undefined): string | undefined {
  const next = parseLinks(header ?? "").filter(({ relations }) => relations.includes("next"));
  const [first] = next;
  if (next.some(({ target }) => target !== first?.target)) {
    throw new UnexpectedShape("its Link header names more than one next page");
  }
  return first?.target;
}

/**
 * The next page as lists under `/iam` name it in the body: `_links.next` or `links.next`, a string or `{href}`. Throws
 * {@link UnexpectedShape} where there is something else in that place.
 */
export function nextOfBody(body: unknown): string | undefined {
  if (typeof body !== "object" || body === null || Array.isArray(body)) {
    return undefined;
  }
  const { _links: first, links: second } = body as { _links?: unknown; links?: unknown };
  for (const links of [first, second]) {
    if (links === undefined || links === null) {
      continue;
    }
    if (typeof links !== "object" || Array.isArray(links)) {
      throw unreadableLink();
    }
    const { next } = links as { next?: unknown };
    const one = Array.isArray(next) ? next[0] : next;
    if (one === undefined || one === null || one === "") {
      continue;
    }
    const href = typeof one === "object" ? (one as { href?: unknown }).href : one;
    if (typeof href !== "string" || href === "") {
      throw unreadableLink();
    }
    return href;
  }
  return undefined;
}

function unreadableLink(): UnexpectedShape {
  return new UnexpectedShape("its link to the next page cannot be read");
}

/**
 * A link as path and query, after the check that it leads to the configured origin: credentials are never sent
 * elsewhere. Throws a `failedPrecondition` {@link Failure} where it leads elsewhere, which names where as `scrub` lets it.
 */
export function pathOnOrigin(
  link: string,
  origin: OktaOrigin,
  attempted?: string,
  scrub: (text: string) => string = (text) => text,
): string {
  let url: URL | undefined;
  try {
    url = new URL(link, origin.url);
  } catch {
    url = undefined;
  }
  if (url === undefined || url.origin !== origin.url || url.username !== "" || url.password !== "") {
    const where = url === undefined ? "no address" : scrub(url.origin);
    throw new Failure({
      kind: "failedPrecondition",
      message: `a link leads to ${where} instead of ${origin.url}; it was not followed`,
      advice: "where the org has a custom domain, give the one that its links name",
      ...(attempted === undefined ? {} : { attempted }),
    });
  }
  return url.pathname + url.search;
}

/** What was attempted, for messages: method and path without query. */
export function attemptOf(method: string, path: string): string {
  return `${method} ${pathForPeople(path)}`;
}
