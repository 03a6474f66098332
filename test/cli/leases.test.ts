import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { openLedger } from "../../src/baton/leases/ledger.ts";
import type { Sandbox } from "../../src/sandbox/sandbox.ts";
import { golden, goldenSandbox } from "../baton/rpc/okta.ts";
import { always, hostileOkta } from "../hostile/okta.ts";
import { type Ended, runHere } from "./in-process.ts";

interface Org {
  users: { id: string; status: string }[];
  groups: { id: string; type: string; _embedded?: { stats?: { hasAdminPrivilege?: boolean } } }[];
  groupMembers: Record<string, string[]>;
}
const org: Org = golden("org.json");
const group = org.groups.find(
  ({ type, _embedded }) => type === "OKTA_GROUP" && _embedded?.stats?.hasAdminPrivilege === false,
)!;
const members = org.groupMembers[group.id] ?? [];
const ada = org.users.find(({ id, status }) => status === "ACTIVE" && !members.includes(id))!;
const member = `group:${group.id}:member`;

let folder: string;
let store: string;
let sandbox: Sandbox;
let test = 0;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "baton-leases-"));
});
afterAll(() => rmSync(folder, { recursive: true }));
beforeEach(async () => {
  store = join(folder, `${test++}.db`);
  sandbox = await goldenSandbox();
});
afterEach(() => sandbox.close());

function run(...argv: string[]): Promise<Ended> {
  return runIn({}, ...argv);
}

function runIn(env: NodeJS.ProcessEnv, ...argv: string[]): Promise<Ended> {
  return runHere(argv, {
    BATON_DOMAIN: sandbox.url,
    BATON_API_TOKEN: sandbox.token,
    BATON_FILE: join(folder, "absent.c1z"),
    BATON_CONFIG_PATH: "",
    BATON_LEASE_STORE: store,
    BATON_LOG_LEVEL: "error",
    ...env,
  });
}

async function api(method: string, path: string): Promise<Response> {
  return await fetch(`${sandbox.url}/api/v1${path}`, { method, headers: { authorization: `SSWS ${sandbox.token}` } });
}

async function isMember(user: string): Promise<boolean> {
  const found = (await (await api("GET", `/users/${user}/groups`)).json()) as { id: string }[];
  return found.some(({ id }) => id === group.id);
}

async function lease(user: string, ...more: string[]): Promise<{ id: string } & Record<string, unknown>> {
  const ended = await run("grant", member, `user:${user}`, "--reason", "on call", "-o", "json", ...more);
  expect(ended).toMatchObject({ code: 0 });
  return JSON.parse(ended.stdout).lease;
}

const listed = async (...more: string[]) => {
  const ended = await run("leases", "list", "-o", "json", ...more);
  return { code: ended.code, leases: JSON.parse(ended.stdout).leases as Record<string, unknown>[] };
};

describe("access that ends", () => {
  it("is granted with its lease, and taken away when it is due, with proof", async () => {
    const { id } = await lease(ada.id, "--for", "1s", "--ticket", "INC-42");
    expect(await isMember(ada.id)).toBe(true);
    expect((await listed()).leases).toMatchObject([{ id, state: "active", ticket: "INC-42", reason: "on call" }]);
    await expect
      .poll(async () => (await run("leases", "run")).stdout, { timeout: 8000, interval: 300 })
      .toContain("no longer has");
    expect(await isMember(ada.id)).toBe(false);
    const shown = JSON.parse((await run("leases", "show", id, "-o", "json")).stdout);
    expect(shown).toMatchObject({ state: "ended", outcome: "revoked", historyIntact: true });
    expect(shown.history.map(({ kind }: { kind: string }) => kind)).toEqual(["requested", "granted", "ended"]);
    expect(shown.history[2].detail).toMatchObject({ proof: { read: "not held" } });
    expect(JSON.stringify(shown.history[2].detail.sent)).toContain(`DELETE /api/v1/groups/${group.id}/users/${ada.id}`);
    expect((await run("leases", "run")).stdout).toBe("Nothing is due.\n");
  });

  it("is left where it was held before", async () => {
    const user = members.find((one) => org.users.some(({ id, status }) => id === one && status === "ACTIVE"))!;
    const { id } = await lease(user, "--for", "1h");
    const ended = await run("leases", "end", id);
    expect(ended).toMatchObject({ code: 0, stdout: expect.stringContaining("held before the lease") });
    expect(await isMember(user)).toBe(true);
  });

  it("stays until the last lease of it ends", async () => {
    const first = await lease(ada.id, "--for", "1h");
    const second = await lease(ada.id, "--for", "2h");
    expect((await run("leases", "end", first.id)).stdout).toContain("another lease runs on");
    expect(await isMember(ada.id)).toBe(true);
    expect((await run("leases", "end", second.id)).stdout).toContain("no longer has");
    expect(await isMember(ada.id)).toBe(false);
  });

  it("is left where somebody took it away meanwhile and gave it again, by Okta's log, and that is reported", async () => {
    const path = `/groups/${group.id}/users/${ada.id}`;
    const { id } = await lease(ada.id, "--for", "1h");
    await api("DELETE", path);
    await api("PUT", path);
    const ended = await run("leases", "end", id, "-o", "json");
    const { outcome, stillHeld } = JSON.parse(ended.stdout);
    expect({ code: ended.code, outcome }).toEqual({ code: 0, outcome: "given-again" });
    expect(stillHeld[0]).toMatch(/^given again by .+ at \d{4}-.+Z, after it had been taken away$/);
    expect(await isMember(ada.id)).toBe(true);
    // What was given again is not the next lease's either.
    const next = await lease(ada.id, "--for", "1h");
    expect(next.heldBefore).toBe(true);
  });

  it("is taken away where a lease gave it again, or somebody only confirmed it", async () => {
    const path = `/groups/${group.id}/users/${ada.id}`;
    const first = await lease(ada.id, "--for", "1h");
    await api("DELETE", path);
    const second = await lease(ada.id, "--for", "1h");
    await api("PUT", path);
    await run("leases", "end", first.id);
    expect((await run("leases", "end", second.id)).stdout).toContain("no longer has");
    expect(await isMember(ada.id)).toBe(false);
  });

  it("is taken away where Okta's log may not be read, and the history says that it was not told who gave it", async () => {
    const hostile = await hostileOkta(sandbox.url);
    const env = { BATON_DOMAIN: hostile.url };
    try {
      hostile.on("GET", "/api/v1/logs", always(403, { errorCode: "E0000006", errorSummary: "no" }));
      const granted = await runIn(env, "grant", member, `user:${ada.id}`, "--for", "1h", "--reason", "x", "-o", "json");
      const { id } = JSON.parse(granted.stdout).lease;
      await api("DELETE", `/groups/${group.id}/users/${ada.id}`);
      await api("PUT", `/groups/${group.id}/users/${ada.id}`);
      expect(await runIn(env, "leases", "end", id)).toMatchObject({ code: 0 });
      expect(await isMember(ada.id)).toBe(false);
      const shown = JSON.parse((await run("leases", "show", id, "-o", "json")).stdout);
      expect(shown.history.at(-1).detail.proof.givenAgain.notTold).toContain("E0000006");
    } finally {
      await hostile.close();
    }
  });

  const bea = members.find((one) => org.users.some(({ id, status }) => id === one && status === "ACTIVE"))!;

  it("ends, and says so, where a group has come to give the same role meanwhile", async () => {
    const role = "role:REPORT_ADMIN:assigned";
    const granted = await run("grant", role, `user:${bea}`, "--for", "1h", "--reason", "x", "-o", "json");
    const { id } = JSON.parse(granted.stdout).lease;
    expect(await run("grant", role, `group:${group.id}`)).toMatchObject({ code: 0 });
    const ended = await run("leases", "end", id, "-o", "json");
    expect(ended).toMatchObject({ code: 0 });
    expect(JSON.parse(ended.stdout)).toMatchObject({ outcome: "kept-other", stillHeld: [`group ${group.id}`] });
  });

  it("stays open while a group gives the same app, which Okta then takes from nobody, and ends after that", async () => {
    const apps = (await (await api("GET", "/apps?filter=status+eq+%22ACTIVE%22")).json()) as { id: string }[];
    const held = await Promise.all(apps.map(async ({ id }) => (await api("GET", `/apps/${id}/users/${bea}`)).ok));
    const app = `app:${apps[held.indexOf(false)]!.id}:access`;
    const granted = await run("grant", app, `user:${bea}`, "--for", "1h", "--reason", "x", "-o", "json");
    const { id } = JSON.parse(granted.stdout).lease;
    expect(await run("grant", app, `group:${group.id}`)).toMatchObject({ code: 0 });
    expect(await run("leases", "end", id)).toMatchObject({
      code: 1,
      stderr: expect.stringContaining("through a group"),
    });
    expect((await listed()).leases).toMatchObject([{ id, state: "ending" }]);
    expect(await run("revoke", app, `group:${group.id}`, "--yes")).toMatchObject({ code: 0 });
    expect((await run("leases", "run")).stdout).toContain("no longer has");
  });

  it("can be extended, and not once it is over", async () => {
    const { id, ends } = await lease(ada.id, "--for", "1h");
    const extended = JSON.parse((await run("leases", "extend", id, "--for", "1h", "-o", "json")).stdout);
    expect(Date.parse(extended.ends) - Date.parse(ends as string)).toBe(3_600_000);
    await run("leases", "end", id);
    expect(await run("leases", "extend", id, "--for", "1h")).toMatchObject({ code: 1 });
  });

  it("ends well where the user is gone, or deactivated", async () => {
    const { id } = await lease(ada.id, "--for", "1h");
    await api("POST", `/users/${ada.id}/lifecycle/deactivate`);
    expect(await run("leases", "end", id)).toMatchObject({ code: 0 });
    expect((await listed("--all")).leases).toMatchObject([{ id, state: "ended" }]);
  });

  it("is failing where it cannot be ended, and that is an exit code", async () => {
    const { id } = await lease(ada.id, "--for", "1h");
    expect(await listed("--failing")).toEqual({ code: 0, leases: [] });
    const ledger = await openLedger(store);
    await ledger.store.db.updateTable("lease").set({ attempts: 5, last_error: "no" }).execute();
    await ledger.close();
    expect(await listed("--failing")).toMatchObject({ code: 1, leases: [{ id, failing: true, lastError: "no" }] });
    expect((await listed("--failing", "--alert-after", "6")).code).toBe(0);
  });

  it("is marked in a snapshot, and shown as temporary; what is given again after the end says so", async () => {
    const file = join(folder, `${test}.c1z`);
    const sync = () => run("sync", "-f", file, "--sync-resource-types", "user,group");
    const grants = async (principal: string) => {
      const args = ["--principal", `user:${principal}`, "--entitlement", member];
      const { stdout } = await run("snapshot", "grants", file, ...args, "-o", "json");
      return JSON.parse(stdout) as { temporary?: string }[] | { rows: { temporary?: string }[] };
    };
    const { id, ends } = await lease(ada.id, "--for", "1h");
    expect(await sync()).toMatchObject({ code: 0 });
    expect(JSON.stringify(await grants(ada.id))).toContain(`"temporary":"until ${ends}"`);
    expect(JSON.stringify(await grants(members[0]!))).not.toContain("temporary");
    expect((await run("snapshot", "who", file, member)).stdout).toContain(`until ${ends}`);
    const rows = (await run("snapshot", "export", file, "--format", "csv")).stdout.split("\r\n");
    const temporary = rows.filter((row) => row.includes(`; until ${ends}`));
    expect(temporary).toEqual([expect.stringContaining(ada.id)]);
    await run("leases", "end", id);
    await api("PUT", `/groups/${group.id}/users/${ada.id}`);
    const again = await runHere(["sync", "-f", file, "--sync-resource-types", "user,group"], {
      ...{ BATON_DOMAIN: sandbox.url, BATON_API_TOKEN: sandbox.token, BATON_CONFIG_PATH: "" },
      ...{ BATON_LEASE_STORE: store, BATON_LOG_FORMAT: "json" },
    });
    expect(again.stderr).toContain("is there again: somebody else gave it");
    expect(JSON.stringify(await grants(ada.id))).toContain("given again after");
  });

  it("is granted to many from a file, a lease each, and once where the run is repeated", async () => {
    const users = org.users.filter(({ id, status }) => status === "ACTIVE" && !members.includes(id)).slice(0, 3);
    const file = join(folder, `${test}.jsonl`);
    const results = join(folder, `${test}.done`);
    writeFileSync(file, users.map(({ id }) => `${JSON.stringify({ entitlement: member, principal: id })}\n`).join(""));
    const all = (...more: string[]) => run("grant", "--from", file, "--for", "1h", "--reason", "x", ...more);
    expect((await run("grant", "--from", file, "--for", "1h")).stderr).toContain("needs a reason");
    expect(await run("grant", "--from", file, "--for", "soon", "--reason", "x")).toMatchObject({ code: 2 });
    expect((await all("--dry-run")).stdout).toContain("Nothing was changed");
    expect((await listed()).leases).toEqual([]);
    expect((await all("--results", results)).stdout).toContain("3 granted");
    expect((await all("--results", results)).stdout).toContain("3 done by an earlier run");
    const { leases } = await listed();
    expect(leases.map(({ principal }) => principal).sort()).toEqual(users.map(({ id }) => id).sort());
    await run("leases", "end", String(leases[0]!.id));
    expect(await isMember(String(leases[0]!.principal))).toBe(false);
  });

  it("says so where what is granted without an end is there for a lease only", async () => {
    const { id, ends } = await lease(ada.id, "--for", "1h");
    const granted = await run("grant", member, `user:${ada.id}`);
    expect(granted.stdout).toContain(`for lease ${id} only, and is taken away ${ends}`);
    const asJson = await run("grant", member, `user:${ada.id}`, "-o", "json");
    expect(JSON.parse(asJson.stdout)).toMatchObject({ lease: { id, ends } });
    await run("leases", "end", id);
    expect((await run("grant", member, `user:${ada.id}`)).stdout).not.toContain("lease");
    expect((await run("grant", member, `user:${ada.id}`)).stdout).not.toContain("lease");
  });

  it("asks for a reason and an end that is ahead, before anything is sent", async () => {
    const asks = (...more: string[]) => run("grant", member, `user:${ada.id}`, ...more);
    expect((await asks("--for", "8h")).stderr).toContain("needs a reason");
    expect((await asks("--reason", "x")).stderr).toContain("--for or --until");
    expect((await asks("--reason", "x", "--for", "soon")).stderr).toContain("length of time");
    expect((await asks("--reason", "x", "--until", "2020-01-01T00:00:00Z")).stderr).toContain("not ahead");
    expect(await isMember(ada.id)).toBe(false);
  });

  it("does nothing in a rehearsal", async () => {
    const ended = await run("grant", member, `user:${ada.id}`, "--for", "8h", "--reason", "x", "--dry-run");
    expect(ended.stdout).toContain("Would grant");
    expect((await listed()).leases).toEqual([]);
  });

  it("writes no password of the ledger's address anywhere", async () => {
    const ended = await runHere(["leases", "--lease-store", "postgres://me:hidden-word@127.0.0.1:9/x"], {
      BATON_CONFIG_PATH: "",
    });
    expect(ended.code).toBe(1);
    expect(`${ended.stdout}${ended.stderr}`).not.toContain("hidden-word");
  });
});
