import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Decrypter, generateIdentity, identityToRecipient } from "age-encryption";
import { afterEach, beforeEach, expect, it } from "vitest";
import type { MadeAccountTable } from "../../src/baton/leases/accounts-schema.ts";
import { openLedger } from "../../src/baton/leases/ledger.ts";
import type { Sandbox } from "../../src/sandbox/sandbox.ts";
import { golden, goldenSandbox } from "../baton/rpc/okta.ts";
import { always, bendJson, type HostileOkta, hostileOkta, oktaErrorBody, say, send } from "../hostile/okta.ts";
import { runHere } from "./in-process.ts";

const LOGIN = "made.here@acme.example";
let folder: string;
let sandbox: Sandbox;
let okta: HostileOkta;
let identity: string;
let recipient: string;
beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), "baton-rotate-"));
  sandbox = await goldenSandbox();
  okta = await hostileOkta(sandbox.url);
  identity = await generateIdentity();
  recipient = await identityToRecipient(identity);
});
afterEach(async () => {
  await okta.close();
  await sandbox.close();
  rmSync(folder, { recursive: true });
});

const store = () => join(folder, "leases.db");
const run = (...argv: string[]) =>
  runHere(argv, {
    ...{ BATON_DOMAIN: okta.url, BATON_API_TOKEN: sandbox.token, BATON_CONFIG_PATH: "" },
    ...{ BATON_LEASE_STORE: store(), BATON_FILE: join(folder, "absent.c1z") },
  });
const rotate = (...more: string[]) =>
  run("rotate", "password", LOGIN, "--encrypt-to", recipient, "-o", "json", ...more);
const decrypted = async (stdout: string): Promise<string> => {
  const age = new Decrypter();
  age.addIdentity(identity);
  const [{ encryptedBytes }] = JSON.parse(stdout).encryptedData;
  return await age.decrypt(Buffer.from(encryptedBytes, "base64"), "text");
};
const NAMES = ["--first-name", "Made", "--last-name", "Here"];
async function make(): Promise<string> {
  const made = await run("create-account", "--email", LOGIN, ...NAMES, "--encrypt-to", recipient, "-o", "json");
  expect(made.code).toBe(0);
  return JSON.parse(made.stdout).resource.id.resource;
}
const passwords: string[] = [];
/** Collects each password that Okta is sent. */
function watchPasswords(id: string): void {
  passwords.length = 0;
  okta.on("POST", `/api/v1/users/${id}`, async (asked, response, honest) => {
    passwords.push(JSON.parse(asked.body.toString()).credentials.password.value);
    send(response, await honest());
  });
}
async function rows(change?: Partial<MadeAccountTable>): Promise<readonly MadeAccountTable[]> {
  const ledger = await openLedger(store());
  try {
    if (change) await ledger.store.write((trx) => trx.updateTable("made_account").set(change).execute());
    return await ledger.store.db.selectFrom("made_account").selectAll().execute();
  } finally {
    await ledger.close();
  }
}

it("gives an account that was made here a new password, printed only encrypted", async () => {
  const id = await make();
  watchPasswords(id);
  const audit = join(folder, "audit.log");
  const ended = await rotate("--audit-log", audit, "--password-length", "30", "--log-level", "debug");
  expect(ended.code).toBe(0);
  expect(JSON.parse(ended.stdout)).toMatchObject({ operation: "rotate credential", result: "rotated", resource: id });
  const password = await decrypted(ended.stdout);
  expect(passwords).toEqual([password]);
  expect(password).toHaveLength(30);
  const trail = readFileSync(audit, "utf8");
  expect(trail).toContain('"operation":"rotate credential"');
  expect(ended.stdout + ended.stderr + trail).not.toContain(password);
  expect((await rows())[0]).toMatchObject({
    account: id,
    state: "made",
    rotated: expect.any(Number),
    rotating_until: 0,
  });
  const byFlags = await run("--rotate-credentials", id, "--rotate-credentials-type", "user", "--encrypt-to", recipient);
  expect(byFlags).toMatchObject({ code: 0, stdout: expect.stringContaining("a new password") });
  expect(passwords).toHaveLength(2);
});

it("lets it be changed at the next sign-in where that is asked for, and sends nothing in a rehearsal", async () => {
  const id = await make();
  const before = okta.calls.length;
  expect((await rotate("--dry-run")).code).toBe(0);
  expect(okta.calls.slice(before).filter((call) => !call.startsWith("GET"))).toEqual([]);
  expect((await rotate("--change-at-next-login")).code).toBe(0);
  const answer = await fetch(`${sandbox.url}/api/v1/users/${id}`, {
    headers: { authorization: `SSWS ${sandbox.token}` },
  });
  expect(await answer.json()).toMatchObject({ status: "PASSWORD_EXPIRED" });
});

it("refuses accounts that it has not made, as far as the ledger knows, and needs a ledger", async () => {
  const none = await rotate();
  expect(none).toMatchObject({ code: 1, stderr: expect.stringContaining("There is no ledger") });
  await make();
  const other = golden("org.json").users.find(({ status }: { status: string }) => status === "ACTIVE").id;
  const ended = await run("rotate", "password", other, "--encrypt-to", recipient);
  expect(ended).toMatchObject({ code: 1, stderr: expect.stringContaining("was not made by this program") });
  expect(await run("rotate", "password", "nobody@acme.example", "--encrypt-to", recipient)).toMatchObject({ code: 1 });
  expect(await run("rotate", "password", LOGIN)).toMatchObject({
    code: 1,
    stderr: expect.stringContaining("nobody would learn"),
  });
  expect(okta.calls.filter((call) => call.startsWith("POST"))).toHaveLength(1);
});

it("knows an account whose creation was cut short before it could be written down", async () => {
  const id = await make();
  const [{ at }] = (await rows()) as [MadeAccountTable];
  await rows({ account: null, state: "making", changed: at });
  expect((await rotate()).code).toBe(0);
  expect((await rows())[0]).toMatchObject({ account: id, state: "made" });
  await rows({ account: null, state: "making", at: at - 86_400_000, changed: at - 86_400_000 });
  expect(await rotate()).toMatchObject({ code: 1, stderr: expect.stringContaining("was not made by this program") });
});

it("replaces no password while a lease of the user is active", async () => {
  const id = await make();
  const group = golden("org.json").groups.find(
    ({ type, _embedded }: { type: string; _embedded?: { stats?: { hasAdminPrivilege?: boolean } } }) =>
      type === "OKTA_GROUP" && _embedded?.stats?.hasAdminPrivilege === false,
  ).id;
  const lease = await run("grant", `group:${group}:member`, id, "--for", "1h", "--reason", "test", "-o", "json");
  expect(lease.code).toBe(0);
  const ended = await rotate();
  expect(ended).toMatchObject({ code: 1, stderr: expect.stringMatching(/A lease of user \S+ is active/) });
  expect(okta.calls.filter((call) => call === `POST /api/v1/users/${id}`)).toEqual([]);
  expect((await run("leases", "end", JSON.parse(lease.stdout).lease.id)).code).toBe(0);
  expect((await rotate()).code).toBe(0);
});

it("begins no lease while the password is being replaced", async () => {
  await make();
  await rows({ rotating_until: Date.now() + 60_000 });
  const group = golden("org.json").groups.find(({ type }: { type: string }) => type === "OKTA_GROUP").id;
  const [{ account }] = (await rows()) as [MadeAccountTable];
  const lease = await run("grant", `group:${group}:member`, account!, "--for", "1h", "--reason", "test");
  expect(lease).toMatchObject({ code: 1, stderr: expect.stringContaining("is being replaced now") });
});

it.each([
  ["ACTIVE_DIRECTORY", { credentials: { provider: { type: "ACTIVE_DIRECTORY", name: "acme" } } }],
  ["FEDERATION", { credentials: { provider: { type: "FEDERATION", name: "FEDERATION" } } }],
  ["does not say where", { credentials: undefined }],
  ["deactivated", { status: "DEPROVISIONED" }],
])("refuses a user whose password is not Okta's to replace: %s", async (why, change) => {
  const id = await make();
  okta.on(
    "GET",
    `/api/v1/users/${id}`,
    bendJson((body) => ({ ...(body as object), ...change })),
  );
  expect(await run("rotate", "password", id, "--encrypt-to", recipient)).toMatchObject({
    code: 1,
    stderr: expect.stringContaining(why),
  });
});

it("delivers a password whose answer was lost where Okta shows that it is set", async () => {
  const id = await make();
  await new Promise((resolve) => setTimeout(resolve, 1100));
  okta.on("POST", `/api/v1/users/${id}`, async (asked, response, honest) => {
    passwords[0] = JSON.parse(asked.body.toString()).credentials.password.value;
    await honest();
    response.socket?.destroy();
  });
  const ended = await rotate();
  expect(ended.code).toBe(0);
  expect(await decrypted(ended.stdout)).toBe(passwords[0]);
});

it.each([
  ["nothing is known", always(502, "<html>"), true, /is not known, and nobody was given/i],
  ["Okta refuses it", always(400, oktaErrorBody("E0000001", "Api validation failed: password")), false, /is as it was/],
  ["Okta answers and does nothing", always(200, {}), false, /does not show that it has changed/],
])("says what stands where it fails: %s", async (_, answer, blind, why) => {
  const id = await make();
  okta.on("POST", `/api/v1/users/${id}`, answer);
  if (blind) {
    let posted = false;
    okta.on("POST", `/api/v1/users/${id}`, (asked, response, honest) => {
      posted = true;
      return answer(asked, response, honest);
    });
    okta.on("GET", `/api/v1/users/${id}`, async (_asked, response, honest) => {
      if (posted) say(response, 403, oktaErrorBody("E0000006", "no"));
      else send(response, await honest());
    });
  } else {
    const old = { passwordChanged: "2020-01-01T00:00:00.000Z" };
    okta.on(
      "GET",
      `/api/v1/users/${id}`,
      bendJson((body) => ({ ...(body as object), ...old })),
    );
  }
  const ended = await run("rotate", "password", id, "--encrypt-to", recipient);
  expect(ended).toMatchObject({ code: 1, stdout: "", stderr: expect.stringMatching(why) });
});
