import { isUtf8 } from "node:buffer";
import { readFileSync } from "node:fs";
import { Failure } from "../../runtime/failure.ts";
import { type Answer, type Decisions, decide, decisionOf } from "../decisions/decide.ts";
import { sha256 } from "../record/canonical.ts";
import type { Review } from "../review.ts";
import type { ReviewState } from "../state.ts";
import { cellOf } from "./columns.ts";
import { csvRows } from "./csv-reader.ts";
import { type ReadRow, SheetRowsReader, same } from "./sheet-rows.ts";
import { eachRow, type SheetCell } from "./xlsx-reader.ts";

/** A row that was not taken. `row`: as a spreadsheet counts it. */
export interface RefusedRow {
  readonly row: number;
  readonly item: string;
  readonly reason: string;
}

/** What came of a sheet. */
export interface TakenSheet extends Omit<Decisions, "refused"> {
  readonly reviewer: string;
  readonly refused: readonly RefusedRow[];
  /** Rows that say nothing yet. */
  readonly undecided: number;
  /** Items of the reviewer that are not in the sheet: they were taken out. */
  readonly missing: readonly string[];
}

/** How an OLE file begins: workbooks of before 2007, and those that are encrypted. Source: MS-CFB. */
const OLE = Buffer.from([0xd0, 0xcf, 0x11, 0xe0]);

/** The largest sheet, in bytes. */
const MAX_BYTES = 200_000_000;

/**
 * Takes a filled sheet in. A row whose locked columns are not as they were written is refused, with the reason; the good
 * ones count. Throws a {@link Failure} of kind `usage` for a file that is no sheet of this review.
 */
export async function takeSheet(review: Review, path: string, via: "sheet" = "sheet"): Promise<TakenSheet> {
  const data = read(path);
  if (data.subarray(0, 4).equals(OLE)) {
    throw noSheet(path, "it is an old workbook (.xls) or has a password: save it as .xlsx, without one");
  }
  const { state } = review;
  const reader = new SheetRowsReader(state);
  if (data[0] === 0x50 && data[1] === 0x4b) eachRow(data, (worksheet, cells) => reader.take(worksheet, cells));
  else for (const row of csvRows(textOf(data))) reader.take(0, row.map(csvCellOf));
  if (reader.fault !== "") throw noSheet(path, reader.fault);
  const { rows, seen } = reader;
  const sheet = sha256(data);
  const reviewer = reviewerOf(rows, path);
  const refused: RefusedRow[] = [];
  const answers: Answer[] = [];
  const rowOf = new Map<string, number>();
  let undecided = 0;
  let known = 0;
  for (const { row, item, decision, decidedAt, ...read } of rows) {
    const reason =
      read.fault ?? (read.reviewer === reviewer ? read.changed : "the item is another reviewer's to decide");
    if (reason !== undefined) {
      refused.push({ row, item, reason });
      continue;
    }
    if (decision === "" || decision.toUpperCase() === "UNREVIEWED") {
      undecided++;
      continue;
    }
    if (decisionOf(decision) === undefined) {
      refused.push({
        row,
        item,
        reason: `the decision ${JSON.stringify(decision.slice(0, 40))} is none of APPROVE, REVOKE, UNREVIEWED`,
      });
      continue;
    }
    const justification = unquoted(read.justification);
    if (isAsWritten(state, item, decision, justification, decidedAt)) {
      known++;
      continue;
    }
    const before = state.decided(item);
    const isOther =
      before !== undefined &&
      (before.decision !== decisionOf(decision) || before.justification !== justification.trim());
    if (isOther && before.sheet !== sheet && state.hasTaken(sheet)) {
      const when = `it was decided again on ${before.time}`;
      refused.push({ row, item, reason: `this sheet was taken before, as it is, and ${when}` });
      continue;
    }
    rowOf.set(item, row);
    answers.push({ item, decision, justification });
  }
  const { refused: later, ...taken } = await decide(review, answers, { reviewer, via, sheet });
  for (const { item, reason } of later) refused.push({ row: rowOf.get(item) ?? 0, item, reason });
  const missing = [...state.itemsOf(reviewer)].filter(({ id }) => !seen.has(id)).map(({ id }) => id);
  const unchanged = taken.unchanged + known;
  return { ...taken, unchanged, reviewer, refused: refused.sort((a, b) => a.row - b.row), undecided, missing };
}

/** Whether a row says of a decision no more than the sheet did when it was written: it is none anew, whatever came since. */
function isAsWritten(
  ...[state, item, decision, justification, decidedAt]: [ReviewState, string, string, string, string]
): boolean {
  return state
    .decisions(item)
    .some(
      (one) =>
        one.time === decidedAt &&
        one.decision === decisionOf(decision) &&
        same(justification, cellOf(one.justification)),
    );
}

function read(path: string): Buffer {
  let data: Buffer;
  try {
    data = readFileSync(path);
  } catch (cause) {
    throw new Failure({
      kind: "usage",
      message: `the sheet ${path} cannot be read: ${(cause as Error).message}`,
      cause,
    });
  }
  if (data.length > MAX_BYTES) throw noSheet(path, "it is too large");
  return data;
}

/** The text of a file of CSV: with a byte order mark, or in UTF-16 where a spreadsheet is asked for "Unicode text". */
function textOf(data: Buffer): string {
  return decoded(data).replace(/^\uFEFF/, "");
}

function csvCellOf(text: string): SheetCell {
  return { text, isFormula: /^=/.test(text) };
}

/** Spreadsheets that are not told otherwise write the alphabet of the system's language: where it is no UTF-8, that of the West. */
function decoded(data: Buffer): string {
  if (data[0] === 0xff && data[1] === 0xfe) return data.toString("utf16le");
  if (data[0] === 0xfe && data[1] === 0xff) return new TextDecoder("utf-16be").decode(data);
  return isUtf8(data) ? data.toString() : new TextDecoder("windows-1252").decode(data);
}

/** Whose sheet it is: the reviewer of most rows that are of this review. */
function reviewerOf(rows: readonly ReadRow[], path: string): string {
  const counts = new Map<string, number>();
  for (const { reviewer } of rows) {
    if (reviewer !== undefined) counts.set(reviewer, (counts.get(reviewer) ?? 0) + 1);
  }
  const [best] = [...counts].sort(([, a], [, b]) => b - a);
  if (best === undefined) throw noSheet(path, "none of its rows is of this review and its reviewer");
  if (best[0] === "")
    throw noSheet(path, "its items have no reviewer: hand them over with review delegate --from nobody --to EMAIL");
  return best[0];
}

/** A text without the sign that was put before a formula. */
function unquoted(text: string): string {
  return text.replace(/^'(?=[=+\-@])/, "");
}

function noSheet(path: string, why: string): Failure {
  return new Failure({
    kind: "usage",
    message: `${path} is no sheet of this review: ${why}`,
    advice: "write the sheets again: baton-okta review sheet --dir DIR --out FOLDER",
  });
}
