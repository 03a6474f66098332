import { mkdtempSync, rmSync } from "node:fs";
import { request } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Item } from "../../../src/review/population/item.ts";
import { openReview, type Review } from "../../../src/review/review.ts";
import { SharedReview } from "../../../src/review/shared-review.ts";
import { type Clock, systemClock } from "../../../src/runtime/clock.ts";
import { silentLog } from "../../../src/runtime/log/log.ts";
import { type ServedReview, serveReview } from "../../../src/web/reviews/serve.ts";
import { madeUp } from "../../review/campaign.ts";

export const [ADA, BOB] = ["ada@acme.example", "bob@acme.example"];

/** What was answered. `cookie`: as it is sent back. */
export interface Got {
  readonly status: number;
  readonly text: string;
  readonly cookie: string;
}

/** A reviewer who is in. */
export interface SignedIn {
  readonly cookie: string;
  readonly csrf: string;
}

/** The page of a made-up review, served in this process, and asked by hand-made requests. */
export interface ServedPage extends AsyncDisposable {
  readonly folder: string;
  readonly items: readonly Item[];
  readonly review: Review;
  readonly served: ServedReview;
  readonly origin: string;
  ask(path: string, headers?: Record<string, string>, body?: string, method?: string): Promise<Got>;
  /** The path of a reviewer's link. */
  link(reviewer: string): string;
  signIn(reviewer: string): Promise<SignedIn>;
  /** Sends the page's form. */
  save(who: SignedIn, fields: Record<string, string>): Promise<Got>;
}

export async function servedReview(
  count: number,
  settings: Parameters<typeof madeUp>[3] = {},
  clock: Clock = systemClock,
  /** Whether other processes may write to the review as well, as while the program serves it. */
  shared = false,
): Promise<ServedPage> {
  const folder = mkdtempSync(join(tmpdir(), "baton-review-page-"));
  const items = madeUp(folder, count, [ADA, BOB], settings);
  const review = await openReview(folder, { write: true, clock });
  if (shared) review.close();
  const desk = shared ? SharedReview.open(folder, clock) : review;
  const served = await serveReview({ review: desk, host: "127.0.0.1", port: 0, log: silentLog });
  const origin = `http://127.0.0.1:${served.port}`;
  const ask: ServedPage["ask"] = (path, headers = {}, body, method = body === undefined ? "GET" : "POST") =>
    new Promise((resolve, reject) => {
      const length = body === undefined ? {} : { "content-length": String(Buffer.byteLength(body)) };
      const sent = request(
        { host: "127.0.0.1", port: served.port, path, method, headers: { ...headers, ...length } },
        (answer) => {
          let text = "";
          answer.setEncoding("utf8").on("data", (part: string) => {
            text += part;
          });
          const cookie = (answer.headers["set-cookie"]?.[0] ?? "").split(";")[0]!;
          answer.once("end", () => resolve({ status: answer.statusCode!, text, cookie }));
        },
      );
      sent.once("error", reject);
      sent.end(body);
    });
  const link = (reviewer: string) => {
    const { pathname, search } = new URL(served.links.find((one) => one.reviewer === reviewer)!.address);
    return pathname + search;
  };
  return {
    ...{ folder, items, review, served, origin, ask, link },
    async signIn(reviewer) {
      const { cookie } = await ask(link(reviewer));
      const { csrf } = JSON.parse((await ask("/api/session", { cookie })).text);
      return { cookie, csrf };
    },
    save: ({ cookie, csrf }, fields) =>
      ask(
        "/decide",
        { cookie, origin, "content-type": "application/x-www-form-urlencoded" },
        new URLSearchParams({ csrf, ...fields }).toString(),
      ),
    async [Symbol.asyncDispose]() {
      served.kill();
      await served.stop();
      review.close();
      rmSync(folder, { recursive: true });
    },
  };
}

/** A form of the page with its fields as a browser sends them. */
export function formOf(html: string): Record<string, string> {
  const fields: Record<string, string> = {};
  for (const [tag] of html.matchAll(/<input [^>]*>/g)) {
    const [name, value = "on"] = [/ name="([^"]*)"/.exec(tag)?.[1], / value="([^"]*)"/.exec(tag)?.[1]];
    if (name === undefined || name === "q" || name === "state" || name === "csrf") continue;
    if (!/ type="radio"/.test(tag) || / checked/.test(tag)) fields[name] = value;
  }
  return fields;
}
