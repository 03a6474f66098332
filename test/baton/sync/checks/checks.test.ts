import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import type { Connector } from "../../../../src/baton/connector.ts";
import { isWhole } from "../../../../src/baton/sync/checks/missing.ts";
import { type SyncOptions, sync } from "../../../../src/baton/sync/sync.ts";
import { Failure } from "../../../../src/runtime/failure.ts";
import { connectorOf, groupId, SMALL, type Wire } from "../org.ts";
import { readSnapshot } from "../snapshot.ts";

let folder: string;
let file: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "baton-sync-"));
  file = join(folder, "sync.c1z");
});

afterEach(() => rmSync(folder, { recursive: true, force: true }));

/** The connector of an organisation that says how many members each group has; `more`: how many it says too many. */
function counting(more: (group: number) => number, wire: Wire = {}): Connector {
  const connector = connectorOf(SMALL, wire);
  const counted = (id: string) => {
    const n = SMALL.groups.findIndex((_, at) => groupId(at) === id);
    return [{ cursor: { of: "members" }, count: SMALL.groups[n]!.length + more(n) }];
  };
  const types = connector.types.map((support) =>
    support.type.id !== "group"
      ? support
      : {
          ...support,
          list: async (...args: Parameters<typeof support.list>) => {
            const page = await support.list(...args);
            return {
              ...page,
              items: page.items.map((one) => ({ ...one, expected: counted(one.resource.id!.resource) })),
            };
          },
          get: async (...args: Parameters<NonNullable<typeof support.get>>) => {
            const found = await support.get!(...args);
            return found && { ...found, expected: counted(args[0]) };
          },
        },
  );
  return { ...connector, types };
}

const run = (connector: Connector, options: Partial<SyncOptions> = {}) =>
  sync(connector, { file, binding: {}, selection: {}, ...options });

const down = (page: (key: string) => boolean, skip = 0): Wire => {
  let met = 0;
  return {
    before(key) {
      if (page(key) && met++ >= skip) throw new Failure({ kind: "unavailable", message: "the connection broke" });
    },
  };
};

const tooMany = (group: number) => (group === 5 ? 1 : 0);
const isMembersOf5 = (key: string) => key.startsWith("grants 5 ") && key.includes("members");

test.each([
  ["the count is asked for again", () => down((key) => key === `get group ${groupId(5)}`)],
  ["the list is read again", () => down(isMembersOf5, 4)],
  ["the list has been read again in part", () => down(isMembersOf5, 6)],
])("a sync that ends while %s tells the same when it goes on", async (_, wire) => {
  await expect(run(counting(tooMany, wire()))).rejects.toThrow("the connection broke");
  const resumed = await run(counting(tooMany));
  expect(resumed.resumed).toBe(true);
  const expected = await run(counting(tooMany), { file: join(folder, "other.c1z") });
  expect(resumed.refused).toEqual(expected.refused);
  expect(resumed.refused).toMatchObject([
    { sort: "incomplete", what: `who holds group ${groupId(5)}`, why: expect.stringMatching(/^11 are counted, 10 /) },
  ]);
  expect((await readSnapshot(file)).rows).toEqual((await readSnapshot(join(folder, "other.c1z"))).rows);
});

test("a sync of parts, of resources only, or of some types is held against nothing that it does not read", async () => {
  const much = () => 7;
  await run(connectorOf(SMALL));
  for (const selection of [
    { resources: [{ type: "group", id: groupId(0) }] },
    { skipEntitlementsAndGrants: true },
    { types: ["user"] },
  ]) {
    expect(isWhole(await run(counting(much), { selection }))).toBe(true);
  }
});
