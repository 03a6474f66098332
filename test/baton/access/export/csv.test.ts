import { describe, expect, test } from "vitest";
import { csvCell } from "../../../../src/baton/access/export/csv.ts";

/** The cells of a line as a reader takes it apart that separates by `separator` and takes quotes loosely, as Excel does. */
function read(line: string, separator: string): string[] {
  const cells: string[] = [];
  for (let at = 0; at <= line.length; at++) {
    let cell = "";
    if (line[at] === '"') {
      for (at++; at < line.length; at++) {
        if (line[at] !== '"') cell += line[at];
        else if (line[at + 1] === '"') cell += line[at++];
        else break;
      }
      at++;
    }
    while (at < line.length && line[at] !== separator && line[at] !== "\n") cell += line[at++];
    cells.push(cell);
  }
  return cells;
}

/** Whether a spreadsheet would run the cell. */
const runs = (cell: string) => /^[\s"\u200b\ufeff]*[=+\-@]/.test(cell.normalize("NFKC").replaceAll("\u2212", "-"));

const SIGNS = ["=", "+", "-", "@", "\uff1d", "\uff0b", "\uff0d", "\uff20", "\ufe66", "\u207c", "\u2212"];
const LEADS = [
  "",
  " ",
  "\t",
  "\u00a0",
  "\u200b",
  "\ufeff",
  '"',
  "\r",
  "\n",
  "x;",
  "x; ",
  'x;"',
  "x\t",
  "x|",
  "x\n",
  "x\r\n",
  "x\u2028",
];

describe("no name is a formula", () => {
  test.each([",", ";", "\t", "|", "\n"])("where cells are separated by %j", (separator) => {
    for (const lead of LEADS) {
      for (const sign of SIGNS) {
        const name = `${lead}${sign}cmd|' /C calc'!A0`;
        const line = ["user", name, "x"].map(csvCell).join(",");
        // The pipe and quotes of the formula's own are no signs.
        expect(read(line, separator).filter(runs), JSON.stringify(line)).toEqual([]);
      }
    }
  });

  test("and other names stay as they are", () => {
    for (const name of ["Ada Lovelace", "R&D (core)", "a=b", "x-y", "1 + 1", "ada@acme.example", "'quoted'"]) {
      expect(csvCell(name)).toBe(name);
    }
    expect(csvCell('Say "hi", all')).toBe('"Say ""hi"", all"');
  });
});
