import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { describe, expect, it } from "vitest";
import { cyclesIn, importsBetweenRooms, importsUnder } from "./cycles.ts";

/** The cycles among files with this code, by path. */
function cyclesOf(files: Record<string, string>): string[][] {
  const root = mkdtempSync(join(tmpdir(), "cycles-"));
  try {
    for (const [path, code] of Object.entries(files)) {
      mkdirSync(dirname(join(root, path)), { recursive: true });
      writeFileSync(join(root, path), code);
    }
    return cyclesIn(importsUnder(root));
  } finally {
    rmSync(root, { recursive: true });
  }
}

describe("files that import one another", () => {
  it("there are none, types included", () => {
    const graph = importsUnder("src");
    expect(graph.size).toBeGreaterThan(300);
    expect(cyclesIn(graph)).toEqual([]);
  });

  it.each([
    ["values", 'import { b } from "./b.ts";', 'export { a } from "../room/a.ts";'],
    ["types only", 'import type { B } from "./b.ts";', 'import type { A } from "./a.ts";'],
    ["types over lines", 'import {\n  type B,\n  type C,\n} from "./b.ts";', 'export type { A } from "./a.ts";'],
    ["types in place", 'type B = import("./b.ts").B;', 'import "./a.ts";'],
    ["values that are loaded later", 'const b = await import("./b.ts");', 'import { a } from "./a.ts";'],
  ])("are found where they import %s", (_, a, b) => {
    expect(cyclesOf({ "room/a.ts": a, "room/b.ts": b, "main.ts": 'import "./room/a.ts";' })).toEqual([
      ["room/a.ts", "room/b.ts"],
    ]);
  });

  it("are found over several files, and nothing is where imports only go down", () => {
    const [a, b, c] = ["b", "c", "a"].map((to) => `import type { X } from "./${to}.ts";`);
    expect(cyclesOf({ "a.ts": a!, "b.ts": b!, "c.ts": c! })).toEqual([["a.ts", "b.ts", "c.ts"]]);
    expect(cyclesOf({ "a.ts": `${a}\nimport "./c.ts";`, "b.ts": b!, "c.ts": '// from "./a.ts"' })).toEqual([]);
  });
});

/**
 * Folders whose rooms know one another, as what they are about does: a group's rules know users, a user's roles groups;
 * a command opens what another one runs.
 */
const KNOW_ONE_ANOTHER = ["baton/sync", "cli", "okta", "review", "web"];

describe("rooms that import one another", () => {
  const graph = importsUnder("src");
  const folders = new Set([""]);
  for (const file of graph.keys()) {
    for (let end = file.indexOf("/"); end > 0; end = file.indexOf("/", end + 1)) folders.add(file.slice(0, end));
  }

  it("are only those that are known", () => {
    expect(folders.size).toBeGreaterThan(50);
    const found = [...folders].filter((folder) => cyclesIn(importsBetweenRooms(graph, folder)).length > 0);
    expect(found.sort()).toEqual(KNOW_ONE_ANOTHER);
  });

  it.each([
    ["at the top", "runtime/clock.ts", "baton/model/ids.ts", "", ["baton", "runtime"]],
    ["within a room", "baton/snapshot/reader.ts", "baton/access/graph.ts", "baton", ["access", "snapshot"]],
    ["in the sandbox", "sandbox/org/org.ts", "sandbox/http/paging.ts", "sandbox", ["http", "org"]],
  ])("are found %s", (_, from, to, folder, circle) => {
    const planted = new Map(graph).set(from, [...graph.get(from)!, to]);
    expect(cyclesIn(importsBetweenRooms(planted, folder))[0]).toEqual(expect.arrayContaining(circle));
  });
});
