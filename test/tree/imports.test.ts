import { spawnSync } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { describe, expect, it } from "vitest";

/** Lints `code` as if it stood at `path` in this project, and gives what the linter says. */
function lint(path: string, code: string): { status: number | null; said: string } {
  const folder = mkdtempSync(join(tmpdir(), "import-rule-"));
  try {
    cpSync(".biome.json", join(folder, ".biome.json"));
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), code);
    const run = spawnSync("biome", ["lint", path], { cwd: folder, encoding: "utf8" });
    return { status: run.status, said: run.stdout + run.stderr };
  } finally {
    rmSync(folder, { recursive: true });
  }
}

const importing = (from: string) => `import { thing } from "${from}";\n\nexport const other = thing;\n`;

describe("the import rule", () => {
  it.each([
    ["src/sandbox/planted.ts", "../okta/connector.ts"],
    ["src/sandbox/routes/planted.ts", "../../baton/connector.ts"],
    ["src/okta/planted.ts", "../sandbox/sandbox.ts"],
    ["src/okta/groups/planted.ts", "../../baton/sync/sync.ts"],
    ["src/okta/api/planted.ts", "../../cli/main.ts"],
    ["src/baton/planted.ts", "../okta/connector.ts"],
    ["src/baton/sync/planted.ts", "../../cli/flags.ts"],
    ["src/baton/model/planted.ts", "@okta/okta-sdk-nodejs"],
    ["src/runtime/planted.ts", "../baton/model/grant.ts"],
    ["src/runtime/planted.ts", "../gen/google/rpc/status_pb.ts"],
  ])("refuses that %s imports %s", (path, from) => {
    const { status, said } = lint(path, importing(from));
    expect(said).toContain("noRestrictedImports");
    expect(status).not.toBe(0);
  });

  it.each([
    ["src/cli/planted.ts", "../okta/connector.ts"],
    ["src/cli/planted.ts", "../sandbox/sandbox.ts"],
    ["src/okta/planted.ts", "../baton/connector.ts"],
    ["src/okta/groups/planted.ts", "../../baton/model/grant.ts"],
    ["src/okta/planted.ts", "../runtime/clock.ts"],
    ["src/baton/sync/planted.ts", "../snapshot/schema.ts"],
    ["src/baton/model/planted.ts", "../../gen/c1/connectorapi/baton/v1/baton_pb.ts"],
  ])("lets %s import %s", (path, from) => {
    const { status, said } = lint(path, importing(from));
    expect(said).not.toContain("noRestrictedImports");
    expect(status).toBe(0);
  });
});
