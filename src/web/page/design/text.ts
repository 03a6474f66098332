// biome-ignore lint/suspicious/noControlCharactersInRegex: those are what is looked for
const DECEIVING = /[\u0000-\u001f\u007f-\u009f\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]/g;

/** A text from elsewhere, with each character that draws nothing or turns the line round shown as one that does not belong. */
export function plainText(text: string): string {
  return text.replace(DECEIVING, "\ufffd");
}

const numbers = new Intl.NumberFormat("en-US");

/** A count, as `1,860`. */
export function count(value: number): string {
  return numbers.format(value);
}

/** A count with what is counted, as `1 group`, `1,860 groups`. */
export function counted(value: number, one: string, many = `${one}s`): string {
  return `${count(value)} ${value === 1 ? one : many}`;
}

const MINUTE = {
  day: "numeric",
  month: "short",
  year: "numeric",
  hour: "2-digit",
  minute: "2-digit",
  timeZone: "UTC",
} as const;
const minutes = new Intl.DateTimeFormat("en-GB", MINUTE);
const seconds = new Intl.DateTimeFormat("en-GB", { ...MINUTE, second: "2-digit" });
const days = new Intl.DateTimeFormat("en-GB", { day: "numeric", month: "short", year: "numeric", timeZone: "UTC" });

/** A time in UTC, as `24 Nov 2026, 13:52 UTC`; as it is where it is none. */
export function timeText(time: string): string {
  return formatted(time, minutes);
}

/** A time to the second, as `24 Nov 2026, 13:52:54 UTC`; as it is where it is none. */
export function secondText(time: string): string {
  return formatted(time, seconds);
}

function formatted(time: string, format: Intl.DateTimeFormat): string {
  const at = Date.parse(time);
  return Number.isNaN(at) ? plainText(time) : `${format.format(at)} UTC`;
}

/** A day in UTC, as `24 Nov 2026`; as it is where it is none. */
export function dayText(time: string): string {
  const at = Date.parse(time);
  return Number.isNaN(at) ? plainText(time) : days.format(at);
}

const UNITS: readonly (readonly [name: string, ms: number])[] = [
  ["day", 86_400_000],
  ["hour", 3_600_000],
  ["minute", 60_000],
];

/** A span, as `3 hours`; `less than a minute` where it is. */
export function spanText(ms: number): string {
  const unit = UNITS.find(([, size]) => ms >= size);
  return unit === undefined ? "less than a minute" : counted(Math.floor(ms / unit[1]), unit[0]);
}

/** A text of the server's with a capital letter at its beginning. */
export function capital(text: string): string {
  const plain = plainText(text.trim());
  return plain.charAt(0).toUpperCase() + plain.slice(1);
}

/** A text of the server's as a sentence: with a capital letter, and a full stop. */
export function sentence(text: string): string {
  const plain = capital(text);
  return plain === "" || /[.!?]$/.test(plain) ? plain : `${plain}.`;
}

/** `UPPER_CASE` or `camelCase` as words, as `Upper case`; what deceives is shown as by {@link plainText}. */
export function sentenceCase(name: string): string {
  const spaced = plainText(name)
    .replaceAll("_", " ")
    .replace(/([a-z\d])([A-Z])/g, "$1 $2");
  const lower = spaced.toLowerCase();
  return lower.charAt(0).toUpperCase() + lower.slice(1);
}
