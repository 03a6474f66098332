import { readdirSync } from "node:fs";
import { join } from "node:path";
import { afterEach, expect, test } from "vitest";
import { type Sandbox, startSandbox } from "../../src/sandbox/sandbox.ts";
import { seedOrg } from "../../src/sandbox/seed/seed.ts";
import { inFolder, run } from "../e2e/program.ts";

let sandbox: Sandbox | undefined;
afterEach(async () => {
  await sandbox?.close();
  sandbox = undefined;
});

const start = async (size: { users: number; groups: number; apps: number }) => {
  sandbox = await startSandbox({ org: seedOrg({ ...size, seed: 3 }), limits: "default" });
  return ["--domain", sandbox.url, "--api-token", sandbox.token];
};

test("--plan shows calls by limit, the limit that decides, and minutes; it reads little and writes nothing", async () => {
  const access = await start({ users: 300, groups: 90, apps: 200 });
  await inFolder(async (folder) => {
    const ended = await run([...access, "--plan", "-f", join(folder, "x.c1z"), "--c1z-temp-dir", folder]);
    expect(ended).toMatchObject({ code: 0, stderr: "" });
    expect(readdirSync(folder)).toEqual([]);
    expect(ended.stdout).toMatch(/\/api\/v1\/apps\/\* +100 /);
    expect(ended.stdout).toContain("/api/v1/apps/* decides");
    expect(ended.stdout.split("\n").filter((line) => line.length > 80)).toEqual([]);
  });
  const { total, byPattern } = sandbox!.calls() as { total: number; byPattern?: unknown };
  expect(total, JSON.stringify(byPattern)).toBeLessThan(12);
});

test("--plan -o json names the same, and --sync-reach with what it costs", async () => {
  const access = await start({ users: 300, groups: 90, apps: 200 });
  const plan = async (...more: string[]) =>
    JSON.parse((await run([...access, "--plan", "-o", "json", ...more])).stdout);
  const usual = await plan();
  expect(usual.sync.decidedBy).toBe("/api/v1/apps/*");
  expect(usual.sync.minutes).toBeGreaterThan(usual.sync.floorMinutes);
  expect(usual.limits[0]).toMatchObject({ bucket: "/api/v1/apps/*", limit: 100 });
  const reach = await plan("--sync-reach");
  expect(reach.sync.calls).toBeGreaterThan(usual.sync.calls + 90);
  expect(reach.sync.callsByPattern["/api/v1/groups/{id}/owners"]).toBe(reach.sync.groups);
});

test.each([
  ["--connector", "127.0.0.1:1"],
  ["--sync-resource-types", "user"],
  ["--create-account-login", "a@b.c"],
])("--plan with %s is refused", async (...more) => {
  const ended = await run(["--domain", "127.0.0.1:1", "--api-token", "x", "--plan", ...more]);
  expect(ended).toMatchObject({ code: 2 });
  expect(ended.stderr).toMatch(/--plan/);
});
