import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { expect, test } from "vitest";
import { AccessGraph } from "../../../src/baton/access/graph.ts";
import type { Held } from "../../../src/baton/access/held.ts";
import { withoutGroup } from "../../../src/baton/access/what-if.ts";
import { openSnapshot } from "../../../src/baton/snapshot/reader.ts";
import { sync } from "../../../src/baton/sync/sync.ts";
import { churn } from "../../../src/sandbox/churn/churn.ts";
import type { Org } from "../../../src/sandbox/org/org.ts";
import { Random } from "../../../src/sandbox/org/random.ts";
import type { UserEntry } from "../../../src/sandbox/org/types.ts";
import { startSandbox } from "../../../src/sandbox/sandbox.ts";
import { seedOrg } from "../../../src/sandbox/seed/seed.ts";
import { oktaConnector } from "../../baton/rpc/okta.ts";
import { type Walked, walk } from "./plain-walk.ts";

const shape = fc.record({
  users: fc.integer({ min: 6, max: 30 }),
  groups: fc.integer({ min: 2, max: 10 }),
  apps: fc.integer({ min: 1, max: 14 }),
  seed: fc.integer({ min: 1, max: 1_000_000 }),
  changes: fc.integer({ min: 0, max: 60 }),
});

/** What the graph says of a principal's holdings, in the words of the plain walk. */
const said = (held: readonly Held[]): Record<string, Walked> =>
  Object.fromEntries(
    held.map(({ entitlement, direct, paths }) => [
      entitlement,
      {
        direct: direct as boolean,
        groups: paths.flatMap(({ kind, via }) => (kind === "group" ? [via.at(-1)!.id] : [])).sort(),
      },
    ]),
  );

const peopleOf = (org: Org) => org.users.filter((user): user is UserEntry => user !== undefined);

test("every answer over a snapshot of a random org is the one that a plain walk over the org gives", async () => {
  const folder = mkdtempSync(join(tmpdir(), "answers-"));
  try {
    await fc.assert(
      fc.asyncProperty(shape, async ({ changes, ...size }) => {
        const org = seedOrg(size);
        // With the seed of the org itself new objects would get the ids of old ones.
        if (changes > 0) churn(org, new Random(size.seed + 1), changes);
        const file = join(folder, `${size.seed}.c1z`);
        await synced(org, file);
        await using reader = await openSnapshot(file);
        const graph = new AccessGraph(reader.content());
        const people = peopleOf(org);
        const expected = new Map(people.map((user) => [user.record.id, walk(org, user, owners)]));
        checkReach(graph, expected);
        checkHolders(graph, expected);
        for (const group of org.groups.slice(0, 4)) {
          if (group !== undefined) checkWithout(graph, org, group.record.id, expected);
        }
      }),
      { numRuns: 6 },
    );
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}, 60_000);

async function synced(org: Org, file: string): Promise<void> {
  const sandbox = await startSandbox({ org, limits: "off" });
  const connector = oktaConnector(sandbox, REACH);
  try {
    await sync(connector, { file, selection: {}, binding: {} });
  } finally {
    await connector.close?.();
    await sandbox.close();
  }
}

type Expected = ReadonlyMap<string, Readonly<Record<string, Walked>>>;

function checkReach(graph: AccessGraph, expected: Expected): void {
  for (const [id, walked] of expected) {
    const reach = graph.reach({ type: "user", id });
    expect(said(reach)).toEqual(walked);
    for (const { entitlement, direct, paths } of reach) {
      const why = graph.why({ type: "user", id }, entitlement);
      expect(why && said([why])).toEqual({ [entitlement]: walked[entitlement] });
      expect(paths.some(({ kind, asserted }) => kind === "direct" && asserted)).toBe(direct === true);
      // A rule is never more than a possibility, and where something explains an access, nothing is said to be unknown.
      for (const { kind, asserted } of paths) expect(kind === "rule" && asserted).toBe(false);
      expect(paths.some(({ kind }) => kind === "unknown")).toBe(false);
    }
  }
}

function checkHolders(graph: AccessGraph, expected: Expected): void {
  const entitlements = new Set([...expected.values()].flatMap((walked) => Object.keys(walked)));
  for (const entitlement of entitlements) {
    const holders = [...graph.holders(entitlement)].filter(({ principal }) => principal.type === "user");
    const shown = Object.fromEntries(holders.map((held) => [held.principal.id, said([held])[entitlement]]));
    const wanted = [...expected].flatMap(([id, walked]) => (walked[entitlement] ? [[id, walked[entitlement]]] : []));
    expect(shown).toEqual(Object.fromEntries(wanted));
    expect(holders).toHaveLength(wanted.length);
  }
}

function checkWithout(graph: AccessGraph, org: Org, gone: string, expected: Expected): void {
  const shown = [...withoutGroup(graph, { type: "group", id: gone })]
    .filter(({ principal }) => principal.type === "user")
    .map(({ principal, entitlement, outcome }) => `${principal.id} ${entitlement} ${outcome}`);
  const group = org.group(gone)!;
  const wanted = group.members.flatMap((index) => {
    const id = org.users[index]!.record.id;
    return Object.entries(expected.get(id)!).flatMap(([entitlement, { direct, groups }]) => {
      if (!groups.includes(gone)) return [];
      return [`${id} ${entitlement} ${direct || groups.length > 1 ? "keeps" : "loses"}`];
    });
  });
  expect(shown.sort()).toEqual(wanted.sort());
}

const REACH = { syncReach: true };
const owners = true;
