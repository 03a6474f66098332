import { Zip, ZipDeflate } from "fflate";
import type { ExportForm, ExportSource } from "./form.ts";
import { cellText, REVIEW_COLUMNS, type ReviewRow, reviewRows } from "./review-rows.ts";

/** Rows that a sheet holds at most, its header among them. Source: Excel, specifications and limits. */
const MAX_SHEET_ROWS = 1_048_576;
/** Characters that a cell holds at most. Source: as above. */
const MAX_CELL_LENGTH = 32_767;
/** Text is handed to the compressor in pieces of about this length. */
const CHUNK_LENGTH = 65_536;

/**
 * A workbook as reviewers need it, written row by row. Every cell is an inline string, never a formula, whatever it
 * begins with. It is written here as the libraries that make whole workbooks keep all of it in memory. Source: ECMA-376,
 * Office Open XML.
 */
export const xlsx: ExportForm = {
  about: "a workbook for Excel and the like",
  stream: false,
  files: (source) => [{ name: "grants.xlsx", write: () => workbook(source) }],
};

function* workbook({ content }: ExportSource): Generator<Uint8Array> {
  let written: Uint8Array[] = [];
  let failure: Error | null = null;
  const zip = new Zip((error, chunk) => {
    failure ??= error;
    if (chunk !== undefined && chunk !== null) written.push(chunk);
  });
  function* flush(): Generator<Uint8Array> {
    if (failure !== null) throw failure;
    const ready = written;
    written = [];
    yield* ready;
  }
  const encoder = new TextEncoder();
  const add = (name: string): ((text: string, last?: boolean) => void) => {
    const file = new ZipDeflate(name, { level: 6 });
    // Two exports of one snapshot are the same.
    file.mtime = new Date(1980, 0, 1, 12);
    zip.add(file);
    return (text, last = false) => file.push(encoder.encode(text), last);
  };

  const rows = reviewRows(content);
  let next = rows.next();
  let sheets = 0;
  do {
    sheets++;
    const push = add(`xl/worksheets/sheet${sheets}.xml`);
    let text = `${XML}<worksheet xmlns="${MAIN}"><sheetViews><sheetView workbookViewId="0"><pane ySplit="1" topLeftCell="A2" activePane="bottomLeft" state="frozen"/></sheetView></sheetViews><sheetData>${rowXml(REVIEW_COLUMNS, 1)}`;
    for (let count = 1; count < MAX_SHEET_ROWS && !next.done; count++) {
      text += rowXml(cellsOf(next.value), count + 1);
      next = rows.next();
      if (text.length < CHUNK_LENGTH) continue;
      push(text);
      text = "";
      yield* flush();
    }
    push(`${text}</sheetData><autoFilter ref="A1:${COLUMN_NAMES.at(-1)}1"/></worksheet>`, true);
    yield* flush();
  } while (!next.done);

  const numbers = Array.from({ length: sheets }, (_, at) => at + 1);
  add("[Content_Types].xml")(contentTypes(numbers), true);
  add("_rels/.rels")(relations([["workbook1", "officeDocument", "xl/workbook.xml"]]), true);
  add("xl/workbook.xml")(workbookXml(numbers), true);
  const sheetRelations = numbers.map((n): Relation => [`rId${n}`, "worksheet", `worksheets/sheet${n}.xml`]);
  add("xl/_rels/workbook.xml.rels")(relations(sheetRelations), true);
  zip.end();
  yield* flush();
}

const XML = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n';
const MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main";
const RELATIONS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships";
const PACKAGE = "http://schemas.openxmlformats.org/package/2006";
const OFFICE = "application/vnd.openxmlformats-officedocument.spreadsheetml";

type Relation = readonly [id: string, type: string, target: string];

/** `A`, `B` and so on: there are fewer columns than letters. */
const COLUMN_NAMES = REVIEW_COLUMNS.map((_, at) => String.fromCharCode(65 + at));

const cellsOf = (row: ReviewRow) => REVIEW_COLUMNS.map((column) => cellText(row[column]));

function rowXml(cells: readonly string[], row: number): string {
  let xml = "";
  for (const [at, cell] of cells.entries()) {
    if (cell === "") continue;
    xml += `<c r="${COLUMN_NAMES[at]}${row}" t="inlineStr"><is><t xml:space="preserve">${xmlText(cell)}</t></is></c>`;
  }
  return `<row r="${row}">${xml}</row>`;
}

/** Text as XML can hold it: other control characters and lone surrogates cannot stand in it at all. */
function xmlText(text: string): string {
  return (
    text
      .slice(0, MAX_CELL_LENGTH)
      .toWellFormed()
      // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what XML 1.0 forbids
      .replace(/[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/g, "\ufffd")
      .replaceAll("&", "&amp;")
      .replaceAll("<", "&lt;")
      .replaceAll(">", "&gt;")
  );
}

function contentTypes(sheets: readonly number[]): string {
  const overrides = sheets.map(
    (n) => `<Override PartName="/xl/worksheets/sheet${n}.xml" ContentType="${OFFICE}.worksheet+xml"/>`,
  );
  return `${XML}<Types xmlns="${PACKAGE}/content-types"><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Default Extension="xml" ContentType="application/xml"/><Override PartName="/xl/workbook.xml" ContentType="${OFFICE}.sheet.main+xml"/>${overrides.join("")}</Types>`;
}

function workbookXml(sheets: readonly number[]): string {
  const entries = sheets.map((n) => `<sheet name="Access${n === 1 ? "" : ` ${n}`}" sheetId="${n}" r:id="rId${n}"/>`);
  return `${XML}<workbook xmlns="${MAIN}" xmlns:r="${RELATIONS}"><sheets>${entries.join("")}</sheets></workbook>`;
}

function relations(entries: readonly Relation[]): string {
  const xml = entries.map(
    ([id, type, target]) => `<Relationship Id="${id}" Type="${RELATIONS}/${type}" Target="${target}"/>`,
  );
  return `${XML}<Relationships xmlns="${PACKAGE}/relationships">${xml.join("")}</Relationships>`;
}
