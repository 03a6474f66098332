import { generateKeyPairSync } from "node:crypto";
import { readFileSync } from "node:fs";
import type { JWK } from "jose";
import { afterEach, expect, test } from "vitest";
import { scopesFor } from "../../src/okta/api/auth/scopes.ts";
import { createOktaClient } from "../../src/okta/api/create-client.ts";
import { parseDomain } from "../../src/okta/api/http/domain.ts";
import { createOktaConnector } from "../../src/okta/connector.ts";
import { systemClock } from "../../src/runtime/clock.ts";
import { silentLog } from "../../src/runtime/log/log.ts";
import { Secret } from "../../src/runtime/secrets/secret.ts";
import { orgFromJson } from "../../src/sandbox/org/json.ts";
import { startSandbox } from "../../src/sandbox/start.ts";
import { defaults } from "./resource/fake-okta.ts";
import { call, walk } from "./resource/walk.ts";

const golden = (file: string) => JSON.parse(readFileSync(new URL(`../golden/${file}`, import.meta.url), "utf8"));
const open: (() => Promise<void>)[] = [];

afterEach(async () => {
  for (const close of open.splice(0)) await close();
});

/** A connector whose API token belongs to somebody with these admin roles. */
async function as(...roles: string[]) {
  const token = "00lesser";
  const sandbox = await startSandbox({
    org: orgFromJson(golden("org.json")),
    limits: "off",
    tokens: [{ token, roles }],
  });
  const origin = parseDomain(sandbox.url);
  const credentials = { kind: "apiToken", token: new Secret(token) } as const;
  const client = createOktaClient({ origin, credentials, userAgent: "test", env: {} });
  open.push(async () => {
    client.close();
    await sandbox.close();
  });
  return createOktaConnector({ client, origin, options: defaults, clock: systemClock, log: silentLog });
}

test("a token of a lesser admin reads what it may, and what it may not is named", async () => {
  const connector = await as("READ_ONLY_ADMIN");
  await connector.validate(call());
  const walked = await walk(connector);
  const expected = golden("expected.json");
  const kinds = (keys: object) => [...new Set(Object.keys(keys).map((key) => key.split(":")[0]))].sort();
  expect(kinds(walked.resources)).toEqual(["app", "device", "group", "role", "user"]);
  expect(kinds(walked.grants)).toEqual(["app", "group"]);
  const members = (grants: object) => Object.keys(grants).filter((id) => /^(app|group):/.test(id)).length;
  expect(members(walked.grants)).toBe(members(expected.grants));
  const refused = Object.groupBy(walked.refused, (one) => one.what);
  expect(Object.keys(refused).sort()).toEqual([
    "API tokens",
    "admin roles of groups",
    "admin roles of users",
    "custom admin roles",
    "resource sets and their bindings",
  ]);
  expect(refused["admin roles of groups"]?.map((one) => one.on).sort()).toEqual(
    golden("org.json")
      .groups.filter(
        (group: { _embedded: { stats: { hasAdminPrivilege: boolean } } }) => group._embedded.stats.hasAdminPrivilege,
      )
      .map((group: { id: string }) => `group ${group.id}`)
      .sort(),
  );
  for (const one of walked.refused) {
    expect(one.requestId).toBeTruthy();
    expect(one.why).toMatch(/okta\.(roles|apiTokens)\.read/);
  }
});

test("a token that may not read apps fails the sync", async () => {
  const connector = await as("HELP_DESK_ADMIN");
  await expect(walk(connector)).rejects.toMatchObject({ kind: "permissionDenied", attempted: "GET /api/v1/apps" });
});

test("an OAuth app without an admin role is told so, not shown an empty org", async () => {
  const { privateKey, publicKey } = generateKeyPairSync("rsa", { modulusLength: 2048 });
  const jwk = { ...(publicKey.export({ format: "jwk" }) as JWK), kid: "key1", alg: "RS256" };
  const scopes = scopesFor({});
  const sandbox = await startSandbox({
    org: orgFromJson(golden("org.json")),
    limits: "off",
    oauthClients: [{ clientId: "0oaBare", publicJwks: [jwk], grantedScopes: scopes }],
  });
  const origin = parseDomain(sandbox.url);
  const credentials = { kind: "oauthKey", clientId: "0oaBare", key: privateKey, keyId: "key1", scopes } as const;
  const client = createOktaClient({ origin, credentials, userAgent: "test", env: {} });
  open.push(async () => {
    client.close();
    await sandbox.close();
  });
  const options = defaults;
  const connector = createOktaConnector({ client, origin, options, clock: systemClock, log: silentLog });
  const failure = { kind: "permissionDenied", advice: expect.stringContaining("admin role") };
  await expect(connector.validate(call())).rejects.toMatchObject(failure);
  await expect(walk(connector)).rejects.toMatchObject(failure);
});
