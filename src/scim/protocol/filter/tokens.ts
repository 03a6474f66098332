import { ScimError } from "../error.ts";

/** One piece of a filter. */
export type Token =
  | { readonly kind: "word"; readonly text: string }
  | { readonly kind: "value"; readonly value: string | number | boolean | null }
  | { readonly kind: "mark"; readonly text: "(" | ")" | "[" | "]" };

/** The longest filter or path that is read. */
const MAX_FILTER = 4_000;

/** One piece at a place: a JSON string, a mark, or a word. None of them can match in more than one way. */
const PIECE = /\s*(?:("(?:[^"\\]|\\.)*")|([()[\]])|([^\s"()[\]]+))/suy;

const NUMBER = /^-?\d+(\.\d+)?([eE][-+]?\d+)?$/;

/** Takes a filter or a path apart. Throws a {@link ScimError} where that cannot be done. */
export function tokensOf(text: string): Token[] {
  if (text.length > MAX_FILTER) throw invalidFilter(`it is longer than ${MAX_FILTER} characters`);
  if (/\0|\\u0000/i.test(text)) throw invalidFilter("it holds a NUL character");
  const tokens: Token[] = [];
  PIECE.lastIndex = 0;
  let at = 0;
  while (text.slice(at).trim() !== "") {
    PIECE.lastIndex = at;
    const found = PIECE.exec(text);
    if (found === null) throw invalidFilter("a text has no end");
    at = PIECE.lastIndex;
    const [, quoted, mark, word] = found;
    if (quoted !== undefined) tokens.push({ kind: "value", value: textOf(quoted) });
    else if (mark !== undefined) tokens.push({ kind: "mark", text: mark as "(" });
    else tokens.push(wordOf(word!));
  }
  return tokens;
}

/** A filter that cannot be read. */
export function invalidFilter(why: string): ScimError {
  return new ScimError(400, `the filter cannot be read: ${why}`, "invalidFilter");
}

function textOf(quoted: string): string {
  try {
    return (JSON.parse(quoted) as string).toWellFormed();
  } catch {
    throw invalidFilter("a text is not as JSON writes it");
  }
}

function wordOf(word: string): Token {
  const lower = word.toLowerCase();
  if (lower === "true" || lower === "false") return { kind: "value", value: lower === "true" };
  if (lower === "null") return { kind: "value", value: null };
  if (NUMBER.test(word)) return { kind: "value", value: Number(word) };
  return { kind: "word", text: word };
}
