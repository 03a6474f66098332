import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { create } from "@bufbuild/protobuf";
import { afterAll, describe, expect, test } from "vitest";
import { openSnapshot } from "../../../src/baton/snapshot/reader.ts";
import { ResourceSchema } from "../../../src/gen/c1/connector/v2/resource_pb.ts";
import { Failure } from "../../../src/runtime/failure.ts";
import { goldenPath } from "../model/golden.ts";
import { makeSnapshot, scratch } from "./build.ts";

const made = scratch();
afterAll(made.remove);

const now = Date.parse("2026-06-15T12:00:00Z");
const clock = { now: () => now, sleep: async () => {} };

async function kindOf(run: () => unknown): Promise<string> {
  try {
    await run();
  } catch (error) {
    expect(error).toBeInstanceOf(Failure);
    return (error as Failure).kind;
  }
  return "no failure";
}

const user = (id: string, displayName = "") =>
  create(ResourceSchema, { id: { resourceType: "user", resource: id }, displayName });

describe("which sync is shown", () => {
  const full = (syncId: string, endedAt: string | null, startedAt = "2026-06-15 00:00:00") => ({
    syncId,
    startedAt,
    endedAt,
  });

  test.each([
    ["the newest finished full one", [full("a", "2026-01-02 00:00:00"), full("b", "2026-01-01 00:00:00")], "a", "a"],
    ["the later of two at once", [full("a", "2026-01-01 00:00:00"), full("b", "2026-01-01 00:00:00")], "b", "b"],
    ["the finished one before a running one", [full("a", "2020-01-01 00:00:00"), full("b", null)], "a", "a"],
    ["a running one of this week", [full("a", null, "2026-06-09 00:00:00")], "a", undefined],
    ["no running one of last month", [full("a", null, "2026-05-09 00:00:00")], undefined, undefined],
    [
      "the full one before a newer partial one",
      [full("a", "2026-01-01 00:00:00"), { ...full("b", "2026-02-01 00:00:00"), type: "partial" }],
      "a",
      "b",
    ],
    ["none of none", [], undefined, undefined],
  ])("%s", async (_name, syncs, current, newest) => {
    const path = await makeSnapshot(made.folder(), syncs);
    await using reader = await openSnapshot(path, { clock });
    expect(reader.syncs().map(({ syncId }) => syncId)).toEqual(syncs.map(({ syncId }) => syncId));
    expect(reader.current()?.syncId).toBe(current);
    expect(reader.newestFinished()?.syncId).toBe(newest);
    if (current === undefined) expect(await kindOf(() => reader.content())).toBe("notFound");
  });
});

describe("reading", () => {
  test("a sync's rows are its own, though ids are the same in another", async () => {
    const path = await makeSnapshot(made.folder(), [
      { syncId: "a", resources: [user("1", "old"), user("2")] },
      { syncId: "b", resources: [user("1", "new")] },
    ]);
    await using reader = await openSnapshot(path);
    expect([...reader.content("a").resources()].map(({ id }) => id)).toEqual(["user:1", "user:2"]);
    expect([...reader.content("b").resources()].map(({ message }) => message.displayName)).toEqual(["new"]);
    expect(reader.content("a").findResource("user", "1")?.message.displayName).toBe("old");
    expect(reader.content("b").findResource("user", "2")).toBeUndefined();
    expect(reader.content("a").counts().resources_by_resource_type).toEqual({ user: 2 });
    expect(await kindOf(() => reader.content("c"))).toBe("notFound");
  });

  test("grants are found by entitlement, principal and resource", async () => {
    await using reader = await openSnapshot(goldenPath("reference.c1z"));
    const content = reader.content();
    const all = [...content.grants()];
    const some = all.find(({ entitlementId }) => entitlementId.startsWith("app:"))!;
    const ids = (grants: Iterable<{ id: string }>) => [...grants].map(({ id }) => id).sort();
    const expected = (filter: (grant: (typeof all)[number]) => boolean) => ids(all.filter(filter));
    expect(ids(content.grants({ entitlementId: some.entitlementId }))).toEqual(
      expected((grant) => grant.entitlementId === some.entitlementId),
    );
    expect(ids(content.grants({ principal: some.principal }))).toEqual(
      expected(({ principal }) => principal.type === some.principal.type && principal.id === some.principal.id),
    );
    expect(ids(content.grants({ resource: some.resource, principal: some.principal }))).toContain(some.id);
    expect(content.findGrant(some.id)?.entitlementId).toBe(some.entitlementId);
    expect(content.findEntitlement(some.entitlementId)?.message.resource?.id?.resource).toBe(some.resource.id);
    expect([...content.entitlements(some.resource)]).toHaveLength(1);
    expect(content.findResourceType("app")?.message.displayName).toBe("App");
    expect(all.filter(({ expandable }) => expandable?.shallow).length).toBeGreaterThan(0);
  });

  test("lists nest, and one that is left half read does no harm", async () => {
    await using reader = await openSnapshot(goldenPath("reference.c1z"));
    let pairs = 0;
    for (const type of reader.content().resourceTypes()) {
      for (const resource of reader.content().resources(type.id)) {
        expect(resource.message.id?.resourceType).toBe(type.id);
        if (++pairs % 5 === 0) break;
      }
    }
    expect(pairs).toBeGreaterThan(9);
  });
});

describe("what cannot be read", () => {
  test("no file, an empty file and the newer format are told apart", async () => {
    const folder = made.folder();
    const at = (name: string, bytes: string) => {
      writeFileSync(join(folder, name), bytes);
      return join(folder, name);
    };
    expect(await kindOf(() => openSnapshot(join(folder, "none")))).toBe("notFound");
    expect(await kindOf(() => openSnapshot(at("empty", "")))).toBe("notFound");
    expect(await kindOf(() => openSnapshot(at("newer", "C1Z3\0...")))).toBe("newerSnapshot");
    expect(await kindOf(() => openSnapshot(at("text", "hello world")))).toBe("notASnapshot");
  });

  test("a corrupt database is said to be corrupt, and its copy is removed", async () => {
    const tempDir = made.folder();
    const path = await makeSnapshot(made.folder(), [{ syncId: "a" }], (db) => db.exec("drop table v1_sync_runs"));
    expect(await kindOf(() => openSnapshot(path, { tempDir }))).toBe("notASnapshot");
    expect(readdirSync(tempDir)).toEqual([]);
  });

  test("pages of rubbish are said to be corrupt", async () => {
    const folder = made.folder();
    await makeSnapshot(folder, [{ syncId: "a", resources: Array.from({ length: 2000 }, (_, at) => user(`u${at}`)) }]);
    const bytes = readFileSync(join(folder, "made.db"));
    bytes.fill(0xee, 4096 * 20);
    const { pack } = await import("../../../src/baton/snapshot/container/container.ts");
    writeFileSync(join(folder, "spoilt.db"), bytes);
    await pack(join(folder, "spoilt.db"), join(folder, "spoilt.c1z"));
    const read = async () => {
      await using reader = await openSnapshot(join(folder, "spoilt.c1z"));
      for (const resource of reader.content("a").resources()) resource.message;
    };
    expect(await kindOf(read)).toBe("notASnapshot");
  });

  test("a message that is none is named", async () => {
    const path = await makeSnapshot(made.folder(), [{ syncId: "a", resources: [user("1")] }], (db) =>
      db.exec("update v1_resources set data = x'0aff'"),
    );
    await using reader = await openSnapshot(path);
    const [resource] = reader.content("a").resources();
    expect(resource!.id).toBe("user:1");
    expect(await kindOf(() => resource!.message)).toBe("notASnapshot");
  });

  test("a folder for working copies that is not there is said so", async () => {
    const tempDir = join(made.folder(), "none");
    expect(await kindOf(() => openSnapshot(goldenPath("reference.c1z"), { tempDir }))).toBe("notFound");
  });
});
