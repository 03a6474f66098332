import { availableParallelism } from "node:os";
import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    include: ["test/**/*.test.ts"],
    globalSetup: ["./test/build.ts"],
    testTimeout: 30_000,
    hookTimeout: 30_000,
    pool: "forks",
    // By default one core is left alone, which on a machine of two is half of it.
    maxWorkers: Math.max(2, availableParallelism() - 1),
    reporters: ["default", "./test/slowest.ts"],
  },
});
