import type { Context } from "hono";
import { goOn, looksAhead } from "../sign-in/arrival.ts";
import type { SessionCookie } from "../sign-in/cookie.ts";
import { OneTimeToken } from "../sign-in/one-time-token.ts";
import { plainPage } from "../sign-in/plain-page.ts";
import type { PageSession, Sessions } from "../sign-in/sessions.ts";

/** Lets each reviewer in by a link of their own, once; the session is bound to that reviewer. */
export class ReviewerLinks {
  readonly #sessions: Sessions;
  readonly #cookie: SessionCookie;
  readonly #tokens: readonly { readonly reviewer: string; readonly token: OneTimeToken }[];

  constructor(sessions: Sessions, cookie: SessionCookie, reviewers: readonly string[]) {
    this.#sessions = sessions;
    this.#cookie = cookie;
    this.#tokens = reviewers.map((reviewer) => ({ reviewer, token: new OneTimeToken() }));
  }

  /** The links, by reviewer. */
  links(origin: string): { readonly reviewer: string; readonly address: string }[] {
    return this.#tokens.map(({ reviewer, token }) => ({ reviewer, address: `${origin}/?token=${token.text}` }));
  }

  /** The session of a request, by its cookie. */
  // biome-ignore lint/suspicious/noExplicitAny: whatever else the context carries.
  sessionOf(c: Context<any>): PageSession | undefined {
    const id = this.#cookie.read(c);
    return id === undefined ? undefined : this.#sessions.find(id);
  }

  /** Answers somebody who opens a link. */
  async begin(c: Context, given: string): Promise<Response> {
    if (looksAhead(c)) return c.body(null, 204);
    let reviewer: string | undefined;
    // All are tried, so that how long it takes tells nothing of them.
    for (const one of this.#tokens) if (one.token.use(given)) reviewer = one.reviewer;
    if (reviewer !== undefined) {
      const identity = { subject: reviewer, name: reviewer, email: reviewer, roles: ["reviewer"] as const };
      this.#cookie.write(c, this.#sessions.begin(identity).id, this.#sessions.maxMs);
      return await goOn(c);
    }
    if (this.sessionOf(c) !== undefined) return await goOn(c);
    return await plainPage(c, 403, "This link is of no use any more", [
      "It was used before, or it is not whole.",
      "Ask whoever runs the review to start the page again: that makes new links.",
    ]);
  }

  /** Answers somebody without a session. */
  unknown(c: Context): Promise<Response> {
    return plainPage(c, 401, "Not signed in", ["Open the link that you were sent. It lets one browser in, once."]);
  }
}
