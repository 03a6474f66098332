/**
 * Packages the program for every system, or for those that are named, under release/: an archive each with one
 * executable that needs no Node, licences, completion scripts and the manual page; a bill of materials beside each; and
 * SHA256SUMS. Made twice, it is the same to the byte.
 *
 *     npm run package -- [linux-x64 darwin-arm64 ...] [--out DIR]
 */
import { createHash } from "node:crypto";
import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join, relative, resolve } from "node:path";
import { parseArgs } from "node:util";
import { completionScript } from "../../src/cli/help/completion.ts";
import { bundle, version } from "../bundle.ts";
import { type ArchivedFile, tarGz, zip } from "./archive.ts";
import { makeExecutable } from "./executable.ts";
import { nodeInside, notices, packagesInside } from "./inside.ts";
import { manPage } from "./man.ts";
import { runtimeOf } from "./runtime.ts";
import { sbomOf } from "./sbom.ts";
import { TARGETS, type Target } from "./targets.ts";

const { values, positionals } = parseArgs({ allowPositionals: true, options: { out: { type: "string" } } });
const unknown = positionals.filter((name) => !TARGETS.some((target) => target.name === name));
if (unknown.length > 0) {
  throw new Error(`no such system: ${unknown.join(", ")}; there are ${TARGETS.map(({ name }) => name).join(", ")}`);
}
const out = resolve(values.out ?? "release");
const nodeVersion = JSON.parse(readFileSync("package.json", "utf8")).devDependencies.node as string;

const { outputFiles, metafile } = await bundle("dist");
const files = outputFiles
  .filter(({ path }) => path.endsWith(".js"))
  .map(({ path, text }) => ({ path: relative("dist", path).replaceAll("\\", "/"), text }))
  .sort((a, b) => (a.path < b.path ? -1 : 1));
const inside = packagesInside(metafile);

rmSync(out, { recursive: true, force: true });
mkdirSync(out, { recursive: true });
const sums: string[] = [];
for (const target of TARGETS.filter(({ name }) => positionals.length === 0 || positionals.includes(name))) {
  await packageFor(target);
}
write("SHA256SUMS", Buffer.from(`${sums.sort().join("\n")}\n`));

async function packageFor(target: Target): Promise<void> {
  const runtime = await runtimeOf(target, nodeVersion);
  const executable = makeExecutable(target, runtime, files, join(out, ".making"));
  const packages = [...inside, nodeInside(runtime, nodeVersion)];
  const name = `baton-okta-${version}-${target.name}`;
  const text = (path: string, content: string): ArchivedFile => ({
    path: `${name}/${path}`,
    content: Buffer.from(content),
  });
  const archived: ArchivedFile[] = [
    { path: `${name}/${target.executable}`, content: executable, executable: true },
    text("LICENSE", readFileSync("LICENSE", "utf8")),
    text("THIRD-PARTY-NOTICES.txt", notices(packages)),
    text("completions/baton-okta.bash", completionScript("bash")),
    text("completions/_baton-okta", completionScript("zsh")),
    text("completions/baton-okta.fish", completionScript("fish")),
    text("completions/baton-okta.ps1", completionScript("powershell")),
    text("man/man1/baton-okta.1", manPage(version)),
  ];
  const file = `${name}.${target.archive}`;
  write(file, target.archive === "zip" ? zip(archived) : await tarGz(archived));
  write(`${name}.cdx.json`, Buffer.from(sbomOf({ name: "baton-okta", version, file }, packages)));
  console.log(`${file}: ${(executable.length / 1e6).toFixed(0)} MB of executable`);
}

function write(name: string, content: Uint8Array): void {
  writeFileSync(join(out, name), content);
  if (name !== "SHA256SUMS") sums.push(`${createHash("sha256").update(content).digest("hex")}  ${name}`);
}
