/** Text that commands a terminal or hides what it says: what a stranger may plant in a name, an error or a file. */
export const HOSTILE_TEXT = [
  "\u001b[31m\u001b[2J", // colours, and a cleared screen
  "\u001b]0;title\u0007", // the window's title (OSC)
  "\u001b]8;;http://evil.example\u001b\\link\u001b]8;;\u001b\\", // a link under other words
  "\u009b31m\u009d0;c1\u009c", // the same as C1 controls
  "\u202egnp.exe\u202c", // read from right to left
  "\u2066\u2067\u2069\u200f\u061c", // isolates and marks
  "zero\u200b\u200d\ufeff\u2060\u00adwidth",
  "line\u2028separator\u2029paragraph\u0085next",
  "tag\u{e0041}\u{e007f}",
  "\b\b\b\u007f\u3164",
].join("|");

const RAW = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\u3164]/gu;

/** The characters of what a program printed that a terminal would obey or not show, as `U+009B`; its line breaks are none. */
export function rawIn(printed: string): string[] {
  const found = printed.replaceAll("\r\n", "\n").match(RAW) ?? [];
  const codes = found
    .filter((c) => c !== "\n")
    .map((c) => c.codePointAt(0)!.toString(16).toUpperCase().padStart(4, "0"));
  return [...new Set(codes)].map((code) => `U+${code}`);
}

/** Keys whose values people choose, in Okta's objects. */
const CHOSEN =
  /^(firstName|lastName|displayName|name|label|description|department|companyName|hostname|nickName|title)$/;

/** A JSON value with hostile text at the end of every text that people choose. */
export function withHostileText(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withHostileText);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, inner]) => [
      key,
      typeof inner === "string" && CHOSEN.test(key) ? `${inner} ${HOSTILE_TEXT}` : withHostileText(inner),
    ]),
  );
}
