import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { join } from "node:path";
import type { TestProject } from "vitest/node";

declare module "vitest" {
  interface ProvidedContext {
    /** The built program. */
    readonly program: string;
  }
}

/**
 * Builds the program once before the tests, so that those in `e2e/` start what is shipped. Each run has a build of its
 * own: two runs side by side must not change each other's program. It lies inside the project, as the program loads
 * packages from there.
 */
export default function setup(project: TestProject): () => void {
  const folder = mkdtempSync(join(project.config.root, "node_modules", ".test-program-"));
  const built = spawnSync(process.execPath, [".build/dist.ts", folder], { encoding: "utf8" });
  if (built.status !== 0) throw new Error(`the build failed:\n${built.stdout}${built.stderr}`);
  project.provide("program", join(folder, "main.js"));
  return () => rmSync(folder, { recursive: true, force: true });
}
