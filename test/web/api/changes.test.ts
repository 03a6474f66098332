import { DatabaseSync } from "node:sqlite";
import { create } from "@bufbuild/protobuf";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { compareSyncs } from "../../../src/baton/access/compare.ts";
import { pack, unpack } from "../../../src/baton/snapshot/container/container.ts";
import { openSnapshot } from "../../../src/baton/snapshot/reader.ts";
import { ResourceSchema } from "../../../src/gen/c1/connector/v2/resource_pb.ts";
import { goldenPath } from "../../baton/model/golden.ts";
import { makeSnapshot, scratch } from "../../baton/snapshot/build.ts";
import { served, type Visitor } from "../served.ts";

const { folder, remove } = scratch();
let site: Awaited<ReturnType<typeof served>>;
let me: Visitor;
let file: string;
/** The entitlement that only the sync before holds. */
let gone: string;

/** The golden snapshot with a sync before: somebody became super administrator since, others lost a group, and an app is gone. */
beforeAll(async () => {
  const at = folder();
  await unpack(goldenPath("reference.c1z"), `${at}/two.db`);
  const db = new DatabaseSync(`${at}/two.db`);
  const tables = ["v1_resource_types", "v1_resources", "v1_entitlements", "v1_grants"];
  for (const table of tables) {
    const columns = db
      .prepare(`SELECT name FROM pragma_table_info('${table}') WHERE name NOT IN ('id', 'sync_id')`)
      .all();
    const names = columns.map(({ name }) => String(name)).join(", ");
    db.exec(`INSERT INTO ${table} (${names}, sync_id) SELECT ${names}, 'before' FROM ${table}`);
  }
  db.exec(
    "INSERT INTO v1_sync_runs (sync_id, started_at, ended_at, sync_token) VALUES ('before', '2026-01-01 00:00:00', '2026-01-01 00:01:00', '')",
  );
  db.exec("DELETE FROM v1_grants WHERE sync_id = 'before' AND entitlement_id = 'role:SUPER_ADMIN:assigned'");
  db.exec("DELETE FROM v1_grants WHERE sync_id <> 'before' AND entitlement_id LIKE 'group:%' AND id % 7 = 0");
  const last =
    "SELECT max(entitlement_id) AS id FROM v1_grants WHERE sync_id = 'before' AND entitlement_id LIKE 'app:%'";
  const id = String(db.prepare(last).get()?.id);
  db.prepare("DELETE FROM v1_entitlements WHERE sync_id <> 'before' AND external_id = ?").run(id);
  db.prepare("DELETE FROM v1_grants WHERE sync_id <> 'before' AND entitlement_id = ?").run(id);
  gone = id;
  db.exec("UPDATE v1_sync_runs SET id = id + 10 WHERE sync_id <> 'before'");
  db.close();
  file = `${at}/two.c1z`;
  await pack(`${at}/two.db`, file);
  site = await served({ file });
  me = await site.visit();
});
afterAll(async () => {
  await site.close();
  remove();
});

describe("what changed between two syncs", () => {
  it("is all that differs, the most dangerous first", async () => {
    while ((await me.json("/api/changes?limit=1")).state !== "ready");
    await using reader = await openSnapshot(file);
    const differences = [...compareSyncs(reader.content("before"), reader.content())];
    expect(differences.length).toBeGreaterThan(20);
    const page = await me.json("/api/changes?limit=200");
    expect(page.total).toBe(differences.length);
    expect(page.counts.total).toBe(differences.length);
    expect(page.rows[0]).toMatchObject({ danger: "critical", change: "added", what: "grant" });
    expect(page.rows[0].resource).toMatchObject({ type: "role", id: "SUPER_ADMIN", known: true });
    expect(page.rows[0].principal.name).not.toBe("");
    const order = ["critical", "high", "medium", "low", "info"];
    const ranks = page.rows.map(({ danger }: { danger: string }) => order.indexOf(danger));
    expect(ranks).toEqual(ranks.toSorted((a: number, b: number) => a - b));
    const { changes } = await me.json("/api/overview");
    expect(changes.value.byDanger).toEqual(page.counts.byDanger);
    const removed = await me.json("/api/changes?change=removed&limit=200");
    expect(removed.total).toBe(differences.filter(({ change }) => change === "removed").length);
    expect(new Set(removed.rows.map(({ change }: { change: string }) => change))).toEqual(new Set(["removed"]));
  });

  it("is told of one thing, and over time", async () => {
    const { rows } = await me.json("/api/resources/role/SUPER_ADMIN/history/changes");
    expect(rows.length).toBeGreaterThan(0);
    expect(rows[0]).toMatchObject({ change: "added", side: "holder", entitlement: "role:SUPER_ADMIN:assigned" });
    const { id } = rows[0].other;
    const own = await me.json(`/api/resources/user/${id}/history/changes`);
    expect(own.rows).toContainEqual(
      expect.objectContaining({ side: "held", change: "added", other: expect.objectContaining({ id: "SUPER_ADMIN" }) }),
    );
    const { total } = await me.json(`/api/changes?subject=user:${id}`);
    expect(total).toBe(own.rows.length);
    const { points } = await me.json("/api/resources/role/SUPER_ADMIN/history");
    expect(points.map(({ holders }: { holders: number }) => holders)).toEqual([0, rows.length]);
  });

  it("calls what is gone as the sync before did", async () => {
    await using reader = await openSnapshot(file);
    const name = reader.content("before").findEntitlement(gone)?.message.displayName;
    expect(name).toBeTruthy();
    const { rows } = await me.json("/api/changes?change=removed&limit=200");
    const lost = rows.filter(({ entitlement }: { entitlement: string | null }) => entitlement === gone);
    expect(lost.length).toBeGreaterThan(1);
    expect(new Set(lost.map(({ entitlementName }: { entitlementName: string }) => entitlementName))).toEqual(
      new Set([name]),
    );
  });

  it("is found by words, page by page, with the other filters", async () => {
    const all = (await me.json("/api/changes?change=removed&limit=200")).rows;
    const word = all[0].principal.name.split(" ")[0].toLowerCase();
    const asked = `/api/changes?change=removed&q=${encodeURIComponent(word)}`;
    const whole = await me.json(`${asked}&limit=200`);
    expect(whole.total).toBe(whole.rows.length);
    expect(whole.rows.length).toBeGreaterThan(1);
    expect(whole.rows.length).toBeLessThan(all.length);
    const first = await me.json(`${asked}&limit=1`);
    const second = await me.json(`${asked}&limit=1&cursor=${encodeURIComponent(first.next)}`);
    expect([...first.rows, ...second.rows]).toEqual(whole.rows.slice(0, 2));
    expect(first.total).toBe(whole.total);
  });

  it("is not known where there is no sync before", async () => {
    const { syncs } = await me.json("/api/session");
    expect(syncs.map(({ id }: { id: string }) => id)[0]).toBe("before");
    expect(await me.json("/api/changes?to=before")).toMatchObject({ state: "notKnown", rows: [], counts: null });
    expect((await me.json("/api/overview?sync=before")).changes.state).toBe("notKnown");
    expect((await me.get("/api/changes?to=nothing")).status).toBe(404);
    expect((await me.get("/api/changes?danger=awful")).status).toBe(400);
  });

  it("comes as CSV", async () => {
    const csv = await (await me.get("/api/changes?format=csv")).text();
    const { total } = await me.json("/api/changes?limit=1");
    expect(csv.trimEnd().split("\r\n")).toHaveLength(total + 1);
  });
});

describe("a file of many syncs", () => {
  it("is looked at one after the other, and goes on answering of those that were left", async () => {
    const ids = Array.from({ length: 7 }, (_, n) => `sync-${n}`);
    const syncs = ids.map((syncId, n) => {
      const at = `2026-01-0${n + 1} 00:00:00`;
      return {
        syncId,
        startedAt: at,
        endedAt: at,
        resources: [create(ResourceSchema, { id: { resourceType: "user", resource: `u${n}` } })],
      };
    });
    const own = await served({ file: await makeSnapshot(folder(), syncs) });
    try {
      const visitor = await own.visit();
      const first = `/api/changes?from=${ids[0]}&to=${ids[1]}`;
      while ((await visitor.json(first)).state !== "ready");
      for (const id of ids) expect((await visitor.json(`/api/resources?sync=${id}`)).total).toBe(1);
      expect(await visitor.json(first)).toMatchObject({ total: 2 });
      const points = (await visitor.json("/api/resources/user/u3/history")).points;
      expect(points.map(({ present }: { present: boolean }) => present)).toEqual(ids.map((_, n) => n === 3));
    } finally {
      await own.close();
    }
  });
});
