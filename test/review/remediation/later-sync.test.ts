import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { create } from "@bufbuild/protobuf";
import { afterAll, beforeEach, expect, it } from "vitest";
import type { Grant } from "../../../src/baton/model/grant.ts";
import { withMissing } from "../../../src/baton/snapshot/missing.ts";
import { openSnapshot } from "../../../src/baton/snapshot/reader.ts";
import { EntitlementSchema } from "../../../src/gen/c1/connector/v2/entitlement_pb.ts";
import { ResourceSchema } from "../../../src/gen/c1/connector/v2/resource_pb.ts";
import { decide } from "../../../src/review/decisions/decide.ts";
import { verifyReview } from "../../../src/review/evidence/verify.ts";
import type { Item } from "../../../src/review/population/item.ts";
import { applyReview, type RemediationDeps } from "../../../src/review/remediation/apply.ts";
import { proveByLaterSync } from "../../../src/review/remediation/later-sync.ts";
import { openReview, type Review } from "../../../src/review/review.ts";
import { Failure } from "../../../src/runtime/failure.ts";
import { type MadeSync, makeSnapshot } from "../../baton/snapshot/build.ts";
import { madeUp } from "../campaign.ts";

const root = mkdtempSync(join(tmpdir(), "baton-later-"));
afterAll(() => rmSync(root, { recursive: true }));

let now = 0;
const clock = { now: () => now, sleep: () => Promise.resolve() };
let review: Review;
let items: Item[];

/** Three people hold an app each; the first two are to go, which is carried out at nine. The second is refused by the app. */
beforeEach(async () => {
  const folder = mkdtempSync(join(root, "review-"));
  items = madeUp(folder, 3);
  review = await openReview(folder, { write: true, clock });
  now = Date.parse("2026-02-01T08:00:00Z");
  const answers = items.map(({ id }, n) => ({ item: id, decision: n < 2 ? "REVOKE" : "APPROVE", justification: "" }));
  await decide(review, answers, { reviewer: "ada@acme.example", via: "command" });
  return () => review.close();
});

/** Carries out what is left to do. */
async function carryOut(at: string): Promise<void> {
  now = Date.parse(`2026-02-01T${at}:00Z`);
  const deps: RemediationDeps = {
    revoke: async ({ resource }) => {
      if (resource.id === "0oa1") throw new Failure({ kind: "failedPrecondition", message: "the app decides" });
      return { already: false };
    },
    read: async () => ({ held: false, what: "", answers: [] }),
    ...{ by: "test", concurrency: 1, stop: new AbortController().signal },
  };
  await applyReview(review, deps);
}

/** A sync of that day, in which some of the people have their app. */
async function syncedAt(at: string, holders: readonly number[], more: MadeSync | { missing: string[] } | object = {}) {
  const resource = (type: string, id: string) => create(ResourceSchema, { id: { resourceType: type, resource: id } });
  const apps = items.map((item) => resource("app", item.resource.id));
  const people = items.map((item) => resource("user", item.principal.id));
  const entitlements = items.map(({ entitlement }, n) =>
    create(EntitlementSchema, { id: entitlement.id, resource: apps[n]! }),
  );
  const grants = holders.map((n): Grant => {
    const granted = { id: items[n]!.entitlement.id, v1Id: "v", resource: apps[n]! };
    return { granted, principalType: "user", principalId: items[n]!.principal.id, origin: "direct" };
  });
  const { missing = [], ...other } = more as { missing?: string[] };
  return await makeSnapshot(
    mkdtempSync(join(root, "sync-")),
    [
      {
        ...{ syncId: "s", startedAt: `2026-02-01 ${at}:00`, endedAt: `2026-02-01 ${at}:30` },
        ...{ resources: [...apps, ...people], entitlements, grants },
        ...other,
      },
    ],
    (db) => void db.prepare("update v1_sync_runs set sync_token = ?").run(withMissing("", missing)),
  );
}

async function held(path: string, at: string) {
  now = Date.parse(`2026-02-01T${at}:00Z`);
  await using reader = await openSnapshot(path);
  return await proveByLaterSync(review, reader, "test");
}

const states = () => items.map((item) => review.state.remediationOf(item));

it("proves what is gone, refutes what is there, and says the same when it is asked again", async () => {
  await carryOut("09:00");
  expect(states()).toEqual(["SUCCESS", "MANUAL", "NONE"]);
  const later = await syncedAt("10:00", [0, 2]);
  for (const at of ["11:00", "12:00"]) {
    // The first came back, which stays true; the second is proved once.
    expect(await held(later, at)).toEqual({ proved: at === "11:00" ? 1 : 0, refuted: 1, unknown: 0 });
    expect(states()).toEqual(["ERROR", "SUCCESS", "NONE"]);
  }
  const records = review.head.n;
  expect(await held(later, "13:00")).toMatchObject({ refuted: 1 });
  expect(review.head.n).toBe(records);
  expect((await verifyReview(review.folder, undefined)).faults).toEqual([]);
});

it("says the same again where everything that was to go is gone", async () => {
  await carryOut("09:00");
  const later = await syncedAt("10:00", [2]);
  expect(await held(later, "11:00")).toEqual({ proved: 1, refuted: 0, unknown: 0 });
  expect(await held(later, "12:00")).toEqual({ proved: 0, refuted: 0, unknown: 0 });
});

it("lets an older sync say nothing against a newer one, and no sync what was done after it", async () => {
  await carryOut("09:00");
  const [older, newer] = [await syncedAt("10:00", [0, 1]), await syncedAt("14:00", [1])];
  expect(await held(older, "11:00")).toEqual({ proved: 0, refuted: 2, unknown: 0 });
  await carryOut("12:00");
  expect(states()).toEqual(["SUCCESS", "MANUAL", "NONE"]);
  // What came back was taken away again after it: the second is what it still speaks of.
  expect(await held(older, "13:00")).toEqual({ proved: 0, refuted: 1, unknown: 0 });
  expect(await held(newer, "15:00")).toEqual({ proved: 0, refuted: 1, unknown: 0 });
  await expect(held(await syncedAt("08:30", [0, 1]), "16:00")).rejects.toThrow("began before anything was carried out");
  await expect(held(older, "16:00")).rejects.toThrow("or before a later one that was held against it");
});

it("holds what was never begun against it too: what is there still is said", async () => {
  expect(await held(await syncedAt("10:00", [1, 2]), "11:00")).toEqual({ proved: 1, refuted: 1, unknown: 0 });
  expect(states()).toEqual(["SUCCESS", "OPEN", "NONE"]);
});

it("proves nothing gone by a sync that could not read everything, or left the type out", async () => {
  await carryOut("09:00");
  for (const more of [{ missing: ["apps: no permission"] }, { entitlements: [] }]) {
    expect(await held(await syncedAt("10:00", [], more), "11:00")).toEqual({ proved: 0, refuted: 0, unknown: 1 });
    expect(states()).toEqual(["SUCCESS", "MANUAL", "NONE"]);
  }
  // What it shows is there, whatever else is missing.
  expect(await held(await syncedAt("10:00", [1], { missing: ["x"] }), "12:00")).toMatchObject({ refuted: 1 });
});

it.each([
  ["is partial", { type: "partial" }, "holds no finished full sync"],
  ["has not ended", { endedAt: null }, "holds no finished full sync"],
  ["is of another org", { resources: [], entitlements: [], grants: [] }, "knows none of the people"],
])("refuses a sync that %s", async (_, more, says) => {
  await carryOut("09:00");
  await expect(held(await syncedAt("10:00", [], more), "11:00")).rejects.toThrow(says);
  expect(states()).toEqual(["SUCCESS", "MANUAL", "NONE"]);
});
