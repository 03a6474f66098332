import { printableLines } from "../../runtime/printable-text.ts";
import type { Output } from "./output.ts";

/** The colours and weights that this program's own lines begin and end with. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are made of the escape character
const OWN_STYLES = /\u001b\[(?:0|1|2|31|32|33|90)m/g;

/**
 * An output through which nothing passes that a terminal would obey or that hides text, whoever wrote it: a name in an
 * org, a file, an argument, an error's text. What lays text out in lines makes each piece {@link printable} by itself;
 * this is behind all of them. Where standard error has colours, the program's own stay.
 */
export function printableOutput(output: Output): Output {
  const styled = output.errColor ? stylesKept : printableLines;
  return {
    ...output,
    out: (text) => output.out(printableLines(text)),
    stream: (parts) => output.stream(each(parts)),
    err: (text) => output.err(styled(text)),
  };
}

function stylesKept(text: string): string {
  const styles = text.match(OWN_STYLES) ?? [];
  return text
    .split(OWN_STYLES)
    .map((part, i) => printableLines(part) + (styles[i] ?? ""))
    .join("");
}

function* each(parts: Iterable<string>): Generator<string> {
  for (const part of parts) yield printableLines(part);
}
