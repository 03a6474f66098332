import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { unzipSync, zipSync } from "fflate";
import { afterAll, beforeEach, expect, it } from "vitest";
import { decide } from "../../../src/review/decisions/decide.ts";
import type { Item } from "../../../src/review/population/item.ts";
import { openReview, type Review } from "../../../src/review/review.ts";
import { parseCsv } from "../../../src/review/sheets/csv-reader.ts";
import { takeSheet } from "../../../src/review/sheets/take.ts";
import { writeSheets } from "../../../src/review/sheets/write.ts";
import { madeUp } from "../campaign.ts";

const root = mkdtempSync(join(tmpdir(), "baton-sheets-"));
afterAll(() => rmSync(root, { recursive: true }));

const ADA = "ada@acme.example";
let now = Date.parse("2026-02-01T08:00:00Z");
const clock = { now: () => (now += 60_000), sleep: () => Promise.resolve() };
let folder: string;
let review: Review;
let items: Item[];

beforeEach(async () => {
  folder = mkdtempSync(join(root, "review-"));
  items = madeUp(folder, 4, [ADA]);
  review = await openReview(folder, { write: true, clock });
  return () => review.close();
});

type Rows = string[][];

/** Ada's sheet as rows; the first is the header. */
async function issued(name = "sheets"): Promise<Rows> {
  await writeSheets(review, join(folder, name), "csv", undefined);
  return parseCsv(readFileSync(join(folder, name, `${ADA}.csv`), "utf8"));
}

const csv = (rows: Rows, separator = ",", end = "\r\n") =>
  rows.map((row) => row.map((cell) => `"${cell.replaceAll('"', '""')}"`).join(separator) + end).join("");

/** Gives the decisions of a sheet, row by row. */
const filled = ([header, ...rows]: Rows, ...decisions: string[]): Rows => [
  header!,
  ...rows.map((row, i) => [decisions[i] ?? row[0]!, ...row.slice(1)]),
];

async function take(data: string | Uint8Array, name = "filled.csv") {
  writeFileSync(join(folder, name), data);
  const { taken, unchanged, undecided, refused, missing } = await takeSheet(review, join(folder, name));
  return { taken, unchanged, undecided, missing, refused: refused.map(({ row, reason }) => `${row}: ${reason}`) };
}

const decisions = () => items.map(({ id }) => review.state.decided(id)?.decision ?? "");
const TAKEN = { taken: 3, unchanged: 0, undecided: 1, refused: [], missing: [] };
const WORDS = [" approve ", "Revoke", "APPROVE\u00a0", ""];
const DECIDED = ["APPROVE", "REVOKE", "APPROVE", ""];

it.each<[string, (rows: Rows) => string | Uint8Array]>([
  ["with semicolons", (rows) => csv(rows, ";")],
  ["with tabs, in UTF-16", (rows) => Buffer.from(`\ufeff${csv(rows, "\t")}`, "utf16le")],
  ["in UTF-16 of the other order", (rows) => Buffer.from(`\ufeff${csv(rows)}`, "utf16le").swap16()],
  ["with a byte order mark, and line feeds alone", (rows) => `\ufeff${csv(rows, ",", "\n")}`],
  ["in the alphabet of the West", (rows) => Buffer.from(csv(rows), "latin1")],
  [
    "with semicolons below what is said first, in which there are commas",
    (rows) => `READ FIRST: a, b, c${",".repeat(90)}\r\n${csv(rows, ";")}`,
  ],
  ["with a word on what separates", (rows) => `sep=;\r\n${csv(rows, ";")}`],
  [
    "with blank rows, and columns behind",
    (rows) => csv([...rows.map((row) => [...row, "mine", ...Array(90).fill("")]), Array(40).fill(""), [" "]]),
  ],
  ["with its columns turned around", (rows) => csv(rows.map((row) => row.toReversed()))],
  ["sorted", ([header, ...rows]) => csv([header!, ...rows.toReversed()])],
])("takes a sheet that was saved %s", async (_, save) => {
  const rows = filled(await issued(), ...WORDS);
  rows[1]![rows[0]!.indexOf("justification")] = "déjà vu";
  expect(await take(save(rows))).toEqual(TAKEN);
  expect(review.state.decided(items[0]!.id)?.justification).toBe("déjà vu");
  expect(decisions()).toEqual(DECIDED);
});

it("refuses what is an old workbook, or has a password, and says what to do", async () => {
  const old = Buffer.concat([Buffer.from([0xd0, 0xcf, 0x11, 0xe0, 0xa1, 0xb1]), Buffer.alloc(600)]);
  await expect(take(old, "old.xls")).rejects.toThrow("save it as .xlsx, without one");
});

it("takes no sheet that was taken before, as it is, for a change of mind about what was decided since", async () => {
  const rows = await issued();
  const [first, second] = [
    csv(filled(rows, "APPROVE", "APPROVE", "REVOKE")),
    csv(filled(rows, "APPROVE", "REVOKE", "REVOKE")),
  ];
  expect(await take(first)).toMatchObject({ taken: 3 });
  expect(await take(second)).toMatchObject({ taken: 1, unchanged: 2 });
  // An older copy after a newer one.
  expect(await take(first, "copy.csv")).toMatchObject({
    ...{ taken: 0, unchanged: 2 },
    refused: [
      expect.stringMatching(/^3: this sheet was taken before, as it is, and it was decided again on 2026-02-01T/),
    ],
  });
  expect(decisions()).toEqual(["APPROVE", "REVOKE", "REVOKE", ""]);
  // What was filled in anew is a change of mind.
  expect(await take(csv(filled(rows, "REVOKE", "APPROVE", "REVOKE")))).toMatchObject({ taken: 2, refused: [] });
  expect(decisions()).toEqual(["REVOKE", "APPROVE", "REVOKE", ""]);
});

it("takes what a sheet said when it was written for no decision, whatever was decided since", async () => {
  await take(csv(filled(await issued(), "APPROVE", "APPROVE")));
  const again = await issued("again");
  const answer = (n: number, decision: string) => ({ item: items[n]!.id, decision, justification: "on the page" });
  await decide(review, [answer(0, "REVOKE")], { reviewer: ADA, via: "page" });
  // The first row still says what was decided before; the second was changed in the sheet.
  expect(await take(csv(filled(again, "APPROVE", "REVOKE", "APPROVE")))).toMatchObject({
    taken: 2,
    unchanged: 1,
    refused: [],
  });
  expect(decisions()).toEqual(["REVOKE", "REVOKE", "APPROVE", ""]);
});

it("knows a sheet again after what it says was carried out", async () => {
  const sheet = csv(filled(await issued(), "REVOKE"));
  await take(sheet);
  const [item] = items;
  await review.add([
    { kind: "revoking", time: review.time(), item: item!.id, by: "test" },
    { kind: "remediated", time: review.time(), item: item!.id, status: "SUCCESS", what: "", proof: null, by: "test" },
  ]);
  expect(await take(sheet)).toMatchObject({ taken: 0, unchanged: 1, refused: [] });
  const other = csv(filled(await issued("later"), "APPROVE"));
  expect((await take(other)).refused).toEqual(["2: what was decided is carried out already"]);
});

/** Ada's workbook, with its worksheet changed. */
async function workbook(change: (xml: string) => string, more: Record<string, string> = {}): Promise<Uint8Array> {
  await writeSheets(review, join(folder, "books"), "xlsx", undefined);
  const parts = unzipSync(readFileSync(join(folder, "books", `${ADA}.xlsx`)));
  const name = Object.keys(parts).find((one) => one.startsWith("xl/worksheets/"))!;
  const xml = change(new TextDecoder().decode(parts[name]));
  const text = (part: string) => new TextEncoder().encode(part);
  return zipSync({
    ...parts,
    [name]: text(xml),
    ...Object.fromEntries(Object.entries(more).map(([at, part]) => [at, text(part)])),
  });
}

const approved = (xml: string) => xml.replace(">UNREVIEWED<", ">APPROVE<");

it("takes a workbook whose rows were formatted to their end", async () => {
  const formatted = (xml: string) => approved(xml).replaceAll("</row>", '<c r="AMJ2" s="1"/></row>');
  expect(await take(await workbook(formatted), "book.xlsx")).toMatchObject({ taken: 1, refused: [] });
});

it("takes a workbook with other worksheets beside it: notes, and the same with its columns elsewhere", async () => {
  const cell = (text: string) => `<c t="inlineStr"><is><t>${text}</t></is></c>`;
  const notes = `<worksheet><sheetData><row>${cell("item_id")}${cell("my notes")}</row></sheetData></worksheet>`;
  const book = await workbook(approved, { "xl/worksheets/sheet9.xml": notes });
  expect(await take(book, "book.xlsx")).toMatchObject({ taken: 1, undecided: 3, refused: [] });
  const rows = filled(await issued(), "", "REVOKE").map((row) => row.toReversed());
  const turned = rows.map(
    (row) => `<row>${row.map((one) => cell(one.replaceAll("&", "&amp;").replaceAll("<", "&lt;"))).join("")}</row>`,
  );
  const kept = (xml: string) => xml.replace(/<row r="(2|3)".*?<\/row>/gs, "");
  const both = await workbook(kept, {
    "xl/worksheets/sheet9.xml": `<worksheet><sheetData>${turned.slice(0, 3).join("")}</sheetData></worksheet>`,
  });
  expect(await take(both, "both.xlsx")).toMatchObject({ taken: 1, refused: [], missing: [] });
});
