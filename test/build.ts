import { spawnSync } from "node:child_process";

/** Builds the program once before the tests, so that those in `e2e/` start what is shipped. */
export default function setup(): void {
  const built = spawnSync(process.execPath, ["build.config.ts"], { encoding: "utf8" });
  if (built.status !== 0) throw new Error(`the build failed:\n${built.stdout}${built.stderr}`);
}
