import { printable, printableLines } from "../printable-text.ts";

const LEVELS: Record<string, { text: string; code: number }> = {
  debug: { text: "debug", code: 90 },
  info: { text: "info ", code: 32 },
  warn: { text: "warn ", code: 33 },
  error: { text: "error", code: 31 },
};

/** A log line for people: time, level, message, then the fields as `name=value`. */
export function consoleLine(line: Record<string, unknown>, color: boolean): string {
  const { level, time, msg, ...fields } = line;
  const known = LEVELS[String(level)] ?? { text: String(level), code: 0 };
  const paint = (code: number, text: string) => (color && text !== "" ? `\u001b[${code}m${text}\u001b[0m` : text);
  const clock = String(time).slice(11, 19);
  const details = Object.entries(fields).map(([name, value]) => `${paint(90, `${printable(name)}=`)}${shown(value)}`);
  return `${[paint(90, clock), paint(known.code, known.text), printable(String(msg ?? "")), ...details].join(" ")}\n`;
}

function shown(value: unknown): string {
  if (typeof value !== "string") return printableLines(JSON.stringify(value) ?? "");
  return /[\s"=]/.test(value) || value === "" ? printableLines(JSON.stringify(value)) : printable(value);
}
