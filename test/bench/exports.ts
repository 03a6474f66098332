import { execFileSync } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { performance } from "node:perf_hooks";

/*
 * Exports a snapshot in every form, each in its own process, and says how long it takes (of the clock, and of the processor,
 * which others on the machine disturb less), how much memory at its peak, how much is written, and how that compares with
 * CSV. Run it after a build with `node test/bench/exports.ts SNAPSHOT [FORM...]`. The unpacked copy is made before, so that
 * what is measured is the export.
 */
const FORMS = ["csv", "jsonl", "json", "xlsx", "parquet", "ocsf", "opengraph", "openfga"];
const [snapshot, ...named] = process.argv.slice(2);
if (snapshot === undefined || named.some((form) => !FORMS.includes(form))) {
  throw new Error(`node test/bench/exports.ts SNAPSHOT [${FORMS.join("|")}...]`);
}
// The others are compared with the first.
const forms = named.length === 0 ? FORMS : ["csv", ...named.filter((form) => form !== "csv")];
const folder = mkdtempSync(join(tmpdir(), "baton-okta-bench-"));
const usage = join(folder, "usage.json");

/** Processor times in seconds, memory in MiB: see measure.ts. */
interface Usage {
  readonly user: number;
  readonly sys: number;
  readonly rss: number;
}

function run(...words: string[]): { seconds: number; used: Usage } {
  const at = performance.now();
  execFileSync(
    process.execPath,
    ["--import", new URL("./measure.ts", import.meta.url).href, "dist/main.js", "snapshot", ...words],
    { env: { ...process.env, BENCH_USAGE_FILE: usage }, stdio: ["ignore", "ignore", "inherit"] },
  );
  return { seconds: (performance.now() - at) / 1000, used: JSON.parse(readFileSync(usage, "utf8")) };
}

function bytesIn(path: string): number {
  return readdirSync(path).reduce((sum, name) => sum + statSync(join(path, name)).size, 0);
}

try {
  const { seconds: unpacking } = run("syncs", snapshot, "--c1z-temp-dir", folder);
  const { seconds: opening, used: least } = run("syncs", snapshot, "--c1z-temp-dir", folder);
  console.log(`opening: ${unpacking.toFixed(1)} s packed, ${opening.toFixed(1)} s kept, ${Math.round(least.rss)} MB`);
  console.log(
    `${"form".padEnd(10)} ${"seconds".padStart(8)} ${"cpu s".padStart(8)} ${"x CSV".padStart(6)} ${"peak MB".padStart(8)} ${"written MB".padStart(11)}`,
  );
  let csv: number | undefined;
  for (const form of forms) {
    const to = join(folder, form);
    const { seconds, used } = run("export", snapshot, "--format", form, to, "--c1z-temp-dir", folder);
    csv ??= seconds;
    const cells = [
      seconds.toFixed(1).padStart(8),
      (used.user + used.sys).toFixed(1).padStart(8),
      (seconds / csv).toFixed(2).padStart(6),
      String(Math.round(used.rss)).padStart(8),
      String(Math.round(bytesIn(to) / 1e6)).padStart(11),
    ];
    console.log(`${form.padEnd(10)} ${cells.join(" ")}`);
    rmSync(to, { recursive: true });
  }
} finally {
  rmSync(folder, { recursive: true });
}
