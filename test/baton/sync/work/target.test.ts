import { execFileSync } from "node:child_process";
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { SyncOptions } from "../../../../src/baton/sync/options.ts";
import { sync } from "../../../../src/baton/sync/sync.ts";
import { HOSTILE_DATABASES, hostileSnapshot, type Spoiling } from "../../../hostile/files.ts";
import { connectorOf, type Org, type Wire } from "../org.ts";
import { readSnapshot } from "../snapshot.ts";

const SMALL: Org = { users: 4, groups: [[0, 1], [2]], roles: { admin: { users: [0], groups: [1] } } };

let folder: string;
let file: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "baton-target-"));
  file = join(folder, "sync.c1z");
});
afterEach(() => rmSync(folder, { recursive: true }));

const run = (options: Partial<SyncOptions> = {}, wire: Wire = {}) =>
  sync(connectorOf(SMALL, wire), { file, binding: { org: "test" }, selection: {}, ...options });

function temp(name: string): string {
  mkdirSync(join(folder, name));
  return join(folder, name);
}

/** A sync that must end before the connector is asked for anything. */
async function refusedAtOnce(options: Partial<SyncOptions> = {}): Promise<{ kind: string; message: string }> {
  const calls: string[] = [];
  const beforeReading = async () => void calls.push("validate");
  const error = await run({ beforeReading, ...options }, { before: (key) => void calls.push(key) }).catch((e) => e);
  expect(calls).toEqual([]);
  return { kind: error.kind, message: error.message };
}

describe("two syncs into one file", () => {
  test("meet, though their working files lie in different folders", async () => {
    const options = { tempDir: temp("a") };
    let second: unknown;
    const wire: Wire = {
      before: async () => {
        second ??= await Promise.all([
          run({ tempDir: join(folder, "b") }).catch((error) => error.message),
          run({}).catch((error) => error.message),
        ]);
      },
    };
    temp("b");
    await run(options, wire);
    expect(second).toEqual(Array(2).fill(`another process is syncing into ${file}`));
    expect((await readSnapshot(file)).runs).toHaveLength(1);
    expect(readdirSync(folder).sort()).toEqual(["a", "b", "sync.c1z"]);
    expect(readdirSync(join(folder, "b"))).toEqual([]);
  });
});

describe("a sync that was sealed and is gone on with", () => {
  /** A sync that was stopped between the sealing and the end of the packing. */
  async function sealedOnly(options: Partial<SyncOptions> = {}): Promise<void> {
    const ended = new AbortController();
    const onProgress: SyncOptions["onProgress"] = ({ phase }) => phase === "packing" && ended.abort();
    await expect(run({ ...options, signal: ended.signal, onProgress })).rejects.toMatchObject({ kind: "cancelled" });
    expect(existsSync(`${file}.work`)).toBe(true);
  }

  test("is packed where the target is as it was", async () => {
    await run();
    await sealedOnly();
    expect(await run()).toMatchObject({ resumed: true, pages: 0 });
    expect((await readSnapshot(file)).runs).toHaveLength(2);
  });

  test("starts afresh where the target was replaced, whose syncs stay", async () => {
    await run();
    await sealedOnly();
    const other = join(folder, "other.c1z");
    const { syncId } = await run({ file: other });
    writeFileSync(file, readFileSync(other));
    expect(await run()).toMatchObject({ resumed: false, discarded: expect.stringMatching(/replaced or removed/) });
    expect((await readSnapshot(file)).runs.map((row) => row.sync_id)).toContain(syncId);
  });

  test("does not bring back a target that was deleted", async () => {
    const { syncId } = await run();
    await sealedOnly();
    rmSync(file);
    expect(await run()).toMatchObject({ resumed: false });
    expect((await readSnapshot(file)).runs.map((row) => row.sync_id)).not.toContain(syncId);
  });

  test("a target that is replaced while it is packed is left as it is", async () => {
    await run();
    const onProgress: SyncOptions["onProgress"] = ({ phase }) => phase === "packing" && writeFileSync(file, "mine");
    await expect(run({ onProgress })).rejects.toMatchObject({
      kind: "failedPrecondition",
      message: `${file} was replaced or removed while the sync ran, and is left as it is`,
    });
    expect(readFileSync(file, "utf8")).toBe("mine");
  });

  test("a target that is replaced while pages are read is merged as it is then", async () => {
    const { syncId } = await run({ file: join(folder, "other.c1z") });
    await run();
    const before = () => writeFileSync(file, readFileSync(join(folder, "other.c1z")));
    let pages = 0;
    await run({}, { before: () => (pages++ === 0 ? before() : undefined) });
    expect((await readSnapshot(file)).runs.map((row) => row.sync_id)).toContain(syncId);
  });
});

describe("a target into which nothing can be written is noticed before the first call", () => {
  const INSERT = "INSERT INTO v1_resources (resource_type_id, external_id, data, sync_id, discovered_at)";
  const odd: [string, RegExp, Spoiling][] = [
    ["UTF-16", /its database is in UTF-16be, and snapshots are in UTF-8/, { before: "PRAGMA encoding = 'UTF-16be'" }],
    [
      "rows that are there twice",
      /its table v1_resources has rows more than once/,
      { spoil: `${INSERT} SELECT 'user', 'user:1', x'', 's1', ''` },
    ],
    [
      "a sync that is there twice",
      /its table v1_sync_runs has rows more than once/,
      { spoil: "INSERT INTO v1_sync_runs (sync_id, started_at, sync_token) VALUES ('s1', '', '')" },
    ],
    [
      "rows without an id",
      /its table v1_assets has rows without external_id or content_type or data/,
      {
        spoil: `DROP TABLE v1_assets; CREATE TABLE v1_assets
          (id INTEGER PRIMARY KEY, external_id, content_type, data, sync_id, discovered_at);
          INSERT INTO v1_assets VALUES (1, NULL, '', x'', 's1', '')`,
      },
    ],
    [
      "a column that is not there",
      /its table v1_resources has no column resource_type_id/,
      { spoil: "ALTER TABLE v1_resources DROP COLUMN resource_type_id" },
    ],
    ["an id that is no text", /has a sync_id that is no text/, { spoil: "UPDATE v1_resources SET sync_id = x'00'" }],
    ["a view without end", /it has a view/, HOSTILE_DATABASES["the syncs are a view without end"]!],
  ];

  test.each(odd)("%s", async (_name, message, spoiling) => {
    const target = hostileSnapshot(folder, spoiling);
    const old = readFileSync(target);
    const refused = await refusedAtOnce({ file: target });
    expect(refused.message).toMatch(message);
    expect(refused.message).toContain(target);
    expect(readFileSync(target)).toEqual(old);
    expect(readdirSync(folder).sort()).toEqual(["hostile.c1z", "hostile.db"]);
  });

  test("a named pipe, a folder, a device", async () => {
    execFileSync("mkfifo", [join(folder, "pipe")]);
    for (const path of [join(folder, "pipe"), temp("folder"), "/dev/null"]) {
      expect(await refusedAtOnce({ file: path })).toMatchObject({ kind: "notASnapshot" });
    }
  });

  test("a name that leaves no room for those beside it", async () => {
    for (const length of [240, 300]) {
      expect(await refusedAtOnce({ file: join(folder, "x".repeat(length)) })).toMatchObject({ kind: "usage" });
    }
    expect(await refusedAtOnce({ file: join(folder, "x/".repeat(3000)) })).toMatchObject({ kind: "usage" });
    await run({ file: join(folder, "x".repeat(233)) });
  });

  test("a file that is read-only", async () => {
    await run();
    chmodSync(file, 0o444);
    expect(await refusedAtOnce()).toEqual({ kind: "failedPrecondition", message: `${file} is read-only` });
  });
});

describe("what is in the way of the lock is neither followed nor written to", () => {
  const refusal = (at: string, why: string) => ({
    kind: "failedPrecondition",
    message: `${at} is in the way: a sync keeps a file of its own there, and ${why}`,
  });

  test("a link to a stranger's database", async () => {
    const stranger = join(folder, "stranger.db");
    const db = new DatabaseSync(stranger);
    db.exec("CREATE TABLE theirs (x)");
    db.close();
    const old = readFileSync(stranger);
    symlinkSync(stranger, `${file}.work-lock`);
    expect(await refusedAtOnce()).toEqual(refusal(`${file}.work-lock`, "it is a link"));
    expect(readFileSync(stranger)).toEqual(old);
  });

  test("a database, and a text, of somebody else's", async () => {
    const db = new DatabaseSync(`${file}.work-lock`);
    db.exec("CREATE TABLE theirs (x)");
    db.close();
    const theirs = "what is there is not of this program's making";
    expect(await refusedAtOnce()).toEqual(refusal(`${file}.work-lock`, theirs));
    writeFileSync(`${file}.work-lock`, "my notes");
    expect(await refusedAtOnce()).toEqual(refusal(`${file}.work-lock`, theirs));
    expect(readFileSync(`${file}.work-lock`, "utf8")).toBe("my notes");
  });

  test("a named pipe, and a folder", async () => {
    execFileSync("mkfifo", [`${file}.work-lock`]);
    expect(await refusedAtOnce()).toEqual(refusal(`${file}.work-lock`, "it is a named pipe"));
    rmSync(`${file}.work-lock`);
    temp("sync.c1z.work-lock");
    expect(await refusedAtOnce()).toEqual(refusal(`${file}.work-lock`, "it is a folder"));
  });

  test("a lock that the machine's end left empty is taken over", async () => {
    writeFileSync(`${file}.work-lock`, Buffer.alloc(4096));
    await run();
    expect(readdirSync(folder)).toEqual(["sync.c1z"]);
  });
});
