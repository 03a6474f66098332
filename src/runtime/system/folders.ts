import { posix, win32 } from "node:path";
import { HOST, isWindows, type System } from "./system.ts";

/** The names of the configuration file, in the order in which they are looked for. */
const CONFIG_NAMES = [".baton.yaml", ".baton.yml"] as const;

/** What this program's folders are called. */
const NAME = "baton-okta";

/**
 * Where a configuration file is looked for, first to last: in the current folder, and on Windows also in
 * `%PROGRAMDATA%\baton-okta`, as a Windows service starts in a folder of the system's. There the file may be called
 * `baton.yaml` as well.
 */
export function configFiles({ platform, env }: System = HOST): readonly string[] {
  const shared = isWindows({ platform }) && env.PROGRAMDATA ? win32.join(env.PROGRAMDATA, NAME) : undefined;
  if (shared === undefined) return CONFIG_NAMES;
  return [...CONFIG_NAMES, ...["baton.yaml", "baton.yml", ...CONFIG_NAMES].map((name) => win32.join(shared, name))];
}

/**
 * The folder for what can be made again: `$XDG_CACHE_HOME/baton-okta`, else `~/.cache/baton-okta`; on Windows
 * `%LOCALAPPDATA%\baton-okta\cache`. It need not exist.
 */
export function cacheFolder({ platform, env, home }: System = HOST): string {
  if (isWindows({ platform })) {
    return win32.join(env.LOCALAPPDATA || win32.join(home, "AppData", "Local"), NAME, "cache");
  }
  return posix.join(env.XDG_CACHE_HOME || posix.join(home, ".cache"), NAME);
}
