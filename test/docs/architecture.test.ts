import { existsSync, readdirSync, readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";

const page = readFileSync("docs/architecture.md", "utf8");

/** The paths of the tree that the page draws, by its indentation: two spaces a level. */
function drawnPaths(text: string): string[] {
  const tree = /```\n(proto\/[\s\S]*?)```/.exec(text)![1]!;
  const above: string[] = [];
  return tree
    .split("\n")
    .filter((line) => line.trim() !== "")
    .map((line) => {
      const [, indent, name] = /^( *)(\S+)/.exec(line)!;
      const level = indent!.length / 2;
      above.length = level;
      above[level] = name!;
      return above.join("").replace(/\/$/, "");
    });
}

/** The folders of the source down to the rooms within a room, as the page is to draw them. */
const rooms = readdirSync("src", { recursive: true, withFileTypes: true })
  .filter((entry) => entry.isDirectory())
  .map(({ parentPath, name }) => `${parentPath}/${name}`)
  .filter((path) => path.split("/").length <= 3 && !path.startsWith("src/gen/"));

/** Where a path that the page names may begin: it leaves out what its section is about. */
const ROOTS = ["", "src/", "src/baton/", "src/okta/", "src/okta/api/limits/"];

/** Folders that are made, not kept. */
const MADE = ["dist/"];

/** The paths that a text names between backticks. */
function namedPaths(text: string): string[] {
  return [...text.matchAll(/`([\w.-]+(?:\/[\w.-]+)*\/?)`/g)]
    .map(([, path]) => path!)
    .filter((path) => /\/|\.(ts|json|md|yaml)$/.test(path) && !MADE.includes(path));
}

const isThere = (path: string) => ROOTS.some((root) => existsSync(root + path));

describe("the page on architecture", () => {
  it("draws only what is there", () => {
    expect(drawnPaths(page)).toContain("src/okta/api");
    expect(drawnPaths(page).filter((path) => !existsSync(path))).toEqual([]);
  });

  it("draws every room of the source", () => {
    const drawn = drawnPaths(page);
    const missing = rooms.filter((path) => !drawn.includes(path));
    expect(missing, "a line for each in docs/architecture.md, The rooms").toEqual([]);
  });

  it("names only files and folders that are there", () => {
    expect(namedPaths(page)).toContain("test/tree/imports.test.ts");
    expect(namedPaths(page).filter((path) => !isThere(path))).toEqual([]);
  });

  it("would not pass with a path that is not there", () => {
    expect(drawnPaths("```\nproto/   a\nsrc/\n  okta/  b\n    nowhere/  c\n```").at(-1)).toBe("src/okta/nowhere");
    expect(namedPaths("`okta/nowhere.ts`, `README.md` and `Okta`").map(isThere)).toEqual([false, true]);
  });
});
