import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, readdirSync, statSync } from "node:fs";
import { join } from "node:path";
import { BinaryWriter, WireType } from "@bufbuild/protobuf/wire";
import { afterAll, describe, expect, test } from "vitest";
import { exportJson } from "../../../src/baton/access/export/json.ts";
import { inspect, unpack } from "../../../src/baton/snapshot/container/container.ts";
import { readFrame } from "../../../src/baton/snapshot/container/frame.ts";
import { openSnapshot } from "../../../src/baton/snapshot/reader.ts";
import { ResourceSchema } from "../../../src/gen/c1/connector/v2/resource_pb.ts";
import { Failure } from "../../../src/runtime/failure.ts";
import {
  declaredSize,
  emptyBlocks,
  HOSTILE_DATABASES,
  hostileSnapshot,
  hugeWindow,
  ODD_DATABASES,
  repeatedByte,
} from "../../hostile/files.ts";
import { goldenPath } from "../model/golden.ts";
import { scratch } from "./build.ts";

const made = scratch();
afterAll(made.remove);

async function refusal(run: Promise<unknown>): Promise<Failure> {
  const error = await run.then(
    () => "nothing was refused",
    (thrown: unknown) => thrown,
  );
  expect(error).toBeInstanceOf(Failure);
  return error as Failure;
}

describe("a database that is not that of a snapshot is refused before anything of it is run", () => {
  test.each(Object.entries(HOSTILE_DATABASES))("%s", async (_name, spoiling) => {
    const path = hostileSnapshot(made.folder(), spoiling);
    const tempDir = made.folder();
    const refused = await refusal(openSnapshot(path, { tempDir }));
    expect(refused.kind).toBe("notASnapshot");
    expect(refused.message).toContain(path);
    expect(readdirSync(tempDir)).toEqual([]);
  });
});

describe("a database that is odd and does no harm is read", () => {
  test.each(Object.entries(ODD_DATABASES))("%s", async (_name, spoiling) => {
    await using reader = await openSnapshot(hostileSnapshot(made.folder(), spoiling));
    expect(reader.current()?.syncId).toBe("s1");
    expect(reader.content().counts().resources).toBe(1);
  });
});

describe("values that no snapshot holds", () => {
  test.each([
    ["a text where a message belongs", "UPDATE v1_resources SET data = 'text'"],
    ["nothing where a message belongs", "ALTER TABLE v1_resources DROP COLUMN data; ALTER TABLE v1_resources ADD data"],
  ])("%s are called corrupt", async (_name, spoil) => {
    await using reader = await openSnapshot(hostileSnapshot(made.folder(), { spoil }));
    const read = async () => [...reader.content().resources()].map(({ message }) => message);
    expect((await refusal(read())).kind).toBe("notASnapshot");
  });
});

test("the number of a row, which says nothing, may be larger than any", async () => {
  const spoil = "UPDATE v1_resources SET id = 9223372036854775807";
  await using reader = await openSnapshot(hostileSnapshot(made.folder(), { spoil }));
  expect([...reader.content().resources()].map(({ message }) => message.id?.resourceType)).toHaveLength(1);
});

test.each([100, 1500, 5000])(
  "a message of %i objects within each other is exported or called corrupt",
  async (levels) => {
    let value = Buffer.alloc(0);
    const field = (number: number, bytes: Uint8Array) => {
      const writer = new BinaryWriter().tag(number, WireType.LengthDelimited).bytes(bytes);
      return Buffer.from(writer.finish());
    };
    // Lists within lists: google.protobuf.Value.list_value (6), ListValue.values (1), down from a Struct.
    for (let level = 0; level < levels; level++) value = field(6, field(1, value));
    const struct = field(1, Buffer.concat([field(1, Buffer.from("a")), field(2, value)]));
    const profile = ResourceSchema.field.profile!.number;
    const path = hostileSnapshot(made.folder(), {
      spoil: (db) => void db.prepare("UPDATE v1_resources SET data = ?").run(field(profile, struct)),
    });
    await using reader = await openSnapshot(path);
    const exported = async () => [...exportJson(reader.content())].join("");
    const seen = await exported().catch((error: unknown) => (error instanceof Failure ? error.kind : error));
    expect(seen).toSatisfy((text) => text === "notASnapshot" || (levels < 1500 && String(text).includes("[[[[")));
  },
);

describe("a frame that is a bomb is refused before anything is written", () => {
  const bombs: [string, string, (path: string) => string][] = [
    ["3 MB of empty blocks", "notASnapshot", (path) => emptyBlocks(path, 1_000_000)],
    ["10 GiB of one byte", "resourceExhausted", (path) => repeatedByte(path, 81_920)],
    ["a size of 9 GiB in a file of some bytes", "resourceExhausted", (path) => declaredSize(path, 9n << 30n)],
    ["a size of 8 EiB", "resourceExhausted", (path) => declaredSize(path, 1n << 63n)],
    ["a window of 2 GiB", "notASnapshot", hugeWindow],
  ];

  test.each(bombs)("%s", async (_name, kind, make) => {
    const folder = made.folder();
    const path = make(join(folder, "bomb.c1z"));
    expect((await refusal(inspect(path))).kind).toBe(kind);
    const db = join(folder, "bomb.db");
    expect((await refusal(unpack(path, db))).kind).toBe(kind);
    expect(existsSync(db)).toBe(false);
  });

  test("a file is walked in few reads, whatever its blocks are", async () => {
    const reads: number[] = [];
    const path = emptyBlocks(join(made.folder(), "blocks.c1z"), 900);
    const file = {
      stat: async () => statSync(path),
      read: async (buffer: Buffer, _at: number, length: number, from: number) => {
        reads.push(from);
        const { readFileSync } = await import("node:fs");
        return { bytesRead: readFileSync(path).copy(buffer, 0, from, from + length) };
      },
    };
    expect(await readFrame(file as never, 5)).toMatchObject({ emptyBlocks: 901, leastSize: 0 });
    expect(reads).toEqual([5]);
  });
});

describe("what is no file is refused at once", () => {
  test("a named pipe, a folder, a device", async () => {
    const folder = made.folder();
    const pipe = join(folder, "pipe");
    execFileSync("mkfifo", [pipe]);
    mkdirSync(join(folder, "folder"));
    for (const [path, sort] of [
      [pipe, "a named pipe"],
      [join(folder, "folder"), "a folder"],
      ["/dev/zero", "a device"],
    ] as const) {
      for (const look of [inspect, openSnapshot, (at: string) => unpack(at, join(folder, "out.db"))]) {
        const refused = await refusal(look(path));
        expect([refused.kind, refused.message]).toEqual([
          "notASnapshot",
          `${path} is not a snapshot: it is not a file but ${sort}`,
        ]);
      }
    }
  });
});

test("the copy has no name while it is read, so that nothing is left of it however the program ends", async () => {
  const tempDir = made.folder();
  let seen: string[] | undefined;
  const signal = new AbortController().signal;
  // The first moment at which anything can be written is when the frame is inflated: look on at every turn until then.
  const opening = openSnapshot(goldenPath("reference.c1z"), { tempDir, signal });
  const watch = setInterval(() => {
    const files = readdirSync(tempDir, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
    const full = files.map(({ parentPath, name }) => join(parentPath, name)).filter((path) => statSync(path).size > 0);
    seen = [...(seen ?? []), ...full];
  }, 0);
  await using reader = await opening;
  clearInterval(watch);
  expect(seen ?? []).toEqual([]);
  expect(readdirSync(tempDir)).toEqual([]);
  expect(reader.current()).toBeDefined();
});
