import type { DatabaseSync } from "node:sqlite";
import { fold } from "./fold.ts";

/** Conditions on the columns of a table: a row fits where one of the values of each is in it. Without values: any row. */
export interface Wanted {
  /** Columns with `|` between them, and the values that one of them is to have. */
  readonly [columns: string]: readonly string[];
}

/** More words than this are not looked for. */
const MAX_WORDS = 8;
/** How many counts are remembered. */
const MAX_COUNTS = 500;

/**
 * Rows in the order of their `place`, the most important first, with the text that words are looked for in apart: it is read
 * whole for a word that is nowhere, which takes a fraction of the time where little else lies between.
 */
export class PlacedRows {
  readonly #db: DatabaseSync;
  readonly #table: string;
  readonly #counts = new Map<string, number>();

  /** `db` holds a table of this name, and another `<table>_text` (see {@link placedText}). */
  constructor(db: DatabaseSync, table: string) {
    this.#db = db;
    this.#table = table;
  }

  /** Rows from a place on. */
  list(wanted: Wanted, q: string, after: number, limit: number): Record<string, unknown>[] {
    const { from, where, values } = this.#query(wanted, q);
    const place = q === "" ? "found.place" : "word.place";
    const rows = this.#db
      .prepare(`SELECT found.* FROM ${from} WHERE ${where} AND ${place} > ? ORDER BY ${place} LIMIT ?`)
      .all(...values, after, limit);
    // All were seen: they need not be counted by reading everything once more.
    if (after === 0 && rows.length < limit) this.#remember(wanted, q, rows.length);
    return rows;
  }

  /** How many there are. What was counted for one page holds for the others: nothing is ever changed. */
  count(wanted: Wanted, q: string): number {
    const known = this.#counts.get(JSON.stringify([wanted, q]));
    if (known !== undefined) return known;
    const { from, where, values } = this.#query(wanted, q);
    return this.#remember(
      wanted,
      q,
      Number(this.#db.prepare(`SELECT count(*) AS n FROM ${from} WHERE ${where}`).get(...values)?.n),
    );
  }

  #remember(wanted: Wanted, q: string, count: number): number {
    if (this.#counts.size >= MAX_COUNTS) this.#counts.clear();
    this.#counts.set(JSON.stringify([wanted, q]), count);
    return count;
  }

  #query(wanted: Wanted, q: string): { from: string; where: string; values: string[] } {
    const words = fold(q)
      .split(" ")
      .filter((word) => word !== "")
      .slice(0, MAX_WORDS);
    const given = Object.entries(wanted).filter(([, values]) => values.length > 0);
    const parts = [
      ...words.map(() => "instr(word.text, ?) > 0"),
      ...given.map(([columns, values]) => {
        const marks = values.map(() => "?").join(", ");
        return `(${columns
          .split("|")
          .map((column) => `found.${column} IN (${marks})`)
          .join(" OR ")})`;
      }),
    ];
    return {
      from:
        q === ""
          ? `${this.#table} AS found`
          : `${this.#table}_text AS word CROSS JOIN ${this.#table} AS found ON found.place = word.place`,
      where: parts.join(" AND ") || "1",
      values: [...words, ...given.flatMap(([columns, values]) => columns.split("|").flatMap(() => values))],
    };
  }
}

/** The table of the texts in which words are looked for in a table's rows. */
export function placedText(table: string): string {
  return `CREATE TABLE ${table}_text (place INTEGER PRIMARY KEY, text TEXT NOT NULL);`;
}
