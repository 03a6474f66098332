import { csvCell } from "../../baton/access/export/csv.ts";
import type { Json } from "../../baton/connector.ts";
import { printable } from "../../runtime/printable-text.ts";
import { type Cell, pluralize, table } from "../terminal/layout.ts";

/** A row, by the names of its columns: all of it in JSON, the columns in a table or CSV. */
export type Row = Readonly<Record<string, Json>>;

/** A column of a table and of CSV. */
export interface Column {
  /** As in JSON and in CSV's header. */
  readonly name: string;
  /** Left out of a table for people, which has no room for it. */
  readonly wide?: true;
  /** What stands in a cell for people, where it is not the value itself. */
  readonly shown?: (row: Row) => Cell;
}

/** What a question is answered with: rows, and what is said where there are none. */
export interface Answer {
  readonly columns: readonly Column[];
  readonly rows: Iterable<Row>;
  /** A table that explains itself: it is printed without a header. */
  readonly plain?: true;
  /** What a row is called, as `grant`. */
  readonly one: string;
  readonly none: string;
}

/** The forms in which rows are printed. */
export type OutputFormat = "table" | "json" | "csv";

/** How many rows are laid out together. */
const PAGE = 1000;

/** An answer's rows, at most `limit` of them (0: all): a table for people, JSON (an object a line), or CSV (RFC 4180). */
export function printRows(answer: Answer, form: OutputFormat, limit: number): Iterable<string> {
  const { rows, more } = limited(answer.rows, limit);
  switch (form) {
    case "json":
      return each(rows, (row) => `${JSON.stringify(row)}\n`);
    case "csv":
      return csv(answer.columns, rows);
    default:
      return laidOut(answer, rows, more);
  }
}

function* laidOut({ columns, plain, one, none }: Answer, rows: Iterable<Row>, more: () => boolean): Generator<string> {
  const shown = columns.filter(({ wide }) => !wide);
  const header = plain ? undefined : shown.map(({ name }) => name.replaceAll("_", " "));
  let page: Cell[][] = [];
  let total = 0;
  for (const row of rows) {
    total++;
    page.push(shown.map((column) => column.shown?.(row) ?? plainCell(column, row)));
    if (page.length < PAGE) continue;
    yield table(total === page.length ? header : undefined, page);
    page = [];
  }
  if (page.length > 0) yield table(total === page.length ? header : undefined, page);
  if (total === 0) yield `${printable(none)}\n`;
  else if (more()) yield "There is more; --limit 0 shows all.\n";
  else yield `${pluralize(total, one)}.\n`;
}

function* csv(columns: readonly Column[], rows: Iterable<Row>): Generator<string> {
  yield `${columns.map(({ name }) => name).join(",")}\r\n`;
  for (const row of rows) {
    yield `${columns.map((column) => csvCell(String(plainCell(column, row)))).join(",")}\r\n`;
  }
}

function plainCell({ name }: Column, row: Row): Cell {
  const value = row[name];
  if (typeof value === "string" || typeof value === "number") return value;
  if (value === null || value === undefined) return "";
  if (typeof value === "object") return Array.isArray(value) ? value.join(" ") : JSON.stringify(value);
  return String(value);
}

function limited(rows: Iterable<Row>, limit: number): { rows: Iterable<Row>; more: () => boolean } {
  let more = false;
  function* some(): Generator<Row> {
    let shown = 0;
    for (const row of rows) {
      if (limit > 0 && shown === limit) {
        more = true;
        return;
      }
      shown++;
      yield row;
    }
  }
  return { rows: some(), more: () => more };
}

function* each<T>(items: Iterable<T>, write: (item: T) => string): Generator<string> {
  for (const item of items) yield write(item);
}
