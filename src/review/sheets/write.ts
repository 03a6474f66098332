import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { csvCell } from "../../baton/access/export/csv.ts";
import { workbook } from "../../baton/access/export/xlsx.ts";
import { gapsOf } from "../campaign.ts";
import type { SheetIssued } from "../journal-records.ts";
import type { Item } from "../population/item.ts";
import { sha256 } from "../record/canonical.ts";
import { readBytes, writeWhole } from "../record/files.ts";
import type { Review } from "../review.ts";
import { SHEET_COLUMNS, sheetRow } from "./columns.ts";

/** The forms of a sheet. */
export type SheetForm = "xlsx" | "csv";

/** A sheet that was written. */
export interface WrittenSheet {
  readonly path: string;
  /** Empty for what nobody decides. */
  readonly reviewer: string;
  readonly items: number;
}

/** Writes a sheet for each reviewer into a folder, or for one of them. */
export async function writeSheets(
  review: Review,
  folder: string,
  form: SheetForm,
  only: string | undefined,
): Promise<WrittenSheet[]> {
  const { state } = review;
  if (state.closed !== undefined) await review.add([]);
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const byReviewer = new Map<string, Item[]>();
  for (const item of state.items.values()) {
    if (item.carried) continue;
    const reviewer = state.reviewerOf(item);
    if (only !== undefined && reviewer !== only) continue;
    const own = byReviewer.get(reviewer);
    if (own === undefined) byReviewer.set(reviewer, [item]);
    else own.push(item);
  }
  const written: WrittenSheet[] = [];
  const records: SheetIssued[] = [];
  for (const [reviewer, items] of [...byReviewer].sort(([a], [b]) => (a < b ? -1 : 1))) {
    const file = `${fileNameOf(reviewer)}.${form}`;
    const path = join(folder, file);
    await writeWhole(path, form === "csv" ? csv(review, items) : xlsx(review, items));
    written.push({ path, reviewer, items: items.length });
    records.push({
      kind: "sheet",
      time: review.time(),
      reviewer,
      items: items.length,
      file,
      sha256: sha256(readBytes(folder, file)!),
    });
  }
  await review.add(records);
  return written;
}

/** A reviewer's name as that of a file, whatever stands in it; two names never become one. */
function fileNameOf(reviewer: string): string {
  if (reviewer === "") return "unassigned";
  const plain = reviewer
    .replace(/[^a-z0-9@._-]/g, "_")
    .replace(/^[.-]+/, "_")
    .slice(0, 100);
  return plain === reviewer ? plain : `${plain}-${sha256(reviewer).slice(0, 8)}`;
}

function* rows(review: Review, items: readonly Item[]): Generator<string[]> {
  for (const item of items) {
    const row = sheetRow(review.state, item);
    yield SHEET_COLUMNS.map((column) => row[column]);
  }
}

function before(review: Review): string[] {
  return gapsOf(review.state.campaign).map((gap) => `READ FIRST: ${gap}`);
}

function* csv(review: Review, items: readonly Item[]): Generator<string> {
  for (const line of before(review)) yield `${csvCell(line)}\r\n`;
  yield `${SHEET_COLUMNS.join(",")}\r\n`;
  for (const row of rows(review, items)) yield `${row.map(csvCell).join(",")}\r\n`;
}

function xlsx(review: Review, items: readonly Item[]): Generator<Uint8Array> {
  return workbook({
    name: "Review",
    columns: SHEET_COLUMNS,
    rows: rows(review, items),
    before: before(review),
    form: { open: 2, choices: ["APPROVE", "REVOKE", "UNREVIEWED"] },
  });
}
