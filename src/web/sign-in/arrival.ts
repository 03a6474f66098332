import type { Context } from "hono";
import { plainPage } from "./plain-page.ts";

/** Programs that look up an address for whoever writes it into a message: they name themselves. */
const PREVIEWS = /bot\b|preview|crawler|spider|facebookexternalhit|whatsapp|slack|telegram|embedly|scanner/i;

/**
 * Whether a request only looks ahead at an address that lets one browser in, once: it must not use that up. Sources: RFC
 * 9110, 9.2.1 (HEAD is safe); W3C, Fetch Metadata (`Sec-Purpose`).
 */
export function looksAhead(c: Context): boolean {
  const purpose = [
    c.req.header("sec-purpose"),
    c.req.header("purpose"),
    c.req.header("x-moz"),
    c.req.header("x-purpose"),
  ]
    .join(" ")
    .toLowerCase();
  return c.req.method !== "GET" || /prefetch|preview/.test(purpose) || PREVIEWS.test(c.req.header("user-agent") ?? "");
}

/**
 * Leads on to the page. Where the address was clicked on in a page elsewhere, as in mail or a terminal in the browser, a
 * redirect would still count as that page's, and the cookie would stay behind.
 */
export function goOn(c: Context): Response | Promise<Response> {
  const site = c.req.header("sec-fetch-site") ?? "none";
  if (site === "none" || site === "same-origin") return c.redirect("/", 303);
  return plainPage(c, 200, "You are signed in", [], { href: "/", text: "Go on", now: true });
}
