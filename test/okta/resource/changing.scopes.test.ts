import { generateKeyPairSync } from "node:crypto";
import type { JWK } from "jose";
import { afterEach, expect, test } from "vitest";
import { createOktaClient } from "../../../src/okta/api/create-client.ts";
import { parseDomain } from "../../../src/okta/api/http/domain.ts";
import { createOktaConnector } from "../../../src/okta/connector.ts";
import { silentLog } from "../../../src/runtime/log/log.ts";
import { orgFromJson } from "../../../src/sandbox/org/json.ts";
import { startSandbox } from "../../../src/sandbox/start.ts";
import { hasty, ORG, over } from "./changing.ts";
import { defaults } from "./fake-okta.ts";

const open: (() => Promise<void>)[] = [];

afterEach(async () => {
  for (const close of open.splice(0)) await close();
});

/** An OAuth app with nothing but these scopes and roles. */
async function appWith(scopes: readonly string[], roles: readonly string[]) {
  const { privateKey, publicKey } = generateKeyPairSync("rsa", { modulusLength: 2048 });
  const jwk = { ...(publicKey.export({ format: "jwk" }) as JWK), kid: "key1", alg: "RS256" };
  const sandbox = await startSandbox({
    org: orgFromJson(ORG),
    limits: "off",
    oauthClients: [{ clientId: "0oaLeast", publicJwks: [jwk], grantedScopes: scopes, roles }],
  });
  const origin = parseDomain(sandbox.url);
  const credentials = { kind: "oauthKey", clientId: "0oaLeast", key: privateKey, keyId: "key1", scopes } as const;
  const client = createOktaClient({ origin, credentials, userAgent: "test", env: {}, random: () => 0 });
  open.push(async () => {
    client.close();
    await sandbox.close();
  });
  return over(sandbox, createOktaConnector({ client, origin, options: defaults, clock: hasty, log: silentLog }));
}

test("okta.groups.manage and okta.users.read do group work, and the rest names the scope it lacks", async () => {
  const okta = await appWith(["okta.groups.manage", "okta.users.read"], ["ORG_ADMIN"]);
  const grants = ["group:00gStaff:member:user:00uAnn"];
  expect(await okta.grant("group:00gStaff:member", "user:00uAnn")).toEqual({ already: false, grants });
  expect(await okta.grant("group:00gStaff:member", "user:00uAnn")).toEqual({ already: true, grants });
  expect(await okta.revoke("group:00gStaff:member", "user:00uAnn")).toEqual({ already: false, grants: [] });
  expect(await okta.remove("group", "00gOther")).toEqual({ already: false });
  for (const [refused, scope] of [
    [() => okta.grant("app:0oaMail:access", "user:00uAnn"), "okta.apps.read"],
    [() => okta.grant("role:APP_ADMIN:assigned", "user:00uAnn"), "okta.roles.read"],
    [() => okta.grant("resourceset-binding:iamSet:cr0One:member", "user:00uAnn"), "okta.roles.read"],
    [() => okta.remove("user", "00uAnn"), "okta.users.manage"],
  ] as const) {
    await expect(refused()).rejects.toMatchObject({
      kind: "permissionDenied",
      message: expect.stringContaining(scope),
    });
  }
  await expect(okta.grant("group:00gAdmins:member", "user:00uAnn")).rejects.toMatchObject({
    kind: "permissionDenied",
    message: expect.stringContaining("admin role"),
    advice: expect.stringContaining("Super Admin"),
  });
});

test("what may be read but not changed names the scope to change it", async () => {
  const scopes = ["okta.groups.read", "okta.users.read", "okta.apps.read", "okta.roles.read"];
  const okta = await appWith(scopes, ["SUPER_ADMIN"]);
  for (const [refused, scope] of [
    [() => okta.grant("group:00gAdmins:member", "user:00uAnn"), "okta.groups.manage"],
    [() => okta.grant("app:0oaMail:access", "user:00uAnn"), "okta.apps.manage"],
    [() => okta.grant("role:APP_ADMIN:assigned", "user:00uAnn"), "okta.roles.manage"],
    [() => okta.revoke("resource-set:iamSet:bindings", "custom-role:cr0One"), "okta.roles.manage"],
    [() => okta.remove("group", "00gOther"), "okta.groups.manage"],
  ] as const) {
    await expect(refused()).rejects.toMatchObject({
      kind: "permissionDenied",
      message: expect.stringContaining(scope),
    });
  }
});

test("an app without an admin role does not take a user that it is not shown for one that is gone", async () => {
  const okta = await appWith(["okta.users.manage", "okta.users.read"], []);
  await expect(okta.remove("user", "00uAnn")).rejects.toMatchObject({
    kind: "permissionDenied",
    message: expect.stringContaining("no users at all"),
  });
});
