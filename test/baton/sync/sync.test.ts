import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { type SyncOptions, sync } from "../../../src/baton/sync/sync.ts";
import { connectorOf, groupId, type Org, SMALL, userId, type Wire } from "./org.ts";
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
      sync_token: "",
      sync_type: "full",
      supports_diff: 1,
      grants_backfilled: 1,
    }),
  ]);
  expect(readdirSync(folder)).toEqual(["sync.c1z"]);
});
