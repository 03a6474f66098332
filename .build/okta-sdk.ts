// How Okta's SDK is bundled: a module of it is evaluated when it is used, not when the SDK is imported. It has a model for
// each object that Okta knows, 1,400 of them, and a change uses a dozen: a tenth of the time and of the memory.
import { readFileSync } from "node:fs";
import { readFile } from "node:fs/promises";
import type { Plugin } from "esbuild";

const GENERATED = /@okta[\\/]okta-sdk-nodejs[\\/]src[\\/]generated[\\/].*\.js$/;

/** `const Name_1 = require("./Name");` at the start of a line. */
const IMPORT = /^(?:const|var) (\w+_\d+) = require\((["'][^"']+["'])\);$/gm;

/** `"Name": Name_1.Name,`, as in the map of all models. */
const ENTRY = /^( *)(["'][^"'\n]+["']): (\w+)\.(\w+),$/gm;

/** `__exportStar(require("./Name"), exports);`, by which nobody asks the map of all models for a model. */
const EXPORT = /^__exportStar\(require\(["'][^"']+["']\), exports\);$/gm;

/** The classes of the SDK's APIs, one after the other in two files. */
const API = /^(?=class (?:Object|Observable)\w+Api \{)/m;

/** Those that the program calls. */
const called = new Set(
  [...readFileSync("src/okta/api/sdk/generated.ts", "utf8").matchAll(/\bObject(\w+Api)\b/g)].map(([, name]) => name),
);

/** Evaluates the modules of the SDK late, and leaves its transport out, as the program brings its own. */
export const lazySdk: Plugin = {
  name: "lazy-okta-sdk",
  setup(build) {
    build.onLoad({ filter: GENERATED }, async ({ path }) => {
      if (/isomorphic-fetch\.js$/.test(path)) return { contents: "", loader: "js" };
      return { contents: lazily(await readFile(path, "utf8"), path), loader: "js" };
    });
  },
};

function lazily(source: string, path: string): string {
  const modules = new Map<string, string>();
  let text = source.replace(IMPORT, (_, name: string, from: string) => {
    modules.set(name, from);
    return "";
  });
  if (/ObjectSerializer\.js$/.test(path)) {
    if (!ENTRY.test(text)) throw new Error("the SDK's map of its models is not as it was: look at build.sdk.ts");
    text = text
      .replace(EXPORT, "")
      .replace(ENTRY, (entry, indent: string, key: string, name: string, model: string) => {
        const from = modules.get(name);
        return from === undefined ? entry : `${indent}get ${key}() { return require(${from}).${model}; },`;
      });
  }
  if (/(?:ObjectParam|Observable)API\.js$/.test(path)) {
    const parts = text.split(API).filter(isCalled);
    if (parts.length !== called.size + 1) throw new Error("the SDK's APIs are not as they were: look at build.sdk.ts");
    text = parts.join("");
  }
  return text.replace(/\b(\w+_\d+)\b/g, (use, name: string) => {
    const from = modules.get(name);
    return from === undefined ? use : `(require(${from}))`;
  });
}

/** Whether a part of such a file is a class that the program calls, or none at all. */
function isCalled(part: string): boolean {
  const name = /^class (?:Object|Observable)(\w+Api) /.exec(part)?.[1];
  return name === undefined || called.has(name);
}
