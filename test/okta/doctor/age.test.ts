import { expect, test } from "vitest";
import { renderDoctor } from "../../../src/cli/doctor/report.ts";
import { tokenInUse } from "../../../src/okta/doctor/api-token.ts";
import { keyInUse } from "../../../src/okta/doctor/oauth-key.ts";
import { Failure } from "../../../src/runtime/failure.ts";
import { goldenOrg, OWNER, withApp, withToken } from "./examine.ts";

const daysAgo = (days: number) => new Date(Date.now() - days * 86_400_000 - 60_000).toISOString();

/** The golden org with one more app, whose key `key1` was made so long ago. */
function orgWithKey(kid: string, created: string) {
  const org = goldenOrg();
  org.apps = [...org.apps, { ...org.apps[0], id: "0oaTest", name: "oidc_client", signOnMode: "OPENID_CONNECT" }];
  return { ...org, appKeys: { "0oaTest": [{ id: "pks1", kid, kty: "RSA", status: "ACTIVE", created }] } };
}

test.each([
  [91, true],
  [90, false],
])("an OAuth app's key of %i days: renew it: %s", async (days, renew) => {
  const { report } = await withApp(["okta.users.read", "okta.apps.read"], {
    org: orgWithKey("key1", daysAgo(days)),
    roles: ["SUPER_ADMIN"],
  });
  expect(report.credentials).toMatchObject({ key: { id: "key1", ageDays: days }, renew });
  const shown = renderDoctor(report, []);
  expect(shown).toMatch(new RegExp(`Key +key1, ${days} days old`));
  expect(/WARNING +The key is more than 90 days old: renew it with rotate\s+oauth-key/.test(shown)).toBe(renew);
});

test("where Okta does not tell the key's age, it is not known", async () => {
  const { report } = await withApp(["okta.users.read"], { roles: ["SUPER_ADMIN"] });
  expect(report.credentials).toMatchObject({ keyUnknown: expect.stringContaining("not readable") });
  expect(report.credentials.renew).toBeUndefined();
  expect(renderDoctor(report, [])).toMatch(/Key +Age not known: the app's keys are not readable/);
  const keys = (...items: object[]) => keyInUse({ outcome: "read", items }, "key1", Date.now());
  expect(keys({ kid: "other", created: daysAgo(1) })).toEqual({ unknown: expect.stringContaining("no key") });
  expect(keys({ kid: "key1" })).toEqual({ unknown: expect.stringContaining("when") });
  const failure = new Failure({ kind: "notFound", message: "no" });
  expect(keyInUse({ outcome: "absent", failure }, "key1", 0)).toHaveProperty("unknown");
});

test("an API token of more than 90 days is told, and one whose age is not known is not", async () => {
  const org = goldenOrg();
  const token = { id: "00T1", name: "ours", userId: OWNER, created: daysAgo(100), lastUpdated: daysAgo(1) };
  const old = await withToken({ org: { ...org, apiTokens: [token] }, userId: OWNER, roles: ["SUPER_ADMIN"] });
  expect(old.report.credentials).toMatchObject({ token: { ageDays: 100 }, renew: true });
  expect(renderDoctor(old.report, [])).toMatch(/WARNING +The token is more than 90 days old/);
  const unknown = await withToken({ userId: OWNER, roles: ["READ_ONLY_ADMIN"] });
  expect(unknown.report.credentials.renew).toBeUndefined();
  expect(renderDoctor(unknown.report, [])).toMatch(/Token +Age not known: /);
  const { created: _, ...timeless } = token;
  expect(tokenInUse({ outcome: "read", items: [timeless] }, OWNER, Date.now())).not.toHaveProperty("token.ageDays");
});
