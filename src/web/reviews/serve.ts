import type { ReviewDesk } from "../../review/shared-review.ts";
import { Failure } from "../../runtime/failure.ts";
import type { Log } from "../../runtime/log/log.ts";
import { reviewStyle } from "../assets.ts";
import { originsOf } from "../security/origins.ts";
import { type PageServer, startPageServer } from "../server.ts";
import { sessionCookie } from "../sign-in/cookie.ts";
import { Sessions } from "../sign-in/sessions.ts";
import { createReviewApp } from "./app.ts";
import { ReviewerLinks } from "./reviewer-links.ts";

/** A review's page that is served. */
export interface ServedReview extends PageServer {
  /** A link for each reviewer, good for one browser, once. */
  readonly links: readonly { readonly reviewer: string; readonly address: string }[];
}

/** Where the page may be served without TLS: links and sessions would be read on the way to anywhere else. */
const LOOPBACK = /^(localhost|::1|127\.\d+\.\d+\.\d+)$/;

/** Serves the page of a review. Throws a {@link Failure}: `usage` where it cannot listen; `failedPrecondition` where nobody is asked. */
export async function serveReview(options: {
  readonly review: ReviewDesk;
  readonly host: string;
  readonly port: number;
  readonly log: Log;
}): Promise<ServedReview> {
  const { review, host, log } = options;
  if (!LOOPBACK.test(host)) {
    throw new Failure({
      kind: "usage",
      message: `the review's page is served on this machine only, not on ${host}`,
      advice: "give --listen a loopback address, or send sheets to who works elsewhere",
    });
  }
  const reviewers = review.state.reviewers().filter((reviewer) => reviewer !== "");
  if (reviewers.length === 0) {
    throw new Failure({
      kind: "failedPrecondition",
      message: "nobody is there to decide on anything in this review",
      advice: "hand items over first: baton-okta review delegate --from nobody --to EMAIL",
    });
  }
  const style = await reviewStyle();
  let links: ServedReview["links"] = [];
  const server = await startPageServer({
    ...{ host, port: options.port },
    answers: (port) => {
      const origins = originsOf({ host, port, publicUrl: undefined });
      const sessions = new Sessions(review.clock);
      const signIn = new ReviewerLinks(sessions, sessionCookie(origins.shown), reviewers);
      links = signIn.links(origins.shown);
      const app = createReviewApp({ review, links: signIn, origins, style, log });
      return (request) => app.fetch(request);
    },
  });
  return { ...server, links };
}
