/**
 * Characters that a terminal obeys or that change how the text around them is shown: controls (C0, DEL, C1), format
 * characters (bidi marks, embeddings and isolates, zero-width characters, tags: Unicode's category Cf), the line and
 * paragraph separators, and letters without a shape. The text of an org, of a file or of a command line may hold any.
 */
const UNPRINTABLE = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\u115f\u1160\u17b4\u17b5\u2800\u3164\uffa0]|\u034f/u;
const EACH_UNPRINTABLE = new RegExp(UNPRINTABLE, "gu");

/** What stands for nothing but space within a line. */
const EACH_CONTROL = /[\p{Cc}\p{Zl}\p{Zp}]/gu;

/** What text of several lines keeps: line feeds (after a carriage return too) and tabs. */
const KEPT = /^(?:\r\n|\n|\t)$/;
const EACH_IN_LINES = new RegExp(`\\r\\n|${UNPRINTABLE.source}`, "gu");

/** A text as part of one line for people: a control or line break is a blank, what else is unprintable reads `\u202e`. */
export function printable(text: string): string {
  return UNPRINTABLE.test(text) ? text.replace(EACH_CONTROL, " ").replace(EACH_UNPRINTABLE, escaped) : text;
}

/**
 * Text of several lines, or JSON, that can be printed: each unprintable character reads `\u202e`, which within JSON is the
 * same text as before. Line breaks and tabs stay.
 */
export function printableLines(text: string): string {
  return text.replace(EACH_IN_LINES, (found) => (KEPT.test(found) ? found : escaped(found)));
}

function escaped(character: string): string {
  let text = "";
  for (let i = 0; i < character.length; i++) {
    text += `\\u${character.charCodeAt(i).toString(16).padStart(4, "0")}`;
  }
  return text;
}
