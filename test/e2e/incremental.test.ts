import { existsSync, statSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { churn } from "../../src/sandbox/churn/churn.ts";
import type { Org } from "../../src/sandbox/org/org.ts";
import { Random } from "../../src/sandbox/org/random.ts";
import { type Sandbox, startSandbox } from "../../src/sandbox/sandbox.ts";
import { seedOrg } from "../../src/sandbox/seed/seed.ts";
import { inFolder, run, start } from "./program.ts";
import { readGoldenForm } from "./snapshots.ts";

/** Syncs of what has changed only, by the program as it is started. */

let org: Org;
let sandbox: Sandbox;

beforeAll(async () => {
  org = seedOrg({ users: 120, groups: 30, apps: 8, seed: 5 });
  sandbox = await startSandbox({ org, limits: "off", latencyMs: 5 });
});
afterAll(() => sandbox.close());

const command = (file: string, ...more: string[]) => [
  ...["--domain", sandbox.url, "--api-token", sandbox.token, "-f", file],
  ...["--sync-custom-roles", "--sync-secrets", ...more],
];

async function synced(file: string, ...more: string[]) {
  const ended = await run(command(file, ...more));
  expect(ended.code, ended.stderr).toBe(0);
  return ended;
}

it("is killed at any moment, goes on where it was, and gives what a full sync gives", {
  timeout: 120_000,
}, async () => {
  await inFolder(async (folder) => {
    const file = join(folder, "kept.c1z");
    await synced(file);
    const random = new Random(11);
    let within = 0;
    for (let round = 0; round < 4; round++) {
      churn(org, random, 6);
      const moment = 250 + random.below(500);
      const first = start(command(file, "--incremental"));
      const timer = setTimeout(() => first.child.kill("SIGKILL"), moment);
      const { signal } = await first.ended;
      clearTimeout(timer);
      if (signal !== null && existsSync(`${file}.work`)) within++;
      const { stdout } = await synced(file, "--incremental", "-o", "json");
      expect(JSON.parse(stdout).incremental.mode).toBe("incremental");
      const fresh = join(folder, `fresh-${round}.c1z`);
      await synced(fresh);
      expect(await readGoldenForm(file)).toEqual(await readGoldenForm(fresh));
    }
    expect(within).toBeGreaterThan(0);
  });
});

it("stays with --watch: changes arrive in the file, which is replaced whole, until a signal comes", {
  timeout: 60_000,
}, async () => {
  await inFolder(async (folder) => {
    const file = join(folder, "watched.c1z");
    const running = start(command(file, "--watch", "--every", "1s"));
    await until(() => existsSync(file));
    const before = statSync(file);
    const random = new Random(3);
    const fresh = join(folder, "fresh.c1z");
    churn(org, random, 5);
    await synced(fresh);
    const expected = await readGoldenForm(fresh);
    // Whenever the file is looked at, it is a whole snapshot.
    await until(async () => JSON.stringify(await readGoldenForm(file)) === JSON.stringify(expected));
    expect(statSync(file).ino).not.toBe(before.ino);
    running.child.kill("SIGTERM");
    const { code, signal } = await running.ended;
    // 4: a sync was under way, and was stopped.
    expect(signal).toBeNull();
    expect([0, 4]).toContain(code);
    expect(await readGoldenForm(file)).toEqual(expected);
  });
});

it("says why everything is read with --sync-reach and with --connector", { timeout: 60_000 }, async () => {
  await inFolder(async (folder) => {
    const reach = join(folder, "reach.c1z");
    const { stdout } = await synced(reach, "--sync-reach", "--incremental");
    expect(stdout.replace(/\s+/g, " ")).toContain("Read everything: with --sync-reach");

    const env = { BATON_API_TOKEN: sandbox.token };
    const serving = start(["serve", "--domain", sandbox.url, "--listen", "127.0.0.1:0"], { env });
    await until(() => / at \S+:\d+/.test(serving.stdout()));
    const [, address] = / at (\S+:\d+)/.exec(serving.stdout())!;
    const file = join(folder, "remote.c1z");
    const { code, stdout: said } = await run(["sync", "--connector", address!, "--incremental", "-f", file]);
    serving.child.kill("SIGTERM");
    await serving.ended;
    expect(code).toBe(0);
    expect(said.replace(/\s+/g, " ")).toContain("Read everything: a connector over gRPC does not tell");
  });
});

async function until(holds: () => boolean | Promise<boolean>): Promise<void> {
  for (;;) {
    if (await holds()) return;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}
