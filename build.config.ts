// Builds dist/: main.js and the chunks that its commands load.
import { chmodSync, readFileSync, rmSync } from "node:fs";
import { build } from "esbuild";

const { version } = JSON.parse(readFileSync("package.json", "utf8"));

rmSync("dist", { recursive: true, force: true });
const { metafile, warnings } = await build({
  entryPoints: ["src/main.ts"],
  outdir: "dist",
  chunkNames: "chunks/[name]-[hash]",
  bundle: true,
  splitting: true,
  platform: "node",
  format: "esm",
  target: "node26",
  // Error names and the like are read by people; white space is not.
  minifySyntax: true,
  minifyWhitespace: true,
  legalComments: "external",
  sourcemap: false,
  metafile: true,
  define: { BATON_OKTA_VERSION: JSON.stringify(version) },
  // CommonJS libraries ask for Node's own modules with `require`, which ES modules do not have.
  banner: {
    js: 'import{createRequire as __createRequire}from"node:module";const require=__createRequire(import.meta.url);',
  },
  logLevel: "warning",
});
if (warnings.length > 0) process.exitCode = 1;
chmodSync("dist/main.js", 0o755);

const sizes = Object.values(metafile.outputs).map(({ bytes }) => bytes);
const total = (sizes.reduce((sum, size) => sum + size, 0) / 1e6).toFixed(1);
console.log(`dist/main.js, version ${version}: ${sizes.length} files, ${total} MB`);
