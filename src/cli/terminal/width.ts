import { eastAsianWidth } from "get-east-asian-width";

/** Characters that take one column each, so that most texts need no closer look. */
const NARROW = /^[\u0020-\u007e\u00a1-\u02ff\u2010-\u2027]*$/;

/** What is put on the character before it, or is not seen at all. */
const NO_WIDTH = /^[\p{Mn}\p{Me}\p{Cf}\p{Cc}]$/u;

// Made when a text asks for it: it takes milliseconds, which `--help` does not have.
let segmenter: Intl.Segmenter | undefined;

/** What is seen as one character each, as an emoji of several. */
function* graphemes(text: string): Generator<string> {
  segmenter ??= new Intl.Segmenter();
  for (const { segment } of segmenter.segment(text)) yield segment;
}

/** How many columns of a terminal a text takes: a wide character, as `山` or an emoji, takes two. */
export function displayWidth(text: string): number {
  if (NARROW.test(text)) return text.length;
  let columns = 0;
  // Composed: the parts of a Korean syllable take no more room than the syllable.
  for (const grapheme of graphemes(text.normalize("NFC"))) columns += graphemeWidth(grapheme);
  return columns;
}

function graphemeWidth(grapheme: string): number {
  if (/^\p{RGI_Emoji}$/v.test(grapheme)) return 2;
  let columns = 0;
  for (const character of grapheme) {
    if (!NO_WIDTH.test(character)) columns += eastAsianWidth(character.codePointAt(0)!);
  }
  return columns;
}

/** The text with spaces after it, up to so many columns. */
export function padEnd(text: string, columns: number): string {
  return text + " ".repeat(Math.max(0, columns - displayWidth(text)));
}

/** The text with spaces before it, up to so many columns. */
export function padStart(text: string, columns: number): string {
  return " ".repeat(Math.max(0, columns - displayWidth(text))) + text;
}

/** The text, or its beginning with `…` where it takes more than so many columns. What is seen as one stays whole. */
export function truncate(text: string, columns: number): string {
  if (displayWidth(text) <= columns) return text;
  const mark = columns > 1 ? "…" : "";
  let kept = "";
  let used = mark.length;
  for (const grapheme of graphemes(text)) {
    used += displayWidth(grapheme);
    if (used > columns) break;
    kept += grapheme;
  }
  return kept + mark;
}
