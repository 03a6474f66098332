import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import { build } from "esbuild";
import { lazySdk } from "./okta-sdk.ts";
import { pageInside } from "./page.ts";

/** The program's version. */
export const { version } = JSON.parse(readFileSync("package.json", "utf8")) as { version: string };

// Their ES modules ask for gRPC with a `require` that no bundler sees, and would get another copy of it, or none.
const EXPORTERS = ["otlp-grpc-exporter-base", "exporter-trace-otlp-grpc", "exporter-logs-otlp-grpc"];

/**
 * Bundles the program with all packages that it uses, as files for `folder` that are not written yet, and says which
 * source went into them.
 */
export function bundle(folder: string) {
  return build({
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
    plugins: [lazySdk, pageInside],
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
    metafile: true,
  });
}
