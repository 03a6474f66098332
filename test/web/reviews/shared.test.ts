import { appendFileSync, readFileSync, truncateSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { decide } from "../../../src/review/decisions/decide.ts";
import { closeReview } from "../../../src/review/evidence/close.ts";
import { verifyReview } from "../../../src/review/evidence/verify.ts";
import { openReview, type Review } from "../../../src/review/review.ts";
import { systemClock } from "../../../src/runtime/clock.ts";
import { ADA, BOB, formOf, type ServedPage, type SignedIn, servedReview } from "./served-review.ts";

let site: ServedPage;
let ada: SignedIn;
beforeEach(async () => {
  site = await servedReview(6, {}, systemClock, true);
  ada = await site.signIn(ADA);
});
afterEach(() => site[Symbol.asyncDispose]());

const own = (reviewer: string) => site.items.filter((item) => item.reviewer.name === reviewer).map(({ id }) => id);
const journal = () => join(site.folder, "journal.jsonl");
const page = async (path = "/") => (await site.ask(path, { cookie: ada.cookie })).text;

/** What another process does meanwhile. */
async function meanwhile(work: (review: Review) => Promise<unknown>): Promise<void> {
  using review = await openReview(site.folder, { write: true });
  await work(review);
}
const decides = (reviewer: string, decision: string) => (review: Review) =>
  decide(review, [{ item: own(reviewer)[0]!, decision, justification: "" }], { reviewer, via: "sheet", sheet: "s" });
const decided = () => {
  const lines = readFileSync(journal(), "utf8").split("\n").slice(0, -1);
  return lines.map((line) => JSON.parse(line)).filter(({ kind }) => kind === "decided");
};

describe("a review's page while others write to the review", () => {
  it("takes decisions beside sheets that are taken in, and shows what they say", async () => {
    await meanwhile(decides(BOB, "REVOKE"));
    await site.save(ada, { [`decision-${own(ADA)[1]}`]: "APPROVE" });
    await meanwhile(decides(ADA, "REVOKE"));
    expect(await page()).toContain("2 of 3 decided");
    await site.save(ada, { [`decision-${own(ADA)[2]}`]: "APPROVE" });
    expect(decided().map(({ item }) => item)).toEqual([own(BOB)[0], own(ADA)[1], own(ADA)[0], own(ADA)[2]]);
    expect((await verifyReview(site.folder, undefined)).faults).toEqual([]);
  });

  it("does not write over what came by a sheet after it was shown", async () => {
    const form = formOf(await page());
    await meanwhile(decides(ADA, "REVOKE"));
    const { text } = await site.save(ada, { ...form, [`decision-${own(ADA)[0]}`]: "APPROVE" });
    expect(text).toContain("it was decided meanwhile, in another window or a sheet (REVOKE)");
    expect(decided().map(({ decision }) => decision)).toEqual(["REVOKE"]);
  });

  it("keeps what was filled in where another process goes on writing, and many windows wait for one another", async () => {
    const [first, second, third] = own(ADA);
    {
      using other = await openReview(site.folder, { write: true });
      const { text } = await site.save(ada, { [`decision-${first}`]: "REVOKE", [`justification-${first}`]: "left" });
      expect(text).toContain("Nothing was saved: another process is writing");
      expect(formOf(text)).toMatchObject({ [`decision-${first}`]: "REVOKE", [`justification-${first}`]: "left" });
      expect(other.state.decided(first!)).toBeUndefined();
    }
    const saves = [first, second, third].map((item) => site.save(ada, { [`decision-${item}`]: "APPROVE" }));
    for (const { text } of await Promise.all(saves)) expect(text).toContain("1 saved.");
    expect((await verifyReview(site.folder, undefined)).faults).toEqual([]);
  });

  it("says so once the review was closed", async () => {
    await meanwhile((review) => closeReview(review, "test", undefined));
    const { text } = await site.save(ada, { [`decision-${own(ADA)[0]}`]: "APPROVE" });
    expect(text).toContain("was closed on");
    expect((await verifyReview(site.folder, undefined)).faults).toEqual([]);
  });

  it("goes on behind a line that another process left half written, and stops where the journal was changed", async () => {
    appendFileSync(journal(), '{"kind":"decided"');
    expect(await page()).toContain("0 of 3 decided");
    await site.save(ada, { [`decision-${own(ADA)[0]}`]: "APPROVE" });
    expect(await page()).toContain("1 of 3 decided");
    expect((await verifyReview(site.folder, undefined)).faults).toEqual([]);
    truncateSync(journal(), 10);
    expect(await site.ask("/", { cookie: ada.cookie })).toMatchObject({
      status: 403,
      text: expect.stringContaining("is not as it was written"),
    });
  });
});
