/**
 * Signs that a spreadsheet runs a cell for that begins with one: `=`, `+`, `-` and `@`, in every width, as some read
 * full-width forms (U+FF1D) as the plain ones. Source: OWASP, CSV Injection.
 */
const SIGNS = "=+\\-@\\u2212\\u207a-\\u207c\\u208a-\\u208c\\ufe62\\ufe63\\ufe66\\ufe6b\\uff0b\\uff0d\\uff1d\\uff20";

/** What may end a cell, for readers that separate by something else than commas or take no account of quotes. */
const SEPARATORS = "[;|\\p{Cc}\\p{Zl}\\p{Zp}]";

/** A sign where a cell may begin; blanks, quotes and what is not shown do not keep a reader from it. */
const FORMULA = new RegExp(`(^|${SEPARATORS})([\\s"\\p{Cf}]*)(?=[${SIGNS}])`, "gu");

/**
 * A text as one cell of CSV (RFC 4180). People choose their own names: where a spreadsheet might begin to run one as a
 * formula, a `'` stands before the sign.
 */
export function csvCell(text: string): string {
  const safe = text.replace(FORMULA, "$1$2'").replace(/^(?=[\t\r\n])/, "'");
  return /[",;|\t\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}
