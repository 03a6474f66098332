import { mkdtempSync, readdirSync, renameSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import fc from "fast-check";
import { afterAll, beforeEach, describe, expect, it } from "vitest";
import { type CompactOptions, compactSyncs } from "../../../src/baton/compact/compact.ts";
import { addDifference } from "../../../src/baton/compact/difference.ts";
import { pack, unpack } from "../../../src/baton/snapshot/container/container.ts";
import { type Selection, sync } from "../../../src/baton/sync/sync.ts";
import { systemClock } from "../../../src/runtime/clock.ts";
import { connectorOf, groupId, type Org, userId } from "../sync/org.ts";
import { idsOf, readSnapshot } from "../sync/snapshot.ts";

const root = mkdtempSync(join(tmpdir(), "baton-compact-test-"));
afterAll(() => rmSync(root, { recursive: true }));

let folder: string;
/** Later for every sync, so that the order in which they were made shows. */
let now = Date.parse("2026-01-01T00:00:00Z");
beforeEach(() => {
  folder = mkdtempSync(join(root, "t-"));
});

const clock = { ...systemClock, now: () => now };

async function synced(org: Org, name: string, selection: Selection = {}): Promise<string> {
  now += 60_000;
  const file = join(folder, name);
  const { syncId } = await sync(connectorOf(org), { file, binding: name, selection, clock });
  ids.set(file, syncId);
  return file;
}
const ids = new Map<string, string>();

const partial = (...keys: (readonly [string, string])[]): Selection => ({
  resources: keys.map(([type, id]) => ({ type, id })),
});
const group = (n: number) => ["group", groupId(n)] as const;
const user = (n: number) => ["user", userId(n)] as const;
const role = (name: string) => ["role", name] as const;

async function compacted(files: readonly string[], more: Partial<CompactOptions> = {}) {
  now += 60_000;
  const made = await compactSyncs({
    files,
    syncIds: [],
    outputFolder: join(folder, "out"),
    tempDir: folder,
    clock,
    signal: new AbortController().signal,
    ...more,
  });
  expect(readdirSync(folder).filter((name) => name.startsWith("baton-"))).toEqual([]);
  return { ...made, content: await readSnapshot(made.file) };
}

/** Changes the database of a snapshot. */
async function spoiled(file: string, sql: string): Promise<string> {
  const path = join(folder, "spoiled.db");
  await unpack(file, path);
  const db = new DatabaseSync(path);
  db.exec(sql);
  db.close();
  await pack(path, file);
  rmSync(path);
  return file;
}

const BEFORE: Org = {
  users: 8,
  groups: [[0, 1, 2, 3, 4], [4, 5], [], [6, 7], [1, 2]],
  roles: {
    ADMIN: { users: [0, 3], groups: [0, 1] },
    READER: { users: [], groups: [3] },
    HELP: { users: [7], groups: [] },
  },
};

/** Members come and go, groups gain and lose roles, a user loses one, a group is deleted. */
const AFTER: Org = {
  ...BEFORE,
  groups: [
    [0, 2, 5],
    [4, 5],
    [7, 1],
    [6, 7],
    [1, 2],
  ],
  vanished: [4],
  roles: {
    ADMIN: { users: [3, 6], groups: [1, 2] },
    READER: { users: [], groups: [] },
    HELP: { users: [7], groups: [] },
  },
};

/** What a full sync shows where the group is not there any more. */
const without = (org: Org, n: number): Org => ({ ...org, groups: org.groups.slice(0, n), vanished: [] });

describe("a base and the partial syncs after it", () => {
  it("are what a full sync would show, expansion included", async () => {
    const base = await synced(BEFORE, "base.c1z");
    const groups = await synced(AFTER, "groups.c1z", partial(group(0), group(2), group(3), group(4)));
    const roles = await synced(AFTER, "roles.c1z", partial(role("ADMIN")));
    const full = await readSnapshot(await synced(without(AFTER, 4), "full.c1z"));
    const { content, syncType, syncId, removed, folded, file, stats } = await compacted([base, groups, roles]);
    expect(content.rows).toEqual(full.rows);
    expect(content.schema).toEqual(full.schema);
    expect(content.runs).toMatchObject([
      { sync_id: syncId, sync_type: "full", supports_diff: 1, grants_backfilled: 1, parent_sync_id: "" },
    ]);
    expect(JSON.parse(content.runs[0]!.stats as string)).toEqual(stats);
    expect(JSON.parse(full.runs[0]!.stats as string)).toEqual(stats);
    expect([syncType, removed.resources]).toEqual(["full", 1]);
    expect(folded.map(({ takesOut }) => takesOut)).toEqual([true, true, true]);
    expect(file).toBe(join(folder, "out", `compacted-${syncId}.c1z`));
    expect(statSync(file).mode & 0o777).toBe(0o600);
  });

  it("may stand in one file", async () => {
    const file = await synced(BEFORE, "all.c1z");
    await synced(AFTER, "all.c1z", partial(group(0), group(2), group(3), group(4)));
    await synced(AFTER, "all.c1z", partial(role("ADMIN")));
    const full = await readSnapshot(await synced(without(AFTER, 4), "full.c1z"));
    expect((await compacted([file])).content.rows).toEqual(full.rows);
    const syncIds = (await readSnapshot(file)).runs.map(({ sync_id }) => sync_id as string);
    expect((await compacted([file, file, file], { syncIds })).content.rows).toEqual(full.rows);
    expect((await compacted([file], { syncIds })).content.rows).toEqual(full.rows);
  });

  it("are what a full sync would show, whatever changed", async () => {
    const size = { users: 5, groups: 4 };
    const some = (max: number) => fc.uniqueArray(fc.nat(max - 1), { maxLength: max });
    const held = fc.record({ users: some(size.users), groups: some(size.groups) });
    const orgs = fc.record({
      users: fc.constant(size.users),
      groups: fc.array(some(size.users), { minLength: size.groups, maxLength: size.groups }),
      roles: fc.record({ A: held, B: held }),
    });
    let round = 0;
    await fc.assert(
      fc.asyncProperty(orgs, orgs, async (before, after) => {
        round += 1;
        const base = await synced(before, `base-${round}.c1z`);
        const all = [...before.groups.map((_, n) => group(n)), role("A"), role("B")];
        const changed = await synced(after, `part-${round}.c1z`, partial(...all));
        const full = await readSnapshot(await synced(after, `full-${round}.c1z`));
        expect((await compacted([base, changed])).content.rows).toEqual(full.rows);
      }),
      { numRuns: 15 },
    );
  });

  it("keep what a partial sync did not read: its grants, its entitlements, or what was refused", async () => {
    const base = await synced(BEFORE, "base.c1z");
    const before = await readSnapshot(base);
    const bare = { ...partial(group(0), user(0)), skipGrants: true };
    expect((await compacted([base, await synced(AFTER, "b.c1z", bare)])).content.rows).toEqual(before.rows);
    const none = { ...partial(group(0), user(0)), skipEntitlementsAndGrants: true };
    expect((await compacted([base, await synced(AFTER, "n.c1z", none)])).content.rows).toEqual(before.rows);
  });

  it("keep a new member whom the base does not know", async () => {
    const base = await synced(BEFORE, "base.c1z");
    const more = { ...BEFORE, users: 9, groups: [[0, 8], ...BEFORE.groups.slice(1)] };
    const { content } = await compacted([base, await synced(more, "more.c1z", partial(group(0)))]);
    expect(idsOf(content, "grants")).toContain(`group:${groupId(0)}:member:user:${userId(8)}`);
    const known = await compacted([base, await synced(more, "user.c1z", partial(group(0), user(8)))]);
    expect(known.content.rows).toEqual((await readSnapshot(await synced(more, "full.c1z"))).rows);
  });

  it("of a writer that does not say what it read add only, and say so", async () => {
    const base = await synced(BEFORE, "base.c1z");
    const part = await spoiled(
      await synced(AFTER, "part.c1z", partial(group(0), group(2))),
      "UPDATE v1_sync_runs SET sync_token = '{\"entries\":[]}'",
    );
    const { content, folded, removed } = await compacted([base, part]);
    expect(folded.map(({ takesOut }) => takesOut)).toEqual([true, false]);
    expect(removed).toEqual({ resources: 0, grants: 0 });
    const grants = idsOf(content, "grants");
    expect(grants).toContain(`group:${groupId(0)}:member:user:${userId(1)}`);
    expect(grants).toContain(`group:${groupId(0)}:member:user:${userId(5)}`);
    expect(grants).toContain(`role:ADMIN:assigned:user:${userId(7)}`);
  });

  it("of a connector that does not say what is read with what add only", async () => {
    const base = await synced(BEFORE, "base.c1z");
    const file = join(folder, "remote.c1z");
    const { heldTypes: _, ...remote } = connectorOf(AFTER);
    await sync(remote, { file, binding: "x", selection: partial(group(0), role("ADMIN")), clock });
    const { content, folded } = await compacted([base, file]);
    expect(folded.map(({ takesOut }) => takesOut)).toEqual([true, false]);
    const grants = idsOf(content, "grants");
    expect(grants).toContain(`role:ADMIN:assigned:group:${groupId(1)}`);
    expect(grants).toContain(`role:ADMIN:assigned:user:${userId(0)}`);
    expect(grants).toContain(`role:ADMIN:assigned:user:${userId(6)}`);
  });

  it("and a later full sync are that one, as far as its resource types go", async () => {
    const base = await synced(BEFORE, "base.c1z");
    const later = await synced(AFTER, "later.c1z", { types: ["user", "group"] });
    const { content } = await compacted([base, later]);
    const grants = idsOf(content, "grants");
    expect(grants).toContain(`role:ADMIN:assigned:user:${userId(3)}`);
    expect(grants).toContain(`group:${groupId(0)}:member:user:${userId(5)}`);
    expect(grants).not.toContain(`group:${groupId(0)}:member:user:${userId(1)}`);
    const whole = await synced(without(AFTER, 4), "whole.c1z");
    expect((await compacted([base, whole])).content.rows).toEqual((await readSnapshot(whole)).rows);
  });
});

describe("what cannot be folded", () => {
  it("is said, and nothing is left behind", async () => {
    const base = await synced(BEFORE, "base.c1z");
    const part = await synced(AFTER, "part.c1z", partial(group(0)));
    const refused = async (files: string[], syncIds: string[] = []) =>
      await compacted(files, { syncIds }).then(
        () => undefined,
        ({ kind, message }) => `${kind}: ${message}`,
      );
    expect(await refused([base])).toMatch(/usage: there is nothing to fold into/);
    expect(await refused([part, base])).toMatch(/usage: sync .* was made before/);
    expect(await refused([base, join(folder, "none.c1z")])).toMatch(/notFound: there is no snapshot at/);
    expect(await refused([base, part], ["x"])).toMatch(/usage: there are 2 files and 1 sync ids/);
    expect(await refused([base, part], [ids.get(base)!, "x"])).toMatch(/notFound: .* holds no sync x/);
    expect(await refused([base, part, part])).toMatch(/usage: a file is named twice/);
    expect(await refused([part])).toMatch(/notFound: .* holds no finished full sync/);
    await spoiled(part, "UPDATE v1_sync_runs SET sync_type = 'partial_upserts'");
    expect(await refused([base, part], [ids.get(base)!, ids.get(part)!])).toMatch(
      /of type partial_upserts, which cannot/,
    );
    await spoiled(part, "UPDATE v1_sync_runs SET ended_at = NULL");
    expect(await refused([base, part])).toMatch(/notFound: .* holds no finished sync/);
    await spoiled(part, "ALTER TABLE v1_grants RENAME TO g; CREATE VIEW v1_grants AS SELECT * FROM g");
    expect(await refused([base, part])).toMatch(/notASnapshot: .* has a view/);
    expect(readdirSync(folder).sort()).toEqual(["base.c1z", "part.c1z"]);
  });

  it("is what a signal stops", async () => {
    const base = await synced(BEFORE, "base.c1z");
    const part = await synced(AFTER, "part.c1z", partial(group(0)));
    const reason = new Error("stopped");
    await expect(compacted([base, part], { signal: AbortSignal.abort(reason) })).rejects.toBe(reason);
    expect(readdirSync(folder).sort()).toEqual(["base.c1z", "part.c1z"]);
  });
});

describe("a difference", () => {
  it("is a partial sync of what is new, beside the syncs that are compared", async () => {
    const file = await synced(BEFORE, "all.c1z");
    const first = ids.get(file)!;
    await synced(without(AFTER, 4), "all.c1z");
    const second = ids.get(file)!;
    now += 60_000;
    const signal = new AbortController().signal;
    const options = { file, baseId: first, appliedId: second, tempDir: folder, clock, signal };
    const { syncId, stats } = await addDifference(options);
    const { runs, rows } = await readSnapshot(file);
    expect(runs.map(({ sync_id }) => sync_id)).toEqual([first, second, syncId]);
    expect(runs.at(-1)).toMatchObject({ sync_type: "partial", parent_sync_id: first, supports_diff: 0 });
    expect(runs.at(-1)!.ended_at).not.toBeNull();
    const idOf = (row: string) => JSON.parse(row.slice(row.indexOf(" ") + 1)).external_id as string;
    expect(rows.map(idOf)).toContain(`group:${groupId(0)}:member:user:${userId(5)}`);
    expect(rows.map(idOf)).not.toContain(`group:${groupId(0)}:member:user:${userId(0)}`);
    expect(rows.length).toBe(stats.resource_types + stats.resources + stats.entitlements + stats.grants);
    expect(readdirSync(folder)).toEqual(["all.c1z"]);
    await expect(addDifference({ ...options, appliedId: "x" })).rejects.toMatchObject({ kind: "notFound" });
    renameSync(file, `${file}.old`);
    await expect(addDifference(options)).rejects.toMatchObject({ kind: "notFound" });
  });
});
