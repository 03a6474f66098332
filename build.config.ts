// Builds dist/, or the folder that is named: main.js and the chunks that its commands load.
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
import { build } from "esbuild";
import { lazySdk } from "./build.sdk.ts";

const folder = process.argv[2] ?? "dist";
const { version } = JSON.parse(readFileSync("package.json", "utf8"));

// Their ES modules ask for gRPC with a `require` that no bundler sees, and would get another copy of it, or none.
const EXPORTERS = ["otlp-grpc-exporter-base", "exporter-trace-otlp-grpc", "exporter-logs-otlp-grpc"];

const { outputFiles, warnings } = await build({
  entryPoints: ["src/main.ts"],
  outdir: folder,
  chunkNames: "chunks/[name]-[hash]",
  bundle: true,
  splitting: true,
  platform: "node",
  format: "esm",
  target: "node26",
  alias: Object.fromEntries(
    EXPORTERS.map((name) => {
      const exporter = `@opentelemetry/${name}`;
      return [exporter, resolve("node_modules", exporter, "dist/index.cjs")];
    }),
  ),
  plugins: [lazySdk],
  // Names stay, as stacks and error names are read by people; white space goes.
  minifySyntax: true,
  minifyWhitespace: true,
  legalComments: "external",
  define: { BATON_OKTA_VERSION: JSON.stringify(version) },
  // CommonJS libraries ask for Node's own modules with `require`, which ES modules do not have.
  banner: {
    js: 'import{createRequire as __createRequire}from"node:module";const require=__createRequire(import.meta.url);',
  },
  logLevel: "warning",
  write: false,
});

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
