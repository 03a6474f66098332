import { unzipSync } from "fflate";
import { expect, it } from "vitest";
import { workbook } from "../../../../src/baton/access/export/xlsx.ts";
import { readWorkbook } from "../../../../src/review/sheets/xlsx-reader.ts";

const made = (cell: string) =>
  Buffer.concat([
    ...workbook({ name: "Sheet", columns: ["a"], rows: [[cell]].values(), form: { open: 1, choices: ["x"] } }),
  ]);

it("has styles that strict readers take: every part that a style has is there, and every one that it names", () => {
  const styles = new TextDecoder().decode(unzipSync(made("x"))["xl/styles.xml"]);
  for (const [, list, count, inner] of styles.matchAll(/<(\w+) count="(\d+)">(.*?)<\/\1>/g)) {
    const one = {
      fonts: "font",
      fills: "fill",
      borders: "border",
      cellStyleXfs: "xf",
      cellXfs: "xf",
      cellStyles: "cellStyle",
    }[list!]!;
    expect([list, [...inner!.matchAll(new RegExp(`<${one}[ />]`, "g"))].length]).toEqual([list, Number(count)]);
  }
  // A fill is of a kind, and the first two are reserved: openpyxl refuses a workbook in which one is empty.
  expect(styles.match(/<fill>.*?<\/fill>/g)).toEqual([
    '<fill><patternFill patternType="none"/></fill>',
    '<fill><patternFill patternType="gray125"/></fill>',
  ]);
  for (const [xf] of styles.matchAll(/<xf [^>]*>/g))
    expect(xf).toMatch(/numFmtId="\d+" fontId="0" fillId="0" borderId="0"/);
});

it.each(["_x0041_", "a_x000D_b", "__x0041__", "x0041_", "_xZZZZ_"])("shows %s as it is", (text) => {
  expect(readWorkbook(made(text))[0]?.[1]?.[0]?.text).toBe(text);
});
