import { cpSync, mkdirSync, readdirSync, utimesSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, describe, expect, it } from "vitest";
import { sync as syncDirectly } from "../../../../src/baton/sync/sync.ts";
import { Failure } from "../../../../src/runtime/failure.ts";
import { groupId, SMALL } from "../../sync/org.ts";
import { readSnapshot } from "../../sync/snapshot.ts";
import { busyConnector } from "../connector.ts";
import type { FakePlatform, Upload } from "../platform.ts";
import { closeRigs, type Rig, type RigOptions, startPlatform, startRig, temporary } from "../rig.ts";

afterEach(closeRigs);

type Given = Parameters<Rig["platform"]["give"]>[0];

const sync = (value: object = {}): Given => ({ case: "syncFull", value: value as never });

/** What an uploaded snapshot holds. */
async function contentOf({ bytes }: Upload) {
  const file = join(temporary(), "upload.c1z");
  writeFileSync(file, bytes);
  const { rows, runs, schema } = await readSnapshot(file);
  const of = (table: string) => rows.filter((row) => row.startsWith(`v1_${table} `));
  return { rows, runs, schema, of };
}

async function synced(task: Given, options: Partial<RigOptions> = {}) {
  const rig = await startRig({ connector: busyConnector().connector, ...options });
  const content = await ended(rig.platform, rig.platform.give(task));
  await rig.stop();
  expect(rig.files()).toEqual([]);
  return content;
}

async function ended(fake: FakePlatform, id: string) {
  const end = await fake.end(id);
  expect(end.status?.message ?? "").toBe("");
  if (end.finalState.case !== "success") throw new Error("the sync failed");
  expect(end.finalState.value.response).toBeUndefined();
  return await contentOf(fake.uploads.find(({ taskId }) => taskId === id)!);
}

async function direct(options: Partial<Parameters<typeof syncDirectly>[1]> = {}) {
  const file = join(temporary(), "direct.c1z");
  await syncDirectly(busyConnector().connector, { file, binding: "test", selection: {}, ...options });
  return await readSnapshot(file);
}

const settings = (more: object) => ({ settings: { binding: "test", selection: {}, skipFullSync: false, ...more } });

describe("a sync task", () => {
  it("uploads what a sync by hand writes, and leaves nothing behind", async () => {
    const found = await synced(sync());
    expect(found.rows).toEqual((await direct()).rows);
    expect(found.runs).toMatchObject([{ sync_type: "full", supports_diff: 1 }]);
    expect(found.runs[0]!.ended_at).not.toBeNull();
  });

  it("leaves the expansion to the platform where it says so", async () => {
    const found = await synced(sync({ skipExpandGrants: true }));
    expect(found.rows).toEqual((await direct({ expand: false })).rows);
    expect(found.of("grants").filter((row) => row.includes('"needs_expansion":1')).length).toBeGreaterThan(0);
  });

  it("leaves out what it says", async () => {
    const resources = await synced(sync({ skipEntitlementsAndGrants: true }));
    expect(resources.runs).toMatchObject([{ sync_type: "resources_only" }]);
    expect([resources.of("entitlements").length, resources.of("grants").length]).toEqual([0, 0]);
    const noGrants = await synced(sync({ skipGrants: true }));
    expect(noGrants.of("grants")).toEqual([]);
    expect(noGrants.of("entitlements").length).toBeGreaterThan(0);
  });

  it("reads the types that it names, and not those of the flags", async () => {
    const flags = settings({ selection: { types: ["role"] } });
    const named = await synced(sync({ syncResourceTypeIds: ["user", "group"] }), flags);
    expect(named.of("resource_types")).toHaveLength(2);
    const unnamed = await synced(sync(), flags);
    expect(unnamed.of("resource_types")).toHaveLength(1);
  });

  it("reads the resources that it names, and not those of the flags", async () => {
    const id = { resourceType: "group", resource: `00g${"0".repeat(16)}2` };
    const flags = settings({ selection: { resources: [{ type: "user", id: "00u1" }], skipGrants: true } });
    const found = await synced(sync({ targetedSyncResources: [{ id }] }), flags);
    expect(found.runs).toMatchObject([{ sync_type: "partial" }]);
    expect(found.of("resources").filter((row) => row.includes('"group"'))).toHaveLength(1);
    expect(found.of("grants").length).toBeGreaterThan(0);
  });

  it("reads of the resources that it names those of the types that it names", async () => {
    const group = { resourceType: "group", resource: `00g${"0".repeat(16)}2` };
    const user = { resourceType: "user", resource: `00u${"0".repeat(16)}1` };
    const targetedSyncResources = [{ id: group }, { id: user }];
    const found = await synced(sync({ targetedSyncResources, syncResourceTypeIds: ["group"] }));
    expect(found.runs).toMatchObject([{ sync_type: "partial" }]);
    expect(found.of("resource_types")).toHaveLength(1);
    expect(found.of("resources")).toHaveLength(1);
    expect(found.of("grants").length).toBeGreaterThan(0);
    const bare = await synced(sync({ targetedSyncResources, skipEntitlementsAndGrants: true }));
    expect(bare.runs).toMatchObject([{ sync_type: "partial" }]);
    expect(bare.of("resources").length).toBeGreaterThan(0);
    expect([bare.of("entitlements").length, bare.of("grants").length]).toEqual([0, 0]);
  });

  it.each([
    ["pebble", true],
    ["sqlite", false],
    ["", false],
  ])("takes the storage engine %j, and warns where it does not write that one: %j", async (storageEngine, warned) => {
    const rig = await startRig({ connector: busyConnector().connector });
    const found = await ended(rig.platform, rig.platform.give(sync({ storageEngine })));
    expect(found.runs).toMatchObject([{ sync_type: "full" }]);
    expect(rig.logged.some((line) => line.includes("storage engine"))).toBe(warned);
  });

  it("of a type that there is not fails, and may be tried again", async () => {
    const rig = await startRig({ connector: busyConnector().connector });
    const end = await rig.platform.end(rig.platform.give(sync({ syncResourceTypeIds: ["planet"] })));
    expect(end).toMatchObject({ status: { code: 3 }, finalState: { case: "error", value: { nonRetryable: false } } });
    expect(rig.platform.uploads).toEqual([]);
  });

  it.each([
    ["no id at all", {}],
    ["an id without a type", { id: { resource: "00g1" } }],
    ["an id without a resource", { id: { resourceType: "group" } }],
  ])("that targets a resource with %s is malformed, and no empty snapshot is uploaded", async (_, resource) => {
    const rig = await startRig({ connector: busyConnector().connector });
    const end = await rig.platform.end(rig.platform.give(sync({ targetedSyncResources: [resource] })));
    expect(end).toMatchObject({ status: { code: 3 }, finalState: { case: "error", value: { nonRetryable: true } } });
    expect(rig.platform.uploads).toEqual([]);
  });

  it("uploads an empty finished sync where nothing is to be read", async () => {
    const { connector } = busyConnector({}, SMALL, {
      before: () => {
        throw new Error("nothing may be read");
      },
    });
    const found = await synced(sync(), { connector, ...settings({ skipFullSync: true }) });
    expect(found.rows).toEqual([]);
    expect(found.runs).toMatchObject([{ sync_type: "full" }]);
    expect(found.runs[0]!.ended_at).not.toBeNull();
    expect(found.schema).toEqual((await direct()).schema);
  });

  it("leaves a group that cannot be read out where the flag says so, and fails where it does not", async () => {
    const denied = () =>
      busyConnector({}, SMALL, {
        before(key) {
          if (!key.startsWith("grants 0 ")) return;
          throw new Failure({ kind: "permissionDenied", message: "refused", answer: { status: 403 } });
        },
      });
    const found = await synced(sync(), { connector: denied().connector, ...settings({ skipUnreadable: true }) });
    expect(found.rows.some((row) => row.includes(`group:${groupId(5)}:member`))).toBe(true);
    const rig = await startRig({ connector: denied().connector });
    const { status } = await rig.platform.end(rig.platform.give(sync()));
    expect(status).toMatchObject({ code: 7, message: expect.stringContaining("refused") });
  });

  it("that is to be debugged uploads its own log after the snapshot: a line of JSON for each entry", async () => {
    const rig = await startRig({ connector: busyConnector().connector });
    const id = rig.platform.give(sync(), { debug: true });
    await ended(rig.platform, id);
    expect(rig.platform.uploads).toHaveLength(2);
    const log = rig.platform.uploads[1]!;
    expect(log).toMatchObject({ taskId: id, whole: true });
    const lines = log.bytes.toString("utf8").trimEnd().split("\n");
    const entries = lines.map((line) => JSON.parse(line));
    for (const entry of entries) expect(entry).toMatchObject({ level: expect.any(String), time: expect.any(String) });
    expect(entries.map(({ msg }) => msg)).toEqual(
      expect.arrayContaining(["sync started", "sync finished", "uploaded"]),
    );
    await rig.stop();
    expect(rig.files()).toEqual([]);
  });
});

describe("after a crash", () => {
  /** Starts a sync, and copies the disk at a moment when half of it is read: what a killed process leaves. */
  async function crashed(fake: FakePlatform, id: string): Promise<{ folder: string; keys: string[] }> {
    const keys: string[] = [];
    let reached = () => {};
    const there = new Promise<void>((resolve) => {
      reached = resolve;
    });
    const { connector } = busyConnector({}, SMALL, {
      before: async (key) => {
        if (key !== 'all {"from":9}') return;
        reached();
        await new Promise(() => {});
      },
      after: (key) => keys.push(key),
    });
    const settingsInTurn = settings({ workers: 0 });
    const rig = await startRig({ connector, fake, ...settingsInTurn });
    fake.give(sync(), { id });
    await there;
    const folder = temporary();
    cpSync(rig.tempDir, folder, { recursive: true });
    await rig.stop();
    return { folder, keys };
  }

  const ID = "2abcdefghijklmnopqrstuvwxyZ";

  it("the same task goes on where it was, and reads nothing twice", async () => {
    const fake = await startPlatform();
    const { folder, keys } = await crashed(fake, ID);
    expect(fake.finished.map(({ status }) => status?.code)).toEqual([1]);
    fake.finished.length = 0;
    const again: string[] = [];
    const { connector } = busyConnector({}, SMALL, { after: (key) => again.push(key) });
    const rig = await startRig({ connector, fake, ...settings({ workers: 0 }) }, folder);
    fake.give(sync(), { id: ID });
    const found = await ended(fake, ID);
    expect(found.rows).toEqual((await direct()).rows);
    expect(keys.length).toBeGreaterThan(5);
    expect(again.length).toBeGreaterThan(0);
    expect(again.filter((key) => keys.includes(key))).toEqual([]);
    await rig.stop();
    expect(rig.files()).toEqual([]);
  });

  it("another task starts afresh, and what was left goes when it is done", async () => {
    const fake = await startPlatform();
    const { folder } = await crashed(fake, ID);
    const rig = await startRig({ connector: busyConnector().connector, fake, ...settings({ workers: 0 }) }, folder);
    await fake.until(() => fake.count("GetTask") > 3);
    expect(rig.files().some((name) => name.includes(ID))).toBe(true);
    const found = await ended(fake, fake.give(sync()));
    expect(found.rows).toEqual((await direct()).rows);
    await fake.until(() => fake.count("GetTask") > 8);
    expect(rig.files()).toEqual([]);
  });

  it("a snapshot that was finished is uploaded as it is", async () => {
    const fake = await startPlatform();
    const folder = temporary();
    const first = await startRig({ connector: busyConnector().connector, fake });
    fake.always("UploadAsset", { kind: "refuse", code: 14 });
    const id = fake.give(sync());
    await fake.until(() => fake.count("UploadAsset") > 0);
    cpSync(first.tempDir, folder, { recursive: true });
    await first.stop();
    fake.always("UploadAsset", undefined);
    fake.finished.length = 0;
    const { connector } = busyConnector({}, SMALL, {
      before: () => {
        throw new Error("nothing may be read");
      },
    });
    await startRig({ connector, fake }, folder);
    fake.give(sync(), { id });
    expect((await ended(fake, id)).rows).toEqual((await direct()).rows);
  });

  it("what is a day old, and whatever is left when the program ends in order, is removed", async () => {
    const fake = await startPlatform();
    const { folder } = await crashed(fake, ID);
    const other = join(folder, "baton-tasks-0123456789abcdef");
    mkdirSync(other);
    writeFileSync(join(other, `${ID}-0123456789abcdef.c1z`), "");
    writeFileSync(join(folder, "somebody-elses.c1z"), "");
    const own = readdirSync(folder).find(
      (name) => name.startsWith("baton-tasks-") && name !== "baton-tasks-0123456789abcdef",
    )!;
    const rig = await startRig({ connector: busyConnector().connector, fake }, folder);
    await fake.until(() => fake.count("GetTask") > 3);
    expect(rig.files()).toEqual(expect.arrayContaining([own, "baton-tasks-0123456789abcdef"]));
    await rig.stop();
    expect(readdirSync(folder).sort()).toEqual(["baton-tasks-0123456789abcdef", "somebody-elses.c1z"]);
    const old = (rig.clock.now() - 25 * 3_600_000) / 1000;
    utimesSync(join(other, `${ID}-0123456789abcdef.c1z`), old, old);
    await startRig({ connector: busyConnector().connector, fake }, folder);
    await fake.until(() => fake.count("GetTask") > 5);
    expect(readdirSync(folder)).toEqual(["somebody-elses.c1z"]);
  });
});
