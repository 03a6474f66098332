import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { type FaultKind, type Sandbox, startSandbox } from "../../src/sandbox/sandbox.ts";
import { seedOrg } from "../../src/sandbox/seed/seed.ts";
import { inFolder, run } from "./program.ts";
import { type GoldenForm, readGoldenForm } from "./snapshots.ts";

const org = () => seedOrg({ users: 300, groups: 40, apps: 8, seed: 3 });

async function synced(sandbox: Sandbox, folder: string, flags: readonly string[] = []): Promise<GoldenForm> {
  const file = join(folder, "sync.c1z");
  const ended = await run(
    [
      "--domain",
      sandbox.url,
      "--api-token",
      sandbox.token,
      "-f",
      file,
      "--sync-custom-roles",
      "--sync-secrets",
      ...flags,
    ],
    { timeoutMs: 100_000 },
  );
  expect(ended.code, ended.stderr).toBe(0);
  return await readGoldenForm(file);
}

describe("a sync from an org of which one GET in five fails", () => {
  it.each<[string, readonly FaultKind[]]>([
    ["with 500, 503, a reset or a cut body", ["500", "503", "reset", "cut"]],
    ["with 429", ["429"]],
  ])("%s gives the same snapshot", { timeout: 120_000 }, async (_name, kinds) => {
    const [calm, failing] = await Promise.all([
      startSandbox({ org: org(), limits: "off" }),
      startSandbox({ org: org(), limits: "off", windowMs: 1_000, faults: { rate: 0.2, kinds } }),
    ]);
    try {
      const expected = await inFolder((folder) => synced(calm, folder));
      const found = await inFolder((folder) => synced(failing, folder));
      expect(found).toEqual(expected);
      const failed = failing.calls().endpoints.filter(({ status }) => status === 0 || status === 429 || status >= 500);
      expect(failed.length).toBeGreaterThan(0);
    } finally {
      await Promise.all([calm.close(), failing.close()]);
    }
  });

  it("by hanging gives the same snapshot", { timeout: 120_000 }, async () => {
    const calm = await startSandbox({ org: org(), limits: "off" });
    // One call of each hung pattern: a hang costs the time that the client waits for an answer.
    const failing = await startSandbox({ org: org(), limits: "off" });
    const hung = new Set<string>();
    failing.intercept((request) => {
      const pattern = request.url.replace(/\/0[0-9a-zA-Z]{10,}/g, "/{id}").replace(/\?.*/, "");
      if (request.method !== "GET" || hung.has(pattern) || pattern === "/api/v1/org") return undefined;
      hung.add(pattern);
      return "hang";
    });
    try {
      const expected = await inFolder((folder) => synced(calm, folder));
      const found = await inFolder((folder) => synced(failing, folder, ["--http-timeout-seconds", "2"]));
      expect(found).toEqual(expected);
      expect(hung.size).toBeGreaterThan(4);
    } finally {
      await Promise.all([calm.close(), failing.close()]);
    }
  });
});
