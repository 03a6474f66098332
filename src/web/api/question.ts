import { PageError } from "../page-error.ts";
import { decodeCursor, encodeCursor, type Position } from "./cursor.ts";

/** The longest text that is looked for, in UTF-16 units. */
const MAX_Q = 200;
/** The longest id or name of a field. */
const MAX_ID = 2_000;
export const MAX_LIMIT = 200;
const DEFAULT_LIMIT = 50;

/** Parameters that do not change what is asked for, only how much of it is answered and how. */
const NOT_ASKED = new Set(["cursor", "limit", "format"]);

/**
 * What a request asks for: its parameters, read and checked. Every reader throws a `badRequest` {@link PageError} that
 * names the parameter.
 */
export class Question {
  readonly #params: URLSearchParams;
  /** What is asked for, whatever page of it. */
  readonly #asked: string;

  constructor(url: string) {
    const { pathname, searchParams } = new URL(url);
    this.#params = searchParams;
    const asked = [...searchParams].filter(([name]) => !NOT_ASKED.has(name)).sort(([a], [b]) => (a < b ? -1 : 1));
    this.#asked = JSON.stringify([pathname, asked]);
  }

  /** A text; `undefined` where it is not there or empty. */
  text(name: string, max = MAX_ID): string | undefined {
    const all = this.#params.getAll(name);
    if (all.length > 1) throw new PageError("badRequest", `${name} is there twice`);
    const [text] = all;
    if (text === undefined || text === "") return undefined;
    if (text.length > max) throw new PageError("badRequest", `${name} is longer than ${max} characters`);
    if (text.includes("\0")) throw new PageError("badRequest", `${name} holds a character that no name has`);
    return text;
  }

  /** What is looked for; `""` where nothing is. */
  q(): string {
    return this.text("q", MAX_Q) ?? "";
  }

  /** Texts with commas between them. */
  list(name: string, max: number): string[] {
    const texts = (this.text(name) ?? "").split(",").filter((text) => text !== "");
    if (texts.length > max) throw new PageError("badRequest", `${name} takes ${max} values at most`);
    return texts;
  }

  oneOf<T extends string>(name: string, choices: readonly T[]): T | undefined {
    const text = this.text(name);
    if (text === undefined) return undefined;
    const found = choices.find((choice) => choice === text);
    if (found === undefined) throw new PageError("badRequest", `${name} takes one of ${choices.join(", ")}`);
    return found;
  }

  flag(name: string): boolean {
    return this.oneOf(name, ["true", "false"]) === "true";
  }

  /** How many rows are wanted. */
  limit(fallback = DEFAULT_LIMIT): number {
    const text = this.text("limit");
    if (text === undefined) return fallback;
    const limit = /^\d{1,6}$/.test(text) ? Number(text) : 0;
    if (limit < 1 || limit > MAX_LIMIT)
      throw new PageError("badRequest", `limit takes a whole number from 1 to ${MAX_LIMIT}`);
    return limit;
  }

  /** Type and id, as `user:00u1abcd`. */
  key(name: string): { type: string; id: string } {
    const text = this.text(name);
    const colon = text?.indexOf(":") ?? -1;
    if (text === undefined || colon < 1 || colon === text.length - 1) {
      throw new PageError("badRequest", `${name} takes a type and an id, as user:00u1abcd`);
    }
    return { type: text.slice(0, colon), id: text.slice(colon + 1) };
  }

  /** Where the list goes on; `undefined` at its beginning. `types` are those of the cursor's values. */
  position(...types: readonly ("string" | "number" | "either")[]): Position | undefined {
    const cursor = this.text("cursor");
    return cursor === undefined ? undefined : decodeCursor(this.#asked, cursor, types);
  }

  /** The cursor at which this list goes on. */
  cursor(position: Position): string {
    return encodeCursor(this.#asked, position);
  }

  /** Whether the table is wanted as CSV. */
  csv(): boolean {
    return this.oneOf("format", ["json", "csv"]) === "csv";
  }
}
