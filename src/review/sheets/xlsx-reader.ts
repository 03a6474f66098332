import { Unzip, UnzipInflate } from "fflate";
import { Parser } from "saxen";
import { Failure } from "../../runtime/failure.ts";

/** Bounds of a workbook that is read: of the file, of what it unpacks to, of its parts, rows and columns. */
const MAX_FILE_BYTES = 100_000_000;
const MAX_UNPACKED_BYTES = 600_000_000;
const MAX_PARTS = 500;
const MAX_ROWS = 1_048_576;
const MAX_COLUMNS = 100;
const MAX_CELL_LENGTH = 32_767;

/** A cell as it stands in a workbook: what it shows, and whether a formula stands in it. */
export interface SheetCell {
  readonly text: string;
  readonly isFormula: boolean;
}

/** The rows of one worksheet, in order; cells that are not there are empty. */
export type SheetRows = readonly (readonly SheetCell[])[];

/**
 * Reads the worksheets of a workbook. Throws a {@link Failure} of kind `usage` for what is no workbook, is larger than
 * allowed when it is unpacked, or declares entities. Source: ECMA-376, Office Open XML.
 */
export function readWorkbook(data: Uint8Array, maxUnpackedBytes = MAX_UNPACKED_BYTES): SheetRows[] {
  const sheets: SheetCell[][][] = [];
  const take = (sheet: number, cells: SheetCell[]) => {
    const rows = sheets[sheet];
    if (rows === undefined) sheets[sheet] = [cells];
    else rows.push(cells);
  };
  const count = eachRow(data, take, maxUnpackedBytes);
  return Array.from({ length: count }, (_, sheet) => sheets[sheet] ?? []);
}

/** Reads the rows of a workbook one by one, as {@link readWorkbook} does; gives the number of its worksheets. */
export function eachRow(
  data: Uint8Array,
  take: (sheet: number, cells: SheetCell[]) => void,
  maxUnpackedBytes = MAX_UNPACKED_BYTES,
): number {
  const parts = unpacked(data, maxUnpackedBytes);
  const shared = parts.get("xl/sharedStrings.xml");
  const strings = shared === undefined ? [] : sharedStrings(text(shared));
  const sheets = [...parts.keys()].filter((name) => /^xl\/worksheets\/[^/]+\.xml$/.test(name)).sort(byNumber);
  if (sheets.length === 0) throw unreadable("it holds no worksheet");
  sheets.forEach((name, sheet) => {
    const chunks = parts.get(name)!;
    parts.delete(name);
    rowsOf(text(chunks), strings, (cells) => take(sheet, cells));
  });
  return sheets.length;
}

function byNumber(a: string, b: string): number {
  return a.length - b.length || (a < b ? -1 : 1);
}

/** The parts that are needed. What they unpack to is counted as it comes: nothing that a file says of itself is believed. */
function unpacked(data: Uint8Array, maxUnpackedBytes: number): Map<string, Uint8Array[]> {
  if (data.length > MAX_FILE_BYTES) throw unreadable("it is larger than a sheet of decisions can be");
  if (data[0] !== 0x50 || data[1] !== 0x4b) throw unreadable("it is no workbook (.xlsx)");
  const parts = new Map<string, Uint8Array[]>();
  let bytes = 0;
  let count = 0;
  const unzip = new Unzip((file) => {
    if (++count > MAX_PARTS) throw unreadable("it holds too many parts");
    if (!/^xl\/(sharedStrings|worksheets\/[^/]+)\.xml$/.test(file.name)) return;
    if (parts.has(file.name)) throw unreadable(`it holds ${file.name} twice`);
    const chunks: Uint8Array[] = [];
    parts.set(file.name, chunks);
    file.ondata = (error, chunk) => {
      if (error !== null) throw unreadable(error.message);
      bytes += chunk.length;
      if (bytes > maxUnpackedBytes) throw unreadable("it unpacks to more than a sheet of decisions can be");
      chunks.push(chunk.slice());
    };
    file.start();
  });
  unzip.register(UnzipInflate);
  try {
    // In pieces, so that a small file that unpacks to a large one is stopped on the way.
    const step = 65_536;
    for (let at = 0; at < data.length; at += step) unzip.push(data.subarray(at, at + step), at + step >= data.length);
  } catch (error) {
    throw error instanceof Failure ? error : unreadable((error as Error).message);
  }
  return parts;
}

function text(chunks: readonly Uint8Array[]): string {
  const xml = Buffer.concat(chunks).toString("utf8");
  // Nothing that writes workbooks declares entities; who does means to blow one up.
  if (xml.includes("<!DOCTYPE") || xml.includes("<!ENTITY")) throw unreadable("it declares entities");
  return xml;
}

function parse(xml: string, parser: Parser): void {
  parser.on("error", (error) => {
    throw unreadable(error.message);
  });
  parser.on("warn", () => {});
  parser.parse(xml);
}

/** Names without the prefix that some writers give them. */
function local(name: string): string {
  return name.slice(name.indexOf(":") + 1);
}

function sharedStrings(xml: string): string[] {
  const strings: string[] = [];
  let current: string | undefined;
  let inText = false;
  let isPhonetic = false;
  const parser = new Parser();
  parser.on("openTag", (name, _attributes, _decode, selfClosing) => {
    const tag = local(name);
    if (tag === "si") current = "";
    if (tag === "rPh") isPhonetic = true;
    inText = tag === "t" && !isPhonetic && !selfClosing;
  });
  const add = (piece: string) => {
    if (inText && current !== undefined) current = bounded(current + piece);
  };
  parser.on("text", (piece, decode) => add(decode(piece)));
  parser.on("cdata", add);
  parser.on("closeTag", (name) => {
    const tag = local(name);
    if (tag === "t") inText = false;
    if (tag === "rPh") isPhonetic = false;
    if (tag === "si") {
      strings.push(current ?? "");
      current = undefined;
    }
  });
  parse(xml, parser);
  return strings;
}

function rowsOf(xml: string, strings: readonly string[], take: (cells: SheetCell[]) => void): void {
  let rows = 0;
  let row: SheetCell[] = [];
  let at = 0;
  let type = "";
  let value = "";
  let isFormula = false;
  let inValue = false;
  const parser = new Parser();
  const cellEnds = () => {
    const shown =
      type === "s" ? (strings[Number(value)] ?? "") : type === "b" ? (value === "1" ? "TRUE" : "FALSE") : value;
    // Whoever formats whole rows leaves cells in them that hold nothing.
    if (at >= MAX_COLUMNS && shown !== "") throw unreadable("it holds too many columns");
    if (at < MAX_COLUMNS) {
      while (row.length < at) row.push({ text: "", isFormula: false });
      row[at] = { text: unescaped(shown), isFormula };
    }
    at++;
  };
  const rowEnds = () => {
    take(row);
    if (++rows > MAX_ROWS) throw unreadable("it holds too many rows");
  };
  parser.on("openTag", (name, attributes, _decode, selfClosing) => {
    const tag = local(name);
    if (tag === "row") {
      row = [];
      at = 0;
    } else if (tag === "c") {
      const { r, t = "" } = attributes();
      at = r === undefined ? at : columnOf(r);
      type = t;
      value = "";
      isFormula = false;
    } else if (tag === "f") isFormula = true;
    inValue = (tag === "v" || tag === "t") && !selfClosing;
  });
  const add = (piece: string) => {
    if (inValue) value = bounded(value + piece);
  };
  parser.on("text", (piece, decode) => add(decode(piece)));
  parser.on("cdata", add);
  parser.on("closeTag", (name) => {
    const tag = local(name);
    if (tag === "v" || tag === "t") inValue = false;
    if (tag === "c") cellEnds();
    if (tag === "row") rowEnds();
  });
  parse(xml, parser);
}

/** The number of a cell's column, from 0: `AB12` is 27. */
function columnOf(reference: string): number {
  const letters = /^([A-Z]{1,3})[0-9]{1,7}$/.exec(reference)?.[1];
  if (letters === undefined) throw unreadable("a cell is not where it could be");
  return [...letters].reduce((sum, letter) => sum * 26 + letter.charCodeAt(0) - 64, 0) - 1;
}

/** What is not to be shown as it is, as `_x000D_`. Source: ECMA-376, ST_Xstring. */
function unescaped(text: string): string {
  return text.replace(/_x([0-9A-Fa-f]{4})_/g, (_, code) => String.fromCharCode(Number.parseInt(code, 16)));
}

function bounded(text: string): string {
  if (text.length > MAX_CELL_LENGTH) throw unreadable("a cell holds more than a cell can hold");
  return text;
}

function unreadable(why: string): Failure {
  return new Failure({
    kind: "usage",
    message: `the workbook cannot be read: ${why}`,
    advice: "give the sheet that was written, filled in",
  });
}
