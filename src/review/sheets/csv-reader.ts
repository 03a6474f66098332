import { Failure } from "../../runtime/failure.ts";

/** Rows that are read at most, of columns at most. */
const MAX_ROWS = 1_048_576;
const MAX_COLUMNS = 100;

/** The header is looked for in so many characters. */
const MAX_BEFORE_HEADER = 100_000;

/**
 * Reads CSV (RFC 4180); separated by `;` or tabs where the header is, as spreadsheets in some countries write it. Throws a
 * {@link Failure} of kind `usage` where a quote is open at the end or there is too much of it.
 */
export function parseCsv(text: string): string[][] {
  return [...csvRows(text)];
}

/** Reads CSV row by row, as {@link parseCsv} does. */
export function* csvRows(text: string): Generator<string[]> {
  const separator = separatorOf(text);
  let count = 0;
  let row: string[] = [];
  let at = 0;
  while (at < text.length) {
    let cell = "";
    if (text[at] === '"') {
      for (at++; ; at++) {
        const end = text.indexOf('"', at);
        if (end === -1) throw new Failure({ kind: "usage", message: "a quote in the CSV is not closed" });
        cell += text.slice(at, end);
        at = end + 1;
        if (text[at] !== '"') break;
        cell += '"';
      }
    }
    const start = at;
    while (at < text.length && text[at] !== separator && text[at] !== "\n" && text[at] !== "\r") at++;
    cell += text.slice(start, at);
    row.push(cell);
    if (row.length > MAX_COLUMNS && cell !== "")
      throw new Failure({ kind: "usage", message: "the CSV has too many columns" });
    if (text[at] === separator) {
      at++;
      if (at < text.length) continue;
      row.push("");
    }
    if (text[at] === "\r") at++;
    if (text[at] === "\n") at++;
    if (row.some((one) => one !== "")) {
      count++;
      yield row;
    }
    if (count > MAX_ROWS) throw new Failure({ kind: "usage", message: "the CSV has too many rows" });
    row = [];
  }
}

/** By the header, which may stand below what is said first: commas of a text separate nothing. */
function separatorOf(text: string): string {
  const lines = text.slice(0, MAX_BEFORE_HEADER).split(/[\r\n]+/);
  const header = lines.find((line) => line.includes("item_id")) ?? lines[0]!;
  return [",", ";", "\t"].reduce(
    (best, one) => (header.split(one).length > header.split(best).length ? one : best),
    ",",
  );
}
