import { printable } from "../../runtime/printable-text.ts";
import { displayWidth, padEnd, padStart } from "./width.ts";

/** A row of two columns: a name, and what it means. */
export type Row = readonly [left: string, right: string];

/** The width that text for people is laid out in: the terminal's, within reason. */
export function textWidth(columns: number | undefined): number {
  return Math.min(Math.max(columns ?? 100, 40), 110);
}

/** Breaks text at spaces so that no line takes more than `width` columns; a word that is wider stands alone. */
export function wrap(text: string, width: number): string[] {
  const lines: string[] = [];
  let line = "";
  let used = 0;
  for (const word of text.split(/\s+/)) {
    const columns = displayWidth(word);
    if (line !== "" && used + 1 + columns > width) {
      lines.push(line);
      line = word;
      used = columns;
    } else {
      used += line === "" ? columns : 1 + columns;
      line = line === "" ? word : `${line} ${word}`;
    }
  }
  return line === "" ? lines : [...lines, line];
}

/** Lays rows out in two columns, indented by two. Where the terminal is narrow, the meaning stands below the name. */
export function twoColumns(rows: readonly Row[], width: number): string {
  const left = Math.min(Math.max(0, ...rows.map(([name]) => displayWidth(name))), 34);
  const stacked = width - left - 4 < 30;
  const at = stacked ? 6 : left + 4;
  const lines: string[] = [];
  for (const [name, meaning] of rows) {
    const wrapped = wrap(meaning, Math.max(20, width - at));
    const first = stacked || displayWidth(name) > left ? undefined : wrapped.shift();
    lines.push(`  ${first === undefined ? name : `${padEnd(name, left)}  ${first}`}`);
    for (const line of wrapped) lines.push(" ".repeat(at) + line);
  }
  return lines.map((line) => `${line.trimEnd()}\n`).join("");
}

/** A cell of a table; numbers stand to the right. */
export type Cell = string | number;

/** A table: columns as wide as they need to be, two spaces apart, indented by two. */
export function table(header: readonly string[] | undefined, rows: readonly (readonly Cell[])[]): string {
  const all = header === undefined ? rows : [header, ...rows];
  const shown = all.map((row) => row.map((cell) => (typeof cell === "number" ? count(cell) : printable(cell))));
  const widths: number[] = [];
  for (const row of shown) {
    for (const [i, cell] of row.entries()) widths[i] = Math.max(widths[i] ?? 0, displayWidth(cell));
  }
  const right = (i: number) => rows.length > 0 && rows.every((row) => typeof row[i] === "number");
  return shown
    .map((row) => {
      const cells = row.map((cell, i) => (right(i) ? padStart(cell, widths[i]!) : padEnd(cell, widths[i]!)));
      return `  ${cells.join("  ").trimEnd()}\n`;
    })
    .join("");
}

/** A whole number with its thousands set apart. */
export function count(value: number): string {
  return value.toLocaleString("en-US", { maximumFractionDigits: 0 });
}

/** A number of things, as `1 user` or `1,204 users`. */
export function pluralize(value: number, one: string, many = `${one}s`): string {
  return `${count(value)} ${value === 1 ? one : many}`;
}

/** A length of time for people, as `850 ms`, `12 s` or `3 min 20 s`. */
export function duration(ms: number): string {
  if (ms < 1000) return `${Math.round(ms)} ms`;
  const seconds = Math.round(ms / 1000);
  if (seconds < 60) return ms < 10_000 ? `${(ms / 1000).toFixed(1)} s` : `${seconds} s`;
  const minutes = Math.floor(seconds / 60);
  if (minutes < 60) return `${minutes} min ${seconds % 60} s`;
  return `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}

/** A number of bytes for people, as `1.4 MB` (powers of ten). */
export function bytes(value: number): string {
  const units = ["B", "kB", "MB", "GB", "TB"];
  let size = value;
  let unit = 0;
  while (size >= 999.5 && unit < units.length - 1) {
    size /= 1000;
    unit += 1;
  }
  return `${unit === 0 || size >= 99.5 ? Math.round(size) : size.toFixed(1)} ${units[unit]}`;
}
