import { spawnSync } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { beforeAll, describe, expect, it } from "vitest";

/** Imports that go up or aside: from where, and what. */
const REFUSED: readonly (readonly [path: string, from: string])[] = [
  ["src/sandbox/planted.ts", "../okta/connector.ts"],
  ["src/sandbox/routes/planted.ts", "../../baton/connector.ts"],
  ["src/okta/planted.ts", "../sandbox/sandbox.ts"],
  ["src/okta/groups/planted.ts", "../../baton/sync/sync.ts"],
  ["src/okta/groups/planted.ts", "../../baton/connector/page.ts"],
  ["src/okta/api/planted.ts", "../../cli/main.ts"],
  ["src/baton/planted.ts", "../okta/connector.ts"],
  ["src/baton/sync/planted.ts", "../../cli/flags.ts"],
  ["src/baton/model/planted.ts", "@okta/okta-sdk-nodejs"],
  ["src/baton/planted.ts", "../scim/connector.ts"],
  ["src/baton/access/planted.ts", "../../review/review.ts"],
  ["src/baton/model/planted.ts", "../sync/sync.ts"],
  ["src/web/planted.ts", "../okta/connector.ts"],
  ["src/web/planted.ts", "../scim/connector.ts"],
  ["src/web/planted.ts", "../baton/sync/sync.ts"],
  ["src/web/planted.ts", "../cli/program.ts"],
  ["src/web/page/planted.ts", "../../baton/access/graph.ts"],
  ["src/web/page/planted.ts", "../../runtime/clock.ts"],
  ["src/web/page/planted.ts", "node:fs"],
  ["src/review/planted.ts", "../okta/risks/risks.ts"],
  ["src/review/planted.ts", "../web/server.ts"],
  ["src/review/planted.ts", "../sandbox/sandbox.ts"],
  ["src/review/planted.ts", "../cli/program.ts"],
  ["src/scim/planted.ts", "../okta/connector.ts"],
  ["src/scim/store/planted.ts", "../../baton/snapshot/reader.ts"],
  ["src/scim/server/planted.ts", "../../cli/program.ts"],
  ["src/okta/planted.ts", "../scim/connector.ts"],
  ["src/okta/planted.ts", "../review/review.ts"],
  ["src/okta/groups/planted.ts", "../../baton/access/graph.ts"],
  ["src/okta/groups/planted.ts", "../../baton/compact/compact.ts"],
  ["src/sandbox/planted.ts", "../scim/connector.ts"],
  ["src/sandbox/planted.ts", "../web/server.ts"],
  ["src/cli/planted.ts", "pg"],
  ["src/cli/planted.ts", "kysely"],
  ["src/okta/planted.ts", "kysely"],
  ["src/scim/store/planted.ts", "pg"],
  ["src/runtime/config/planted.ts", "kysely"],
  ["src/runtime/planted.ts", "../baton/model/grant.ts"],
  ["src/runtime/planted.ts", "../gen/google/rpc/status_pb.ts"],
];

/** Imports that go down. */
const ALLOWED: readonly (readonly [path: string, from: string])[] = [
  ["src/cli/planted.ts", "../okta/connector.ts"],
  ["src/cli/planted.ts", "../sandbox/sandbox.ts"],
  ["src/okta/planted.ts", "../baton/connector.ts"],
  ["src/okta/groups/planted.ts", "../../baton/model/grant.ts"],
  ["src/cli/planted.ts", "../web/server.ts"],
  ["src/web/planted.ts", "../review/review.ts"],
  ["src/web/page/planted.ts", "../api/contract.ts"],
  ["src/web/planted.ts", "../baton/access/graph.ts"],
  ["src/review/planted.ts", "../baton/access/graph.ts"],
  ["src/review/planted.ts", "../baton/provision/provisioner.ts"],
  ["src/scim/connector/planted.ts", "../../baton/model/grant.ts"],
  ["src/scim/connector/planted.ts", "../../baton/connector.ts"],
  ["src/scim/store/planted.ts", "kysely"],
  ["src/runtime/state/planted.ts", "pg"],
  ["src/okta/groups/planted.ts", "../../baton/connector.ts"],
  ["src/okta/planted.ts", "../runtime/clock.ts"],
  ["src/baton/sync/planted.ts", "../snapshot/schema.ts"],
  ["src/baton/model/planted.ts", "../../gen/c1/connectorapi/baton/v1/baton_pb.ts"],
];

/** Where an import is planted: a file of its own, that one run of the linter looks at all of them. */
const plantedAt = (path: string, from: string) => path.replace("planted", `planted${from.replace(/\W/g, "_")}`);

/** The planted files whose import the linter refuses, and those with any other error. */
function lint(imports: typeof REFUSED): { refused: Set<string>; others: unknown[] } {
  const folder = mkdtempSync(join(tmpdir(), "import-rule-"));
  try {
    cpSync(".biome.json", join(folder, ".biome.json"));
    for (const [path, from] of imports) {
      const at = join(folder, plantedAt(path, from));
      mkdirSync(dirname(at), { recursive: true });
      writeFileSync(at, `import { thing } from "${from}";\n\nexport const other = thing;\n`);
    }
    const options = ["--reporter=json", "--max-diagnostics=none"];
    const run = spawnSync("biome", ["lint", ...options, "."], { cwd: folder, encoding: "utf8" });
    const { diagnostics } = JSON.parse(run.stdout) as {
      diagnostics: { category: string; location: { path: string | { file: string } } }[];
    };
    const [ours, others] = [true, false].map((wanted) =>
      diagnostics.filter(({ category }) => category.endsWith("/noRestrictedImports") === wanted),
    );
    const pathOf = (path: string | { file: string }) => (typeof path === "string" ? path : path.file);
    return {
      refused: new Set(ours!.map(({ location }) => pathOf(location.path).replace(/^\.\//, ""))),
      others: others!,
    };
  } finally {
    rmSync(folder, { recursive: true });
  }
}

describe("the import rule", () => {
  let found: ReturnType<typeof lint>;
  beforeAll(() => {
    found = lint([...REFUSED, ...ALLOWED]);
  });

  it.each(REFUSED)("refuses that %s imports %s", (path, from) => {
    expect(found.refused).toContain(plantedAt(path, from));
  });

  it.each(ALLOWED)("lets %s import %s", (path, from) => {
    expect(found.refused).not.toContain(plantedAt(path, from));
    expect(found.others).toEqual([]);
  });
});
