import type { Reporter, TestModule } from "vitest/node";

const SHOWN = 8;

/** Ends a run with its slowest files, so that a test that grew costly is seen by whoever made it so. */
export default class Slowest implements Reporter {
  onTestRunEnd(modules: readonly TestModule[]): void {
    const timed = modules
      .map((module) => ({ file: module.relativeModuleId, ms: module.diagnostic().duration }))
      .sort((a, b) => b.ms - a.ms)
      .slice(0, SHOWN);
    console.log("\nSlowest files:");
    for (const { file, ms } of timed) console.log(`${(ms / 1000).toFixed(1).padStart(7)} s  ${file}`);
  }
}
