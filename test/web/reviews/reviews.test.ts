import { mkdtempSync, rmSync } from "node:fs";
import { request } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { verifyReview } from "../../../src/review/evidence/verify.ts";
import type { Item } from "../../../src/review/population/item.ts";
import { openReview, type Review } from "../../../src/review/review.ts";
import { silentLog } from "../../../src/runtime/log/log.ts";
import { type ServedReview, serveReview } from "../../../src/web/reviews/serve.ts";
import { madeUp } from "../../review/campaign.ts";

let folder: string;
let items: Item[];
let review: Review;
let served: ServedReview;

async function begin(settings: Parameters<typeof madeUp>[3] = {}): Promise<void> {
  items = madeUp(folder, 6, ["ada@acme.example", "bob@acme.example"], settings);
  review = await openReview(folder, { write: true });
  served = await serveReview({ review, host: "127.0.0.1", port: 0, log: silentLog });
}

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "baton-review-page-"));
});
afterEach(async () => {
  served.kill();
  await served.stop();
  review.close();
  rmSync(folder, { recursive: true });
});

interface Got {
  status: number;
  text: string;
  cookie: string;
}

const origin = () => `http://127.0.0.1:${served.port}`;

function ask(
  path: string,
  headers: Record<string, string> = {},
  body?: string,
  method = body === undefined ? "GET" : "POST",
): Promise<Got> {
  return new Promise((resolve, reject) => {
    const length = body === undefined ? {} : { "content-length": String(Buffer.byteLength(body)) };
    const sent = request(
      { host: "127.0.0.1", port: served.port, path, method, headers: { ...headers, ...length } },
      (answer) => {
        let text = "";
        answer.setEncoding("utf8").on("data", (part: string) => {
          text += part;
        });
        answer.once("end", () =>
          resolve({
            status: answer.statusCode!,
            text,
            cookie: (answer.headers["set-cookie"]?.[0] ?? "").split(";")[0]!,
          }),
        );
      },
    );
    sent.once("error", reject);
    sent.end(body);
  });
}

async function signIn(reviewer: string): Promise<{ cookie: string; csrf: string }> {
  const { address } = served.links.find((one) => one.reviewer === reviewer)!;
  const { cookie } = await ask(new URL(address).pathname + new URL(address).search);
  const { csrf } = JSON.parse((await ask("/api/session", { cookie })).text);
  return { cookie, csrf };
}

const decisions = (some: readonly string[]) =>
  JSON.stringify({ decisions: some.map((item) => ({ item, decision: "REVOKE", justification: "" })) });

describe("a reviewer's link", () => {
  const path = () => new URL(served.links[0]!.address).pathname + new URL(served.links[0]!.address).search;

  it("is not used up by what only looks ahead", async () => {
    await begin();
    for (const headers of [
      { "sec-purpose": "prefetch;prerender" },
      { purpose: "prefetch" },
      { "user-agent": "Mozilla/5.0 (compatible; SkypeUriPreview Preview/0.5)" },
      { "user-agent": "facebookexternalhit/1.1 Facebot Twitterbot/1.0" },
    ]) {
      expect([headers, await ask(path(), headers)]).toEqual([headers, { status: 204, text: "", cookie: "" }]);
    }
    expect(await ask(path(), {}, undefined, "HEAD")).toEqual({ status: 204, text: "", cookie: "" });
    expect((await ask(path())).status).toBe(303);
  });

  it("lets in who clicks on it in a mail, as the redirects of other sites carry no cookie", async () => {
    await begin();
    const first = await ask(path(), { "sec-fetch-site": "cross-site" });
    expect([first.status, first.text.includes('content="0;url=/"')]).toEqual([200, true]);
    const again = await ask(path(), { "sec-fetch-site": "cross-site", cookie: first.cookie });
    expect(again.status).toBe(200);
    expect((await ask("/", { cookie: first.cookie })).text).toContain("ada@acme.example: 0 of 3 decided");
  });
});

describe("the page of a review", () => {
  it("shows a reviewer their own items and takes their decisions, and nobody else's", async () => {
    await begin();
    const ada = await signIn("ada@acme.example");
    const path = "/api/reviews/r1";
    const { rows, total } = JSON.parse((await ask(`${path}/items?state=all`, { cookie: ada.cookie })).text);
    const own = items.filter(({ reviewer }) => reviewer.name === "ada@acme.example").map(({ id }) => id);
    expect([total, rows.map(({ id }: { id: string }) => id)]).toEqual([3, own]);
    const html = (await ask("/", { cookie: ada.cookie })).text;
    expect(html).toContain("&lt;script&gt;");
    expect(html).not.toContain("<script");
    for (const { id, reviewer } of items) expect(html.includes(id)).toBe(reviewer.name === "ada@acme.example");
    const headers = {
      cookie: ada.cookie,
      origin: origin(),
      "x-csrf-token": ada.csrf,
      "content-type": "application/json",
    };
    const foreign = items[1]!.id;
    const answer = await ask(`${path}/decisions`, headers, decisions([own[0]!, foreign, "i0"]));
    expect(JSON.parse(answer.text)).toMatchObject({
      taken: 1,
      refused: [
        { item: foreign, reason: "the item is not this reviewer's to decide" },
        { item: "i0", reason: "there is no such item in this review" },
      ],
    });
    const form = new URLSearchParams({
      csrf: ada.csrf,
      [`decision-${own[1]}`]: "APPROVE",
      [`decision-${foreign}`]: "APPROVE",
    }).toString();
    const posted = await ask(
      "/decide",
      { cookie: ada.cookie, origin: origin(), "content-type": "application/x-www-form-urlencoded" },
      form,
    );
    expect(posted.text).toContain("1 saved.");
    expect(review.state.decided(foreign)).toBeUndefined();
    expect(review.state.decided(own[0]!)).toMatchObject({
      reviewer: "ada@acme.example",
      decision: "REVOKE",
      via: "page",
    });
    expect((await verifyReview(folder, undefined)).faults).toEqual([]);
  });

  it("refuses what is forged: no session, replayed links, other sites and hosts, no token, too much", async () => {
    await begin();
    const { address } = served.links[0]!;
    const ada = await signIn("ada@acme.example");
    const again = await ask(new URL(address).pathname + new URL(address).search);
    expect([again.status, again.cookie]).toEqual([403, ""]);
    const post = (headers: Record<string, string>, body = decisions([items[0]!.id])) =>
      ask("/api/reviews/r1/decisions", headers, body).then(({ status }) => status);
    const good = { cookie: ada.cookie, origin: origin(), "x-csrf-token": ada.csrf };
    const bob = await signIn("bob@acme.example");
    expect(await post({ origin: origin() })).toBe(401);
    expect(await post({ ...good, origin: "http://evil.example" })).toBe(403);
    expect(await post({ ...good, "x-csrf-token": bob.csrf })).toBe(403);
    expect(await post({ cookie: ada.cookie, origin: origin() })).toBe(403);
    expect(await post({ ...good, host: "evil.example" })).toBe(421);
    expect(await post(good, "x".repeat(600_000))).toBe(413);
    expect(await post(good, "{")).toBe(400);
    expect((await ask("/api/reviews/../r1/items", { cookie: ada.cookie })).status).toBe(404);
    expect((await ask("/api/reviews/r2/items", { cookie: ada.cookie })).status).toBe(404);
    expect((await ask("/../../etc/passwd", { cookie: ada.cookie })).status).toBe(404);
    const form = { "content-type": "application/x-www-form-urlencoded", cookie: ada.cookie };
    const fields = `csrf=${ada.csrf}&decision-${items[0]!.id}=REVOKE`;
    expect((await ask("/decide", { ...form, origin: "http://evil.example" }, fields)).status).toBe(403);
    expect((await ask("/decide", { ...form, origin: origin() }, fields.replace(ada.csrf, bob.csrf))).status).toBe(403);
    expect((await ask("/", {})).status).toBe(401);
    for (const { id } of items) expect(review.state.decided(id)).toBeUndefined();
  });

  it("lets nobody decide in bulk where that is forbidden, and asks for what is required", async () => {
    await begin({ forbidBulk: true, requireJustification: "revoke" });
    const ada = await signIn("ada@acme.example");
    const headers = { cookie: ada.cookie, origin: origin(), "x-csrf-token": ada.csrf };
    expect((await ask("/api/reviews/r1/decisions", headers, decisions([items[0]!.id, items[2]!.id]))).status).toBe(403);
    const one = JSON.parse((await ask("/api/reviews/r1/decisions", headers, decisions([items[0]!.id]))).text);
    expect(one.refused).toEqual([{ item: items[0]!.id, reason: "a justification is required" }]);
  });
});
