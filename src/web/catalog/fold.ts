/**
 * A text as it is looked for: without accents, in lower case, with single blanks. Whoever types `jose` means José too.
 */
export function fold(text: string): string {
  return text
    .normalize("NFKD")
    .replace(/\p{M}+/gu, "")
    .toLowerCase()
    .replace(/\s+/g, " ")
    .trim();
}
