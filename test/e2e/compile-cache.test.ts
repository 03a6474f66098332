import { chmodSync, mkdirSync, readdirSync, statSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { orgFromJson } from "../../src/sandbox/org/json.ts";
import { startSandbox } from "../../src/sandbox/sandbox.ts";
import { inFolder, run } from "./program.ts";

const profile = JSON.stringify({ first_name: "Ada", last_name: "Lovelace", email: "ada@acme.example" });

test("a change keeps compiled code in the user's own cache folder, and in no folder that others can write to", async () => {
  const sandbox = await startSandbox({ org: orgFromJson({ users: [], groups: [], apps: [] }), limits: "off" });
  try {
    await inFolder(async (folder) => {
      const env = (cache: string) => ({
        BATON_DOMAIN: sandbox.url,
        BATON_API_TOKEN: sandbox.token,
        XDG_CACHE_HOME: join(folder, cache),
        NODE_COMPILE_CACHE: undefined,
      });
      const create = (cache: string) =>
        run(["create-account", "--profile", profile, "--dry-run"], { cwd: folder, env: env(cache) });
      const kept = join(folder, "own", "baton-okta");
      for (let times = 0; times < 2; times++) {
        const { code, stderr } = await create("own");
        expect(stderr).not.toMatch(/punycode|Deprecat/);
        expect(code).toBe(0);
      }
      expect(readdirSync(kept, { recursive: true }).length).toBeGreaterThan(1);
      expect(statSync(kept).mode & 0o777).toBe(0o700);

      const open = join(folder, "open", "baton-okta");
      mkdirSync(open, { recursive: true });
      chmodSync(open, 0o777);
      expect((await create("open")).code).toBe(0);
      expect(readdirSync(open)).toEqual([]);

      await run(["grant", "--help"], { cwd: folder, env: env("help") });
      await run(["sync", "--file", "x.c1z"], { cwd: folder, env: env("sync") });
      expect(readdirSync(folder)).not.toContain("help");
      expect(readdirSync(folder)).not.toContain("sync");
    });
  } finally {
    await sandbox.close();
  }
});
