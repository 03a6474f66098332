import { writeFileSync } from "node:fs";

/** Preloaded into a measured program: on exit it writes what the whole process used, all threads included. */
process.on("exit", () => {
  const target = process.env.BENCH_USAGE_FILE;
  if (target === undefined) return;
  const { userCPUTime, systemCPUTime, maxRSS } = process.resourceUsage();
  writeFileSync(target, JSON.stringify({ user: userCPUTime / 1e6, sys: systemCPUTime / 1e6, rss: maxRSS / 1024 }));
});
