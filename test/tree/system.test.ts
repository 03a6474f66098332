import { globSync, readFileSync } from "node:fs";
import { expect, it } from "vitest";

/** What differs between systems, and where this program decides it: `src/runtime/system`. */
const DECIDED_THERE: readonly (readonly [what: string, pattern: RegExp])[] = [
  ["which system it is", /\bprocess\.platform\b/],
  ["how a file takes the place of another", /import \{[^}]*\brename(?:Sync)?\b[^}]*\} from "node:fs/],
  ["the path of an address (fileURLToPath)", /new URL\([^)]*import\.meta\.url\)\.pathname/],
  ["which signals there are", /"SIG(?:TERM|HUP|BREAK)"/],
];

it("decides what differs between systems in one place", () => {
  const files = globSync("src/**/*.ts").filter(
    (file) => !file.startsWith("src/runtime/system/") && !file.startsWith("src/gen/"),
  );
  expect(files.length).toBeGreaterThan(100);
  const found = files.flatMap((file) => {
    const text = readFileSync(file, "utf8");
    return DECIDED_THERE.filter(([, pattern]) => pattern.test(text)).map(([what]) => `${file}: ${what}`);
  });
  expect(found).toEqual([]);
});
