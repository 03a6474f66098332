import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { RISKS } from "../../src/okta/risks/risks.ts";

const page = readFileSync("docs/findings.md", "utf8");

test("the page on findings says of every rule what the code says", () => {
  const rows = page.split("\n").filter((line) => /^\| `[a-z-]+` \|/.test(line));
  const wanted = RISKS.map(
    ({ id, severity, title, sources, needs }) =>
      `| \`${id}\` | ${severity} | ${title} | ${sources.join(", ")} | ${needs} |`,
  );
  expect(rows).toEqual(wanted);
});

test("no two rules have one id", () => {
  expect(new Set(RISKS.map(({ id }) => id)).size).toBe(RISKS.length);
});
