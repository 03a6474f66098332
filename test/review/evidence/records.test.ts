import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { verifyReview } from "../../../src/review/evidence/verify.ts";
import type { Decided, Delegated } from "../../../src/review/journal-records.ts";
import type { Item } from "../../../src/review/population/item.ts";
import { openReview } from "../../../src/review/review.ts";
import { madeUp } from "../campaign.ts";

const [ADA, BOB] = ["ada@acme.example", "bob@acme.example"];
let folder: string;
let items: Item[];
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "baton-records-"));
  items = madeUp(folder, 4, [ADA, BOB], { requireJustification: "revoke" });
});
afterEach(() => rmSync(folder, { recursive: true }));

const time = "2026-01-02T00:00:00.000Z";
const decided = (n: number, more: Partial<Decided> = {}): Decided => ({
  ...{ kind: "decided", time, item: items[n]!.id, reviewer: n % 2 === 0 ? ADA : BOB, decision: "APPROVE" },
  ...{ justification: "", via: "page", sheet: "", fast: false, together: 1, ...more },
});
const handed = (n: number, more: Partial<Delegated> = {}): Delegated => ({
  ...{ kind: "delegated", time, from: ADA, to: BOB, by: "test", reason: "", items: [items[n]!.id], ...more },
});

it.each([
  ["a decision of who was not to decide", () => decided(0, { reviewer: BOB }), "who was not to decide"],
  ["a decision that lacks its justification", () => decided(0, { decision: "REVOKE" }), "without the justification"],
  ["a handover of what another has", () => handed(1), "which ada@acme.example did not have"],
  ["a handover to whom it is about", () => handed(0, { to: "u0@acme.example" }), "whose own access it is"],
  ["a handover of nothing there is", () => handed(0, { items: ["i0"] }), "which is no item of the population"],
] as const)("tells of %s, though the chain is whole", async (_, record, says) => {
  {
    using review = await openReview(folder, { write: true });
    await review.add([decided(1), decided(3, { decision: "REVOKE", justification: "left" }), record()]);
  }
  const { faults } = await verifyReview(folder, undefined);
  expect(faults).toEqual([{ file: "journal.jsonl", line: 4, what: expect.stringContaining(says) }]);
});

it("has nothing against what a review may hold", async () => {
  {
    using review = await openReview(folder, { write: true });
    await review.add([handed(0), decided(0, { reviewer: BOB }), decided(1)]);
  }
  expect((await verifyReview(folder, undefined)).faults).toEqual([]);
});
