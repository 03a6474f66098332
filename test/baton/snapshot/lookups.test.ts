import { DatabaseSync } from "node:sqlite";
import { expect, test } from "vitest";
import { prepareLookups } from "../../../src/baton/snapshot/lookups.ts";
import { openSnapshot } from "../../../src/baton/snapshot/reader.ts";
import { createIndexes, createTables, dropIndexes, TABLES } from "../../../src/baton/snapshot/schema.ts";
import { goldenPath } from "../model/golden.ts";
import { scratch } from "./build.ts";

const QUERIES = [
  "SELECT * FROM v1_resource_types WHERE external_id = ? AND sync_id = ?",
  "SELECT * FROM v1_resources WHERE external_id = ? AND sync_id = ?",
  "SELECT * FROM v1_resources WHERE resource_type_id = ? AND sync_id = ?",
  "SELECT * FROM v1_entitlements WHERE external_id = ? AND sync_id = ?",
  "SELECT * FROM v1_entitlements WHERE resource_type_id = ? AND resource_id = ? AND sync_id = ?",
  "SELECT * FROM v1_grants WHERE external_id = ? AND sync_id = ?",
  "SELECT * FROM v1_grants WHERE resource_type_id = ? AND resource_id = ? AND sync_id = ?",
  "SELECT * FROM v1_grants WHERE principal_resource_type_id = ? AND principal_resource_id = ? AND sync_id = ?",
  "SELECT * FROM v1_grants WHERE entitlement_id = ? AND sync_id = ?",
];

/** How each query is answered. */
function plans(db: DatabaseSync): string[] {
  return QUERIES.map((sql) => {
    const values = [...sql.matchAll(/\?/g)].map(() => "x");
    return String(db.prepare(`EXPLAIN QUERY PLAN ${sql}`).all(...values)[0]!.detail);
  });
}

function database(): DatabaseSync {
  const db = new DatabaseSync(":memory:");
  createTables(db);
  return db;
}

test.each([
  ["none", ""],
  [
    "ones of the right names over other columns",
    `CREATE INDEX idx_grants_principal_id_v1 ON v1_grants (data);
     CREATE UNIQUE INDEX idx_resources_parent_resource_id_v1 ON v1_resources (sync_id)`,
  ],
  ["ones of a part of the rows only", "CREATE INDEX a ON v1_resources (external_id, sync_id) WHERE data IS NULL"],
])("a database with indexes that do not serve (%s) is given those that do", (_, sql) => {
  const db = database();
  db.exec(sql);
  expect(plans(db).filter((plan) => plan.startsWith("SCAN")).length).toBeGreaterThan(0);
  prepareLookups(db, "x.c1z");
  for (const plan of plans(db)) expect(plan).toMatch(/^SEARCH .* USING (COVERING )?INDEX/);
});

test("statistics that talk the planner out of an index are dropped", () => {
  const db = database();
  createIndexes(db);
  db.exec(
    "ANALYZE; INSERT INTO sqlite_stat1 VALUES ('v1_grants', 'idx_grants_external_sync_v1', '1000000 1000000 1000000')",
  );
  prepareLookups(db, "x.c1z");
  expect(db.prepare("SELECT 1 FROM sqlite_master WHERE name LIKE 'sqlite_stat%'").get()).toBeUndefined();
});

test("a database that has its indexes is left as it is", () => {
  const db = database();
  createIndexes(db);
  const cookie = () => db.prepare("PRAGMA schema_version").get();
  const before = cookie();
  prepareLookups(db, "x.c1z");
  expect(cookie()).toEqual(before);
});

test("what is added is bounded by the database's size", () => {
  const db = database();
  const insert = db.prepare(
    "INSERT INTO v1_resources (resource_type_id, external_id, data, sync_id, discovered_at) VALUES (?, ?, '', 's', '')",
  );
  for (let n = 0; n < 5_000; n++) insert.run("t", `t:${n} ${"x".repeat(2_000)}`);
  const size = () => db.prepare("PRAGMA page_count").get()!.page_count as number;
  const before = size();
  prepareLookups(db, "x.c1z");
  expect(size()).toBeLessThan(3 * before + 1_000);
});

test("a snapshot without indexes is read as one with them", async () => {
  const made = scratch();
  const { unpack, pack } = await import("../../../src/baton/snapshot/container/container.ts");
  const folder = made.folder();
  await unpack(goldenPath("reference.c1z"), `${folder}/a.db`);
  const db = new DatabaseSync(`${folder}/a.db`);
  dropIndexes(
    db,
    TABLES.map(({ name }) => name),
  );
  db.close();
  await pack(`${folder}/a.db`, `${folder}/a.c1z`);
  await using whole = await openSnapshot(goldenPath("reference.c1z"));
  await using bare = await openSnapshot(`${folder}/a.c1z`);
  const ids = (reader: typeof whole) => [...reader.content().grants({}, "id")].map(({ id }) => id);
  expect(ids(bare)).toEqual(ids(whole));
  made.remove();
});
