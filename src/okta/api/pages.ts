import { Failure } from "../../runtime/failure.ts";
import type { OktaOrigin } from "./domain.ts";
import { pathForPeople } from "./pattern.ts";

/**
 * The target of `rel="next"` in a `Link` header (RFC 8288); several headers come joined by commas. Commas and
 * semicolons within the brackets or within quotes belong to the value.
 */
export function nextOfLinkHeader(header: string | undefined): string | undefined {
  if (header === undefined) {
    return undefined;
  }
  let at = 0;
  for (;;) {
    const open = header.indexOf("<", at);
    const close = open < 0 ? -1 : header.indexOf(">", open);
    if (close < 0) {
      return undefined;
    }
    const end = endOfParameters(header, close + 1);
    if (isNext(header.slice(close + 1, end))) {
      return header.slice(open + 1, close);
    }
    at = end + 1;
  }
}

function endOfParameters(header: string, from: number): number {
  let quoted = false;
  for (let i = from; i < header.length; i++) {
    const c = header[i];
    if (quoted && c === "\\") {
      i++;
    } else if (c === '"') {
      quoted = !quoted;
    } else if (c === "," && !quoted) {
      return i;
    }
  }
  return header.length;
}

function isNext(parameters: string): boolean {
  const rel = /;\s*rel\s*=\s*(?:"([^"]*)"|([^\s;,"]+))/i.exec(parameters);
  const value = rel?.[1] ?? rel?.[2] ?? "";
  return value.toLowerCase().split(/\s+/).includes("next");
}

/** The next page as lists under `/iam` name it in the body: `_links.next` or `links.next`, a string or `{href}`. */
export function nextOfBody(body: unknown): string | undefined {
  if (typeof body !== "object" || body === null || Array.isArray(body)) {
    return undefined;
  }
  const { _links: first, links: second } = body as { _links?: unknown; links?: unknown };
  for (const links of [first, second]) {
    const next = typeof links === "object" && links !== null ? (links as { next?: unknown }).next : undefined;
    const one = Array.isArray(next) ? next[0] : next;
    const href = typeof one === "object" && one !== null ? (one as { href?: unknown }).href : one;
    if (typeof href === "string" && href !== "") {
      return href;
    }
  }
  return undefined;
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
