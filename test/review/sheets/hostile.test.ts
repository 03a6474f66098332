import { zipSync } from "fflate";
import { describe, expect, it } from "vitest";
import { readWorkbook } from "../../../src/review/sheets/xlsx-reader.ts";

const text = (xml: string) => new TextEncoder().encode(xml);
const sheet = (rows: string) => `<worksheet><sheetData>${rows}</sheetData></worksheet>`;
const book = (parts: Record<string, string | Uint8Array>) =>
  zipSync(
    Object.fromEntries(
      Object.entries(parts).map(([name, part]) => [name, typeof part === "string" ? text(part) : part]),
    ),
  );

describe("a workbook", () => {
  it("is read as Excel and others save it: shared strings, rich text, gaps, prefixes, formulas", () => {
    const found = readWorkbook(
      book({
        "xl/sharedStrings.xml":
          "<x:sst><x:si><x:r><x:t>a &amp; </x:t></x:r><x:r><x:t>b</x:t></x:r><x:rPh><x:t>no</x:t></x:rPh></x:si></x:sst>",
        "xl/worksheets/sheet1.xml": sheet(
          '<row><c r="A1" t="s"><v>0</v></c><c r="C1" t="str"><f>1+1</f><v>2</v></c></row><row/><row><c t="inlineStr"><is><t>&lt;i&gt;</t></is></c></row>',
        ),
      }),
    );
    expect(found).toEqual([
      [
        [
          { text: "a & b", isFormula: false },
          { text: "", isFormula: false },
          { text: "2", isFormula: true },
        ],
        [],
        [{ text: "<i>", isFormula: false }],
      ],
    ]);
  });

  it.each<[string, Uint8Array, string]>([
    ["that unpacks to a large one", book({ "xl/worksheets/sheet1.xml": new Uint8Array(3_000_000) }), "unpacks to more"],
    [
      "with entities",
      book({ "xl/worksheets/sheet1.xml": `<!DOCTYPE x [<!ENTITY a "b">]>${sheet("")}` }),
      "declares entities",
    ],
    [
      "with cells far away",
      book({ "xl/worksheets/sheet1.xml": sheet('<row><c r="XFD1"><v>1</v></c></row>') }),
      "too many columns",
    ],
    [
      "with a cell that holds too much",
      book({ "xl/worksheets/sheet1.xml": sheet(`<row><c r="A1"><v>${"x".repeat(40_000)}</v></c></row>`) }),
      "more than a cell can hold",
    ],
    [
      "with too many parts",
      book(Object.fromEntries(Array.from({ length: 600 }, (_, n) => [`a${n}`, ""]))),
      "too many parts",
    ],
    ["with broken XML", book({ "xl/worksheets/sheet1.xml": "<worksheet><sheetData><row" }), "cannot be read"],
    ["without worksheets", book({ "../../etc/passwd": "x" }), "no worksheet"],
    ["that is none", text("PK but no zip"), "cannot be read"],
    ["that is text", text("decision,item_id"), "no workbook"],
  ])("%s is refused", (_, data, says) => {
    expect(() => readWorkbook(data, 1_000_000)).toThrow(says);
  });
});
