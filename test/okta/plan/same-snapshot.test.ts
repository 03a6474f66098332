import { afterEach, describe, expect, test } from "vitest";
import type { OktaOptions } from "../../../src/okta/resource/options.ts";
import { churn } from "../../../src/sandbox/churn/churn.ts";
import { Random } from "../../../src/sandbox/org/random.ts";
import { type Sandbox, startSandbox } from "../../../src/sandbox/sandbox.ts";
import { seedOrg } from "../../../src/sandbox/seed/seed.ts";
import { goldenSandbox } from "../../baton/rpc/okta.ts";
import { countedBy, syncBy } from "./org.ts";

const open: { close(): Promise<void> }[] = [];
afterEach(async () => {
  for (const one of open.splice(0)) await one.close();
});

async function sandboxOf(seed: number): Promise<Sandbox> {
  const random = new Random(seed);
  const size = { users: 20 + random.below(120), groups: 5 + random.below(90), apps: 1 + random.below(40) };
  const org = seedOrg({ ...size, seed });
  churn(org, random, random.below(60));
  const sandbox = await startSandbox({ org, limits: "off" });
  open.push(sandbox);
  return sandbox;
}

const VARIANTS: readonly Partial<OktaOptions>[] = [
  {},
  { syncInactiveApps: false },
  { skipAppGroups: true },
  { syncReach: true },
  { filterEmailDomains: ["example.com"] },
];

describe("the snapshot is the same whatever the route", () => {
  test.each([1, 2, 3, 4, 5, 6, 7, 8, 9, 10])("of random org %i", async (seed) => {
    const sandbox = await sandboxOf(seed);
    const options = VARIANTS[seed % VARIANTS.length]!;
    const usual = await countedBy(sandbox, "usual", options);
    const other = await countedBy(sandbox, "other", options);
    const mixed = await countedBy(sandbox, "mixed", options);
    expect(usual.result.refused).toEqual([]);
    expect(other.result.refused).toEqual([]);
    expect(mixed.result.refused).toEqual([]);
    expect(other.rows).toEqual(usual.rows);
    expect(mixed.rows).toEqual(usual.rows);
    expect(other.calls["/api/v1/apps/{id}/groups"]).toBeUndefined();
    expect(usual.calls["/api/v1/groups/{id}/apps"]).toBeUndefined();
    if (options.filterEmailDomains === undefined) expect(other.calls["/api/v1/groups/{id}/users"]).toBeUndefined();
  });

  test("of the golden org", async () => {
    const sandbox = await goldenSandbox();
    open.push(sandbox);
    const usual = await syncBy(sandbox, "usual");
    expect((await syncBy(sandbox, "other")).rows).toEqual(usual.rows);
    expect((await syncBy(sandbox, "mixed")).rows).toEqual(usual.rows);
  });
});
