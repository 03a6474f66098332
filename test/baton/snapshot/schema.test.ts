import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { afterAll, beforeAll, expect, test } from "vitest";
import { unpack } from "../../../src/baton/snapshot/container/container.ts";
import { createIndexes, createTables, dropIndexes, INDEXES, TABLES } from "../../../src/baton/snapshot/schema.ts";
import { goldenPath } from "../model/golden.ts";

const folder = mkdtempSync(join(tmpdir(), "schema-"));
let reference: DatabaseSync;
let ours: DatabaseSync;

beforeAll(async () => {
  await unpack(goldenPath("reference.c1z"), join(folder, "reference.db"));
  reference = new DatabaseSync(join(folder, "reference.db"), { readOnly: true });
  ours = new DatabaseSync(":memory:");
  createTables(ours);
  createIndexes(ours);
});

afterAll(() => {
  reference.close();
  rmSync(folder, { recursive: true });
});

function schema(db: DatabaseSync) {
  const bare = (sql: string) => sql.replace(/--.*/g, "").replace(/\s+/g, " ");
  return db
    .prepare("select type, name, tbl_name, sql from sqlite_master")
    .all()
    .map((row) => ({ ...row, sql: bare(String(row.sql)) }));
}

test("sqlite_master equals that of a file of another program, but for blanks and comments", () => {
  expect(schema(ours)).toEqual(schema(reference));
});

test("columns, defaults and indexes are the same to SQLite", () => {
  for (const { name } of TABLES) {
    for (const pragma of ["table_xinfo", "index_list"]) {
      const ask = `select * from pragma_${pragma}('${name}')`;
      expect(ours.prepare(ask).all()).toEqual(reference.prepare(ask).all());
    }
  }
  for (const { name } of INDEXES) {
    const ask = `select * from pragma_index_xinfo('${name}')`;
    expect(ours.prepare(ask).all()).toEqual(reference.prepare(ask).all());
  }
});

test("page size, encoding and version are the same", () => {
  for (const pragma of ["page_size", "encoding", "user_version", "application_id", "auto_vacuum"]) {
    expect(ours.prepare(`pragma ${pragma}`).get()).toEqual(reference.prepare(`pragma ${pragma}`).get());
  }
});

test("making what is there already changes nothing, and dropped indexes come back", () => {
  const before = schema(ours);
  createTables(ours);
  createIndexes(ours);
  expect(schema(ours)).toEqual(before);
  dropIndexes(ours, ["v1_grants"]);
  expect(schema(ours)).toHaveLength(before.length - 7);
  createIndexes(ours, ["v1_grants"]);
  expect(new Set(schema(ours).map((row) => row.sql))).toEqual(new Set(before.map((row) => row.sql)));
});
