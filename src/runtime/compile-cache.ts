import { mkdirSync, statSync } from "node:fs";
import { enableCompileCache, getCompileCacheDir } from "node:module";
import { cacheFolder } from "./system/folders.ts";
import { HOST } from "./system/system.ts";

/** Put in its place by the build; absent when the program runs from its sources. */
declare const BATON_OKTA_VERSION: string;

/**
 * Keeps the compiled code of what is imported from here on for the next start, in the user's own cache folder
 * ({@link cacheFolder}): whoever can write there can have the program run anything,
 * so that no folder of anybody else's is taken. Where there is none, code is compiled at each start. Does nothing where
 * the program runs from its sources, and leaves a cache that `NODE_COMPILE_CACHE` asks for as it is.
 */
export function keepCompiled(env: NodeJS.ProcessEnv = process.env): void {
  if (typeof BATON_OKTA_VERSION !== "string" || getCompileCacheDir() !== undefined) return;
  try {
    const folder = cacheFolder({ ...HOST, env });
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    const { uid, mode } = statSync(folder);
    if (uid !== (process.getuid?.() ?? uid) || (mode & 0o022) !== 0) return;
    enableCompileCache(folder);
  } catch {
    // It is only slower so.
  }
}
