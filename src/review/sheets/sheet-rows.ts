import { csvCell } from "../../baton/access/export/csv.ts";
import type { ReviewState } from "../state.ts";
import { AS_IT_GOES, FILLED_IN, SHEET_COLUMNS, type SheetColumn, sheetRow } from "./columns.ts";
import { parseCsv } from "./csv-reader.ts";
import type { SheetCell } from "./xlsx-reader.ts";

/** What a row of a sheet says, and what is wrong with it whoever decides; the rest of the row is not kept. */
export interface ReadRow {
  /** As a spreadsheet counts it. */
  readonly row: number;
  readonly item: string;
  /** Whose the item is by now; `undefined` where the row does not say the same, or there is no such item. */
  readonly reviewer: string | undefined;
  readonly decision: string;
  readonly justification: string;
  readonly decidedAt: string;
  /** That it is no row of this review, or may not be taken from anybody. */
  readonly fault: string | undefined;
  /** That a locked column was changed. */
  readonly changed: string | undefined;
}

type Columns = ReadonlyMap<SheetColumn, number>;

/** Takes the rows of a sheet's file one by one, and holds each against its item. */
export class SheetRowsReader {
  readonly rows: ReadRow[] = [];
  /** The items that rows name. */
  readonly seen = new Set<string>();
  /** Why the file is no sheet; empty where it is one. */
  fault = "it has no column item_id";
  readonly #state: ReviewState;
  #worksheet = -1;
  #row = 0;
  #at: Columns | undefined;
  #isSkipped = false;
  #isSheet = false;

  constructor(state: ReviewState) {
    this.#state = state;
  }

  /** Takes the next row. `worksheet`: its number, as a workbook has several. */
  take(worksheet: number, cells: readonly SheetCell[]): void {
    if (worksheet !== this.#worksheet) {
      this.#worksheet = worksheet;
      this.#row = 0;
      this.#at = undefined;
      this.#isSkipped = false;
    }
    this.#row++;
    if (this.#isSkipped) return;
    if (this.#at === undefined) this.#header(cells);
    else if (cells.some(({ text }) => text.trim() !== "")) this.rows.push(this.#read(cells, this.#at));
  }

  /** The header, wherever it stands, says where the columns are: they may have been moved, not taken out. */
  #header(cells: readonly SheetCell[]): void {
    if (!cells.some(({ text }) => text === "item_id")) return;
    const names = cells.map(({ text }) => text.trim());
    const absent = SHEET_COLUMNS.find((column) => names.filter((name) => name === column).length !== 1);
    if (absent === undefined) {
      this.#at = new Map(SHEET_COLUMNS.map((column) => [column, names.indexOf(column)]));
      this.#isSheet = true;
      this.fault = "";
      return;
    }
    // Another worksheet beside it may be somebody's notes.
    this.#isSkipped = true;
    if (!this.#isSheet) this.fault = `its column ${absent} is missing, or there twice`;
  }

  #read(cells: readonly SheetCell[], at: Columns): ReadRow {
    const state = this.#state;
    const value = (column: SheetColumn) => cells[at.get(column)!]?.text ?? "";
    const id = value("item_id").trim();
    const item = state.items.get(id);
    const formula = SHEET_COLUMNS.find((column) => cells[at.get(column)!]?.isFormula === true);
    let fault: string | undefined;
    let changed: SheetColumn | undefined;
    if (formula !== undefined) fault = `a formula stands in ${formula}`;
    else if (item === undefined) fault = "there is no such item in this review";
    else if (this.seen.has(id)) fault = "the item stands in the sheet twice";
    else {
      const expected = sheetRow(state, item);
      if (!same(value("campaign"), expected.campaign)) fault = "the row is of another review";
      changed = SHEET_COLUMNS.find((column) => {
        if (column === "reviewer" || FILLED_IN.includes(column) || same(value(column), expected[column])) return false;
        return !(AS_IT_GOES.includes(column) && isFromBefore(state, id, value(column).trim()));
      });
    }
    this.seen.add(id);
    const reviewer = item && state.reviewerOf(item);
    return {
      ...{ row: this.#row, item: id, fault, changed: changed && `${changed} was changed` },
      reviewer: reviewer !== undefined && same(value("reviewer"), reviewer) ? reviewer : undefined,
      ...{ decision: value("decision").trim(), justification: value("justification") },
      decidedAt: value("decided_at").trim(),
    };
  }
}

/** Whether what changes as a review goes on stands as it was before: nothing decided or done yet, or an earlier decision. */
function isFromBefore(state: ReviewState, item: string, text: string): boolean {
  return ["", "NONE", "OPEN"].includes(text) || state.decisions(item).some(({ time }) => time === text);
}

/** Whether a cell says what was written: as it is, or as CSV holds it. Some programs drop blanks at the ends. */
export function same(found: string, written: string): boolean {
  const text = found.trim();
  if (text === written.trim()) return true;
  const cell = csvCell(written);
  return text === cell.trim() || text === (parseCsv(`${cell}\r\n`)[0]?.[0] ?? "").trim();
}
