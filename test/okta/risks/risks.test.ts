import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { expect, test } from "vitest";
import { evidenceOf } from "../../../src/baton/access/findings/evidence.ts";
import { judge } from "../../../src/baton/access/findings/findings.ts";
import { AccessGraph } from "../../../src/baton/access/graph.ts";
import type { Holder } from "../../../src/baton/model/evidence.ts";
import { resourceKey } from "../../../src/baton/model/ids.ts";
import { openSnapshot } from "../../../src/baton/snapshot/reader.ts";
import { sync } from "../../../src/baton/sync/sync.ts";
import { RISKS } from "../../../src/okta/risks/risks.ts";
import { churn } from "../../../src/sandbox/churn/churn.ts";
import { assignClientRole } from "../../../src/sandbox/org/admins/clients.ts";
import type { Org } from "../../../src/sandbox/org/org.ts";
import { Random } from "../../../src/sandbox/org/random.ts";
import { startSandbox } from "../../../src/sandbox/sandbox.ts";
import { seedOrg } from "../../../src/sandbox/seed/seed.ts";
import { oktaConnector } from "../../baton/rpc/okta.ts";
import { isService, plainRisks } from "./plain-risks.ts";

const NOW = Date.parse("2026-11-01T00:00:00Z");

const shape = fc.record({
  users: fc.integer({ min: 6, max: 60 }),
  groups: fc.integer({ min: 2, max: 10 }),
  apps: fc.integer({ min: 1, max: 20 }),
  seed: fc.integer({ min: 1, max: 1_000_000 }),
  changes: fc.integer({ min: 0, max: 60 }),
});

async function synced(org: Org, file: string): Promise<void> {
  const sandbox = await startSandbox({ org, limits: "off" });
  const connector = oktaConnector(sandbox, { syncReach: true, syncCustomRoles: true, syncSecrets: true });
  try {
    await sync(connector, { file, binding: { file }, selection: {} });
  } finally {
    await connector.close?.();
    await sandbox.close();
  }
}

const found = new Map<string, number>();

test("the findings of a random org are those of a plain look at the org's own data", async () => {
  const folder = mkdtempSync(join(tmpdir(), "risks-"));
  try {
    await fc.assert(
      fc.asyncProperty(shape, async ({ changes, ...size }) => {
        const org = seedOrg(size);
        const service = org.apps.find((app) => app !== undefined && isService(app.record));
        if (service !== undefined) assignClientRole(org, service, "ORG_ADMIN");
        // With the seed of the org itself new objects would get the ids of old ones.
        if (changes > 0) churn(org, new Random(size.seed + 1), changes);
        const file = join(folder, `${size.seed}.c1z`);
        await synced(org, file);
        await using reader = await openSnapshot(file);
        const content = reader.content();
        const evidence = evidenceOf(content, NOW);
        const said = judge(RISKS, evidence);
        for (const [rule, subjects] of Object.entries(plainRisks(org, NOW))) {
          const { findings } = said.find((one) => one.rule.id === rule)!;
          expect([rule, ...findings.map(({ subject }) => resourceKey(subject.type, subject.id)).sort()]).toEqual([
            rule,
            ...subjects.sort(),
          ]);
          found.set(rule, (found.get(rule) ?? 0) + findings.length);
        }
        const graph = new AccessGraph(content);
        for (const { id } of evidence.entitlements("role", "assigned")) {
          const plain = [...graph.holders(id)].map(({ principal, direct, paths }) => ({
            principal,
            direct,
            via: paths.filter(({ kind }) => kind === "group").map(({ via }) => via),
          }));
          expect(sorted(evidence.holders(id))).toEqual(sorted(plain));
        }
      }),
      { numRuns: 8 },
    );
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
  // What no org had would not have been tested.
  expect([...found].filter(([, n]) => n > 0).length).toBeGreaterThan(9);
}, 90_000);

/** Holders in an order of their own: each reader walks in its own. */
function sorted(all: Iterable<Holder>): string[] {
  return [...all]
    .map(({ principal, direct, via }) =>
      JSON.stringify({ principal, direct, via: via.map((way) => JSON.stringify(way)).sort() }),
    )
    .sort();
}
