import { execFileSync, spawn } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { performance } from "node:perf_hooks";

/*
 * Runs each step of a review as its own process, and says how long it takes and how much memory at its peak. Run it after a
 * build with `node test/bench/review.ts SNAPSHOT SCOPE...`: how many items there are is what the scopes hold.
 */
const [snapshot, ...scopes] = process.argv.slice(2);
if (snapshot === undefined || scopes.length === 0) throw new Error("node test/bench/review.ts SNAPSHOT SCOPE...");
const folder = mkdtempSync(join(tmpdir(), "baton-okta-bench-"));
const dir = join(folder, "review");

/** Prints the peak of the process's memory when it ends. */
const PEAK = join(folder, "peak.mjs");
writeFileSync(PEAK, 'process.once("exit", () => console.error("PEAK", process.resourceUsage().maxRSS));\n');

function step(name: string, ...words: string[]): void {
  const at = performance.now();
  const err = join(folder, "stderr");
  const script = '"$0" "$@" 2>"$ERR"';
  execFileSync(
    "sh",
    ["-c", script, process.execPath, "--import", PEAK, "dist/main.js", "review", ...words, "--dir", dir],
    {
      env: { ...process.env, ERR: err },
      stdio: ["ignore", "ignore", "inherit"],
    },
  );
  const seconds = ((performance.now() - at) / 1000).toFixed(1);
  const peak = Math.round(Number(/PEAK (\d+)/.exec(readFileSync(err, "utf8"))?.[1] ?? 0) / 1024);
  console.log(`${name.padEnd(14)} ${seconds.padStart(7)} s  ${String(peak).padStart(6)} MB`);
}

/** Serves the page and asks it as the reviewer with the most items; CPU of the server for each answer. */
async function page(): Promise<void> {
  const child = spawn(process.execPath, ["dist/main.js", "review", "page", "--dir", dir, "--log-level", "error"]);
  const { reviewers } = JSON.parse(readFileSync(join(dir, "review.json"), "utf8"));
  const most = reviewers.reduce((a: { items: number }, b: { items: number }) => (b.items > a.items ? b : a)).name;
  let printed = "";
  const ofMost = () => printed.split("\n").find((line) => line.startsWith(`${most} `) && line.includes("http"));
  while (ofMost() === undefined) {
    printed += await new Promise<string>((resolve) => child.stdout.once("data", (data) => resolve(String(data))));
  }
  const link = /http\S+/.exec(ofMost()!)![0];
  const first = await fetch(link, { redirect: "manual" });
  const headers = { cookie: first.headers.get("set-cookie")!.split(";")[0]! };
  // utime and stime stand in hundredths of a second: proc(5).
  const cpu = () => {
    const fields = readFileSync(`/proc/${child.pid}/stat`, "utf8").split(") ")[1]!.split(" ");
    return (Number(fields[11]) + Number(fields[12])) * 10;
  };
  for (const [name, path] of [
    ["page", "/"],
    ["page, search", "/?q=ada"],
    ["page, last", "/?offset=999999"],
  ] as const) {
    const [before, times] = [cpu(), 20];
    for (let n = 0; n < times; n++) await (await fetch(new URL(path, link), { headers })).text();
    console.log(`${name.padEnd(14)} ${((cpu() - before) / times).toFixed(0).padStart(7)} ms of CPU for each answer`);
  }
  const peak = /VmHWM:\s+(\d+)/.exec(readFileSync(`/proc/${child.pid}/status`, "utf8"))?.[1];
  console.log(`${"page, memory".padEnd(14)} ${String(Math.round(Number(peak) / 1024)).padStart(18)} MB`);
  child.kill();
}

try {
  step(
    "start",
    "start",
    "--name",
    "bench",
    "-f",
    snapshot,
    "--fallback",
    "audit@acme.example",
    "--allow-partial",
    ...scopes.flatMap((scope) => ["--scope", scope]),
  );
  const { counts } = JSON.parse(readFileSync(join(dir, "review.json"), "utf8"));
  const { size } = statSync(join(dir, "population.jsonl"));
  console.log(`${counts.items} items, ${Math.round(size / 1e6)} MB`);
  step("status", "status");
  await page();
  const csv = join(folder, "csv");
  step("sheets, csv", "sheet", "--out", csv, "--format", "csv");
  const books = join(folder, "xlsx");
  step("sheets, xlsx", "sheet", "--out", books);
  for (const name of readdirSync(csv)) {
    let n = 0;
    const text = readFileSync(join(csv, name), "utf8").replace(/^UNREVIEWED,/gm, () =>
      n++ % 100 === 0 ? "REVOKE," : "APPROVE,",
    );
    writeFileSync(join(csv, name), text);
  }
  step("decide, csv", "decide", ...readdirSync(csv).map((name) => join(csv, name)));
  step("decide, xlsx", "decide", ...readdirSync(books).map((name) => join(books, name)));
  step("verify", "verify");
  step("close", "close");
  step("verify closed", "verify");
} finally {
  rmSync(folder, { recursive: true });
}
