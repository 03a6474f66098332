import type { Context, MiddlewareHandler } from "hono";
import { PageError } from "../page-error.ts";
import { sameSecret } from "../sign-in/sessions.ts";
import type { Origins } from "./origins.ts";

/** Methods that change nothing. */
const READING = new Set(["GET", "HEAD", "OPTIONS"]);

/** Refuses what was asked of another host: a page elsewhere may point its own name here (DNS rebinding). */
export function refuseOtherHosts({ hosts, shown }: Origins): MiddlewareHandler {
  return async (c, next) => {
    const host = c.req.header("host")?.toLowerCase() ?? "";
    if (!hosts.has(host)) throw new PageError("wrongHost", `this is served as ${shown} only`);
    await next();
  };
}

/**
 * Refuses what another site has the browser ask for: anything that says so itself, and whatever changes something without
 * the session's token or from another origin. Sources: OWASP, Cross-Site Request Forgery Prevention Cheat Sheet; W3C, Fetch
 * Metadata Request Headers.
 */
export function refuseForeign(
  { origins }: Origins,
  // biome-ignore lint/suspicious/noExplicitAny: whatever else the context carries.
  csrfOf: (c: Context<any>) => string | undefined,
): MiddlewareHandler {
  return async (c, next) => {
    const site = c.req.header("sec-fetch-site");
    if (site !== undefined && site !== "same-origin" && site !== "none") {
      throw new PageError("notAllowed", "another site asked for this");
    }
    const origin = c.req.header("origin");
    if (origin !== undefined && !origins.has(origin)) throw new PageError("notAllowed", "another site asked for this");
    if (!READING.has(c.req.method)) {
      if (origin === undefined) throw new PageError("notAllowed", "the request does not say which page it comes from");
      const csrf = csrfOf(c);
      const given = c.req.header("x-csrf-token") ?? "";
      if (csrf !== undefined && !sameSecret(given, csrf)) {
        throw new PageError("notAllowed", "the request lacks the token of this session: load the page again");
      }
    }
    await next();
  };
}

/**
 * Refuses bodies that are larger than allowed, before they are read. Who sends one has to say its length, as browsers do
 * of every body that they have whole.
 */
export function refuseLargeBodies(maxBytes: number): MiddlewareHandler {
  return async (c, next) => {
    const length = Number(c.req.header("content-length") ?? 0);
    if (c.req.header("transfer-encoding") !== undefined || !(length <= maxBytes)) {
      throw new PageError("tooLarge", `the body of a request has a length of ${maxBytes} bytes at most, which it says`);
    }
    await next();
  };
}
