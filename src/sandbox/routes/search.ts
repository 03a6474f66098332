import { badSearch } from "../org/errors.ts";

/** Reads the value at a dotted path of the object under test. */
export type Lookup = (path: string) => unknown;

/** A compiled `search` or `filter` expression. */
export type Predicate = (lookup: Lookup) => boolean;

/** What an endpoint's expressions may say. */
export interface Dialect {
  /** The operators that an attribute takes; `undefined` for an attribute that is not supported. */
  readonly operators: (attribute: string) => readonly string[] | undefined;
  /** Whether texts are compared with regard to case (`filter`) or not (`search`). */
  readonly caseSensitive: boolean;
}

type Token = { kind: "word" | "text" | "number" | "open" | "close"; value: string };
type Literal = string | number | boolean;

const ORDERED = new Set(["gt", "ge", "lt", "le"]);
const MAX_LENGTH = 4096;
const MAX_DEPTH = 32;

/** Compiles an expression; throws Okta's `E0000031` where it is malformed or says what the dialect does not. */
export function compile(expression: string, dialect: Dialect): Predicate {
  if (expression.length > MAX_LENGTH) throw badSearch("The expression is too long.");
  const parser = new Parser(tokens(expression), dialect);
  const predicate = parser.either(0);
  parser.end();
  return predicate;
}

function tokens(expression: string): Token[] {
  const found: Token[] = [];
  const pattern = /\s*(?:(\()|(\))|("(?:[^"\\]|\\.)*")|(-?\d+(?:\.\d+)?)(?![\w.])|([A-Za-z_][\w.-]*))/y;
  let at = 0;
  while (at < expression.length) {
    pattern.lastIndex = at;
    const match = pattern.exec(expression);
    if (match === null) {
      if (expression.slice(at).trim() === "") break;
      throw badSearch();
    }
    at = pattern.lastIndex;
    if (match[1] !== undefined) found.push({ kind: "open", value: "(" });
    else if (match[2] !== undefined) found.push({ kind: "close", value: ")" });
    else if (match[3] !== undefined) found.push({ kind: "text", value: unquote(match[3]) });
    else if (match[4] !== undefined) found.push({ kind: "number", value: match[4] });
    else found.push({ kind: "word", value: match[5]! });
  }
  return found;
}

function unquote(quoted: string): string {
  try {
    return JSON.parse(quoted) as string;
  } catch {
    throw badSearch();
  }
}

class Parser {
  readonly #tokens: readonly Token[];
  readonly #dialect: Dialect;
  #at = 0;

  constructor(list: readonly Token[], dialect: Dialect) {
    this.#tokens = list;
    this.#dialect = dialect;
  }

  end(): void {
    if (this.#at < this.#tokens.length) throw badSearch();
  }

  either(depth: number): Predicate {
    if (depth > MAX_DEPTH) throw badSearch("The expression is too deep.");
    let left = this.#both(depth);
    while (this.#word("or")) {
      const [a, b] = [left, this.#both(depth)];
      left = (lookup) => a(lookup) || b(lookup);
    }
    return left;
  }

  #both(depth: number): Predicate {
    let left = this.#one(depth);
    while (this.#word("and")) {
      const [a, b] = [left, this.#one(depth)];
      left = (lookup) => a(lookup) && b(lookup);
    }
    return left;
  }

  #one(depth: number): Predicate {
    const token = this.#next();
    if (token.kind === "open") {
      const inner = this.either(depth + 1);
      if (this.#next().kind !== "close") throw badSearch();
      return inner;
    }
    if (token.kind !== "word") throw badSearch();
    const path = token.value;
    const operator = this.#next();
    const name = operator.value.toLowerCase();
    if (operator.kind !== "word" || !this.#dialect.operators(path)?.includes(name)) throw badSearch();
    if (name === "pr") return (lookup) => present(lookup(path));
    const literal = this.#literal();
    if (ORDERED.has(name) && typeof literal === "boolean") throw badSearch();
    const test = comparison(name, literal, this.#dialect.caseSensitive);
    return (lookup) => {
      const value = lookup(path);
      return Array.isArray(value) ? value.some(test) : test(value);
    };
  }

  #literal(): Literal {
    const token = this.#next();
    if (token.kind === "text") return token.value;
    if (token.kind === "number") return Number(token.value);
    if (token.kind === "word" && token.value === "true") return true;
    if (token.kind === "word" && token.value === "false") return false;
    throw badSearch();
  }

  #word(word: string): boolean {
    const token = this.#tokens[this.#at];
    if (token?.kind !== "word" || token.value.toLowerCase() !== word) return false;
    this.#at++;
    return true;
  }

  #next(): Token {
    const token = this.#tokens[this.#at++];
    if (token === undefined) throw badSearch();
    return token;
  }
}

function present(value: unknown): boolean {
  return value !== undefined && value !== null && value !== "" && !(Array.isArray(value) && value.length === 0);
}

function comparison(operator: string, literal: Literal, caseSensitive: boolean): (value: unknown) => boolean {
  if (typeof literal !== "string") {
    return (value) => typeof value === typeof literal && holds(operator, compare(value as Literal, literal));
  }
  const fold = (text: string) => (caseSensitive ? text : text.toLowerCase());
  const wanted = fold(literal);
  const instant = timestamp(literal);
  return (value) => {
    if (typeof value !== "string") return false;
    if (operator === "sw") return fold(value).startsWith(wanted);
    if (operator === "co") return fold(value).includes(wanted);
    const own = instant === undefined ? undefined : timestamp(value);
    if (own !== undefined) return holds(operator, own - instant!);
    return holds(operator, compare(fold(value), wanted));
  };
}

function timestamp(text: string): number | undefined {
  if (!/^\d{4}-\d\d-\d\d(T\d\d:\d\d|$)/.test(text)) return undefined;
  const time = Date.parse(text);
  return Number.isNaN(time) ? undefined : time;
}

function compare(a: Literal, b: Literal): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

function holds(operator: string, order: number): boolean {
  switch (operator) {
    case "eq":
      return order === 0;
    case "ne":
      return order !== 0;
    case "gt":
      return order > 0;
    case "ge":
      return order >= 0;
    case "lt":
      return order < 0;
    default:
      return order <= 0;
  }
}

/** The value at a dotted path of a plain object; on a list, the values of its items. */
export function lookupIn(object: unknown): Lookup {
  return (path) => {
    let at: unknown = object;
    for (const step of path.split(".")) {
      if (Array.isArray(at)) at = at.map((item) => (item as Record<string, unknown> | null)?.[step]);
      else if (typeof at === "object" && at !== null) at = (at as Record<string, unknown>)[step];
      else return undefined;
    }
    return at;
  };
}
