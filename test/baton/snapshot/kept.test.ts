import {
  chmodSync,
  chownSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { create } from "@bufbuild/protobuf";
import { afterAll, describe, expect, test } from "vitest";
import type { KeepLimits } from "../../../src/baton/snapshot/kept/copies.ts";
import { openSnapshot, type SnapshotReader } from "../../../src/baton/snapshot/reader.ts";
import { ResourceSchema } from "../../../src/gen/c1/connector/v2/resource_pb.ts";
import { HOSTILE_DATABASES, hostileSnapshot } from "../../hostile/files.ts";
import { makeSnapshot, scratch } from "./build.ts";

const made = scratch();
afterAll(made.remove);

const HOUR_MS = 60 * 60 * 1000;
/** The machine's own time, as its file system may note when a copy was read. */
const NOW = Date.now();

async function snapshotOf(displayName: string, folder = made.folder()): Promise<string> {
  const user = create(ResourceSchema, { id: { resourceType: "user", resource: "1" }, displayName });
  return await makeSnapshot(folder, [{ syncId: "s", resources: [user] }]);
}

interface Asked extends Partial<KeepLimits> {
  readonly now?: number;
}

function open(path: string, folder: string, { now = NOW, ...limits }: Asked = {}): Promise<SnapshotReader> {
  const clock = { now: () => now, sleep: async () => {} };
  const keeping = { folder, limits: { minPackedBytes: 0, minFreeBytes: 0, ...limits } };
  return openSnapshot(path, { clock, keeping, tempDir: made.folder() });
}

async function nameIn(path: string, folder: string, asked: Asked = {}): Promise<string | undefined> {
  await using reader = await open(path, folder, asked);
  return reader.content().findResource("user", "1")?.message.displayName;
}

const copiesIn = (folder: string) => readdirSync(folder).sort();
const keepingFolder = () => join(made.folder(), "kept");

/** Puts the database of another copy in the place of one, as nothing but its content would tell. */
function swap(copy: string, other: string): void {
  const times = statSync(copy);
  copyFileSync(other, copy);
  utimesSync(copy, times.atime, times.mtime);
}

describe("an unpacked copy that is kept", () => {
  test("is what the next reader of the same file opens, under whatever name", async () => {
    const [folder, others] = [keepingFolder(), keepingFolder()];
    const [ada, bob] = [await snapshotOf("Ada"), await snapshotOf("Bob")];
    expect(await nameIn(ada, folder)).toBe("Ada");
    expect(await nameIn(bob, others)).toBe("Bob");
    const [copy] = copiesIn(folder);
    expect(statSync(join(folder, copy!)).mode & 0o777).toBe(0o600);
    swap(join(folder, copy!), join(others, copiesIn(others)[0]!));
    const moved = join(made.folder(), "moved.c1z");
    copyFileSync(ada, moved);
    expect(await nameIn(moved, folder)).toBe("Bob");
    expect(copiesIn(folder)).toEqual([copy]);
  });

  test("is never that of another file of the same name, size and times", async () => {
    const folder = keepingFolder();
    const path = await snapshotOf("Ada");
    const times = statSync(path);
    expect(await nameIn(path, folder)).toBe("Ada");
    const other = await snapshotOf("Bob");
    writeFileSync(path, readFileSync(other));
    utimesSync(path, times.atime, times.mtime);
    expect(statSync(path).size).toBe(times.size);
    expect(await nameIn(path, folder)).toBe("Bob");
    await using reader = await open(path, folder);
    await using plain = await openSnapshot(path);
    expect(reader.sha256).toBe(plain.sha256);
  });

  test.each<[string, (copy: string) => void]>([
    ["that was written to since", (copy) => utimesSync(copy, new Date(NOW), new Date(NOW))],
    ["that others can read", (copy) => chmodSync(copy, 0o644)],
    ["that is cut off", (copy) => writeFileSync(copy, readFileSync(copy).subarray(0, 100))],
    ["that is no database", (copy) => sealedAs(copy, Buffer.alloc(4096, 1))],
    ["that is empty", (copy) => sealedAs(copy, Buffer.alloc(0))],
  ])("is made anew in place of one %s", async (_what, spoil) => {
    const folder = keepingFolder();
    const path = await snapshotOf("Ada");
    await nameIn(path, folder);
    const copy = join(folder, copiesIn(folder)[0]!);
    spoil(copy);
    expect(await nameIn(path, folder)).toBe("Ada");
    expect(statSync(copy).mode & 0o777).toBe(0o600);
    expect(readFileSync(copy, "latin1").slice(0, 15)).toBe("SQLite format 3");
  });

  test.runIf(process.getuid?.() === 0)("is not taken from somebody else, nor is a folder of theirs", async () => {
    const folder = keepingFolder();
    const path = await snapshotOf("Ada");
    await nameIn(path, folder);
    const copy = join(folder, copiesIn(folder)[0]!);
    const others = keepingFolder();
    await nameIn(await snapshotOf("Bob"), others);
    swap(copy, join(others, copiesIn(others)[0]!));
    chownSync(copy, 65534, 65534);
    expect(await nameIn(path, folder)).toBe("Ada");
    expect(statSync(copy).uid).toBe(0);
    chownSync(folder, 65534, 65534);
    swap(copy, join(others, copiesIn(others)[0]!));
    expect(await nameIn(path, folder)).toBe("Ada");
  });

  test("is not put where others can look, nor behind a link", async () => {
    const path = await snapshotOf("Ada");
    const open = keepingFolder();
    mkdirSync(open);
    chmodSync(open, 0o755);
    expect(await nameIn(path, open)).toBe("Ada");
    const [real, link] = [keepingFolder(), keepingFolder()];
    mkdirSync(real, { mode: 0o700 });
    symlinkSync(real, link);
    expect(await nameIn(path, link)).toBe("Ada");
    expect([copiesIn(open), copiesIn(real)]).toEqual([[], []]);
  });

  test.each<[string, Asked]>([
    ["the disk has no room for it", { minFreeBytes: Number.MAX_SAFE_INTEGER }],
    ["it would be larger than all may be", { maxBytes: 10 }],
    ["the snapshot is small", { minPackedBytes: 10_000_000 }],
  ])("is not made where %s", async (_why, asked) => {
    const folder = keepingFolder();
    expect(await nameIn(await snapshotOf("Ada"), folder, asked)).toBe("Ada");
    expect(existsSync(folder) ? copiesIn(folder) : []).toEqual([]);
  });

  test("is not made of what is no snapshot, which is refused as it is without", async () => {
    const folder = keepingFolder();
    const path = hostileSnapshot(made.folder(), HOSTILE_DATABASES["a view of no known name"]!);
    await expect(open(path, folder)).rejects.toMatchObject({ kind: "notASnapshot" });
    await expect(open(join(made.folder(), "none.c1z"), folder)).rejects.toMatchObject({ kind: "notFound" });
    expect(copiesIn(folder)).toEqual([]);
  });
});

describe("what is kept is bounded", () => {
  test("in number and size, the one that was used last staying longest", async () => {
    const folder = keepingFolder();
    const [a, b, c] = [await snapshotOf("A"), await snapshotOf("B"), await snapshotOf("C")];
    const asked = (at: number) => ({ now: NOW + at, maxCopies: 2 });
    for (const [at, path] of [a, b, a, c].entries()) await nameIn(path!, folder, asked(at));
    const left = copiesIn(folder);
    expect(left).toHaveLength(2);
    await nameIn(a, folder, asked(5));
    expect(copiesIn(folder)).toEqual(left);
    const bytes = statSync(join(folder, left[0]!)).size;
    await nameIn(c, folder, { now: NOW + 6, maxBytes: 1.5 * bytes });
    expect(copiesIn(folder)).toHaveLength(1);
  });

  test("in time, and what a killed process left is removed; nothing else in the folder is", async () => {
    const folder = keepingFolder();
    await nameIn(await snapshotOf("A"), folder);
    writeFileSync(join(folder, "0123456789abcdef.part"), "torn");
    writeFileSync(join(folder, "fedcba9876543210.part"), "being written");
    writeFileSync(join(folder, "notes.txt"), "mine");
    utimesSync(join(folder, "0123456789abcdef.part"), new Date(NOW), new Date(NOW + 22 * HOUR_MS));
    utimesSync(join(folder, "fedcba9876543210.part"), new Date(NOW), new Date(NOW + 25 * HOUR_MS));
    utimesSync(join(folder, "notes.txt"), new Date(0), new Date(0));
    const [old] = copiesIn(folder).filter((name) => name.endsWith(".db"));
    await nameIn(await snapshotOf("B"), folder, { now: NOW + 25 * HOUR_MS });
    const left = copiesIn(folder);
    expect(left).toContain("fedcba9876543210.part");
    expect(left).toContain("notes.txt");
    expect(left).not.toContain("0123456789abcdef.part");
    expect(left).not.toContain(old);
    expect(left).toHaveLength(3);
  });
});

test("many who open one snapshot at once all read it, though the copy is replaced and removed under them", async () => {
  const folder = keepingFolder();
  const path = await snapshotOf("Ada");
  const readers = await Promise.all(Array.from({ length: 6 }, () => open(path, folder)));
  const other = await snapshotOf("Bob");
  await nameIn(other, folder, { maxCopies: 1 });
  expect(copiesIn(folder)).toHaveLength(1);
  for (const reader of readers) {
    expect(reader.content().findResource("user", "1")?.message.displayName).toBe("Ada");
    await reader.close();
  }
});

/** Writes something into a copy that looks finished. */
function sealedAs(copy: string, bytes: Buffer): void {
  const times = statSync(copy);
  writeFileSync(copy, bytes);
  utimesSync(copy, times.atime, times.mtime);
}
