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
  const details = Object.entries(fields).map(([name, value]) => `${paint(90, `${name}=`)}${shown(value)}`);
  return `${[paint(90, clock), paint(known.code, known.text), clean(String(msg ?? "")), ...details].join(" ")}\n`;
}

function shown(value: unknown): string {
  const text = typeof value === "string" ? value : JSON.stringify(value);
  return typeof value === "string" && (/[\s"=]/.test(text) || text === "") ? JSON.stringify(text) : clean(text);
}

/** Takes out what a terminal would obey: names in an org are other people's text. */
function clean(text: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: these are the characters to be taken out
  return text.replace(/[\u0000-\u001f\u007f-\u009f]/g, " ");
}
