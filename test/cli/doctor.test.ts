import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, expect, test } from "vitest";
import { ALL_SCOPES } from "../../src/okta/doctor/capabilities.ts";
import { type Sandbox, startSandbox } from "../../src/sandbox/sandbox.ts";
import { seedOrg } from "../../src/sandbox/seed/seed.ts";
import { inFolder, run } from "../e2e/program.ts";

const open: Sandbox[] = [];
afterEach(async () => {
  for (const sandbox of open.splice(0)) await sandbox.close();
});

async function sandboxOf(options: Parameters<typeof startSandbox>[0]): Promise<Sandbox> {
  const sandbox = await startSandbox(options);
  open.push(sandbox);
  return sandbox;
}

const org = () => seedOrg({ users: 900, groups: 60, apps: 8, seed: 3 });
const READ_ONLY = { token: "00readOnlyToken", roles: ["READ_ONLY_ADMIN"] };
const GROUPS = { token: "00groupsToken", roles: ["GROUP_MEMBERSHIP_ADMIN"] };

test("the table fits 80 columns, names no secret and ends with 0 where a sync can run", async () => {
  const sandbox = await sandboxOf({ org: org() });
  const ended = await run(["doctor", "--domain", sandbox.url, "--api-token", sandbox.token]);
  expect(ended).toMatchObject({ code: 0, stderr: "" });
  expect(ended.stdout.split("\n").filter((line) => line.length > 80)).toEqual([]);
  expect(ended.stdout).toMatch(/Admin roles {2}Super Administrator/);
  expect(ended.stdout).toMatch(/\/api\/v1\/groups\/\* +500/);
  expect(ended.stdout).toMatch(/Required:\n {2}sync: there\n$/);
  expect(ended.stdout).not.toContain(sandbox.token);
});

test.each([
  ["--sync-custom-roles", 1.15],
  // Members of several groups with a role are asked for their factors once, and counted with each.
  ["--sync-reach", 1.35],
])("the estimate comes close to what a sync with %s then takes", async (flag, most) => {
  const sandbox = await sandboxOf({ org: seedOrg({ users: 900, groups: 60, apps: 14, seed: 3 }), limits: "off" });
  const access = ["--domain", sandbox.url, "--api-token", sandbox.token];
  const { stdout } = await run(["doctor", ...access, flag, "-o", "json"]);
  const { calls } = JSON.parse(stdout).sync;
  await inFolder(async (folder) => {
    sandbox.resetCalls();
    await run([...access, flag, "-f", join(folder, "sync.c1z")]);
  });
  const { total } = sandbox.calls();
  expect(calls).toBeGreaterThan(total * 0.85);
  expect(calls).toBeLessThan(total * most);
});

test.each([
  [READ_ONLY, [], 0, []],
  [READ_ONLY, ["--require", "sync,review-admin-roles"], 3, ["review-admin-roles"]],
  [READ_ONLY, ["--require", "provision-groups"], 3, ["provision-groups"]],
  [GROUPS, [], 3, ["sync"]],
  [GROUPS, ["--require", "review-groups", "--require", "review-users"], 0, []],
])("%j with %j ends with %i", async (token, more, code, missing) => {
  const sandbox = await sandboxOf({ org: org(), tokens: [token] });
  const ended = await run(["doctor", "--domain", sandbox.url, "--api-token", token.token, "-o", "json", ...more]);
  expect(ended).toMatchObject({ code, stderr: "" });
  expect(JSON.parse(ended.stdout).required).toMatchObject({ missing, met: code === 0 });
});

test("settings come from the environment as for a sync", async () => {
  const sandbox = await sandboxOf({ org: org(), tokens: [READ_ONLY] });
  const env = {
    BATON_DOMAIN: sandbox.url,
    BATON_API_TOKEN: READ_ONLY.token,
    BATON_OUTPUT: "text",
    BATON_FILE: "x.c1z",
  };
  const ended = await run(["doctor"], { env });
  expect(ended).toMatchObject({ code: 0, stderr: "" });
  expect(ended.stdout).toMatch(/no +Review admin roles/);
  expect(ended.stdout.split("\n").filter((line) => line.length > 80)).toEqual([]);
});

test("an OAuth app that proves its key is examined with the scopes it was granted", async () => {
  const sandbox = await sandboxOf({ org: org(), auth: "dpop" });
  await inFolder(async (folder) => {
    const key = join(folder, "key.pem");
    writeFileSync(key, sandbox.oauth!.privateKeyPem, { mode: 0o600 });
    const access = ["--domain", sandbox.url, "--auth-method", "private-key-group"];
    const app = ["--okta-client-id", sandbox.oauth!.clientId, "--okta-private-key", key];
    const args = ["doctor", ...access, ...app, `--okta-private-key-id=${sandbox.oauth!.keyId}`];
    const ended = await run([...args, "--require", "sync,provision-admin-roles"]);
    expect(ended).toMatchObject({ code: 0, stderr: "" });
    expect(ended.stdout).toMatch(/DPoP +required by the app, and in use/);
    expect(ended.stdout).not.toContain("Not granted");
    expect(ended.stdout).not.toContain("PRIVATE KEY");
  });
});

test("where an org refuses a token with a scope too many, the scopes are found one by one", async () => {
  const sandbox = await sandboxOf({ org: org(), auth: "oauth" });
  const granted = ["okta.users.read", "okta.groups.read"];
  sandbox.intercept(({ url, body }) => {
    if (url !== "/oauth2/v1/token") return undefined;
    const asked = (new URLSearchParams(body).get("scope") ?? "").split(" ");
    if (asked.every((scope) => granted.includes(scope))) return undefined;
    return { status: 400, body: { error: "invalid_scope", error_description: "One or more scopes are not granted." } };
  });
  await inFolder(async (folder) => {
    const key = join(folder, "key.pem");
    writeFileSync(key, sandbox.oauth!.privateKeyPem, { mode: 0o600 });
    const access = ["--domain", sandbox.url, "--auth-method", "private-key-group"];
    const app = ["--okta-client-id", sandbox.oauth!.clientId, "--okta-private-key", key];
    const args = ["doctor", ...access, ...app, `--okta-private-key-id=${sandbox.oauth!.keyId}`, "-o", "json"];
    const ended = await run(args);
    expect(ended.code).toBe(3);
    const { credentials, required, capabilities } = JSON.parse(ended.stdout);
    expect(credentials.scopes.granted).toEqual([...granted].sort());
    expect(credentials.scopes.notGranted).toHaveLength(ALL_SCOPES.length - granted.length);
    expect(required.missing).toEqual(["sync"]);
    expect(capabilities[0].missing.scopes).toEqual(["okta.apps.read"]);
  });
});

test.each([
  [["--require", "provision-group"], 2, /no capability "provision-group"[\s\S]*did you mean provision-groups/i],
  [["extra"], 2, /takes no argument "extra"/],
  [["-o", "xml"], 2, /table, json/],
  [[], 3, /does not accept the API token/],
])("%j ends with %i and says why", async (more, code, said) => {
  const sandbox = await sandboxOf({ org: org() });
  const ended = await run(["doctor", "--domain", sandbox.url, "--api-token", "00wrong", ...more]);
  expect(ended).toMatchObject({ code, stdout: "" });
  expect(ended.stderr).toMatch(said);
  expect(ended.stderr).not.toContain("00wrong");
});
