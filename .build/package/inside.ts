import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { Metafile } from "esbuild";

/** A package whose code is in the bundle. */
export interface InsidePackage {
  readonly name: string;
  readonly version: string;
  /** An SPDX expression, as the package states it; empty where it states none. */
  readonly license: string;
  /** The text of its licence and notice files. */
  readonly notice: string;
}

const NOTICE = /^(licen[cs]e|copying|notice)([-.].*)?$/i;

/** The packages whose code a bundle holds, by name and version. */
export function packagesInside({ inputs }: Metafile): InsidePackage[] {
  const folders = new Set<string>();
  for (const path of Object.keys(inputs)) {
    const found = /^(.*node_modules\/(?:@[^/]+\/)?[^/]+)\//.exec(path);
    if (found) folders.add(found[1]!);
  }
  const packages = [...folders].map((folder) => {
    const { name, version, license } = JSON.parse(readFileSync(join(folder, "package.json"), "utf8"));
    const files = readdirSync(folder).filter((file) => NOTICE.test(file));
    const notice = files.map((file) => readFileSync(join(folder, file), "utf8").trim()).join("\n\n");
    return { name, version, license: typeof license === "string" ? license : (license?.type ?? ""), notice };
  });
  // One version may lie in several folders.
  const byId = new Map(packages.map((one) => [`${one.name}@${one.version}`, one]));
  return [...byId].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, one]) => one);
}

/** Node as a package inside, from the folder of its npm package. */
export function nodeInside(runtime: string, version: string): InsidePackage {
  const file = join(runtime, "LICENSE");
  return { name: "node", version, license: "MIT", notice: existsSync(file) ? readFileSync(file, "utf8").trim() : "" };
}

/** The licences of what is inside, as one text. */
export function notices(packages: readonly InsidePackage[]): string {
  const parts = packages.map(({ name, version, license, notice }) => {
    const stated = license === "" ? "no licence stated" : license;
    return `${"=".repeat(100)}\n${name} ${version} (${stated})\n\n${notice === "" ? "It comes without a licence text." : notice}\n`;
  });
  return `This program holds code of the packages below, each under its own licence.\n\n${parts.join("\n")}`;
}
