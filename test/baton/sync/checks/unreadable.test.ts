import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { isWhole } from "../../../../src/baton/sync/checks/missing.ts";
import { MAX_UNREADABLE } from "../../../../src/baton/sync/checks/unreadable.ts";
import { type SyncOptions, sync } from "../../../../src/baton/sync/sync.ts";
import { Failure, type FailureKind } from "../../../../src/runtime/failure.ts";
import { connectorOf, groupId, type Org, SMALL, type Wire } from "../org.ts";
import { idsOf, readSnapshot } from "../snapshot.ts";

let folder: string;
let file: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "baton-sync-"));
  file = join(folder, "sync.c1z");
});

afterEach(() => rmSync(folder, { recursive: true, force: true }));

const run = (options: Partial<SyncOptions>, wire: Wire, org: Org = SMALL) =>
  sync(connectorOf(org, wire), { file, binding: { org: "test" }, selection: {}, ...options });

function fails(
  kind: FailureKind,
  status: number,
  page: (key: string) => boolean,
  times = Number.POSITIVE_INFINITY,
): Wire {
  let failed = 0;
  return {
    before(key) {
      if (!page(key) || failed++ >= times) return;
      throw new Failure({ kind, message: `answered HTTP ${status}`, answer: { status, requestId: "req1" } });
    },
  };
}

const membersOf = (n: number) => (key: string) => key.startsWith(`grants ${n} `) && key.includes("members");

test.each([
  ["permissionDenied", 403],
  ["unavailable", 500],
] as const)("one group that answers %s (%i) for ever ends the sync, or is left out and named", async (kind, status) => {
  const wire = fails(kind, status, membersOf(0));
  await expect(run({}, wire)).rejects.toMatchObject({ kind });
  const result = await run({ skipUnreadable: true }, wire);
  expect(result.resumed).toBe(true);
  expect(result.refused).toEqual([
    {
      sort: "unreadable",
      what: `who holds group ${groupId(0)} "Group 0"`,
      why: `answered HTTP ${status}`,
      on: `group ${groupId(0)}`,
      requestId: "req1",
      count: 1,
    },
  ]);
  expect(isWhole(result)).toBe(false);
  const held = idsOf(await readSnapshot(file), "grants");
  expect(held.some((id) => id.startsWith(`group:${groupId(0)}:member`))).toBe(false);
  expect(held).toContain(`role:ADMIN:assigned:group:${groupId(0)}`);
  expect(held.filter((id) => id.startsWith(`group:${groupId(5)}:member`))).toHaveLength(10);
});

test("what fails in an outage is read once all else has been", async () => {
  const whole = join(folder, "whole.c1z");
  await run({ file: whole }, {});
  const result = await run({ skipUnreadable: true }, fails("unavailable", 503, membersOf(5), 1));
  expect(result.refused).toEqual([]);
  expect((await readSnapshot(file)).rows).toEqual((await readSnapshot(whole)).rows);
});

test("a list that fails, a connection that breaks, and too many groups end the sync all the same", async () => {
  const on = { skipUnreadable: true };
  await expect(
    run(
      on,
      fails("unavailable", 500, (key) => key.startsWith("list group")),
    ),
  ).rejects.toThrow("HTTP 500");
  const broken: Wire = {
    before(key) {
      if (membersOf(0)(key)) throw new Failure({ kind: "unavailable", message: "the connection broke" });
    },
  };
  await expect(run(on, broken)).rejects.toThrow("the connection broke");
  const groups = Array.from({ length: MAX_UNREADABLE + 1 }, () => [0]);
  const many = { ...SMALL, groups, roles: {} };
  await expect(
    run(
      { ...on, file: `${file}2` },
      fails("permissionDenied", 403, () => true),
      many,
    ),
  ).rejects.toThrow("403");
  const members = fails("permissionDenied", 403, (key) => key.startsWith("grants"));
  await expect(run({ ...on, file: `${file}2` }, members, many)).rejects.toThrow("403");
});
