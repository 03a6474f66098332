import { COMMANDS } from "../../src/cli/commands.ts";
import { EXIT_MEANINGS } from "../../src/cli/exit.ts";
import { variableOf } from "../../src/runtime/config/config.ts";
import { buildTime } from "./archive.ts";

/** The manual page, section 1, from the program's own table of commands and flags. Source: man-pages(7). */
export function manPage(version: string): string {
  const date = buildTime.toISOString().slice(0, 10);
  const parts = [
    `.TH BATON\\-OKTA 1 ${date} "baton\\-okta ${roff(version)}" "User Commands"`,
    ".SH NAME\nbaton\\-okta \\- read an Okta org into a snapshot of who has access to what, and change access",
    ".SH SYNOPSIS",
    ...Object.values(COMMANDS).flatMap(({ usage }) => usage.map((line) => `.B baton\\-okta\n${roff(line)}\n.br`)),
    ".SH COMMANDS",
    ...Object.entries(COMMANDS).map(([name, { summary, about = [] }]) =>
      [`.SS ${roff(name)}`, roff(summary), ...about.map((text) => `.PP\n${roff(text)}`)].join("\n"),
    ),
    ".SH OPTIONS",
    "Each may also come from the environment or from a configuration file; a command takes those that its help names.",
    ...options(),
    ".SH EXIT STATUS",
    ...Object.entries(EXIT_MEANINGS).map(([code, meaning]) => `.TP\n.B ${code}\n${roff(meaning)}`),
  ];
  return `${parts.join("\n")}\n`;
}

function options(): string[] {
  const all = new Map(Object.values(COMMANDS).flatMap(({ flags }) => Object.entries(flags)));
  return [...all]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, { short, placeholder, description }]) => {
      const value = placeholder === undefined ? "" : ` \\fI${roff(placeholder)}\\fR`;
      const names = `${short === undefined ? "" : `\\fB\\-${short}\\fR, `}\\fB\\-\\-${roff(name)}\\fR${value}`;
      return `.TP\n${names}\n${roff(description)} (\\fB${roff(variableOf(name))}\\fR)`;
    });
}

/** Text that roff prints as it is: no backslash, no leading dot or quote that it obeys. */
function roff(text: string): string {
  return text
    .replaceAll("\\", "\\e")
    .replaceAll("-", "\\-")
    .replace(/^([.'])/gm, "\\&$1");
}
