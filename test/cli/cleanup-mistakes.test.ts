import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { cleanupReason } from "../../src/baton/leases/cleanup-rules.ts";
import type { CleanupTable } from "../../src/baton/leases/cleanup-schema.ts";
import { openLedger } from "../../src/baton/leases/ledger.ts";
import type { Sandbox } from "../../src/sandbox/sandbox.ts";
import { goldenSandbox } from "../baton/rpc/okta.ts";
import { always, bend, bendJson, type HostileOkta, hostileOkta, oktaErrorBody, say } from "../hostile/okta.ts";
import { runHere } from "./in-process.ts";

let folder: string;
let sandbox: Sandbox;
let okta: HostileOkta;
beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), "baton-cleanup-"));
  sandbox = await goldenSandbox();
  okta = await hostileOkta(sandbox.url);
});
afterEach(async () => {
  await okta.close();
  await sandbox.close();
  rmSync(folder, { recursive: true });
});

interface Row {
  readonly user: string;
  readonly login: string;
  readonly left?: string;
}
const store = () => join(folder, "leases.db");
const run = (...argv: string[]) =>
  runHere(["cleanup", ...argv], {
    ...{ BATON_DOMAIN: okta.url, BATON_API_TOKEN: sandbox.token, BATON_CONFIG_PATH: "" },
    ...{ BATON_LEASE_STORE: store(), BATON_LOG_LEVEL: "error" },
  });
const WIDE = ["--inactive", "1d", "--max", "1000", "--max-share", "1"];
const planned = async (...more: string[]): Promise<readonly Row[]> =>
  JSON.parse((await run("plan", ...WIDE, "-o", "json", ...more)).stdout).planned;
const going = async (...more: string[]) => (await planned(...more)).filter(({ left }) => left === undefined);
const okHeaders = () => ({ authorization: `SSWS ${sandbox.token}` });
const status = async (id: string) => {
  const answer = await fetch(`${sandbox.url}/api/v1/users/${id}`, { headers: okHeaders() });
  return ((await answer.json()) as { status?: string }).status;
};
const transition = (id: string, what: string) =>
  fetch(`${sandbox.url}/api/v1/users/${id}/lifecycle/${what}`, { method: "POST", headers: okHeaders() });

/** Shows one user changed, in the list and by itself. */
function show(id: string, change: object): void {
  const changed = (user: { id: string }) => (user.id === id ? { ...user, ...change } : user);
  okta.on(
    "GET",
    "/api/v1/users",
    bendJson((body) => (body as { id: string }[]).map(changed)),
  );
  okta.on(
    "GET",
    `/api/v1/users/${id}`,
    bendJson((body) => changed(body as { id: string })),
  );
}

async function cleanupRow(change?: Partial<CleanupTable>): Promise<CleanupTable> {
  const ledger = await openLedger(store());
  try {
    if (change !== undefined) await ledger.store.write((trx) => trx.updateTable("cleanup").set(change).execute());
    return await ledger.store.db.selectFrom("cleanup").selectAll().executeTakeFirstOrThrow();
  } finally {
    await ledger.close();
  }
}

/** Deactivates the first account that rules name, alone. */
async function deactivateOne(): Promise<Row> {
  const [one, ...others] = await going();
  const ended = await run("apply", ...WIDE, "--exclude", others.map(({ user }) => user).join(","), "--yes");
  expect(ended.code).toBe(0);
  return one!;
}

it.each([
  ["lastLogin is left out", { lastLogin: undefined }],
  ["lastLogin is garbled", { lastLogin: "yesterday" }],
  ["created is left out of one that never signed in", { lastLogin: null, created: undefined }],
  ["the login is not known", { profile: {} }],
  ["it was activated again today", { lastLogin: null, activated: new Date().toISOString() }],
  ["it was let in again today", { statusChanged: new Date().toISOString() }],
])("leaves an account of which too little is known, or which is in use: %s", async (_, change) => {
  const [one] = await going();
  show(one!.user, change);
  expect((await going()).map(({ user }) => user)).not.toContain(one!.user);
});

it("leaves who signs in, whose last lease ended long ago", () => {
  const day = 86_400_000;
  const now = Date.UTC(2026, 5, 1);
  const account = { id: "00u1", login: "ada@acme.com", status: "ACTIVE", created: 0, lastLogin: now - day };
  expect(cleanupReason(account, { afterLastLeaseMs: 30 * day }, now - 60 * day, now)).toBeUndefined();
});

it("leaves who uses an app, by the system log, and who cannot be looked up there", async () => {
  const [one] = await going();
  const entry = { eventType: "user.authentication.sso", published: new Date().toISOString() };
  const off = okta.on("GET", "/api/v1/logs", (asked, response, honest) =>
    asked.url.includes(one!.user) ? say(response, 200, [entry]) : bend((answer) => answer)(asked, response, honest),
  );
  const shown = (await planned()).find(({ user }) => user === one!.user);
  expect(shown?.left).toContain("user.authentication.sso");
  off();
  okta.on("GET", "/api/v1/logs", always(403, oktaErrorBody("E0000006", "no")));
  expect(await going()).toEqual([]);
  expect((await going("--skip-log")).length).toBeGreaterThan(0);
});

it("does nothing where it is not known whose token it is", async () => {
  okta.on("GET", "/api/v1/users/me", always(403, oktaErrorBody("E0000006", "no")));
  const ended = await run("apply", ...WIDE, "--yes");
  expect(ended.code).not.toBe(0);
  expect(okta.calls.filter((call) => call.startsWith("POST"))).toEqual([]);
});

it("refuses a group to be left out that is not there", async () => {
  const ended = await run("plan", ...WIDE, "--exclude-group", "Break glass");
  expect(ended).toMatchObject({ code: 2, stderr: expect.stringContaining("--exclude-group") });
});

it("says which excluded name no account has", async () => {
  expect((await run("plan", ...WIDE, "--exclude", "brakeglass@acme.example")).stdout).toContain(
    "no account is called so: brakeglass@acme.example",
  );
});

it("counts time by Okta's clock", async () => {
  for (const pattern of ["/api/v1/users", "/api/v1/users/*", "/api/v1/users/*/roles", "/api/v1/logs"]) {
    okta.on(
      "GET",
      pattern,
      bend(({ headers, ...rest }) => ({ ...rest, headers: { ...headers, date: "Sat, 01 Feb 2020 00:00:00 GMT" } })),
    );
  }
  expect(await going("--skip-log")).toEqual([]);
});

it("goes on where one account fails, says which, and how to undo the rest", async () => {
  const [one, two, ...others] = await going();
  okta.on("POST", `/api/v1/users/${one!.user}/lifecycle/deactivate`, always(403, oktaErrorBody("E0000006", "no")));
  const exclude = ["--exclude", others.map(({ user }) => user).join(",")];
  const ended = await run("apply", ...WIDE, ...exclude, "--yes", "-o", "json");
  expect(ended.code).toBe(1);
  expect(JSON.parse(ended.stdout)).toMatchObject({
    run: expect.any(String),
    deactivated: [two!.user],
    failed: [{ user: one!.user }],
  });
  expect([await status(one!.user), await status(two!.user)]).toEqual(["ACTIVE", "DEPROVISIONED"]);
});

it("leaves, in a plan, an account that cannot be looked at, and ends with 1", async () => {
  const [one] = await going();
  okta.on("GET", `/api/v1/users/${one!.user}/roles`, always(403, oktaErrorBody("E0000006", "no")));
  const ended = await run("plan", ...WIDE, "-o", "json");
  expect(ended.code).toBe(1);
  const row = (JSON.parse(ended.stdout).planned as Row[]).find(({ user }) => user === one!.user);
  expect(row?.left).toContain("cannot be looked at");
});

it("leaves an account that got a lease since it was planned", async () => {
  const [one, ...others] = await going();
  await (await openLedger(store())).close();
  okta.on("GET", `/api/v1/users/${one!.user}`, async (asked, response, honest) => {
    const ledger = await openLedger(store());
    const now = Date.now();
    const lease = {
      ...{
        id: `l${asked.count}`,
        org: okta.url,
        access: `a${asked.count}`,
        entitlement: "group:g:member",
        reason: "r",
        actor: "a",
      },
      ...{
        principal_type: "user",
        principal_id: one!.user,
        created: now,
        ends: now + 3_600_000,
        state: "active",
        had_before: 0,
      },
      ...{ attempts: 0, next_try: now, ticket: null, outcome: null, last_error: null, ended: null, still_held: null },
    };
    await ledger.store.write((trx) => trx.insertInto("lease").values(lease).execute());
    await ledger.close();
    await bend((answer) => answer)(asked, response, honest);
  });
  const exclude = others.map(({ user }) => user).join(",");
  const ended = await run("apply", ...WIDE, "--exclude", exclude, "--yes", "-o", "json");
  expect(JSON.parse(ended.stdout)).toMatchObject({ deactivated: [], leftMeanwhile: 1 });
  expect(await status(one!.user)).toBe("ACTIVE");
});

it("deletes, and undoes, also what a run deactivated that was killed before it could write so", async () => {
  const { user } = await deactivateOne();
  await cleanupRow({ state: "deactivating" });
  expect(JSON.parse((await run("undo", user, "-o", "json")).stdout)).toEqual({ undone: [user] });
  await transition(user, "deactivate");
  await cleanupRow({ state: "deactivating" });
  await new Promise((resolve) => setTimeout(resolve, 1100));
  const ended = await run("apply", "--delete", "--undo-window", "1s", "--yes", "-o", "json");
  expect(JSON.parse(ended.stdout)).toMatchObject({ deleted: [user] });
});

it("neither deletes nor brings back what somebody else has deactivated since", async () => {
  const { user } = await deactivateOne();
  show(user, { statusChanged: new Date(Date.now() + 86_400_000).toISOString() });
  const plan = await run("plan", "--delete", "--undo-window", "1s", "-o", "json");
  await new Promise((resolve) => setTimeout(resolve, 1100));
  expect(plan.code).toBe(0);
  const ended = await run("apply", "--delete", "--undo-window", "1s", "--yes", "-o", "json");
  expect(JSON.parse(ended.stdout)).toMatchObject({ deleted: [] });
  const undone = await run("undo", user, "-o", "json");
  expect(undone.code).toBe(1);
  expect(JSON.parse(undone.stdout)).toMatchObject({ undone: [], notUndone: [{ user }] });
  expect(await status(user)).toBe("DEPROVISIONED");
});

it("deletes no more than may go at once, and nobody who is excluded; a plan shows whom", async () => {
  const { user, login } = await deactivateOne();
  await cleanupRow({ at: Date.now() - 60_000, changed: Date.now() - 60_000 });
  const flags = ["--delete", "--undo-window", "1s", "-o", "json"];
  expect(JSON.parse((await run("plan", ...flags)).stdout)).toMatchObject({ deletions: [{ user }], wouldDelete: 1 });
  const tooMany = await run("apply", ...flags, "--max", "0", "--yes");
  expect(tooMany).toMatchObject({ code: 1, stderr: expect.stringContaining("nothing was done") });
  const excluded = await run("apply", ...flags, "--exclude", login, "--yes");
  expect(JSON.parse(excluded.stdout)).toMatchObject({ deleted: [] });
  expect(await status(user)).toBe("DEPROVISIONED");
});

it("changes nothing in a rehearsal of undo, and says what cannot be undone", async () => {
  const { user } = await deactivateOne();
  expect((await run("undo", user, "--dry-run")).stdout).toContain("Would activate 1");
  expect(await status(user)).toBe("DEPROVISIONED");
  expect(JSON.parse((await run("undo", user, "-o", "json")).stdout)).toEqual({ undone: [user] });
  expect(await run("undo", "nobody@acme.example")).toMatchObject({ code: 1 });
  await transition(user, "deactivate");
  await fetch(`${sandbox.url}/api/v1/users/${user}`, { method: "DELETE", headers: okHeaders() });
  expect(await run("undo", user)).toMatchObject({ code: 1, stdout: expect.stringContaining("cannot be brought back") });
});

it("brings back without a name only what is within the undo window", async () => {
  const { user } = await deactivateOne();
  await cleanupRow({ at: Date.now() - 120_000, changed: Date.now() - 60_000 });
  expect(JSON.parse((await run("undo", "--undo-window", "5s", "-o", "json")).stdout)).toEqual({ undone: [] });
  expect(JSON.parse((await run("undo", "-o", "json")).stdout)).toEqual({ undone: [user] });
});

it("says of one that was suspended that Okta did not let it be suspended again", async () => {
  const { user } = (await going())[0]!;
  await transition(user, "suspend");
  await new Promise((resolve) => setTimeout(resolve, 2100));
  const all: readonly Row[] = JSON.parse(
    (await run("plan", "--suspended", "1s", "--max", "99", "-o", "json")).stdout,
  ).planned;
  const exclude = all.flatMap((row) => (row.user === user ? [] : [row.user])).join(",");
  expect((await run("apply", "--suspended", "1s", "--exclude", exclude, "--yes")).stdout).toContain("Deactivated 1");
  expect((await run("undo", user)).stdout).toContain("it was suspended");
});

it("asks the log also where more are named than may go, as those in use do not count", async () => {
  const named = await going();
  const [one] = named;
  okta.on("GET", "/api/v1/logs", (asked, response) =>
    say(response, 200, asked.url.includes(one!.user) ? [] : [{ eventType: "user.session.start", published: "now" }]),
  );
  const ended = await run("plan", "--inactive", "1d", "--max", "1", "--max-share", "1", "-o", "json");
  expect(ended.code).toBe(0);
  expect(JSON.parse(ended.stdout)).toMatchObject({ wouldDeactivate: 1 });
});
