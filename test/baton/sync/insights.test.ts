import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { compareSyncs } from "../../../src/baton/access/compare.ts";
import { evidenceOf } from "../../../src/baton/access/findings/evidence.ts";
import { judge } from "../../../src/baton/access/findings/findings.ts";
import { find } from "../../../src/baton/model/annotations.ts";
import { INSIGHT_TYPE } from "../../../src/baton/model/insight.ts";
import { openSnapshot } from "../../../src/baton/snapshot/reader.ts";
import { parseTime } from "../../../src/baton/snapshot/time.ts";
import type { SyncOptions } from "../../../src/baton/sync/options.ts";
import { sync } from "../../../src/baton/sync/sync.ts";
import { SecurityInsightTraitSchema } from "../../../src/gen/c1/connector/v2/annotation_security_insight_pb.ts";
import { ResourceType_Trait } from "../../../src/gen/c1/connector/v2/resource_pb.ts";
import { RISKS } from "../../../src/okta/risks/risks.ts";
import type { Sandbox } from "../../../src/sandbox/sandbox.ts";
import { goldenSandbox, oktaConnector } from "../rpc/okta.ts";

const folder = mkdtempSync(join(tmpdir(), "insights-"));
const file = join(folder, "org.c1z");
const some = expect.stringMatching(/./);
let sandbox: Sandbox;

beforeAll(async () => {
  sandbox = await goldenSandbox();
  const incremental = { fullEvery: { runs: 10 }, verifySample: 2 };
  expect((await run(file, { incremental })).increment?.mode).toBe("full");
  expect((await run(file, { incremental })).increment?.mode).toBe("incremental");
});

afterAll(async () => {
  await sandbox.close();
  rmSync(folder, { recursive: true, force: true });
});

async function run(to: string, more: Partial<SyncOptions> = {}, syncFindings = true) {
  const connector = oktaConnector(sandbox, { syncCustomRoles: true, syncSecrets: true, syncFindings });
  try {
    return await sync(connector, { file: to, binding: { test: "insights" }, selection: {}, ...more });
  } finally {
    await connector.close?.();
  }
}

it("what rules find becomes resources, each bound to a user or resource of the sync", async () => {
  await using reader = await openSnapshot(file);
  const content = reader.content();
  const type = content.findResourceType(INSIGHT_TYPE)!.message;
  expect(type.traits).toEqual([ResourceType_Trait.SECURITY_INSIGHT]);
  const now = parseTime(reader.current()!.endedAt!)!;
  const found = judge(RISKS, evidenceOf(content, now)).flatMap(({ findings }) => findings);
  const insights = [...content.resources(INSIGHT_TYPE)];
  expect(insights.map(({ message }) => message.id!.resource).sort()).toEqual(
    found.map(({ fingerprint }) => fingerprint).sort(),
  );
  expect(insights.length).toBeGreaterThan(50);
  for (const { message } of insights) {
    const trait = find(message.annotations, SecurityInsightTraitSchema)!;
    const issue = { value: some, severity: expect.stringMatching(/^(Low|Medium|High|Critical)$/) };
    expect(trait.insightType).toMatchObject({ case: "issue", value: issue });
    expect(trait.target.case).toBe("resourceId");
    const target = trait.target.value as { resourceType: string; resource: string };
    expect(content.findResource(target.resourceType, target.resource)).toBeDefined();
    expect(message.profile).toMatchObject({ rule: some, why: some, remedy: some, what: some });
  }
});

it("a sync that reads what changed judges anew, and nothing differs where nothing did", async () => {
  await using reader = await openSnapshot(file);
  const [before, after] = reader.syncs();
  expect(reader.syncs()).toHaveLength(2);
  expect([...compareSyncs(reader.content(before!.syncId), reader.content(after!.syncId))]).toEqual([]);
});

it("is off by default, and judges nothing of a sync that holds no grants or is of single resources", async () => {
  const off = join(folder, "off.c1z");
  expect((await run(off, {}, false)).judged).toBeUndefined();
  await using reader = await openSnapshot(off);
  expect(reader.content().findResourceType(INSIGHT_TYPE)).toBeUndefined();
  const some = { selection: { resources: [{ type: "role", id: "SUPER_ADMIN" }] } };
  expect((await run(join(folder, "some.c1z"), some)).judged).toBeUndefined();
  const bare = { selection: { skipEntitlementsAndGrants: true } };
  expect((await run(join(folder, "bare.c1z"), bare)).judged).toBeUndefined();
});

it("the result says how many rules could not be judged", async () => {
  const { judged, counts } = await run(join(folder, "again.c1z"));
  expect(judged!.notJudged).toBeGreaterThan(6);
  expect(counts.resources[INSIGHT_TYPE]).toBe(judged!.findings);
});
