import { readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { orgFromJson } from "../../src/sandbox/org/json.ts";
import { type Sandbox, startSandbox } from "../../src/sandbox/sandbox.ts";
import { inFolder, run } from "./program.ts";
import { type GoldenForm, readGoldenForm } from "./snapshots.ts";

const golden = (name: string) => JSON.parse(readFileSync(join("test/golden", name), "utf8"));

describe("the golden org, through the real program and over HTTP", () => {
  let sandbox: Sandbox;
  beforeAll(async () => {
    sandbox = await startSandbox({ org: orgFromJson(golden("org.json")), limits: "off" });
  });
  afterAll(() => sandbox.close());

  async function synced(flags: readonly string[]): Promise<GoldenForm> {
    return await inFolder(async (folder) => {
      const file = join(folder, "sync.c1z");
      const ended = await run(["--domain", sandbox.url, "--api-token", sandbox.token, "-f", file, ...flags]);
      expect(ended.code, ended.stderr).toBe(0);
      return await readGoldenForm(file);
    });
  }

  it.each([
    ["expected.json", ["--sync-custom-roles", "--sync-secrets"]],
    ["expected-plain.json", []],
    [
      "expected-contractor.json",
      ["--filter-email-domains", "contractor.example", "--sync-custom-roles", "--sync-secrets"],
    ],
    ["expected.json", ["--sync-custom-roles", "--sync-secrets", "--workers", "0"]],
  ])("gives %s with %j", async (name, flags) => {
    const expected: GoldenForm = golden(name);
    const found = await synced(flags);
    for (const map of ["resource_types", "resources", "entitlements", "grants"] as const) {
      expect(Object.keys(found[map]).sort()).toEqual(Object.keys(expected[map]).sort());
      expect(found[map]).toEqual(expected[map]);
    }
  });
});
