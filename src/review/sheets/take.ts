import { isUtf8 } from "node:buffer";
import { readFileSync } from "node:fs";
import { csvCell } from "../../baton/access/export/csv.ts";
import { Failure } from "../../runtime/failure.ts";
import { type Answer, type Decisions, decide, decisionOf } from "../decisions/decide.ts";
import { sha256 } from "../record/canonical.ts";
import type { Review } from "../review.ts";
import type { ReviewState } from "../state.ts";
import { AS_IT_GOES, cellOf, FILLED_IN, SHEET_COLUMNS, type SheetColumn, sheetRow } from "./columns.ts";
import { parseCsv } from "./csv-reader.ts";
import { readWorkbook, type SheetRows } from "./xlsx-reader.ts";

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
  const sheets = data[0] === 0x50 && data[1] === 0x4b ? readWorkbook(data) : [csvRows(data)];
  const rows = itemsIn(sheets, path);
  const { state } = review;
  const sheet = sha256(data);
  const reviewer = reviewerOf(state, rows, path);
  const refused: RefusedRow[] = [];
  const answers: Answer[] = [];
  const rowOf = new Map<string, number>();
  const seen = new Set<string>();
  let undecided = 0;
  let known = 0;
  for (const read of rows) {
    const { row } = read;
    const value = (column: SheetColumn) => cellIn(read, column)?.text ?? "";
    const item = value("item_id").trim();
    const reason = rowFault(state, read, reviewer, seen);
    seen.add(item);
    if (reason !== undefined) {
      refused.push({ row, item, reason });
      continue;
    }
    const decision = value("decision").trim();
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
    const justification = unquoted(value("justification"));
    if (isAsWritten(state, item, decision, justification, value("decided_at").trim())) {
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

function csvRows(data: Buffer): SheetRows {
  // Spreadsheets write CSV with a byte order mark, and in UTF-16 where they are asked for "Unicode text".
  const text = decoded(data).replace(/^\uFEFF/, "");
  return parseCsv(text).map((row) => row.map((cell) => ({ text: cell, isFormula: /^=/.test(cell) })));
}

/** Spreadsheets that are not told otherwise write the alphabet of the system's language: where it is no UTF-8, that of the West. */
function decoded(data: Buffer): string {
  if (data[0] === 0xff && data[1] === 0xfe) return data.toString("utf16le");
  if (data[0] === 0xfe && data[1] === 0xff) return new TextDecoder("utf-16be").decode(data);
  return isUtf8(data) ? data.toString() : new TextDecoder("windows-1252").decode(data);
}

type Columns = ReadonlyMap<SheetColumn, number>;

/** A row of a sheet, and where its columns are. `row`: as a spreadsheet counts it. */
interface Row {
  readonly row: number;
  readonly cells: SheetRows[number];
  readonly at: Columns;
}

function cellIn({ cells, at }: Row, column: SheetColumn): SheetRows[number][number] | undefined {
  return cells[at.get(column)!];
}

/** The rows below the header, wherever that stands, and where the columns are: they may have been moved, not taken out. */
function itemsIn(sheets: readonly SheetRows[], path: string): readonly Row[] {
  const found: Row[] = [];
  let isSheet = false;
  let fault = "it has no column item_id";
  for (const sheet of sheets) {
    const header = sheet.findIndex((cells) => cells.some(({ text }) => text === "item_id"));
    if (header === -1) continue;
    const names = sheet[header]!.map(({ text }) => text.trim());
    const absent = SHEET_COLUMNS.find((column) => names.filter((name) => name === column).length !== 1);
    if (absent !== undefined) {
      // Another worksheet beside it may be somebody's notes.
      fault = `its column ${absent} is missing, or there twice`;
      continue;
    }
    isSheet = true;
    const at: Columns = new Map(SHEET_COLUMNS.map((column) => [column, names.indexOf(column)]));
    sheet.slice(header + 1).forEach((cells, i) => {
      if (cells.some(({ text }) => text.trim() !== "")) found.push({ row: header + i + 2, cells, at });
    });
  }
  if (!isSheet) throw noSheet(path, fault);
  return found;
}

/** Whose sheet it is: the reviewer of most rows that are of this review. */
function reviewerOf(state: ReviewState, rows: readonly Row[], path: string): string {
  const counts = new Map<string, number>();
  for (const row of rows) {
    const item = state.items.get(cellIn(row, "item_id")?.text.trim() ?? "");
    const named = cellIn(row, "reviewer")?.text.trim() ?? "";
    if (item !== undefined && state.reviewerOf(item) === named) counts.set(named, (counts.get(named) ?? 0) + 1);
  }
  const [best] = [...counts].sort(([, a], [, b]) => b - a);
  if (best === undefined) throw noSheet(path, "none of its rows is of this review and its reviewer");
  if (best[0] === "")
    throw noSheet(path, "its items have no reviewer: hand them over with review delegate --from nobody --to EMAIL");
  return best[0];
}

/** What is wrong with a row; `undefined` where it may be taken. */
function rowFault(state: ReviewState, row: Row, reviewer: string, seen: ReadonlySet<string>): string | undefined {
  const formula = SHEET_COLUMNS.find((column) => cellIn(row, column)?.isFormula === true);
  if (formula !== undefined) return `a formula stands in ${formula}`;
  const value = (column: SheetColumn) => cellIn(row, column)?.text ?? "";
  const id = value("item_id").trim();
  const item = state.items.get(id);
  if (item === undefined) return "there is no such item in this review";
  if (seen.has(id)) return "the item stands in the sheet twice";
  const expected = sheetRow(state, item);
  if (!same(value("campaign"), expected.campaign)) return "the row is of another review";
  if (state.reviewerOf(item) !== reviewer || !same(value("reviewer"), expected.reviewer))
    return "the item is another reviewer's to decide";
  const changed = SHEET_COLUMNS.find((column) => {
    if (FILLED_IN.includes(column) || same(value(column), expected[column])) return false;
    return !(AS_IT_GOES.includes(column) && isFromBefore(state, id, value(column).trim()));
  });
  return changed === undefined ? undefined : `${changed} was changed`;
}

/** Whether what changes as a review goes on stands as it was before: nothing decided or done yet, or an earlier decision. */
function isFromBefore(state: ReviewState, item: string, text: string): boolean {
  return ["", "NONE", "OPEN"].includes(text) || state.decisions(item).some(({ time }) => time === text);
}

/** Whether a cell says what was written: as it is, or as CSV holds it. Some programs drop blanks at the ends. */
function same(found: string, written: string): boolean {
  const text = found.trim();
  if (text === written.trim()) return true;
  const cell = csvCell(written);
  return text === cell.trim() || text === (parseCsv(`${cell}\r\n`)[0]?.[0] ?? "").trim();
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
