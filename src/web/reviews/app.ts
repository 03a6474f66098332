import { type Context, Hono } from "hono";
import { decide, MAX_JUSTIFICATION } from "../../review/decisions/decide.ts";
import type { ReviewDesk } from "../../review/shared-review.ts";
import { isFailure } from "../../runtime/failure.ts";
import type { Log } from "../../runtime/log/log.ts";
import type { Asset } from "../asset.ts";
import { PageError } from "../page-error.ts";
import { SECURITY_HEADERS } from "../security/headers.ts";
import type { Origins } from "../security/origins.ts";
import { refuseForeign, refuseLargeBodies, refuseOtherHosts } from "../security/requests.ts";
import { plainPage } from "../sign-in/plain-page.ts";
import { type PageSession, sameSecret } from "../sign-in/sessions.ts";
import { decisionForm, type RefusedAnswer } from "./decision-form.ts";
import { type ItemFilter, type ItemPage, itemPage } from "./item-page.ts";
import { reviewHtml } from "./review-html.ts";
import type { ReviewerLinks } from "./reviewer-links.ts";

/** What the page of a review is served with. */
export interface ReviewAppDeps {
  readonly review: ReviewDesk;
  readonly links: ReviewerLinks;
  readonly origins: Origins;
  /** The page's style sheet. */
  readonly style: Asset;
  readonly log: Log;
}

type Env = { Variables: { session: PageSession } };

/** The largest body of a request, in bytes. */
const MAX_BODY = 512 * 1024;
/** The largest form, in bytes: a page of decisions with their justifications, each character as up to nine. */
const MAX_FORM = 1024 * 1024;
const MAX_DECISIONS = 200;
const MAX_LIMIT = 200;
const PAGE_SIZE = 50;

/** The page on which reviewers decide: each sees and decides their own items, and nothing else. */
export function createReviewApp({ review, links, origins, style, log }: ReviewAppDeps): Hono<Env> {
  const app = new Hono<Env>();
  const { review: id, name } = review.state.campaign;
  /** When each item was first shown to whoever decides on it, in milliseconds since the Unix epoch. */
  const shown = new Map<string, number>();
  const shownAt = (item: string) => shown.get(item);

  app.use(async (c, next) => {
    for (const [header, value] of Object.entries(SECURITY_HEADERS)) c.header(header, value);
    // Without a referrer browsers send forms with the origin "null", which cannot be told from another site's.
    c.header("Referrer-Policy", "same-origin");
    c.header("Cache-Control", "no-store");
    await next();
  });
  app.use(refuseOtherHosts(origins));
  app.use("/decide", refuseLargeBodies(MAX_FORM));
  app.use("/api/*", refuseLargeBodies(MAX_BODY));

  app.get("/assets/review.css", (c) => c.body(style.text, 200, { "Content-Type": style.type }));
  app.get("/", (c) => {
    const token = c.req.query("token");
    if (token !== undefined) return links.begin(c, token);
    const session = links.sessionOf(c);
    return session === undefined ? links.unknown(c) : page(c, session);
  });
  // Where somebody loads the address again that a form was sent to.
  app.get("/decide", (c) => c.redirect("/", 303));
  app.post("/decide", async (c) => {
    const session = links.sessionOf(c);
    if (session === undefined) return await links.unknown(c);
    const origin = c.req.header("origin");
    if (origin === undefined || !origins.origins.has(origin)) return await notTaken(c, "Another site asked for this.");
    const fields = await c.req.parseBody().catch(() => ({}) as Record<string, unknown>);
    if (!sameSecret(String(fields.csrf ?? ""), session.csrf))
      return await notTaken(c, "The form is not of this session: load the page again.");
    return await page(c, session, await taken(fields, session), String(fields.back ?? ""));
  });

  app.use(
    "/api/*",
    refuseForeign(origins, (c) => links.sessionOf(c)?.csrf),
  );
  app.use("/api/*", async (c, next) => {
    const session = links.sessionOf(c);
    if (session === undefined) throw new PageError("signInNeeded", "open the link that you were sent");
    c.set("session", session);
    await next();
  });
  app.get("/api/session", (c) => {
    const { identity, csrf } = c.get("session");
    return c.json({ user: { name: identity.name, email: identity.email }, roles: identity.roles, csrf });
  });
  app.get("/api/reviews", (c) => {
    const { own, decided } = itemPage(review.state, c.get("session").identity.subject, {
      state: "all",
      q: "",
      offset: 0,
      limit: 0,
    });
    const { requireJustification, forbidBulk } = review.state.campaign.settings;
    return c.json({ reviews: [{ id, name, items: own, decided, requireJustification, forbidBulk }] });
  });
  app.get("/api/reviews/:id/items", (c) => {
    known(c.req.param("id"));
    const { rows, total } = noted(itemPage(review.state, c.get("session").identity.subject, filterOf(c)));
    return c.json({ rows, total });
  });
  app.post("/api/reviews/:id/decisions", async (c) => {
    known(c.req.param("id"));
    const body: unknown = await c.req.json().catch(() => undefined);
    const list = (body as { decisions?: unknown } | undefined)?.decisions;
    if (!Array.isArray(list) || list.length > MAX_DECISIONS) {
      throw new PageError("badRequest", `write {"decisions": [...]}, of ${MAX_DECISIONS} at most`);
    }
    const answers = list.map((one: Record<string, unknown> | null) => {
      const { item, decision, justification = "" } = one ?? {};
      if (typeof item !== "string" || typeof decision !== "string" || typeof justification !== "string") {
        throw new PageError("badRequest", "a decision has item, decision and justification, as texts");
      }
      return { item: item.slice(0, 100), decision, justification: justification.slice(0, MAX_JUSTIFICATION + 1) };
    });
    const source = { reviewer: c.get("session").identity.subject, via: "page", shownAt } as const;
    return c.json(await review.write((open) => decide(open, answers, source)));
  });

  app.notFound((c) => c.json(new PageError("notFound", "there is nothing at this address").body, 404));
  app.onError((error, c) => {
    const answer = pageErrorOf(error);
    if (answer.status === 500) log.error("a request of the page failed", { path: c.req.path, error });
    // What else comes of the request is not read: the connection cannot be used any more.
    if (answer.code === "tooLarge") c.header("Connection", "close");
    return c.json(answer.body, answer.status);
  });
  return app;

  function known(asked: string): void {
    if (asked !== id) throw new PageError("notFound", "there is no such review");
  }

  /** Takes a form's decisions in. What it does not know of is read first, so that it writes over nothing that was not seen. */
  async function taken(fields: Readonly<Record<string, unknown>>, { identity }: PageSession): Promise<Taken> {
    try {
      return await review.write(async (open) => {
        const { answers, overtaken } = decisionForm(fields, open.state);
        const done = await decide(open, answers, { reviewer: identity.subject, via: "page", shownAt });
        const messages = [done.taken === 0 ? "Nothing was saved." : `${done.taken} saved.`];
        if (done.fast) messages.push("They came faster than a person reads, and are marked so.");
        const refused = done.refused.map((one) => ({ ...answers.find(({ item }) => item === one.item)!, ...one }));
        return { messages, refused: [...refused, ...overtaken] };
      });
    } catch (error) {
      if (!isFailure(error, "failedPrecondition")) throw error;
      // All of it stands in the form as it was filled in.
      const { answers, overtaken } = decisionForm(fields, review.state);
      const refused = [...answers, ...overtaken].map((answer) => ({ ...answer, reason: "nothing was saved" }));
      return { messages: [`Nothing was saved: ${error.message}.`], refused };
    }
  }

  async function page(
    c: Context<Env>,
    session: PageSession,
    { messages, refused }: Taken = { messages: [], refused: [] },
    back?: string,
  ): Promise<Response> {
    const filter = filterOf(c, back);
    const reviewer = session.identity.subject;
    const asked = refused.map(({ item }) => item);
    const items = noted(itemPage(review.state, reviewer, filter, asked));
    return c.html(
      await reviewHtml({ state: review.state, reviewer, csrf: session.csrf, filter, page: items, messages, refused }),
    );
  }

  function noted(items: ItemPage): ItemPage {
    const now = review.clock.now();
    for (const { id: item } of items.rows) if (!shown.has(item)) shown.set(item, now);
    return items;
  }
}

/** What came of a form. */
interface Taken {
  readonly messages: readonly string[];
  readonly refused: readonly RefusedAnswer[];
}

function notTaken(c: Context, why: string): Promise<Response> {
  return plainPage(c, 403, "Nothing was saved", [why]);
}

/** What is asked for by a request, or by the address that a form came from. */
function filterOf(c: Context, back?: string): ItemFilter {
  const query = back === undefined ? new URL(c.req.url).searchParams : new URLSearchParams(back.split("?")[1] ?? "");
  const number = (key: string, fallback: number, max: number) => {
    const value = Number(query.get(key) ?? fallback);
    return Number.isSafeInteger(value) && value >= 0 ? Math.min(value, max) : fallback;
  };
  return {
    state: query.get("state") === "all" ? "all" : "open",
    q: (query.get("q") ?? "").slice(0, 200),
    offset: number("offset", 0, Number.MAX_SAFE_INTEGER),
    limit: number("limit", PAGE_SIZE, MAX_LIMIT),
  };
}

/** What whoever asked may know of an error. */
function pageErrorOf(error: unknown): PageError {
  if (error instanceof PageError) return error;
  if (isFailure(error, "usage") || isFailure(error, "invalidArgument"))
    return new PageError("badRequest", error.message);
  if (isFailure(error, "failedPrecondition")) return new PageError("notAllowed", error.message);
  return new PageError("failed", "something went wrong; the program's log says more");
}
