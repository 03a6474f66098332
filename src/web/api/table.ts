import { csvCell } from "../../baton/access/export/csv.ts";
import type { Page } from "./contract.ts";
import type { Position } from "./cursor.ts";
import { MAX_LIMIT, type Question } from "./question.ts";

/** A part of a table as it is read. */
export interface TablePart<Row> {
  readonly rows: readonly Row[];
  /** Where the next part begins; absent at the end. */
  readonly next?: Position | undefined;
}

/** A list that is answered page by page, or whole as CSV. */
export interface Table<Row> {
  /** What the values of a position are. */
  readonly position: readonly ("string" | "number" | "either")[];
  /** Reads a part of `limit` rows at most from a position on, or from the beginning. */
  read(from: Position | undefined, limit: number): TablePart<Row>;
  /** How many rows there are in all; `null` where that takes too long to tell. */
  total(): number | null;
  /** The columns of CSV, by name: what stands in them. */
  readonly columns: Readonly<Record<string, (row: Row) => string | number | boolean | null>>;
}

/** A part of a table as it is answered. */
export function pageOf<Row>(table: Table<Row>, question: Question): Page<Row> {
  const { rows, next } = table.read(question.position(...table.position), question.limit());
  return { rows, next: next === undefined ? null : question.cursor(next), total: table.total() };
}

/** All of a table as CSV (RFC 4180), read part by part as it is taken; no cell is a formula. */
export function csvOf<Row>(table: Table<Row>): ReadableStream<Uint8Array> {
  const encoder = new TextEncoder();
  const columns = Object.entries(table.columns);
  let from: Position | undefined;
  let begun = false;
  return new ReadableStream({
    async pull(controller) {
      const header = begun ? "" : `${columns.map(([name]) => csvCell(name)).join(",")}\r\n`;
      begun = true;
      // Others are answered between two parts.
      await new Promise((resolve) => setImmediate(resolve));
      const { rows, next } = table.read(from, MAX_LIMIT);
      const lines = rows.map((row) => `${columns.map(([, cell]) => csvCell(String(cell(row) ?? ""))).join(",")}\r\n`);
      const text = header + lines.join("");
      if (text !== "") controller.enqueue(encoder.encode(text));
      from = next;
      if (next === undefined) controller.close();
    },
  });
}

/** A table of rows that are all known. */
export function tableOfAll<Row>(rows: readonly Row[], columns: Table<Row>["columns"]): Table<Row> {
  return {
    position: ["number"],
    read(from, limit) {
      const at = Number(from?.[0] ?? 0);
      const end = at + limit;
      return { rows: rows.slice(at, end), next: end < rows.length ? [end] : undefined };
    },
    total: () => rows.length,
    columns,
  };
}
