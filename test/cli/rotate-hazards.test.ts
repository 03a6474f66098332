import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { beginState, readState, swapText } from "../../src/cli/leases/rotate/state.ts";
import { orgFromJson } from "../../src/sandbox/org/json.ts";
import type { Org } from "../../src/sandbox/org/org.ts";
import type { Sandbox } from "../../src/sandbox/sandbox.ts";
import { golden, goldenSandbox } from "../baton/rpc/okta.ts";
import { type HostileOkta, hostileOkta } from "../hostile/okta.ts";
import { runHere } from "./in-process.ts";

let folder: string;
let keyFile: string;
let sandbox: Sandbox;
let okta: HostileOkta;
let org: Org;
beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), "baton-rotate-"));
  keyFile = join(folder, "key.pem");
  org = orgFromJson(golden("org.json"));
  sandbox = await goldenSandbox({ auth: "oauth", org });
  okta = await hostileOkta(sandbox.url);
  writeFileSync(keyFile, sandbox.oauth!.privateKeyPem);
});
afterEach(async () => {
  await okta.close();
  await sandbox.close();
  rmSync(folder, { recursive: true });
});

const run = (argv: readonly string[], domain = sandbox.url) =>
  runHere(argv, {
    ...{ BATON_DOMAIN: domain, BATON_AUTH_METHOD: "private-key-group", BATON_CONFIG_PATH: "" },
    ...{ BATON_OKTA_CLIENT_ID: sandbox.oauth!.clientId, BATON_OKTA_PRIVATE_KEY_ID: sandbox.oauth!.keyId },
    ...{ BATON_OKTA_PRIVATE_KEY: keyFile, BATON_LOG_LEVEL: "error", BATON_FILE: join(folder, "x.c1z") },
  });
const rotate = (...more: string[]) => run(["rotate", "oauth-key", ...more]);
/** Whether what the key file holds still signs in. */
const works = async () => (await run(["rotate", "oauth-key", "--every", "9000d", "--grace", "1h"])).code === 0;
async function changeState(change: object): Promise<void> {
  writeFileSync(`${keyFile}.rotation`, JSON.stringify({ ...(await readState(keyFile)), ...change }));
}

it("puts the new key back before it retires the old one, where somebody restored the old file", async () => {
  const old = readFileSync(keyFile, "utf8");
  expect((await rotate("--grace", "1h")).code).toBe(0);
  const made = readFileSync(keyFile, "utf8");
  writeFileSync(keyFile, old);
  await changeState({ retireAt: 0 });
  expect(await rotate("--grace", "1h")).toMatchObject({
    code: 0,
    stdout: expect.stringContaining("the old one is gone"),
  });
  expect(readFileSync(keyFile, "utf8")).toBe(made);
  expect(await works()).toBe(true);
});

it("retires nothing where the key file holds what does not sign in", async () => {
  expect((await rotate("--grace", "1h")).code).toBe(0);
  const jwk = JSON.parse(readFileSync(keyFile, "utf8"));
  writeFileSync(keyFile, JSON.stringify({ ...jwk, kid: "another" }));
  await changeState({ retireAt: 0 });
  expect((await rotate("--grace", "1h")).code).toBe(3);
  writeFileSync(keyFile, sandbox.oauth!.privateKeyPem);
  expect(await works()).toBe(true);
});

it("sees that the file can be replaced before anything is made in Okta", async () => {
  // Beside a name so long there is no room for another one.
  keyFile = join(folder, "k".repeat(230));
  writeFileSync(keyFile, sandbox.oauth!.privateKeyPem);
  const ended = await run(["rotate", "oauth-key"], okta.url);
  expect(ended).toMatchObject({ code: 1, stderr: expect.stringMatching(/read-only.*cannot be replaced/) });
  expect(okta.calls).toEqual([]);
});

it("sends nothing in a rehearsal", async () => {
  expect((await run(["rotate", "oauth-key", "--dry-run"], okta.url)).code).toBe(2);
  expect((await run(["rotate", "api-token", "--dry-run"], okta.url)).code).toBe(2);
  expect(okta.calls).toEqual([]);
});

it("says that it is not known how old the key is, and does not take it for young", async () => {
  const [key] = org.clientApps.get(sandbox.oauth!.clientId)!.keys;
  const { created } = key!;
  key!.created = undefined;
  const ended = await rotate("--every", "90d");
  expect(ended).toMatchObject({ code: 1, stderr: expect.stringContaining("is not known") });
  key!.created = created;
  expect(await rotate("--every", "9000d", "-o", "json")).toMatchObject({
    code: 0,
    stdout: expect.stringContaining("not-due"),
  });
  expect((await rotate("--follow")).code).toBe(2);
});

it("writes what it changes in Okta to the audit log", async () => {
  const audit = join(folder, "audit.log");
  expect((await rotate("--grace", "0", "--audit-log", audit, "--requested-by", "ops")).code).toBe(0);
  const lines = readFileSync(audit, "utf8")
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line));
  const sent = lines.filter(({ phase }) => phase === "outcome").map(({ request }) => request.split(" ")[0]);
  expect(sent).toEqual(["POST", "POST", "DELETE"]);
  expect(lines[0]).toMatchObject({ operation: "rotate oauth-key", actor: "ops" });
});

it("retires the old one after the grace time of Okta's clock, whatever was written by one that was wrong", async () => {
  expect((await rotate("--grace", "1h")).code).toBe(0);
  await changeState({ retireAt: Date.now() + 10 * 365 * 86_400_000 });
  expect((await rotate("--grace", "1h")).code).toBe(0);
  const { retireAt } = (await readState<{ retireAt: number }>(keyFile))!;
  expect(retireAt).toBeLessThan(Date.now() + 2 * 3_600_000);
  expect(await rotate("--grace", "0")).toMatchObject({
    code: 0,
    stdout: expect.stringContaining("the old one is gone"),
  });
});

it("lets one of several processes begin, and keeps their files apart", async () => {
  const states = await Promise.all([1, 2, 3, 4].map((n) => beginState(keyFile, { n })));
  expect(new Set(states.map(({ n }) => n)).size).toBe(1);
  await Promise.all([1, 2, 3, 4, 5, 6, 7, 8].map((n) => swapText(keyFile, String(n).repeat(100_000))));
  const text = readFileSync(keyFile, "utf8");
  expect(text).toBe(text[0]!.repeat(100_000));
});
