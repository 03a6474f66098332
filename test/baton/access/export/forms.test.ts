import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import readXlsx from "read-excel-file/node";
import { afterAll, describe, expect, it } from "vitest";
import { openSnapshot } from "../../../../src/baton/snapshot/reader.ts";
import { runHere } from "../../../cli/in-process.ts";
import { goldenPath } from "../../model/golden.ts";

const FILE = goldenPath("reference.c1z");
const root = mkdtempSync(join(tmpdir(), "baton-okta-export-"));
afterAll(() => rmSync(root, { recursive: true, force: true }));

async function exported(form: string): Promise<string> {
  const folder = join(root, form);
  const { code, stderr } = await runHere([
    "snapshot",
    "export",
    FILE,
    "--format",
    form,
    folder,
    "--org",
    "acme.okta.com",
  ]);
  expect(code, stderr).toBe(0);
  return folder;
}

const counts = async () => {
  await using reader = await openSnapshot(FILE);
  return reader.content().counts();
};

describe("a snapshot that another program wrote, exported", () => {
  it("as Parquet is read by DuckDB, with the same counts, types and metadata", async ({ skip }) => {
    const folder = await exported("parquet");
    const duckdb = await import("@duckdb/node-api").catch(() => undefined);
    if (duckdb === undefined) return skip("needs @duckdb/node-api, which has no build for this system");
    const connection = await (await duckdb.DuckDBInstance.create(":memory:")).connect();
    const rows = async (sql: string) => (await connection.runAndReadAll(sql)).getRowObjects();
    const { resources, entitlements, grants } = await counts();
    for (const [table, count] of Object.entries({ resources, entitlements, grants })) {
      const [row] = await rows(`select count(*)::int as n from '${join(folder, `${table}.parquet`)}'`);
      expect([table, row!.n]).toEqual([table, count]);
    }
    const file = join(folder, "grants.parquet");
    const types = await rows(`select column_name, column_type from (describe select * from '${file}')`);
    expect(Object.fromEntries(types.map(({ column_name, column_type }) => [column_name, column_type]))).toMatchObject({
      entitlement: "VARCHAR",
      direct: "BOOLEAN",
      last_sign_in: expect.stringContaining("TIMESTAMP"),
      sources: "VARCHAR[]",
    });
    const metadata = await rows(
      `select decode(key) as key, decode(value) as value from parquet_kv_metadata('${file}')`,
    );
    const keys = Object.fromEntries(metadata.map(({ key, value }) => [key, value]));
    expect(keys["baton.snapshot_sha256"]).toMatch(/^[0-9a-f]{64}$/);
    expect(keys["baton.org"]).toBe("acme.okta.com");
    const [sorted] = await rows(
      `select bool_and(a <= b) as sorted from (select entitlement as a, lead(entitlement) over () as b from '${file}')`,
    );
    expect(sorted!.sorted).toBe(true);
  });

  it("as a workbook opens in another library, and keeps a formula as text", async () => {
    const folder = await exported("xlsx");
    const sheets = await readXlsx(join(folder, "grants.xlsx"));
    const rows = (sheets as unknown as { data?: unknown[][] }[])[0]?.data ?? (sheets as unknown as unknown[][]);
    expect(rows).toHaveLength((await counts()).grants + 1);
    expect(rows[0]!.slice(0, 3)).toEqual(["entitlement", "resource_type", "resource"]);
    expect(readFileSync(join(folder, "grants.xlsx")).includes("<f>")).toBe(false);
  });

  it("as OCSF says what class 5003 requires, with times in milliseconds", async () => {
    const folder = await exported("ocsf");
    const events = readFileSync(join(folder, "user_inventory.jsonl"), "utf8")
      .trim()
      .split("\n")
      .map((line) => JSON.parse(line));
    expect(events).toHaveLength(72);
    for (const event of events) {
      expect(event).toMatchObject({
        activity_id: 2,
        category_uid: 5,
        class_uid: 5003,
        type_uid: 500_302,
        severity_id: 1,
      });
      expect(event.time).toBeGreaterThan(1e12);
      expect(event.user.uid).toMatch(/^00u/);
      expect(event.user.has_mfa).toBeUndefined();
    }
    expect(events.some(({ user }) => user.groups.length > 0)).toBe(true);
  });

  it("as OpenGraph has kinds that queries know, and no edge to a node that is not there", async () => {
    const folder = await exported("opengraph");
    const { metadata, graph } = JSON.parse(readFileSync(join(folder, "opengraph.json"), "utf8"));
    expect(metadata).toEqual({ source_kind: "Okta" });
    const ids = new Set(graph.nodes.map(({ id }: { id: string }) => id));
    expect(ids.size).toBe(graph.nodes.length);
    for (const { kinds, properties } of graph.nodes) {
      expect(kinds.length).toBeLessThanOrEqual(3);
      for (const key of Object.keys(properties)) expect(key).toMatch(/^[a-z0-9_-]+$/);
    }
    for (const { kind, start, end } of graph.edges) {
      expect(kind).toMatch(/^Okta_[A-Za-z]+$/);
      expect(ids).toContain(start.value);
      expect(ids).toContain(end.value);
    }
    const kinds = new Set(graph.edges.map(({ kind }: { kind: string }) => kind));
    expect(kinds).toContain("Okta_MemberOf");
    expect(kinds).toContain("Okta_SuperAdmin");
  });

  it("as OpenFGA tuples names users, and groups by their members", async () => {
    const folder = await exported("openfga");
    const [header, ...lines] = readFileSync(join(folder, "tuples.csv"), "utf8").trim().split("\n");
    expect(header).toBe(
      "user_type,user_id,user_relation,relation,object_type,object_id,condition_name,condition_context",
    );
    expect(lines.every((line) => line.split(",").length === 8)).toBe(true);
    expect(lines.some((line) => /^group,00g\w+,member,access,app,0oa\w+,,$/.test(line))).toBe(true);
  });

  it("leaves nothing half written, and says where a folder is needed", async () => {
    expect(readdirSync(await exported("csv"))).toEqual(["grants.csv"]);
    const refused = await runHere(["snapshot", "export", FILE, "--format", "parquet"]);
    expect(refused).toMatchObject({ code: 2, stderr: expect.stringMatching(/needs a folder/) });
  });
});
