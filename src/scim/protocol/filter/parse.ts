import { invalidFilter, type Token, tokensOf } from "./tokens.ts";

/** What a filter compares with. */
export type Comparison = "eq" | "ne" | "co" | "sw" | "ew" | "gt" | "ge" | "lt" | "le";
export type FilterValue = string | number | boolean | null;

/** A filter, read. Source: RFC 7644, section 3.4.2.2. */
export type Filter =
  | { readonly op: "and" | "or"; readonly parts: readonly Filter[] }
  | { readonly op: "not"; readonly part: Filter }
  | { readonly op: "pr"; readonly path: string }
  /** One value of a multi-valued attribute fulfils all of `part`. */
  | { readonly op: "some"; readonly path: string; readonly part: Filter }
  | { readonly op: Comparison; readonly path: string; readonly value: FilterValue };

const COMPARISONS = new Set(["eq", "ne", "co", "sw", "ew", "gt", "ge", "lt", "le"]);

/** How deep parentheses may be nested. */
const MAX_DEPTH = 30;

/** Reads a filter. Throws a `ScimError` with `invalidFilter`. */
export function parseFilter(text: string): Filter {
  const reader = new FilterReader(tokensOf(text));
  const filter = reader.either(0);
  reader.end();
  return filter;
}

/** Reads a filter out of a list of pieces, piece by piece. */
export class FilterReader {
  readonly #tokens: readonly Token[];
  #at = 0;

  constructor(tokens: readonly Token[]) {
    this.#tokens = tokens;
  }

  /** What binds least: one or several filters with `or` between them. */
  either(depth: number): Filter {
    return this.#joined("or", () => this.#joined("and", () => this.#one(depth)));
  }

  /** Takes a mark, if it is the next piece. */
  takes(mark: string): boolean {
    const token = this.#tokens[this.#at];
    if (token?.kind !== "mark" || token.text !== mark) return false;
    this.#at++;
    return true;
  }

  /** Takes the next piece, which has to be a word. */
  word(what: string): string {
    const token = this.#tokens[this.#at];
    if (token?.kind !== "word") throw invalidFilter(`${what} is missing`);
    this.#at++;
    return token.text;
  }

  /** Throws where something is left. */
  end(): void {
    if (this.#at < this.#tokens.length) throw invalidFilter("something follows that belongs to nothing");
  }

  get isAtEnd(): boolean {
    return this.#at >= this.#tokens.length;
  }

  #joined(op: "and" | "or", read: () => Filter): Filter {
    const parts = [read()];
    while (this.#isWord(op)) {
      this.#at++;
      parts.push(read());
    }
    return parts.length === 1 ? parts[0]! : { op, parts };
  }

  #one(depth: number): Filter {
    if (depth > MAX_DEPTH) throw invalidFilter(`it is nested deeper than ${MAX_DEPTH} levels`);
    if (this.takes("(")) return this.#until(")", depth);
    if (this.#isWord("not")) {
      this.#at++;
      if (!this.takes("(")) throw invalidFilter("not is followed by ( only");
      return { op: "not", part: this.#until(")", depth) };
    }
    const path = this.word("an attribute");
    if (this.takes("[")) return this.#some(path, depth);
    const op = this.word("an operator").toLowerCase();
    if (op === "pr") return { op, path };
    if (!COMPARISONS.has(op)) throw invalidFilter(`${JSON.stringify(op.slice(0, 20))} is no operator`);
    return { op: op as Comparison, path, value: this.#value() };
  }

  /** `emails[type eq "work"]`, and as `emails[type eq "work"].value co "x"`, what is said of the values found so. */
  #some(path: string, depth: number): Filter {
    const inner = this.#until("]", depth);
    const token = this.#tokens[this.#at];
    if (token?.kind !== "word" || !token.text.startsWith(".")) return { op: "some", path, part: inner };
    this.#at++;
    const sub = token.text.slice(1);
    const op = this.word("an operator").toLowerCase();
    const rest: Filter = op === "pr" ? { op, path: sub } : { op: op as Comparison, path: sub, value: this.#value() };
    if (op !== "pr" && !COMPARISONS.has(op)) throw invalidFilter(`${JSON.stringify(op.slice(0, 20))} is no operator`);
    return { op: "some", path, part: { op: "and", parts: [inner, rest] } };
  }

  #until(mark: string, depth: number): Filter {
    const filter = this.either(depth + 1);
    if (!this.takes(mark)) throw invalidFilter(`${mark} is missing`);
    return filter;
  }

  #value(): FilterValue {
    const token = this.#tokens[this.#at];
    if (token?.kind !== "value") throw invalidFilter("a value is missing: texts stand in double quotes");
    this.#at++;
    return token.value;
  }

  #isWord(text: string): boolean {
    const token = this.#tokens[this.#at];
    return token?.kind === "word" && token.text.toLowerCase() === text;
  }
}
