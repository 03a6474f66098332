import { afterEach, describe, expect, it } from "vitest";
import type { Clock } from "../../../src/runtime/clock.ts";
import { ADA, formOf, type ServedPage, servedReview } from "./served-review.ts";

let site: ServedPage;
afterEach(() => site[Symbol.asyncDispose]());

const decided = (item: string) => site.review.state.decided(item);
const records = () => site.review.head.n;

describe("two windows of one reviewer", () => {
  it("do not write over each other what neither of them saw", async () => {
    site = await servedReview(6);
    const ada = await site.signIn(ADA);
    const [first, second] = site.items.filter(({ reviewer }) => reviewer.name === ADA).map(({ id }) => id);
    await site.save(ada, { [`decision-${first}`]: "APPROVE" });
    const stale = formOf((await site.ask("/?state=all", { cookie: ada.cookie })).text);
    expect(stale[`decision-${first}`]).toBe("APPROVE");
    const other = formOf((await site.ask("/?state=all", { cookie: ada.cookie })).text);
    await site.save(ada, { ...other, [`decision-${first}`]: "REVOKE" });
    expect(decided(first!)?.decision).toBe("REVOKE");

    // What the stale window did not touch stays as it is by now.
    const saved = await site.save(ada, { ...stale, [`decision-${second}`]: "APPROVE" });
    expect(saved.text).toContain("1 saved.");
    expect([decided(first!)?.decision, decided(second!)?.decision]).toEqual(["REVOKE", "APPROVE"]);

    // What it changes is refused once, with what was decided, and taken when it is sent again.
    const changed = { ...stale, [`decision-${first}`]: "APPROVE", [`justification-${first}`]: "needed" };
    const refused = await site.save(ada, changed);
    expect(refused.text).toContain("it was decided meanwhile, in another window or a sheet (REVOKE)");
    expect(refused.text).toContain(`href="#${first}">User 0`);
    expect(decided(first!)?.decision).toBe("REVOKE");
    const again = await site.save(ada, formOf(refused.text));
    expect(again.text).toContain("1 saved.");
    expect(decided(first!)).toMatchObject({ decision: "APPROVE", justification: "needed" });
  });

  it("that decide the same say it once", async () => {
    site = await servedReview(2);
    const ada = await site.signIn(ADA);
    const form = formOf((await site.ask("/", { cookie: ada.cookie })).text);
    const filled = { ...form, [`decision-${site.items[0]!.id}`]: "REVOKE" };
    const before = records();
    await Promise.all([site.save(ada, filled), site.save(ada, filled), site.save(ada, filled)]);
    expect(records()).toBe(before + 1);
  });

  it("leave alone what was shown and not touched, whatever line breaks stand in it", async () => {
    site = await servedReview(2);
    const ada = await site.signIn(ADA);
    const headers = { cookie: ada.cookie, origin: site.origin, "x-csrf-token": ada.csrf };
    const item = site.items[0]!.id;
    const body = JSON.stringify({ decisions: [{ item, decision: "REVOKE", justification: "one\ntwo" }] });
    await site.ask("/api/reviews/r1/decisions", headers, body);
    const form = formOf((await site.ask("/?state=all", { cookie: ada.cookie })).text);
    const before = records();
    await site.save(ada, { ...form, [`justification-${item}`]: "onetwo" });
    expect([records(), decided(item)?.justification]).toEqual([before, "one\ntwo"]);
  });
});

describe("decisions on the page", () => {
  it("are marked where they come sooner than a person reads what was shown", async () => {
    const now = { ms: Date.parse("2026-02-01T00:00:00Z") };
    const clock: Clock = { now: () => now.ms, sleep: async () => {} };
    site = await servedReview(6, {}, clock);
    const ada = await site.signIn(ADA);
    const own = site.items.filter(({ reviewer }) => reviewer.name === ADA).map(({ id }) => id);
    const form = formOf((await site.ask("/", { cookie: ada.cookie })).text);
    now.ms += 3_000;
    const both = { ...form, [`decision-${own[0]}`]: "APPROVE", [`decision-${own[1]}`]: "APPROVE" };
    expect((await site.save(ada, both)).text).toContain("faster than a person reads");
    expect([decided(own[0]!)?.fast, decided(own[1]!)?.fast]).toEqual([true, true]);
    now.ms += 3_000;
    await site.save(ada, { ...form, [`decision-${own[2]}`]: "APPROVE" });
    expect(decided(own[2]!)?.fast).toBe(false);
  });

  it("are marked where nothing was shown at all", async () => {
    site = await servedReview(2);
    const ada = await site.signIn(ADA);
    await site.save(ada, { [`decision-${site.items[0]!.id}`]: "APPROVE" });
    expect(decided(site.items[0]!.id)?.fast).toBe(true);
  });
});

describe("a form that is none", () => {
  it("is refused with words", async () => {
    site = await servedReview(2);
    const ada = await site.signIn(ADA);
    const headers = { cookie: ada.cookie, origin: site.origin };
    for (const [type, body] of [
      ["multipart/form-data; boundary=x", "--x\r\nrubbish"],
      ["multipart/form-data", "csrf=1"],
      ["application/json", "{}"],
      ["application/x-www-form-urlencoded", "csrf[]=1&decision-=REVOKE&decision-__proto__=REVOKE&%00=%ff"],
      ["", ""],
    ] as const) {
      const { status } = await site.ask("/decide", { ...headers, "content-type": type }, body);
      expect([type, status]).toEqual([type, 403]);
    }
    const large = await site.ask("/decide", { ...headers, "content-type": "text/plain" }, "x".repeat(1024 * 1024 + 1));
    expect(large.status).toBe(413);
    expect((await site.ask("/", { cookie: ada.cookie })).status).toBe(200);
  });
});
