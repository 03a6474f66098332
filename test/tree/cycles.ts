import { globSync, readFileSync } from "node:fs";
import { dirname, join, relative } from "node:path";

/** What a file names in its imports and exports from elsewhere, types included; imports that are made later too. */
const SPECIFIER = /(?:\bfrom\s*|\bimport\s*\(\s*|^\s*import\s+)["']([^"']+)["']/gm;

/** The files that each file under `root` imports from there, types included; paths are relative to `root`. */
export function importsUnder(root: string): Map<string, string[]> {
  const files = globSync("**/*.{ts,tsx}", { cwd: root }).filter((file) => !file.startsWith("gen/"));
  const known = new Set(files);
  return new Map(
    files.map((file) => {
      const code = readFileSync(join(root, file), "utf8").replace(/^\s*(\/\/|\*|\/\*\*).*$/gm, "");
      const targets = [...code.matchAll(SPECIFIER)]
        .map(([, to]) => to!)
        .filter((to) => to.startsWith("."))
        .map((to) => relative(".", join(dirname(file), to)));
      return [file, [...new Set(targets)].filter((to) => known.has(to))];
    }),
  );
}

/** The imports between the folders of one folder (`""`: the root), by the files of {@link importsUnder}; files in it do not count. */
export function importsBetweenRooms(
  files: ReadonlyMap<string, readonly string[]>,
  folder: string,
): Map<string, string[]> {
  const start = folder === "" ? "" : `${folder}/`;
  const roomOf = (file: string) => {
    const inside = file.startsWith(start) ? file.slice(start.length) : "";
    return inside.includes("/") ? inside.slice(0, inside.indexOf("/")) : undefined;
  };
  const rooms = new Map<string, string[]>();
  for (const [file, targets] of files) {
    const from = roomOf(file);
    if (from === undefined) continue;
    const known = rooms.get(from) ?? [];
    for (const to of targets.map(roomOf)) if (to !== undefined && to !== from && !known.includes(to)) known.push(to);
    rooms.set(from, known);
  }
  return rooms;
}

/** The groups of files that import one another, each sorted: none where there is no cycle. By Tarjan's algorithm. */
export function cyclesIn(graph: ReadonlyMap<string, readonly string[]>): string[][] {
  const cycles: string[][] = [];
  const index = new Map<string, number>();
  const low = new Map<string, number>();
  const stack: string[] = [];
  function visit(file: string): number {
    const order = index.size;
    index.set(file, order);
    low.set(file, order);
    stack.push(file);
    for (const to of graph.get(file) ?? []) {
      if (!index.has(to)) low.set(file, Math.min(low.get(file)!, visit(to)));
      else if (stack.includes(to)) low.set(file, Math.min(low.get(file)!, index.get(to)!));
    }
    if (low.get(file) === order) {
      const group = stack.splice(stack.indexOf(file));
      if (group.length > 1 || graph.get(file)?.includes(file)) cycles.push(group.sort());
    }
    return low.get(file)!;
  }
  for (const file of graph.keys()) if (!index.has(file)) visit(file);
  return cycles;
}
