// The page in the browser, built: from src/web/page to the few files that the server sends.
import { readFileSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { build, type Metafile, type Plugin } from "esbuild";
import type { Asset, PageAssets } from "../src/web/asset.ts";

const ROOT = resolve(dirname(fileURLToPath(import.meta.url)), "..");
const PAGE = join(ROOT, "src/web/page");

/** The first browsers that know `light-dark()`, by which each colour is written once for both themes. */
const TARGET = ["chrome123", "edge123", "firefox120", "safari17.5"];

/** What every file of the page is sent as. */
const TYPES: Readonly<Record<string, string>> = {
  js: "text/javascript; charset=utf-8",
  css: "text/css; charset=utf-8",
  svg: "image/svg+xml",
};

/** Builds the page in memory, and says which sources went into it. */
export async function buildPage(): Promise<{ assets: PageAssets; metafile: Metafile }> {
  const { outputFiles, metafile } = await build({
    absWorkingDir: ROOT,
    entryPoints: {
      page: join(PAGE, "main.tsx"),
      theme: join(PAGE, "theme/remembered.ts"),
      icon: join(PAGE, "icon.svg"),
    },
    outdir: join(ROOT, "assets"),
    entryNames: "[name]-[hash]",
    bundle: true,
    minify: true,
    format: "esm",
    platform: "browser",
    target: TARGET,
    jsx: "automatic",
    jsxImportSource: "preact",
    loader: { ".svg": "copy" },
    legalComments: "none",
    logLevel: "warning",
    write: false,
    metafile: true,
  });
  const files: Record<string, Asset> = {};
  const paths: Record<string, string> = {};
  for (const { path, text } of outputFiles) {
    const name = path.split(/[\\/]/).at(-1)!;
    const [, stem, ending] = /^(\w+)-\w+\.(\w+)$/.exec(name)!;
    files[`/assets/${name}`] = { type: TYPES[ending!]!, text };
    paths[`${stem}.${ending}`] = `/assets/${name}`;
  }
  const html = readFileSync(join(PAGE, "index.html"), "utf8").replace(/\{\{([\w.]+)\}\}/g, (_, name: string) => {
    const path = paths[name];
    if (path === undefined) throw new Error(`src/web/page/index.html names ${name}, which is not built`);
    return path;
  });
  return { assets: { html: { type: "text/html; charset=utf-8", text: html }, files }, metafile };
}

/** Builds the style of the page on which reviewers decide: it has colours and controls from the large page. */
export async function buildReviewStyle(): Promise<Asset> {
  const { outputFiles } = await build({
    absWorkingDir: ROOT,
    entryPoints: [join(ROOT, "src/web/reviews/review.css")],
    bundle: true,
    minify: true,
    target: TARGET,
    logLevel: "warning",
    write: false,
  });
  return { type: TYPES.css!, text: outputFiles[0]!.text };
}

/** Puts the finished page where the program would build it, and the packages inside it among those of the program. */
export const pageInside: Plugin = {
  name: "page-inside",
  setup(bundle) {
    let metafile: Metafile | undefined;
    bundle.onLoad({ filter: /[\\/]src[\\/]web[\\/]assets\.ts$/ }, async () => {
      const page = await buildPage();
      metafile = page.metafile;
      const contents = [
        `const assets = ${JSON.stringify(page.assets)};`,
        `const style = ${JSON.stringify(await buildReviewStyle())};`,
        "export const pageAssets = async () => assets;",
        "export const reviewStyle = async () => style;",
      ].join("\n");
      return { contents, loader: "js" };
    });
    bundle.onEnd((result) => {
      if (metafile && result.metafile) Object.assign(result.metafile.inputs, metafile.inputs);
    });
  },
};
