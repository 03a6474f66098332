import type { Context } from "hono";
import type { PageSession } from "./sessions.ts";

/** How people get in. */
export interface SignIn {
  /** What a request without a session is answered. */
  readonly needed: string;
  /** The session of a request, by its cookie. */
  // biome-ignore lint/suspicious/noExplicitAny: whatever else the context carries.
  sessionOf(c: Context<any>): PageSession | undefined;
  /** Answers somebody who opens the page without a session. */
  unknown(c: Context): Response | Promise<Response>;
  /** `GET /sign-in`, and `/?token=`. */
  begin(c: Context): Response | Promise<Response>;
  /** `GET /callback`: back from the provider. */
  end(c: Context): Response | Promise<Response>;
  /** `POST /api/sign-out`. */
  leave(c: Context): Response | Promise<Response>;
}
