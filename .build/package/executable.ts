import { execFileSync } from "node:child_process";
import { chmodSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { signAdHoc } from "./mach-o.ts";
import type { Target } from "./targets.ts";

/** A file of the bundle, by its path within dist. */
export interface BundledFile {
  readonly path: string;
  readonly text: string;
}

/**
 * What the executable runs first. The bundle's modules are assets of the executable; they are loaded when they are asked
 * for, as they are from dist/, under addresses that no file has. Source: Node.js, Single executable applications;
 * node:module, customization hooks.
 */
const MAIN = `
const { getAsset } = require("node:sea");
const { createRequire, registerHooks } = require("node:module");
const base = process.platform === "win32" ? "file:///C:/baton-okta/" : "file:///baton-okta/";
registerHooks({
  resolve(specifier, context, next) {
    const url = /^[.]{1,2}[/]/.test(specifier) ? new URL(specifier, context.parentURL).href : specifier;
    return url.startsWith(base) ? { url, format: "module", shortCircuit: true } : next(specifier, context);
  },
  load(url, context, next) {
    if (!url.startsWith(base)) return next(url, context);
    return { format: "module", source: getAsset(url.slice(base.length), "utf8"), shortCircuit: true };
  },
});
createRequire(base + "start.cjs")(base + "start.mjs");
`;

/** Only a module that is loaded like any other may import more of them. */
const START = 'import("./main.js");';

/** Puts the bundle into Node for a target, and gives the executable's bytes. `folder` is for what that takes. */
export function makeExecutable(target: Target, runtime: string, files: readonly BundledFile[], folder: string): Buffer {
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  const assets: Record<string, string> = {};
  for (const [at, { path, text }] of [...files, { path: "start.mjs", text: START }].entries()) {
    const file = join(folder, `${at}.asset`);
    writeFileSync(file, text);
    assets[path] = file;
  }
  const main = join(folder, "main.cjs");
  const output = join(folder, target.executable);
  const config = join(folder, "sea.json");
  writeFileSync(main, MAIN);
  writeFileSync(
    config,
    JSON.stringify({
      main,
      output,
      executable: join(runtime, target.node),
      disableExperimentalSEAWarning: true,
      useSnapshot: false,
      useCodeCache: false,
      // A variable of the environment must not make the program another one.
      execArgvExtension: "none",
      assets,
    }),
  );
  execFileSync(process.execPath, ["--build-sea", config], { stdio: ["ignore", "ignore", "inherit"] });
  chmodSync(output, 0o755);
  const bytes = readFileSync(output);
  rmSync(folder, { recursive: true });
  // What Node's makers signed was Node: a Mac runs nothing on arm64 whose signature does not fit.
  return target.name.startsWith("darwin") ? signAdHoc(bytes, "baton-okta") : bytes;
}
