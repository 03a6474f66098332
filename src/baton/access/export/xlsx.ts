import { Zip, ZipDeflate } from "fflate";
import type { ExportForm, ExportSource } from "./form.ts";
import { cellText, REVIEW_COLUMNS, reviewRows } from "./review-rows.ts";

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
  files: (source) => [{ name: "grants.xlsx", write: () => workbook(accessRows(source)) }],
};

function accessRows({ content }: ExportSource): WorkbookRows {
  const cells = function* () {
    for (const row of reviewRows(content)) yield REVIEW_COLUMNS.map((column) => cellText(row[column]));
  };
  return { name: "Access", columns: REVIEW_COLUMNS, rows: cells() };
}

/** What is written into a workbook. */
export interface WorkbookRows {
  /** What its sheets are called. */
  readonly name: string;
  readonly columns: readonly string[];
  readonly rows: Iterator<readonly string[]>;
  /** Lines above the header, a cell each: what has to be read first. */
  readonly before?: readonly string[];
  /** To be filled in by people: the first columns are open, all else is locked; what the first one may hold. */
  readonly form?: { readonly open: number; readonly choices: readonly string[] };
}

/** Writes a workbook, piece by piece. Where there are more rows than a sheet holds, it has several. */
export function* workbook({ name, columns, rows, before = [], form }: WorkbookRows): Generator<Uint8Array> {
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

  const names = columns.map((_, at) => columnName(at));
  const open = form?.open ?? 0;
  const top = before.length + 1;
  let next = rows.next();
  let sheets = 0;
  do {
    sheets++;
    const push = add(`xl/worksheets/sheet${sheets}.xml`);
    let text = `${XML}<worksheet xmlns="${MAIN}"><sheetViews><sheetView workbookViewId="0"><pane ySplit="${top}" topLeftCell="A${top + 1}" activePane="bottomLeft" state="frozen"/></sheetView></sheetViews><sheetData>`;
    text += before.map((line, i) => rowXml([line], names, i + 1, 0)).join("") + rowXml(columns, names, top, 0);
    let count = top;
    for (; count < MAX_SHEET_ROWS && !next.done; count++) {
      text += rowXml(next.value, names, count + 1, open);
      next = rows.next();
      if (text.length < CHUNK_LENGTH) continue;
      push(text);
      text = "";
      yield* flush();
    }
    const filter = `<autoFilter ref="A${top}:${names.at(-1)}${top}"/>`;
    push(
      `${text}</sheetData>${form === undefined ? filter : `${LOCKED}${filter}${choicesXml(form.choices, top, count)}`}</worksheet>`,
      true,
    );
    yield* flush();
  } while (!next.done);

  const numbers = Array.from({ length: sheets }, (_, at) => at + 1);
  add("[Content_Types].xml")(contentTypes(numbers, form !== undefined), true);
  add("_rels/.rels")(relations([["workbook1", "officeDocument", "xl/workbook.xml"]]), true);
  add("xl/workbook.xml")(workbookXml(numbers, name), true);
  const sheetRelations = numbers.map((n): Relation => [`rId${n}`, "worksheet", `worksheets/sheet${n}.xml`]);
  if (form !== undefined) {
    add("xl/styles.xml")(STYLES, true);
    sheetRelations.push(["styles1", "styles", "styles.xml"]);
  }
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

/** `A` to `Z`, `AA` and so on. */
function columnName(at: number): string {
  const last = String.fromCharCode(65 + (at % 26));
  return at < 26 ? last : columnName(Math.floor(at / 26) - 1) + last;
}

/** A row; its first `open` cells may be changed where the sheet is locked. */
function rowXml(cells: readonly string[], names: readonly string[], row: number, open: number): string {
  let xml = "";
  for (const [at, cell] of cells.entries()) {
    const style = at < open ? ' s="1"' : "";
    if (cell !== "") {
      xml += `<c r="${names[at]}${row}"${style} t="inlineStr"><is><t xml:space="preserve">${xmlText(cell)}</t></is></c>`;
    } else if (style !== "") xml += `<c r="${names[at]}${row}"${style}/>`;
  }
  return `<row r="${row}">${xml}</row>`;
}

/** Locked against slips; whoever reads the sheet again checks it. Rows may be sorted and filtered, columns be made wider. */
const LOCKED = '<sheetProtection sheet="1" formatColumns="0" formatRows="0" sort="0" autoFilter="0"/>';

function choicesXml(choices: readonly string[], top: number, last: number): string {
  return `<dataValidations count="1"><dataValidation type="list" allowBlank="1" showErrorMessage="1" sqref="A${top + 1}:A${Math.max(last, top + 1)}"><formula1>"${choices.join(",")}"</formula1></dataValidation></dataValidations>`;
}

/** What each format of cells says of itself: the parts that readers insist on, as openpyxl does, though they are the usual. */
const USUAL = 'fontId="0" fillId="0" borderId="0"';

/**
 * Two formats of cells: as everything is, and open where the sheet is locked, where what is typed stays text. The first two
 * fills are reserved. Source: ECMA-376, SpreadsheetML, Styles.
 */
const STYLES = [
  `${XML}<styleSheet xmlns="${MAIN}">`,
  '<fonts count="1"><font><sz val="11"/><name val="Calibri"/></font></fonts>',
  '<fills count="2"><fill><patternFill patternType="none"/></fill><fill><patternFill patternType="gray125"/></fill></fills>',
  '<borders count="1"><border><left/><right/><top/><bottom/><diagonal/></border></borders>',
  `<cellStyleXfs count="1"><xf numFmtId="0" ${USUAL}/></cellStyleXfs>`,
  `<cellXfs count="2"><xf numFmtId="0" ${USUAL} xfId="0"/>`,
  `<xf numFmtId="49" ${USUAL} xfId="0" applyNumberFormat="1" applyProtection="1"><protection locked="0"/></xf></cellXfs>`,
  '<cellStyles count="1"><cellStyle name="Normal" xfId="0" builtinId="0"/></cellStyles></styleSheet>',
].join("");

/** Text as XML can hold it: other control characters and lone surrogates cannot stand in it at all. */
function xmlText(text: string): string {
  return (
    text
      .slice(0, MAX_CELL_LENGTH)
      .toWellFormed()
      // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what XML 1.0 forbids
      .replace(/[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/g, "\ufffd")
      // Readers show `_x0041_` as the letter that it stands for. Source: ECMA-376, ST_Xstring.
      .replace(/_(?=x[0-9A-Fa-f]{4}_)/g, "_x005F_")
      .replaceAll("&", "&amp;")
      .replaceAll("<", "&lt;")
      .replaceAll(">", "&gt;")
  );
}

function contentTypes(sheets: readonly number[], styled: boolean): string {
  const overrides = sheets.map(
    (n) => `<Override PartName="/xl/worksheets/sheet${n}.xml" ContentType="${OFFICE}.worksheet+xml"/>`,
  );
  if (styled) overrides.push(`<Override PartName="/xl/styles.xml" ContentType="${OFFICE}.styles+xml"/>`);
  return `${XML}<Types xmlns="${PACKAGE}/content-types"><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Default Extension="xml" ContentType="application/xml"/><Override PartName="/xl/workbook.xml" ContentType="${OFFICE}.sheet.main+xml"/>${overrides.join("")}</Types>`;
}

function workbookXml(sheets: readonly number[], name: string): string {
  const entries = sheets.map((n) => `<sheet name="${name}${n === 1 ? "" : ` ${n}`}" sheetId="${n}" r:id="rId${n}"/>`);
  return `${XML}<workbook xmlns="${MAIN}" xmlns:r="${RELATIONS}"><sheets>${entries.join("")}</sheets></workbook>`;
}

function relations(entries: readonly Relation[]): string {
  const xml = entries.map(
    ([id, type, target]) => `<Relationship Id="${id}" Type="${RELATIONS}/${type}" Target="${target}"/>`,
  );
  return `${XML}<Relationships xmlns="${PACKAGE}/relationships">${xml.join("")}</Relationships>`;
}
