/**
 * Measures a full sync of sandbox orgs by the built program, as a process of its own, and prints calls by endpoint,
 * wall time, CPU time, peak memory and file size.
 *
 *     npm run bench -- [large] [limits] [million] [--program "COMMAND"]
 */
import { spawn } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { parseArgs } from "node:util";
import { startSandbox } from "../../src/sandbox/sandbox.ts";
import { seedOrg } from "../../src/sandbox/seed/seed.ts";

interface Scenario {
  readonly about: string;
  readonly org: { users: number; groups: number; apps: number; memberships?: number; seed: number };
  readonly latencyMs: number;
  readonly limits: "default" | "off";
}

const SCENARIOS: Readonly<Record<string, Scenario>> = {
  large: {
    about: "30,000 users, 1,000 groups, 279,000 memberships, no latency, no limits",
    org: { users: 30_000, groups: 1_000, apps: 0, memberships: 279_000, seed: 1 },
    latencyMs: 0,
    limits: "off",
  },
  limits: {
    about: "5,000 users, 500 groups, 60 apps, 40 ms, default limits",
    org: { users: 5_000, groups: 500, apps: 60, seed: 1 },
    latencyMs: 40,
    limits: "default",
  },
  million: {
    about: "100,000 users, 2,000 groups, 1,000,000 memberships, no latency, no limits",
    org: { users: 100_000, groups: 2_000, apps: 20, memberships: 1_000_000, seed: 1 },
    latencyMs: 0,
    limits: "off",
  },
};

interface Usage {
  /** Seconds. */
  readonly user: number;
  readonly sys: number;
  /** MiB. */
  readonly rss: number;
}

const round = (value: number) => value.toLocaleString("en", { maximumFractionDigits: 1 });

async function measure(name: string, scenario: Scenario, program: readonly string[]): Promise<void> {
  console.log(`\n== ${name}: ${scenario.about}`);
  const sandbox = await startSandbox({
    org: seedOrg(scenario.org),
    latencyMs: scenario.latencyMs,
    limits: scenario.limits,
  });
  const folder = mkdtempSync(join(tmpdir(), "baton-bench-"));
  try {
    const file = join(folder, "sync.c1z");
    const usageFile = join(folder, "usage.json");
    const started = performance.now();
    const [command, ...first] = program;
    const child = spawn(command!, [...first, "--domain", sandbox.url, "-f", file], {
      stdio: ["ignore", "inherit", "inherit"],
      env: {
        ...process.env,
        BATON_API_TOKEN: sandbox.token,
        BENCH_USAGE_FILE: usageFile,
        NODE_OPTIONS: `--import=${resolve("test/bench/measure.ts")}`,
      },
    });
    const code = await new Promise((done) => child.once("close", done));
    const wall = (performance.now() - started) / 1000;
    const usage: Usage = JSON.parse(readFileSync(usageFile, "utf8"));
    const calls = sandbox.calls();
    console.log(`exit code    ${code}`);
    console.log(
      `calls        ${calls.total}, of which ${calls.refused} refused; at most ${calls.peakConcurrency} at once`,
    );
    for (const { method, pattern, status, count } of calls.endpoints) {
      console.log(`  ${String(count).padStart(6)}  ${status}  ${method} ${pattern}`);
    }
    console.log(`wall         ${round(wall)} s`);
    console.log(
      `CPU          ${round(usage.user + usage.sys)} s (user ${round(usage.user)}, system ${round(usage.sys)})`,
    );
    console.log(`peak memory  ${round(usage.rss)} MiB`);
    console.log(`file         ${round(statSync(file).size / 2 ** 20)} MiB`);
  } finally {
    await sandbox.close();
    rmSync(folder, { recursive: true, force: true });
  }
}

const { positionals, values } = parseArgs({ allowPositionals: true, options: { program: { type: "string" } } });
const program = values.program?.split(" ") ?? [process.execPath, resolve("dist/main.js")];
for (const name of positionals.length > 0 ? positionals : Object.keys(SCENARIOS)) {
  const scenario = SCENARIOS[name];
  if (scenario === undefined) throw new Error(`no such bench: ${name}; there are ${Object.keys(SCENARIOS).join(", ")}`);
  await measure(name, scenario, program);
}
