import { UnexpectedShape } from "./unexpected-shape.ts";

/** A link of a `Link` header. */
export interface Link {
  readonly target: string;
  /** Its relations, in lower case; at least one. */
  readonly relations: readonly string[];
}

const SPACE = /[ \t]*/y;
const TARGET = /<([^<>\s]+)>/y;
const PARAMETER = /;[ \t]*([!#$%&'*+\-.^_`|~\w]+)[ \t]*(?:=[ \t]*(?:"((?:[^"\\]|\\.)*)"|([^\s",;<>]+)))?/y;

/**
 * The links of a `Link` header (RFC 8288); several headers come joined by commas. Commas and semicolons within the
 * brackets or within quotes belong to the value. Throws {@link UnexpectedShape} where any of it cannot be read: what was cut
 * off may have been the next page.
 */
export function parseLinks(header: string): Link[] {
  const links: Link[] = [];
  let at = 0;
  const take = (pattern: RegExp): RegExpExecArray | undefined => {
    pattern.lastIndex = at;
    const found = pattern.exec(header) ?? undefined;
    at += found?.[0].length ?? 0;
    return found;
  };
  for (;;) {
    take(SPACE);
    if (at === header.length) {
      return links;
    }
    // A list may have empty elements (RFC 9110).
    if (header[at] === ",") {
      at++;
      continue;
    }
    const target = take(TARGET)?.[1];
    if (target === undefined) {
      throw unreadable();
    }
    let relations: readonly string[] | undefined;
    for (take(SPACE); at < header.length && header[at] !== ","; take(SPACE)) {
      const parameter = take(PARAMETER);
      if (parameter === undefined) {
        throw unreadable();
      }
      // Only the first counts (RFC 8288, 3.3).
      if (parameter[1]!.toLowerCase() === "rel") {
        relations ??= (parameter[2] ?? parameter[3] ?? "").toLowerCase().split(/\s+/).filter(Boolean);
      }
    }
    if (relations === undefined || relations.length === 0) {
      throw unreadable();
    }
    links.push({ target, relations });
  }
}

function unreadable(): UnexpectedShape {
  return new UnexpectedShape("its Link header cannot be read, so it is not known whether there is a next page");
}
