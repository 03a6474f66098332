import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { Connector, Listed, ResourceTypeSupport } from "../../../src/baton/connector.ts";
import { databaseFailure } from "../../../src/baton/sync/failures.ts";
import { resumable } from "../../../src/baton/sync/resumable.ts";
import { type Progress, type SyncOptions, sync } from "../../../src/baton/sync/sync.ts";
import { RESUMABLE_MS } from "../../../src/baton/sync/work/file.ts";
import { Failure } from "../../../src/runtime/failure.ts";
import { connectorOf, groupId, type Org, SMALL, userId, type Wire } from "./org.ts";
import { MIDDLE } from "./orgs.ts";
import { idsOf, readSnapshot } from "./snapshot.ts";

let folder: string;
let file: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "baton-sync-"));
  file = join(folder, "sync.c1z");
});

afterEach(() => rmSync(folder, { recursive: true, force: true }));

function run(org: Org, options: Partial<SyncOptions> = {}, wire: Wire = {}) {
  return sync(connectorOf(org, wire), { file, binding: { org: "test" }, selection: {}, ...options });
}

/** The grants of a sync, worked out from the organisation by hand. */
function expectedGrants(org: Org): string[] {
  const there = (n: number) => n >= 0 && n < org.users;
  const ids = new Set<string>();
  const groups = org.groups.map((_, n) => n).filter((n) => !org.vanished?.includes(n));
  for (const n of groups)
    for (const u of org.groups[n]!) if (there(u)) ids.add(`group:${groupId(n)}:member:user:${userId(u)}`);
  for (const [name, held] of Object.entries(org.roles)) {
    for (const u of held.users) if (there(u)) ids.add(`role:${name}:assigned:user:${userId(u)}`);
    for (const n of held.groups.filter((each) => groups.includes(each))) {
      ids.add(`role:${name}:assigned:group:${groupId(n)}`);
      for (const u of org.groups[n]!) if (there(u)) ids.add(`role:${name}:assigned:user:${userId(u)}`);
    }
  }
  return [...ids].sort();
}

test("a full sync holds every resource, entitlement and grant, and leaves nothing but the snapshot", async () => {
  const result = await run(SMALL);
  const content = await readSnapshot(file);
  expect(idsOf(content, "grants")).toEqual(expectedGrants(SMALL));
  expect(idsOf(content, "resources")).toHaveLength(20 + 7 + 4);
  expect(idsOf(content, "entitlements")).toHaveLength(7 + 4);
  expect(result).toMatchObject({
    syncType: "full",
    resumed: false,
    leftOut: 2,
    counts: { resources: { user: 20, group: 7, role: 4 }, entitlements: { group: 7, role: 4 } },
  });
  expect(content.runs).toEqual([
    expect.objectContaining({
      sync_id: result.syncId,
      sync_token: 'baton-okta/1 {"missing":[]}',
      sync_type: "full",
      supports_diff: 1,
      grants_backfilled: 1,
    }),
  ]);
  expect(readdirSync(folder)).toEqual(["sync.c1z"]);
});

test("the schema is that of a snapshot which another program wrote", async () => {
  await run(SMALL);
  const reference = await readSnapshot(join(import.meta.dirname, "../../golden/reference.c1z"));
  const plain = (sql: string) =>
    sql
      .replace(/--.*$/gm, "")
      .replace(/[\s]+/g, " ")
      .replace(/ ?([(),]) ?/g, "$1")
      .toLowerCase();
  expect((await readSnapshot(file)).schema.map(plain)).toEqual(reference.schema.map(plain));
});

describe("the content is the same", () => {
  test.each([
    ["in turn", 0],
    ["two at a time", 2],
    ["as many as there are", 50],
    ["by itself", -1],
  ])("whatever the concurrency: %s", async (_name, workers) => {
    await run(MIDDLE, { workers: 0, file: join(folder, "plain.c1z") });
    let seed = 7;
    const delay = () => {
      seed = (seed * 1103515245 + 12345) % 2147483648;
      return seed % 3;
    };
    const result = await run(MIDDLE, { workers }, workers === 0 ? {} : { delay });
    const content = await readSnapshot(file);
    expect(content.rows).toEqual((await readSnapshot(join(folder, "plain.c1z"))).rows);
    expect(idsOf(content, "grants")).toEqual(expectedGrants(MIDDLE));
    expect(result.vanished).toBe(2);
  });

  test("in turn, there is never more than one page in flight; side by side, no lane holds up another", async () => {
    let inFlight = 0;
    let most = 0;
    const counting: Wire = {
      delay: () => 1,
      before() {
        most = Math.max(most, ++inFlight);
      },
      after() {
        inFlight--;
      },
    };
    await run(MIDDLE, { workers: 0 }, counting);
    expect(most).toBe(1);
    // Every members' page waits until all users are listed, although there are more of them than a lane has workers.
    const open = Promise.withResolvers<void>();
    let users = 0;
    const order: string[] = [];
    await run(
      MIDDLE,
      { workers: 2 },
      {
        async before(key) {
          if (key.startsWith("grants")) await open.promise;
        },
        after(key) {
          order.push(key);
          if (key.startsWith("list user") && ++users === 30) open.resolve();
        },
      },
    );
    expect(order.findIndex((key) => key.startsWith("grants"))).toBeGreaterThan(30);
  });

  test("when a failure stops it and it goes on, again and again", async () => {
    await run(MIDDLE, { file: join(folder, "plain.c1z") });
    const read: string[] = [];
    let failures = 0;
    for (let result: unknown; !result; ) {
      let left = 25;
      result = await run(
        MIDDLE,
        {},
        {
          before(key) {
            if (left-- === 0) throw new Failure({ kind: "unavailable", message: `no answer to ${key}` });
          },
          after: (key) => void read.push(key),
        },
      ).catch((error) => {
        expect(error).toMatchObject({ kind: "unavailable" });
        expect(resumable(error)).toMatchObject({ workFile: `${file}.work` });
        failures++;
      });
    }
    expect(failures).toBeGreaterThan(5);
    // Pages in flight when another one fails are stored, so nothing at all is read twice.
    expect(read).toHaveLength(new Set(read).size);
    expect((await readSnapshot(file)).rows).toEqual((await readSnapshot(join(folder, "plain.c1z"))).rows);
  });

  test("when it is stopped, with the pages in flight finished and stored", async () => {
    await run(MIDDLE, { file: join(folder, "plain.c1z") });
    const stop = new AbortController();
    const read: string[] = [];
    const wire: Wire = {
      delay: () => 1,
      after(key) {
        read.push(key);
        if (read.length === 40) stop.abort();
      },
    };
    const error = await run(MIDDLE, { stop: stop.signal }, wire).catch((e: unknown) => e);
    expect(error).toMatchObject({ kind: "cancelled" });
    expect(resumable(error)?.pages).toBeGreaterThan(30);
    const result = await run(MIDDLE, {}, wire);
    expect(result.resumed).toBe(true);
    expect(read).toHaveLength(new Set(read).size);
    expect((await readSnapshot(file)).rows).toEqual((await readSnapshot(join(folder, "plain.c1z"))).rows);
  });

  test("when it is stopped at once, although a page never answers", async () => {
    const now = new AbortController();
    let calls = 0;
    const hanging: Wire = {
      async before(key) {
        if (++calls === 20) setImmediate(() => now.abort());
        if (key.startsWith("grants")) await new Promise(() => {});
      },
    };
    await expect(run(SMALL, { signal: now.signal }, hanging)).rejects.toMatchObject({ kind: "cancelled" });
    await run(SMALL);
    expect(idsOf(await readSnapshot(file), "grants")).toEqual(expectedGrants(SMALL));
  });

  test("when a cursor is refused: that list starts again, and no other", async () => {
    await run(MIDDLE, { file: join(folder, "plain.c1z") });
    const refused = new Set([
      'list group {"from":20}',
      'list user {"from":250}',
      'grants 7 {"of":"members","from":20}',
    ]);
    const read: string[] = [];
    await run(
      MIDDLE,
      {},
      {
        before(key) {
          read.push(key);
          if (refused.delete(key))
            throw new Failure({ kind: "badCursor", message: "the cursor is not valid any more" });
        },
      },
    );
    expect(refused.size).toBe(0);
    const twice = read.filter((key, place) => read.indexOf(key) !== place);
    expect(twice.every((key) => /^list (group|user)|^grants 7 /.test(key))).toBe(true);
    expect((await readSnapshot(file)).rows).toEqual((await readSnapshot(join(folder, "plain.c1z"))).rows);
  });
});

test("of grants and resources that are read twice and differ, the same ones stay whatever the order", async () => {
  const differing = (turned: boolean): Connector => {
    const connector = connectorOf(SMALL);
    const [user, group, role] = connector.types as [ResourceTypeSupport, ResourceTypeSupport, ResourceTypeSupport];
    const ordered = <T>(all: T[]) => (turned ? all.reverse() : all);
    const renamed = ({ resource, grants }: Listed) => ({ resource: { ...resource, displayName: "Renamed" }, grants });
    return {
      ...connector,
      types: [
        user,
        {
          ...group,
          async list(cursor, call) {
            const page = await group.list(cursor, call);
            return { ...page, items: ordered([...page.items, ...page.items.map(renamed)]) };
          },
          async grants(of, cursor, call) {
            const page = await group.grants!(of, cursor, call);
            const plain = page.items.map(({ expandable: _, ...grant }) => grant);
            const tailed = page.items.map((grant) => ({ ...grant, v1Tail: "other" }));
            return { ...page, items: ordered([...page.items, ...plain, ...tailed]) };
          },
        },
        role,
      ],
    };
  };
  const options = { binding: {}, selection: {} };
  const turned = join(folder, "turned.c1z");
  await sync(differing(false), { ...options, file });
  await sync(differing(true), { ...options, file: turned });
  const content = await readSnapshot(file);
  expect(content.rows).toEqual((await readSnapshot(turned)).rows);
  expect(idsOf(content, "grants")).toEqual(expectedGrants(SMALL));
});

test("a list whose cursor is refused for ever fails in the end", async () => {
  let tries = 0;
  const wire: Wire = {
    before(key) {
      if (key !== 'list user {"from":3}') return;
      tries++;
      throw new Failure({ kind: "badCursor", message: "no" });
    },
  };
  await expect(run(SMALL, {}, wire)).rejects.toMatchObject({ kind: "badCursor" });
  expect(tries).toBe(4);
});

test("a vanished resource goes with its entitlements, its grants and the grants it holds", async () => {
  const result = await run({ ...SMALL, vanished: [0, 3] });
  const content = await readSnapshot(file);
  expect(result.vanished).toBe(2);
  expect(idsOf(content, "grants")).toEqual(expectedGrants({ ...SMALL, vanished: [0, 3] }));
  expect(content.rows.filter((row) => row.includes(`"external_id":"group:${groupId(0)}`))).toEqual([]);
});

test("what was refused is counted by sort, whichever run met it", async () => {
  const connector = connectorOf(SMALL);
  const [user, group] = connector.types as [ResourceTypeSupport, ResourceTypeSupport];
  const refusal = (on: string) => ({ what: "admin roles of groups", why: "the token may not read roles", on });
  const refusing = {
    ...connector,
    types: [
      user,
      {
        ...group,
        grants: async (...args: Parameters<NonNullable<ResourceTypeSupport["grants"]>>) => ({
          ...(await group.grants!(...args)),
          refused: [refusal(`group ${args[0].id!.resource}`)],
        }),
      },
    ],
  };
  const { refused } = await sync(refusing, { file, binding: {}, selection: {} });
  // Of ten pages three are a group's roles, and one a long group's third.
  expect(refused).toEqual([{ ...refusal(`group ${groupId(0)}`), count: expect.any(Number) }]);
  expect(refused[0]!.count).toBeGreaterThan(7);
});

describe("kinds of sync", () => {
  test("some resource types: these, and what refers only to them", async () => {
    const result = await run(SMALL, { selection: { types: ["group", "role"] } });
    const content = await readSnapshot(file);
    expect(result).toMatchObject({ syncType: "full", counts: { resources: { group: 7, role: 4 } } });
    expect(Object.keys(result.counts.resources)).toEqual(["group", "role"]);
    expect(idsOf(content, "grants")).toEqual(expectedGrants(SMALL).filter((id) => id.includes(":assigned:group:")));
    expect(idsOf(content, "resource_types")).toEqual(["group", "role"]);
  });

  test("an unknown resource type is refused, with those that there are", async () => {
    await expect(run(SMALL, { selection: { types: ["user", "tape"] } })).rejects.toMatchObject({
      kind: "usage",
      message: expect.stringContaining('"tape"'),
      advice: expect.stringContaining("user, group, role"),
    });
  });

  test("resources only", async () => {
    const read: string[] = [];
    const wire = { after: (key: string) => void read.push(key) };
    const result = await run(SMALL, { selection: { skipEntitlementsAndGrants: true } }, wire);
    expect(result).toMatchObject({ syncType: "resources_only", counts: { entitlements: {}, grants: {} } });
    expect(read.every((key) => key.startsWith("list"))).toBe(true);
    expect((await readSnapshot(file)).runs[0]).toMatchObject({ sync_type: "resources_only", supports_diff: 0 });
  });

  test("named resources: them, their entitlements and grants, and what these refer to, but no principals", async () => {
    const full = await run(SMALL);
    const resources = [
      { type: "group", id: groupId(2) },
      { type: "group", id: groupId(2) },
      { type: "group", id: "gone" },
      { type: "tape", id: "1" },
      { type: "role", id: "ADMIN" },
      { type: "group", id: groupId(4) },
    ];
    const result = await run(SMALL, { selection: { resources } });
    const content = await readSnapshot(file);
    expect(result).toMatchObject({
      syncType: "partial",
      skipped: [
        { type: "group", id: "gone" },
        { type: "tape", id: "1" },
      ],
    });
    expect(content.runs.at(-1)).toMatchObject({ sync_type: "partial", parent_sync_id: full.syncId, supports_diff: 0 });
    expect(idsOf(content, "resource_types")).toEqual(["group", "role", "user"]);
    expect(idsOf(content, "resources")).toEqual([
      `group:${groupId(2)}`,
      `group:${groupId(4)}`,
      "role:ADMIN",
      "role:oddONE",
    ]);
    expect(idsOf(content, "entitlements")).toEqual([
      `group:${groupId(2)}:member`,
      `group:${groupId(4)}:member`,
      "role:ADMIN:assigned",
    ]);
    expect(idsOf(content, "grants")).toEqual(
      [
        ...[3, 4].map((n) => `group:${groupId(4)}:member:user:${userId(n)}`),
        ...[7, 8, -1, 0].map((n) => `group:${groupId(2)}:member:user:${userId(n)}`),
        `role:ADMIN:assigned:group:${groupId(2)}`,
        ...[0, 5, 19].map((n) => `role:ADMIN:assigned:user:${userId(n)}`),
        `role:oddONE:assigned:group:${groupId(4)}`,
      ].sort(),
    );
  });

  test("named resources without their grants", async () => {
    const selection = { resources: [{ type: "group", id: groupId(2) }], skipGrants: true };
    const result = await run(SMALL, { selection });
    expect(result.counts).toEqual({ resources: { group: 1 }, entitlements: { group: 1 }, grants: {} });
    expect((await readSnapshot(file)).runs[0]).toMatchObject({ parent_sync_id: "" });
  });

  test("unexpanded: what is to be expanded stands in the file", async () => {
    await run(SMALL, { expand: false });
    const content = await readSnapshot(file);
    const grants = content.rows.filter((row) => row.startsWith("v1_grants"));
    expect(grants.filter((row) => row.includes('"needs_expansion":1'))).toHaveLength(4);
    expect(grants.some((row) => row.includes(`role:READER:assigned:user`))).toBe(false);
    expect(content.runs[0]).toMatchObject({ supports_diff: 0 });
  });
});

describe("into a file that is there", () => {
  test("the newest two full syncs stay, or as many as are wanted", async () => {
    const ids: string[] = [];
    for (let n = 0; n < 3; n++) ids.push((await run(SMALL)).syncId);
    const content = await readSnapshot(file);
    expect(content.runs.map(({ sync_id }) => sync_id)).toEqual(ids.slice(1));
    expect(new Set(content.syncs)).toEqual(new Set(ids.slice(1)));
    expect(idsOf(content, "grants")).toEqual(expectedGrants(SMALL));
    const fourth = await run(SMALL, { keep: Infinity });
    expect((await readSnapshot(file)).runs).toHaveLength(3);
    await run(SMALL, { keep: 1, selection: { resources: [] } });
    const last = await readSnapshot(file);
    expect(last.runs.map(({ sync_type }) => sync_type)).toEqual(["full", "partial"]);
    expect(last.runs[0]).toMatchObject({ sync_id: fourth.syncId });
  });

  test.each([
    ["garbage", "C1ZX garbage", "notASnapshot"],
    ["the newer format", "C1Z3\0 whatever", "newerSnapshot"],
  ])("%s is refused before the connector is called, and left alone", async (_name, bytes, kind) => {
    writeFileSync(file, bytes);
    let calls = 0;
    await expect(run(SMALL, {}, { before: () => void calls++ })).rejects.toMatchObject({ kind });
    expect(calls).toBe(0);
    expect(readFileSync(file, "utf8")).toBe(bytes);
    expect(readdirSync(folder)).toEqual(["sync.c1z"]);
  });

  test("the old file stays whole until the new one is in its place", async () => {
    await run(SMALL);
    const old = readFileSync(file);
    const wire: Wire = {
      before(key) {
        if (key.startsWith("grants 5")) throw new Failure({ kind: "unavailable", message: "down" });
      },
    };
    await expect(run(SMALL, {}, wire)).rejects.toMatchObject({ kind: "unavailable" });
    expect(readFileSync(file)).toEqual(old);
  });
});

describe("what an interrupted run left", () => {
  const failing: Wire = {
    before(key) {
      if (key.startsWith("grants 5")) throw new Failure({ kind: "unavailable", message: "down" });
    },
  };
  const interrupt = (options: Partial<SyncOptions> = {}) =>
    expect(run(SMALL, options, failing)).rejects.toMatchObject({ kind: "unavailable" });

  test.each<[string, Partial<SyncOptions>]>([
    ["another binding", { binding: { org: "other" } }],
    ["another selection", { selection: { types: ["user", "group"] } }],
    ["another expansion", { expand: false }],
  ])("is discarded for %s, which is said", async (_name, options) => {
    await interrupt();
    const result = await run(SMALL, options);
    expect(result.resumed).toBe(false);
    expect(result.discarded).toMatch(/another org, with other flags/);
    expect(readdirSync(folder)).toEqual(["sync.c1z"]);
  });

  test("is gone on with for an equal binding whose keys come in another order", async () => {
    await interrupt({ binding: { a: 1, b: [2, { c: 3, d: 4 }] } });
    expect(await run(SMALL, { binding: { b: [2, { d: 4, c: 3 }], a: 1 } })).toMatchObject({ resumed: true });
  });

  test("is good for 24 hours", async () => {
    let time = Date.UTC(2026, 0, 1);
    const clock = { now: () => time, sleep: () => new Promise<void>(() => {}) };
    await interrupt({ clock });
    time += RESUMABLE_MS - 1;
    await interrupt({ clock });
    time += 1;
    const result = await run(SMALL, { clock });
    expect(result.resumed).toBe(false);
    expect(result.discarded).toMatch(/24 hours/);
    expect(idsOf(await readSnapshot(file), "grants")).toEqual(expectedGrants(SMALL));
  });

  test("is discarded where it is corrupt", async () => {
    await interrupt();
    writeFileSync(`${file}.work`, "no database");
    expect(await run(SMALL)).toMatchObject({ resumed: false, discarded: expect.stringMatching(/corrupt/) });
  });

  test("is nothing where the first page fails already", async () => {
    const error = await run(
      SMALL,
      { workers: 0 },
      {
        before() {
          throw new Failure({ kind: "unauthenticated", message: "no" });
        },
      },
    ).catch((e: unknown) => e);
    expect(resumable(error)).toBeUndefined();
    expect(readdirSync(folder)).toEqual([]);
  });
});

test("a full disk is told with the file that it holds", () => {
  const db = new DatabaseSync(":memory:");
  db.exec("PRAGMA max_page_count = 3; CREATE TABLE t (x)");
  let full: unknown;
  try {
    db.prepare("INSERT INTO t VALUES (zeroblob(100000))").run();
  } catch (error) {
    full = databaseFailure(error, "/data/sync.c1z.work");
  }
  db.close();
  expect(full).toMatchObject({ kind: "resourceExhausted", message: expect.stringContaining("/data/sync.c1z.work") });
});

describe("where the files lie", () => {
  test("the working file lies in the folder for temporary files, and is found there again", async () => {
    const tempDir = join(folder, "temp");
    mkdirSync(tempDir);
    const wire: Wire = {
      before(key) {
        if (key.startsWith("grants 5")) throw new Failure({ kind: "unavailable", message: "down" });
      },
    };
    await expect(run(SMALL, { tempDir }, wire)).rejects.toThrow("down");
    expect(readdirSync(tempDir).length).toBeGreaterThan(0);
    expect(readdirSync(folder)).toEqual(["temp"]);
    expect(await run(SMALL, { tempDir })).toMatchObject({ resumed: true });
    expect(readdirSync(tempDir)).toEqual([]);
  });

  test.each([
    [
      "a folder for temporary files that is not there",
      { tempDir: "/nowhere/at/all" },
      /BATON_TMPDIR.* is not there: \/nowhere/,
    ],
    [
      "a folder of the snapshot that is not there",
      { file: "/nowhere/at/all/sync.c1z" },
      /folder.* is not there: \/nowhere/,
    ],
  ])("%s is refused with what names it", async (_name, options, message) => {
    await expect(run(SMALL, options)).rejects.toMatchObject({
      kind: "usage",
      message: expect.stringMatching(message),
    });
  });

  test("a link to a snapshot stays a link", async () => {
    await run(SMALL, { file: join(folder, "real.c1z") });
    symlinkSync("real.c1z", file);
    await run(SMALL);
    expect((await readSnapshot(join(folder, "real.c1z"))).runs).toHaveLength(2);
  });

  test("a link to a snapshot that is not there yet leads to it, and one that leads to itself nowhere", async () => {
    mkdirSync(join(folder, "deep"));
    symlinkSync("deep/next.c1z", file);
    symlinkSync("real.c1z", join(folder, "deep/next.c1z"));
    await run(SMALL);
    expect(readdirSync(join(folder, "deep")).sort()).toEqual(["next.c1z", "real.c1z"]);
    expect((await readSnapshot(join(folder, "deep/real.c1z"))).runs).toHaveLength(1);
    symlinkSync("round.c1z", join(folder, "round.c1z"));
    await expect(run(SMALL, { file: join(folder, "round.c1z") })).rejects.toMatchObject({ kind: "usage" });
  });

  test("what a process killed while packing left beside the target is removed", async () => {
    writeFileSync(join(folder, ".sync.c1z.0123456789ab.tmp"), "half a file");
    writeFileSync(join(folder, ".other.c1z.0123456789ab.tmp"), "somebody else's");
    await run(SMALL);
    expect(readdirSync(folder).sort()).toEqual([".other.c1z.0123456789ab.tmp", "sync.c1z"]);
  });
});

test("progress says for each sort of reading how far it is, and which phase it is", async () => {
  const seen: Progress[] = [];
  const result = await run(SMALL, { onProgress: (progress) => void seen.push(progress) });
  expect([...new Set(seen.map(({ phase }) => phase))]).toEqual(["reading", "sealing", "expanding", "packing"]);
  expect(Object.keys(result.timings).sort()).toEqual(["expanding", "packing", "reading", "sealing"]);
  const last = seen.at(-1)!;
  expect(last.lanes.map(({ name, operation }) => `${operation} ${name}`)).toEqual([
    "list user",
    "list group",
    "list role",
    "grants group",
    "all grants role holders",
  ]);
  expect(last.lanes[0]).toEqual({ name: "user", operation: "list", pages: 7, items: 20, queued: 0, inFlight: 0 });
});

test("people that a filter leaves out are nowhere in the file", async () => {
  await run({ ...SMALL, groups: SMALL.groups.map((members) => [...members, -1, -2, -3]) });
  const { rows } = await readSnapshot(file);
  expect(rows.filter((row) => row.includes("ghost"))).toEqual([]);
});
