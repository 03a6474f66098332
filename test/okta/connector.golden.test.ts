import { readFileSync } from "node:fs";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Connector } from "../../src/baton/connector.ts";
import type { OktaClient } from "../../src/okta/api/client.ts";
import { createOktaClient } from "../../src/okta/api/create-client.ts";
import { parseDomain } from "../../src/okta/api/http/domain.ts";
import { createOktaConnector, type OktaOptions } from "../../src/okta/connector.ts";
import { systemClock } from "../../src/runtime/clock.ts";
import { silentLog } from "../../src/runtime/log/log.ts";
import { Secret } from "../../src/runtime/secrets/secret.ts";
import { orgFromJson } from "../../src/sandbox/org/json.ts";
import type { Sandbox } from "../../src/sandbox/serve.ts";
import { startSandbox } from "../../src/sandbox/start.ts";
import { call, walk } from "./resource/walk.ts";

type Maps = Record<"resource_types" | "resources" | "entitlements" | "grants", Record<string, Message>>;
// biome-ignore lint/suspicious/noExplicitAny: proto3 JSON of many messages
type Message = any;

const golden = (file: string) => JSON.parse(readFileSync(new URL(`../golden/${file}`, import.meta.url), "utf8"));

const plain: OktaOptions = {
  syncInactiveApps: true,
  syncCustomRoles: false,
  skipSecondaryEmails: false,
  syncSecrets: false,
  filterEmailDomains: [],
  skipAppGroups: false,
};
const whole: OktaOptions = { ...plain, syncCustomRoles: true, syncSecrets: true };
const contractor: OktaOptions = { ...whole, filterEmailDomains: ["contractor.example"] };

let sandbox: Sandbox;
let client: OktaClient;

beforeAll(async () => {
  sandbox = await startSandbox({ org: orgFromJson(golden("org.json")), limits: "off" });
  client = createOktaClient({
    origin: parseDomain(sandbox.url),
    credentials: { kind: "apiToken", token: new Secret(sandbox.token) },
    userAgent: "test",
    env: {},
  });
});

afterAll(async () => {
  client.close();
  await sandbox.close();
});

function connect(options: OktaOptions): Connector {
  return createOktaConnector({ client, origin: parseDomain(sandbox.url), options, clock: systemClock, log: silentLog });
}

/** What a connector itself has to show of an expected file: grants that expansion made are the syncer's. */
function direct(expected: Maps): Maps {
  const grants = Object.entries(expected.grants).filter(([, grant]) => {
    const sources = grant.sources?.sources;
    return sources === undefined || grant.entitlement.id in sources;
  });
  return { ...expected, grants: Object.fromEntries(grants.map(([id, { sources: _, ...grant }]) => [id, grant])) };
}

/** Splits what a grant says of its expansion off, which the expected files do not hold. */
function withoutExpansion(grants: Record<string, Message>) {
  const expandable: Record<string, Message> = {};
  const rest = Object.entries(grants).map(([id, grant]) => {
    const { true: found = [], false: kept = [] } = Object.groupBy(grant.annotations as Message[], (annotation) =>
      String(annotation["@type"].endsWith(".GrantExpandable")),
    );
    if (found.length > 0) expandable[id] = found[0];
    return [id, { ...grant, annotations: kept }];
  });
  return { grants: Object.fromEntries(rest), expandable };
}

describe.each([
  ["everything", "expected.json", whole],
  ["the plain sync", "expected-plain.json", plain],
  ["an email filter", "expected-contractor.json", contractor],
])("the golden org with %s", (_, file, options) => {
  test.each([
    ["as a sync reads it", true, undefined],
    ["as a client reads it, within one sync", false, "2WCJqN1fSAG8nQ4GGLOaUwHFyWA"],
    ["as a client reads it, without a sync", false, undefined],
  ])("%s", async (_, all, syncId) => {
    const expected = direct(golden(file));
    const walked = await walk(connect(options), call(syncId === undefined ? {} : { syncId }), all);
    expect(walked.refused).toEqual([]);
    expect(walked.resource_types).toEqual(expected.resource_types);
    expect(walked.resources).toEqual(expected.resources);
    expect(walked.entitlements).toEqual(expected.entitlements);
    const { grants, expandable } = withoutExpansion(walked.grants);
    expect(grants).toEqual(expected.grants);
    for (const [id, { entitlement_ids: sources, shallow }] of Object.entries(expandable)) {
      expect([sources, shallow]).toEqual([[`group:${id.split(":").at(-1)}:member`], true]);
    }
    const roleGrants = Object.keys(grants).filter((id) => /^(role|custom-role):.*:group:/.test(id));
    expect(Object.keys(expandable).sort()).toEqual(roleGrants.sort());
  });
});

test("each resource but devices can be read on its own, as the list shows it", async () => {
  const connector = connect(whole);
  const expected: Maps = golden("expected.json");
  for (const type of connector.types) {
    if (type.type.id === "device") {
      expect(type.get).toBeUndefined();
      continue;
    }
    const ids = Object.values(expected.resources).filter((resource) => resource.id.resource_type === type.type.id);
    expect(ids.length).toBeGreaterThan(0);
    for (const { id } of ids.slice(0, 12)) {
      const listed = await type.get!(id.resource, call());
      expect(listed?.resource.id?.resource).toBe(id.resource);
      expect(listed?.resource.displayName).toBe(expected.resources[`${type.type.id}:${id.resource}`].display_name);
    }
  }
});

test("what Okta would take for something else is not there", async () => {
  const connector = connect(whole);
  const user = golden("org.json").users[0];
  for (const type of connector.types) {
    if (!type.get) continue;
    for (const id of [
      "",
      ".",
      "..",
      "../users",
      "me",
      "a/b",
      "a:b",
      "nobody",
      "%2e%2e",
      "ü\ud800",
      user.profile.login,
    ]) {
      expect(await type.get(id, call()), `${type.type.id} ${id}`).toBeUndefined();
    }
  }
  const roles = connector.types.find((type) => type.type.id === "custom-role")!;
  expect(await roles.get!("Custom role 0", call())).toBeUndefined();
  const bindings = connector.types.find((type) => type.type.id === "resourceset-binding")!;
  expect(await bindings.get!("iam49p1c334ZbGrxRLQS:Custom role 1", call())).toBeUndefined();
});

test("no call is made for what the group list says is not there", async () => {
  sandbox.resetCalls();
  const org = golden("org.json");
  await walk(connect(whole), call({ dropsUnlisted: true }));
  const called = sandbox.calls().endpoints;
  const empty = org.groups.filter((group: Message) => group._embedded.stats.usersCount === 0).length;
  const admins = org.groups.filter((group: Message) => group._embedded.stats.hasAdminPrivilege).length;
  const count = (pattern: string) =>
    called.filter((one) => one.pattern === pattern).reduce((sum, one) => sum + one.count, 0);
  expect(count("/api/v1/groups/{groupId}/users")).toBe(org.groups.length - empty);
  expect(count("/api/v1/groups/{groupId}/roles")).toBe(admins);
  expect(count("/api/v1/iam/assignees/users")).toBe(1);
  expect(count("/api/v1/users/{userId}/roles")).toBe(Object.keys(org.userRoles).length);
});
