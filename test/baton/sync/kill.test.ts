import { spawnSync } from "node:child_process";
import { copyFileSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { type SyncResult, sync } from "../../../src/baton/sync/sync.ts";
import { connectorOf } from "./org.ts";
import { MIDDLE } from "./orgs.ts";
import { type Content, readSnapshot } from "./snapshot.ts";

const CHILD = join(import.meta.dirname, "child.ts");

let folder: string;
let file: string;
let log: string;
let undisturbed: Content;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "baton-kill-"));
  file = join(folder, "sync.c1z");
  log = join(folder, "pages.log");
  writeFileSync(log, "");
});

afterEach(() => rmSync(folder, { recursive: true, force: true }));

beforeAll(async () => {
  const place = mkdtempSync(join(tmpdir(), "baton-kill-"));
  await sync(connectorOf(MIDDLE), { file: join(place, "s.c1z"), binding: { org: "test" }, selection: {} });
  undisturbed = await readSnapshot(join(place, "s.c1z"));
  rmSync(place, { recursive: true });
});

/** Runs the process once; gives its result, or nothing where it was killed. */
function run(...when: string[]): SyncResult | undefined {
  const { stdout, stderr, status, signal } = spawnSync(process.execPath, [CHILD, file, log, ...when], {
    encoding: "utf8",
  });
  if (signal === "SIGKILL") return undefined;
  expect(stderr).toBe("");
  expect(status).toBe(0);
  return JSON.parse(stdout);
}

const answered = () => readFileSync(log, "utf8").split("\n").filter(Boolean);

/** The pages that the working file still wants to read, named as the connector names them. */
function pending(): Set<string> {
  for (const end of ["", "-journal"]) {
    if (existsSync(`${file}.work${end}`)) copyFileSync(`${file}.work${end}`, join(folder, `copy${end}`));
  }
  const db = new DatabaseSync(join(folder, "copy"));
  const rows = db
    .prepare("SELECT lane, cursor, external_id FROM work LEFT JOIN v1_resources AS r ON r.id = work.subject")
    .all();
  db.close();
  for (const name of readdirSync(folder).filter((each) => each.startsWith("copy"))) rmSync(join(folder, name));
  return new Set(
    rows.map(({ lane, cursor, external_id }) => {
      const from = cursor === null ? "undefined" : cursor;
      if (lane === "all grants role holders") return `all ${from}`;
      return external_id === null ? `${lane} ${from}` : `grants ${Number(String(external_id).slice(-17))} ${from}`;
    }),
  );
}

/** Checks that of the pages answered so far only those were answered again that had not been stored. */
function expectNoneReadTwice(before: readonly string[], wanted: ReadonlySet<string>): void {
  const again = answered()
    .slice(before.length)
    .filter((key) => before.includes(key));
  expect(again.filter((key) => !wanted.has(key))).toEqual([]);
}

describe("killed at any moment and started again", () => {
  test("while it reads, again and again: the same content, and no stored page is read twice", async () => {
    let result: SyncResult | undefined;
    for (let kills = 0; !result; kills++) {
      const before = answered();
      const wanted = before.length === 0 ? new Set<string>() : pending();
      result = run(["pages", "storing", "answered"][kills % 3]!, String(3 + ((kills * 17) % 40)));
      expectNoneReadTwice(before, wanted);
      expect(kills).toBeLessThan(100);
    }
    expect(result.resumed).toBe(true);
    expect(result.vanished).toBe(2);
    expect((await readSnapshot(file)).rows).toEqual(undisturbed.rows);
    expect(readdirSync(folder).sort()).toEqual(["pages.log", "sync.c1z"]);
  });

  test.each([
    ["sealing", "0"],
    ["sealing", "2"],
    ["sealing", "6"],
    ["expanding", "0"],
    ["expanding", "3"],
    ["packing", "0"],
    ["packing", "1"],
    ["packing", "4"],
  ])("in the phase %s, %s ms into it: nothing is read again", async (phase, delay) => {
    const first = run(phase, delay);
    const before = answered();
    const result = run();
    expect((await readSnapshot(file)).rows).toEqual(undisturbed.rows);
    expect(readdirSync(folder).sort()).toEqual(["pages.log", "sync.c1z"]);
    // The first process may have been faster than its killer.
    if (first) return;
    expect(answered()).toEqual(before);
    expect(result).toMatchObject({
      resumed: true,
      pages: 0,
      vanished: 2,
      counts: { resources: { user: 300, group: 38 } },
    });
    expect((await readSnapshot(file)).runs).toHaveLength(1);
  });

  test("the second of two processes on one file refuses, and a dead process leaves no lock", async () => {
    expect(run("pages", "20")).toBeUndefined();
    let refusal: unknown;
    const connector = connectorOf(MIDDLE, {
      async before() {
        if (refusal) return;
        refusal = "none";
        refusal = await sync(connectorOf(MIDDLE), { file, binding: { org: "test" }, selection: {} }).catch(
          (e: unknown) => e,
        );
      },
    });
    const result = await sync(connector, { file, binding: { org: "test" }, selection: {} });
    expect(refusal).toMatchObject({ kind: "failedPrecondition" });
    expect(result.resumed).toBe(true);
    expect((await readSnapshot(file)).rows).toEqual(undisturbed.rows);
  });
});
