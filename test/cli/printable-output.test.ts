import { expect, it } from "vitest";
import type { Output } from "../../src/cli/terminal/output.ts";
import { printableOutput } from "../../src/cli/terminal/printable-output.ts";
import { consoleLine } from "../../src/runtime/log/console.ts";
import { printable, printableLines } from "../../src/runtime/printable-text.ts";
import { HOSTILE_TEXT, rawIn } from "../hostile/text.ts";

function through(errColor: boolean) {
  let printed = "";
  const take = (text: string) => {
    printed += text;
  };
  const stream = async (parts: Iterable<string>) => {
    for (const part of parts) take(part);
  };
  const output = printableOutput({ out: take, err: take, stream, errColor } as unknown as Output);
  return { output, printed: () => printed };
}

it("lets no raw text through, whichever way it takes", async () => {
  const { output, printed } = through(false);
  output.out(HOSTILE_TEXT);
  output.err(HOSTILE_TEXT);
  await output.stream([HOSTILE_TEXT, "\u001b[32m"]);
  expect(rawIn(printed())).toEqual([]);
});

it("keeps line breaks, tabs, and letters of all scripts", () => {
  const { output, printed } = through(false);
  const text = "a\tb\nc\r\nd é ñ 日本 עברית العربية 👩 ﬁ \u00a0\n";
  output.out(text);
  expect(printed()).toBe(text);
  expect(printable(text.trim())).toBe(text.trim().replaceAll(/[\t\n\r]/g, " "));
});

it("keeps the program's own colours where there are any, and nobody else's", () => {
  const line = { level: "warn", time: "2026-01-02T03:04:05.678Z", msg: HOSTILE_TEXT, [HOSTILE_TEXT]: HOSTILE_TEXT };
  const { output, printed } = through(true);
  output.err(consoleLine(line, true));
  expect(printed()).toContain("\u001b[33mwarn \u001b[0m");
  const rest = ["90", "33", "0"].reduce((text, code) => text.replaceAll(`\u001b[${code}m`, ""), printed());
  expect(rawIn(rest)).toEqual([]);
  const plain = through(false);
  plain.output.err("\u001b[33mwarn\u001b[0m");
  expect(rawIn(plain.printed())).toEqual([]);
});

it("leaves JSON what it was", () => {
  const value = { [HOSTILE_TEXT]: [HOSTILE_TEXT, "\r\n\t"] };
  const text = printableLines(JSON.stringify(value, undefined, 2));
  expect(rawIn(text)).toEqual([]);
  expect(JSON.parse(text)).toEqual(value);
});
