import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { create } from "@bufbuild/protobuf";
import readXlsx from "read-excel-file/node";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { EntitlementSchema } from "../../../../src/gen/c1/connector/v2/entitlement_pb.ts";
import { ResourceSchema, ResourceTypeSchema } from "../../../../src/gen/c1/connector/v2/resource_pb.ts";
import { runHere } from "../../../cli/in-process.ts";
import { HOSTILE_TEXT, rawIn } from "../../../hostile/text.ts";
import { makeSnapshot } from "../../snapshot/build.ts";

const root = mkdtempSync(join(tmpdir(), "hostile-export-"));
afterAll(() => rmSync(root, { recursive: true, force: true }));

const LONG = "x".repeat(1_000_000);
const NAMES = [
  HOSTILE_TEXT,
  '=HYPERLINK("http://evil.example","a")',
  "<f>1</f>&",
  "\u0000\u0001\ufffe",
  LONG,
  "a,b\r\nc",
];
const SLUGS = ["a b", "a_b", "a:b", `${"s".repeat(60)}1`, `${"s".repeat(60)}2`];

let file: string;
beforeAll(async () => {
  const resource = (resourceType: string, id: string, displayName: string) =>
    create(ResourceSchema, { id: { resourceType, resource: id }, displayName, profile: { manager: displayName } });
  const users = NAMES.map((name, at) => resource("user", `u${at}/../..#:@ `, name));
  const group = resource("group", "g", HOSTILE_TEXT);
  const entitlements = SLUGS.map((slug) =>
    create(EntitlementSchema, { id: `group:g:${slug}`, resource: group, displayName: HOSTILE_TEXT, slug }),
  );
  file = await makeSnapshot(root, [
    {
      syncId: "s",
      resourceTypes: ["user", "group"].map((id) => create(ResourceTypeSchema, { id, displayName: HOSTILE_TEXT })),
      resources: [...users, group],
      entitlements,
      grants: entitlements.flatMap(({ id }) =>
        users.map((user) => ({
          granted: { id, resource: group, v1Id: id },
          principalType: "user",
          principalId: user.id!.resource,
        })),
      ),
    },
  ]);
});

async function exported(form: string): Promise<string> {
  const folder = join(root, form);
  const { code, stderr, stdout } = await runHere(["snapshot", "export", file, "--format", form, folder]);
  expect(code, stderr).toBe(0);
  expect(rawIn(stdout + stderr)).toEqual([]);
  expect(readdirSync(folder).every((name) => /^[a-z_]+\.[a-z]+$/.test(name))).toBe(true);
  return folder;
}

const GRANTS = NAMES.length * SLUGS.length;

describe("a snapshot of hostile names", () => {
  it("is a workbook of texts that another library opens, none longer than a cell may be", async () => {
    const path = join(await exported("xlsx"), "grants.xlsx");
    const sheets = (await readXlsx(path)) as unknown as { data?: unknown[][] }[];
    const rows = sheets[0]?.data ?? (sheets as unknown as unknown[][]);
    expect(rows).toHaveLength(GRANTS + 1);
    const cells = rows.flat().filter((cell): cell is string => typeof cell === "string");
    expect(cells).toContain(NAMES[1]);
    expect(cells).toContain("<f>1</f>&");
    expect(Math.max(...cells.map((cell) => cell.length))).toBe(32_767);
  });

  it("is CSV in which no cell begins as a formula", async () => {
    const text = readFileSync(join(await exported("csv"), "grants.csv"), "utf8");
    expect(text).toContain(`'=HYPERLINK`);
    expect(text).not.toMatch(/(^|[,"])=HYPERLINK/m);
  });

  it.each([
    ["jsonl", "grants.jsonl", GRANTS],
    ["ocsf", "user_inventory.jsonl", NAMES.length],
  ])("is well-formed as %s, line by line", async (form, name, count) => {
    const lines = readFileSync(join(await exported(form), name), "utf8")
      .trim()
      .split("\n");
    expect(lines).toHaveLength(count);
    for (const line of lines) expect(JSON.stringify(JSON.parse(line))).toBe(line);
  });

  it.each([
    ["json", "snapshot.json"],
    ["opengraph", "opengraph.json"],
  ])("is one document as %s", async (form, name) => {
    const text = readFileSync(join(await exported(form), name), "utf8");
    expect(typeof JSON.parse(text)).toBe("object");
  });

  it("is Parquet that DuckDB reads whole", async ({ skip }) => {
    const folder = await exported("parquet");
    const duckdb = await import("@duckdb/node-api").catch(() => undefined);
    if (duckdb === undefined) return skip("needs @duckdb/node-api, which has no build for this system");
    const connection = await (await duckdb.DuckDBInstance.create(":memory:")).connect();
    const sql = `select count(*)::int as n, max(length(principal_name))::int as longest from '${join(folder, "grants.parquet")}'`;
    const [row] = (await connection.runAndReadAll(sql)).getRowObjects();
    expect(row).toEqual({ n: GRANTS, longest: LONG.length });
  });

  it("is tuples that OpenFGA takes, of which no two became one", async () => {
    const [, ...lines] = readFileSync(join(await exported("openfga"), "tuples.csv"), "utf8")
      .trim()
      .split("\n");
    expect(new Set(lines).size).toBe(GRANTS);
    for (const line of lines) {
      const [userType, userId, , relation, objectType, objectId, ...rest] = line.split(",");
      expect(rest).toEqual(["", ""]);
      expect(relation).toMatch(/^[^:#@\s]{1,50}$/);
      for (const type of [userType, objectType]) expect(type).toMatch(/^[^:#@\s]{1,254}$/);
      for (const id of [userId, objectId]) expect(id).toMatch(/^[^#:\s,]{1,200}$/);
    }
  });

  it("commands no terminal by any question", async () => {
    for (const words of [["grants"], ["resources"], ["entitlements"], ["resource-types"], ["syncs"], ["show"]]) {
      const [name = "", ...rest] = words;
      const { code, stdout, stderr } = await runHere(["snapshot", name, file, ...rest, "--limit", "0"]);
      expect(code, stderr).toBe(0);
      expect([name, rawIn(stdout + stderr)]).toEqual([name, []]);
    }
  });
});
