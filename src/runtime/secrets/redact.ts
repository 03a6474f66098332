import type { Secret } from "./secret.ts";

const REDACTED = "[redacted]";

/** So many characters of a secret in a row are too many to be shown; of a short one half of it. */
const MAX_SHOWN = 7;
const MIN_TELLING = 5;

/** A character of a text, however it is written there, and where it stands. */
interface Written {
  readonly character: string;
  readonly start: number;
  readonly end: number;
}

/**
 * A text that came from elsewhere, without the secrets that it may quote: whole or cut off, in any case, and with
 * characters written as in URLs (`%2F`), HTML (`&amp;`, `&#47;`) or JSON (`\u002f`).
 */
export function redact(text: string, secrets: Iterable<Secret | string | undefined>): string {
  let redacted = text;
  for (const secret of secrets) {
    const value = typeof secret === "object" ? secret.reveal() : secret;
    if (value !== undefined && value !== "") redacted = without(redacted, value);
  }
  return redacted;
}

function without(text: string, secret: string): string {
  const exact = text.replaceAll(secret, REDACTED);
  const size = telling(secret.length);
  const lower = secret.toLowerCase();
  if (PLAIN.test(exact) && !sharesPiece(exact.toLowerCase(), lower, size)) return exact;
  const pieces = new Set<string>();
  for (let i = 0; i + size <= lower.length; i++) pieces.add(lower.slice(i, i + size));
  const written = charactersOf(exact);
  const plain = written.map(({ character }) => character).join("");
  let redacted = "";
  let at = 0;
  for (let i = 0; i + size <= plain.length; i++) {
    if (!pieces.has(plain.slice(i, i + size))) continue;
    let end = i + size;
    while (end < plain.length && pieces.has(plain.slice(end - size + 1, end + 1))) end++;
    redacted += exact.slice(at, written[i]!.start) + REDACTED;
    at = written[end - 1]!.end;
    i = end - 1;
  }
  return redacted + exact.slice(at);
}

/** A text whose characters can only be meant as they are written, short enough to be looked through piece by piece. */
const PLAIN = /^[ !"#$'-[\]-~]{0,100}$/;

/** Whether so many characters in a row of one text are found in the other. */
function sharesPiece(text: string, other: string, size: number): boolean {
  for (let i = 0; i + size <= text.length; i++) if (other.includes(text.slice(i, i + size))) return true;
  return false;
}

/** How many characters in a row are a piece of a secret of so many. */
function telling(length: number): number {
  return Math.min(length, Math.max(MIN_TELLING, Math.min(MAX_SHOWN + 1, Math.ceil(length / 2))));
}

const ENTITIES: Readonly<Record<string, string>> = { amp: "&", lt: "<", gt: ">", quot: '"', apos: "'" };
const WRITTEN =
  /%(?:25)*([0-9a-f]{2})|&#(\d{1,6});|&#x([0-9a-f]{1,5});|&(amp|lt|gt|quot|apos);|\\u([0-9a-f]{4})|\\(["\\/])/giy;

/** The characters of a text in lower case, one unit of UTF-16 each. */
function charactersOf(text: string): Written[] {
  const characters: Written[] = [];
  for (let start = 0; start < text.length; ) {
    WRITTEN.lastIndex = start;
    const found = WRITTEN.exec(text);
    const end = found === null ? start + 1 : WRITTEN.lastIndex;
    const character = found === null ? text[start]! : meant(found);
    // A letter that is two in lower case would move all that follow.
    const lower = character.toLowerCase();
    characters.push({ character: lower.length === 1 ? lower : character[0]!, start, end });
    start = end;
  }
  return characters;
}

function meant([all, url, decimal, hex, entity, unicode, escaped]: RegExpExecArray): string {
  if (entity !== undefined) return ENTITIES[entity.toLowerCase()]!;
  if (escaped !== undefined) return escaped;
  const code = decimal === undefined ? Number.parseInt(url ?? hex ?? unicode ?? "", 16) : Number(decimal);
  return code <= 0xffff ? String.fromCharCode(code) : all[0]!;
}
