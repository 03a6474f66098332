import { afterEach, describe, expect, it } from "vitest";
import { verifyReview } from "../../../src/review/evidence/verify.ts";
import { ADA, BOB, type ServedPage, servedReview } from "./served-review.ts";

let site: ServedPage;
afterEach(() => site[Symbol.asyncDispose]());

async function begin(settings: Parameters<typeof servedReview>[1] = {}): Promise<void> {
  site = await servedReview(6, settings);
}

const decisions = (some: readonly string[]) =>
  JSON.stringify({ decisions: some.map((item) => ({ item, decision: "REVOKE", justification: "" })) });

describe("a reviewer's link", () => {
  it("is not used up by what only looks ahead", async () => {
    await begin();
    for (const headers of [
      { "sec-purpose": "prefetch;prerender" },
      { purpose: "prefetch" },
      { "user-agent": "Mozilla/5.0 (compatible; SkypeUriPreview Preview/0.5)" },
      { "user-agent": "facebookexternalhit/1.1 Facebot Twitterbot/1.0" },
    ]) {
      expect([headers, await site.ask(site.link(ADA), headers)]).toEqual([
        headers,
        { status: 204, text: "", cookie: "" },
      ]);
    }
    expect(await site.ask(site.link(ADA), {}, undefined, "HEAD")).toEqual({ status: 204, text: "", cookie: "" });
    expect((await site.ask(site.link(ADA))).status).toBe(303);
  });

  it("lets in who clicks on it in a mail, as the redirects of other sites carry no cookie", async () => {
    await begin();
    const first = await site.ask(site.link(ADA), { "sec-fetch-site": "cross-site" });
    expect([first.status, first.text.includes('content="0;url=/"')]).toEqual([200, true]);
    const again = await site.ask(site.link(ADA), { "sec-fetch-site": "cross-site", cookie: first.cookie });
    expect(again.status).toBe(200);
    expect((await site.ask("/", { cookie: first.cookie })).text).toContain("ada@acme.example: 0 of 3 decided");
  });
});

describe("the page of a review", () => {
  it("shows a reviewer their own items and takes their decisions, and nobody else's", async () => {
    await begin();
    const ada = await site.signIn(ADA);
    const path = "/api/reviews/r1";
    const { rows, total } = JSON.parse((await site.ask(`${path}/items?state=all`, { cookie: ada.cookie })).text);
    const own = site.items.filter(({ reviewer }) => reviewer.name === ADA).map(({ id }) => id);
    expect([total, rows.map(({ id }: { id: string }) => id)]).toEqual([3, own]);
    const html = (await site.ask("/", { cookie: ada.cookie })).text;
    expect(html).toContain("&lt;script&gt;");
    expect(html).not.toContain("<script");
    for (const { id, reviewer } of site.items) expect(html.includes(id)).toBe(reviewer.name === ADA);
    const headers = {
      cookie: ada.cookie,
      origin: site.origin,
      "x-csrf-token": ada.csrf,
      "content-type": "application/json",
    };
    const foreign = site.items[1]!.id;
    const answer = await site.ask(`${path}/decisions`, headers, decisions([own[0]!, foreign, "i0"]));
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
    const posted = await site.ask(
      "/decide",
      { cookie: ada.cookie, origin: site.origin, "content-type": "application/x-www-form-urlencoded" },
      form,
    );
    expect(posted.text).toContain("1 saved.");
    expect(site.review.state.decided(foreign)).toBeUndefined();
    expect(site.review.state.decided(own[0]!)).toMatchObject({
      reviewer: ADA,
      decision: "REVOKE",
      via: "page",
    });
    expect((await verifyReview(site.folder, undefined)).faults).toEqual([]);
  });

  it("refuses what is forged: no session, replayed links, other sites and hosts, no token, too much", async () => {
    await begin();
    const ada = await site.signIn(ADA);
    const again = await site.ask(site.link(ADA));
    expect([again.status, again.cookie]).toEqual([403, ""]);
    const post = (headers: Record<string, string>, body = decisions([site.items[0]!.id])) =>
      site.ask("/api/reviews/r1/decisions", headers, body).then(({ status }) => status);
    const good = { cookie: ada.cookie, origin: site.origin, "x-csrf-token": ada.csrf };
    const bob = await site.signIn(BOB);
    expect(await post({ origin: site.origin })).toBe(401);
    expect(await post({ ...good, origin: "http://evil.example" })).toBe(403);
    expect(await post({ ...good, "x-csrf-token": bob.csrf })).toBe(403);
    expect(await post({ cookie: ada.cookie, origin: site.origin })).toBe(403);
    expect(await post({ ...good, host: "evil.example" })).toBe(421);
    expect(await post(good, "x".repeat(600_000))).toBe(413);
    expect(await post(good, "{")).toBe(400);
    expect((await site.ask("/api/reviews/../r1/items", { cookie: ada.cookie })).status).toBe(404);
    expect((await site.ask("/api/reviews/r2/items", { cookie: ada.cookie })).status).toBe(404);
    expect((await site.ask("/../../etc/passwd", { cookie: ada.cookie })).status).toBe(404);
    const form = { "content-type": "application/x-www-form-urlencoded", cookie: ada.cookie };
    const fields = `csrf=${ada.csrf}&decision-${site.items[0]!.id}=REVOKE`;
    expect((await site.ask("/decide", { ...form, origin: "http://evil.example" }, fields)).status).toBe(403);
    expect(
      (await site.ask("/decide", { ...form, origin: site.origin }, fields.replace(ada.csrf, bob.csrf))).status,
    ).toBe(403);
    expect((await site.ask("/", {})).status).toBe(401);
    for (const { id } of site.items) expect(site.review.state.decided(id)).toBeUndefined();
  });

  it("lets nobody decide in bulk where that is forbidden, and asks for what is required", async () => {
    await begin({ forbidBulk: true, requireJustification: "revoke" });
    const ada = await site.signIn(ADA);
    const headers = { cookie: ada.cookie, origin: site.origin, "x-csrf-token": ada.csrf };
    expect(
      (await site.ask("/api/reviews/r1/decisions", headers, decisions([site.items[0]!.id, site.items[2]!.id]))).status,
    ).toBe(403);
    const one = JSON.parse((await site.ask("/api/reviews/r1/decisions", headers, decisions([site.items[0]!.id]))).text);
    expect(one.refused).toEqual([{ item: site.items[0]!.id, reason: "a justification is required" }]);
  });
});
