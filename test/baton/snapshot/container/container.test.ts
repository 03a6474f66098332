import { spawnSync } from "node:child_process";
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { open } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { constants, zstdCompressSync, zstdDecompressSync } from "node:zlib";
import { afterAll, describe, expect, test } from "vitest";
import { inspect, pack, unpack } from "../../../../src/baton/snapshot/container/container.ts";
import { readFrame } from "../../../../src/baton/snapshot/container/frame.ts";
import { Failure } from "../../../../src/runtime/failure.ts";
import { goldenPath } from "../../model/golden.ts";

const reference = goldenPath("reference.c1z");
const folder = mkdtempSync(join(tmpdir(), "container-"));
afterAll(() => rmSync(folder, { recursive: true }));

let count = 0;
function fresh(): string {
  const path = join(folder, String(++count));
  mkdirSync(path);
  return path;
}

function c1z(bytes: Buffer | string): string {
  const path = join(fresh(), "a.c1z");
  writeFileSync(path, bytes);
  return path;
}

function database(rows = 1000): string {
  const path = join(fresh(), "a.db");
  const db = new DatabaseSync(path);
  db.exec("create table t (x text)");
  const add = db.prepare("insert into t values (?)");
  db.exec("begin");
  for (let row = 0; row < rows; row++) add.run(`row ${row} ${"x".repeat(row % 50)}`);
  db.exec("commit");
  db.close();
  return path;
}

/** A database that does not compress. */
function noise(): string {
  const path = join(fresh(), "noise.db");
  const db = new DatabaseSync(path);
  db.exec("create table t (x blob); insert into t values (randomblob(4000000))");
  db.close();
  return path;
}

async function failure(run: Promise<unknown>): Promise<Failure> {
  const error = await run.then(
    () => undefined,
    (thrown) => thrown,
  );
  expect(error).toBeInstanceOf(Failure);
  return error;
}

const wrapped = (bytes: Buffer) => Buffer.concat([Buffer.from("C1ZF\0"), zstdCompressSync(bytes)]);
const whole = readFileSync(reference);

describe("inspect", () => {
  test("a snapshot of another program is one", async () => {
    expect(await inspect(reference)).toBe("snapshot");
  });

  test("no file and an empty file are absent", async () => {
    expect(await inspect(join(fresh(), "none"))).toBe("absent");
    expect(await inspect(c1z(""))).toBe("absent");
  });

  const corrupt: [string, Buffer][] = [
    ["text", Buffer.from("hello, world, this is no snapshot")],
    ["less than a header", Buffer.from("C1Z")],
    ["nothing but a header", Buffer.from("C1ZF\0")],
    ["gzip", Buffer.from([0x1f, 0x8b, 8, 0, 0, 0, 0, 0])],
    ["a header and no zstd", Buffer.from(`C1ZF\0${"x".repeat(100)}`)],
    ["a bare database", Buffer.from(`SQLite format 3\0${"x".repeat(100)}`)],
    ["a frame without a database", wrapped(Buffer.from("no database ".repeat(100)))],
    ["an empty frame", wrapped(Buffer.alloc(0))],
    ["half a file", whole.subarray(0, whole.length / 2)],
    ["all but a byte", whole.subarray(0, -1)],
    ["all and a byte", Buffer.concat([whole, Buffer.from("x")])],
    [
      "a window over 128 MiB",
      Buffer.concat([
        Buffer.from("C1ZF\0"),
        zstdCompressSync(Buffer.from("x"), {
          params: { [constants.ZSTD_c_windowLog]: 28, [constants.ZSTD_c_contentSizeFlag]: 0 },
        }),
      ]),
    ],
  ];

  test.each(corrupt)("%s is refused, by unpacking too", async (_name, bytes) => {
    const path = c1z(bytes);
    const inspected = await failure(inspect(path));
    expect(inspected.kind).toBe("notASnapshot");
    expect(inspected.message).toContain(path);
    const db = join(fresh(), "a.db");
    expect((await failure(unpack(path, db))).kind).toBe("notASnapshot");
    expect(existsSync(db)).toBe(false);
  });

  test("the newer format is named as such", async () => {
    const refused = await failure(inspect(c1z("C1Z3\0anything")));
    expect(refused.kind).toBe("newerSnapshot");
    expect(refused.message).toMatch(/newer/);
    expect((await failure(unpack(c1z("C1Z3\0anything"), join(fresh(), "a.db")))).kind).toBe("newerSnapshot");
  });

  test("a folder is no snapshot", async () => {
    expect((await failure(inspect(fresh()))).kind).toBe("notASnapshot");
  });
});

describe("pack and unpack", () => {
  test("the same bytes come back", async () => {
    const db = database(20_000);
    const path = join(fresh(), "b.c1z");
    await pack(db, path);
    expect(await inspect(path)).toBe("snapshot");
    const back = join(fresh(), "b.db");
    await unpack(path, back);
    expect(readFileSync(back).equals(readFileSync(db))).toBe(true);
  });

  test("the file is a header and one frame that states its content's size", async () => {
    const db = database();
    const path = join(fresh(), "b.c1z");
    await pack(db, path);
    const bytes = readFileSync(path);
    expect(bytes.subarray(0, 5).toString("latin1")).toBe("C1ZF\0");
    expect(zstdDecompressSync(bytes.subarray(5)).equals(readFileSync(db))).toBe(true);
    const file = await open(path, "r");
    const frame = await readFrame(file, 5);
    await file.close();
    expect(frame?.contentSize).toBe(statSync(db).size);
  });

  test("a new file is its owner's alone; one that replaces another keeps the mode", async () => {
    const path = join(fresh(), "b.c1z");
    await pack(database(), path);
    expect(statSync(path).mode & 0o777).toBe(0o600);
    chmodSync(path, 0o644);
    await pack(database(), path);
    expect(statSync(path).mode & 0o777).toBe(0o644);
  });

  test("a link to a snapshot stays a link", async () => {
    const at = fresh();
    const path = join(at, "real.c1z");
    await pack(database(1), path);
    symlinkSync(path, join(at, "link.c1z"));
    const before = readFileSync(path);
    await pack(database(5000), join(at, "link.c1z"));
    expect(readFileSync(path).equals(before)).toBe(false);
    expect(readdirSync(at).sort()).toEqual(["link.c1z", "real.c1z"]);
  });

  test("a failure in the middle leaves the old file whole and nothing beside it", async () => {
    const path = join(fresh(), "b.c1z");
    await pack(database(), path);
    const before = readFileSync(path);
    const broken = database(20_000);
    const aborted = new AbortController();
    aborted.abort(new Error("enough"));
    await expect(pack(broken, path, { signal: aborted.signal })).rejects.toThrow("enough");
    expect(readFileSync(path).equals(before)).toBe(true);
    expect(readdirSync(join(path, ".."))).toEqual(["b.c1z"]);
  });

  test("a file that cannot grow leaves the old one whole and nothing beside it", async () => {
    const path = join(fresh(), "b.c1z");
    await pack(database(), path);
    const before = readFileSync(path);
    const code = `import { pack } from ${JSON.stringify(new URL("../../../../src/baton/snapshot/container/container.ts", import.meta.url).href)};
      pack(process.argv[1], process.argv[2]).catch((error) => console.log(error.kind));`;
    const limited = spawnSync(
      "sh",
      ["-c", 'ulimit -f 16; exec "$@"', "sh", process.execPath, "--input-type=module", "-e", code, noise(), path],
      { encoding: "utf8" },
    );
    expect(limited.stdout).toBe("resourceExhausted\n");
    expect(readFileSync(path).equals(before)).toBe(true);
    expect(readdirSync(join(path, ".."))).toEqual(["b.c1z"]);
  });

  test("unpacking replaces what an interrupted run left, and follows no link", async () => {
    const left = join(fresh(), "left.db");
    writeFileSync(left, "half a database", { mode: 0o644 });
    await unpack(reference, left);
    expect(readFileSync(left).subarray(0, 15).toString()).toBe("SQLite format 3");
    expect(statSync(left).mode & 0o777).toBe(0o600);
    const other = database();
    const before = readFileSync(other);
    const link = join(fresh(), "link.db");
    symlinkSync(other, link);
    expect((await failure(unpack(reference, link))).kind).toBe("alreadyExists");
    expect(readFileSync(other).equals(before)).toBe(true);
    expect(existsSync(link)).toBe(true);
  });

  test("a database in WAL mode is not packed", async () => {
    const path = database();
    const db = new DatabaseSync(path);
    db.exec("pragma journal_mode = wal");
    db.close();
    expect((await failure(pack(path, join(fresh(), "b.c1z")))).message).toMatch(/WAL/);
  });

  test("a bomb is refused at the limit", async () => {
    const bomb = c1z(wrapped(Buffer.concat([Buffer.from("SQLite format 3\0"), Buffer.alloc(64 * 2 ** 20)])));
    expect(statSync(bomb).size).toBeLessThan(100_000);
    const db = join(fresh(), "a.db");
    const refused = await failure(unpack(bomb, db, { maxBytes: 2 ** 20 }));
    expect(refused.kind).toBe("resourceExhausted");
    expect(existsSync(db)).toBe(false);
  });

  test("a flipped byte is found by the checksum", async () => {
    const path = join(fresh(), "b.c1z");
    await pack(database(20_000), path);
    const bytes = readFileSync(path);
    bytes[bytes.length >> 1]! ^= 0x55;
    const db = join(fresh(), "a.db");
    expect((await failure(unpack(c1z(bytes), db))).kind).toBe("notASnapshot");
    expect(existsSync(db)).toBe(false);
  });

  test("a place that is not there is said so", async () => {
    expect((await failure(pack(database(), join(fresh(), "none", "b.c1z")))).kind).toBe("notFound");
    expect((await failure(unpack(join(fresh(), "none.c1z"), join(fresh(), "a.db")))).kind).toBe("notFound");
  });
});
