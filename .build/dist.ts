/** Builds dist/, or the folder that is named: main.js and the chunks that its commands load. */
import {
  chmodSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { dirname, join, resolve } from "node:path";
import { bundle, version } from "./bundle.ts";

const folder = process.argv[2] ?? "dist";
const { outputFiles, warnings } = await bundle(folder);

// Files are replaced one by one and only where they differ, so that a program that runs from dist/ meanwhile goes on.
for (const { path, contents } of outputFiles) {
  if (existsSync(path) && readFileSync(path).equals(contents)) continue;
  mkdirSync(dirname(path), { recursive: true });
  const written = `${path}.${process.pid}`;
  writeFileSync(written, contents);
  renameSync(written, path);
}
chmodSync(join(folder, "main.js"), 0o755);

const current = new Set(outputFiles.map(({ path }) => path));
for (const name of readdirSync(folder, { recursive: true, encoding: "utf8" })) {
  const path = resolve(join(folder, name));
  // What another build is just writing ends in its process id.
  if (/\.(js|txt)$/.test(name) && !current.has(path)) rmSync(path, { force: true });
}

const total = (outputFiles.reduce((sum, { contents }) => sum + contents.length, 0) / 1e6).toFixed(1);
console.log(`${folder}/main.js, version ${version}: ${outputFiles.length} files, ${total} MB`);
if (warnings.length > 0) process.exitCode = 1;
