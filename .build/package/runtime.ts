import { execFile } from "node:child_process";
import { existsSync, mkdirSync, renameSync, rmSync } from "node:fs";
import { join, resolve } from "node:path";
import { promisify } from "node:util";
import { extract } from "./archive.ts";
import type { Target } from "./targets.ts";

/** What is kept of earlier runs, as each runtime is 50 MB. */
const CACHE = "node_modules/.cache/baton-okta-runtimes";

/** Node for a target, unpacked: the folder of the npm package. Fetched by npm, which checks it against the registry. */
export async function runtimeOf(target: Target, version: string): Promise<string> {
  const folder = resolve(CACHE, `${target.runtime}-${version}`);
  if (existsSync(join(folder, "package", target.node))) return join(folder, "package");
  const unpacking = `${folder}.${process.pid}`;
  rmSync(unpacking, { recursive: true, force: true });
  mkdirSync(unpacking, { recursive: true });
  const npm = process.platform === "win32" ? "npm.cmd" : "npm";
  const run = promisify(execFile);
  const { stdout } = await run(npm, ["pack", `${target.runtime}@${version}`, "--silent"], { cwd: unpacking });
  await extract(join(unpacking, stdout.trim().split("\n").at(-1)!), unpacking);
  rmSync(folder, { recursive: true, force: true });
  renameSync(unpacking, folder);
  return join(folder, "package");
}
