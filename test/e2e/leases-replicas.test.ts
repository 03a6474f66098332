import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { OPEN_STATES } from "../../src/baton/leases/lease.ts";
import { openLedger } from "../../src/baton/leases/ledger.ts";
import { startSandbox } from "../../src/sandbox/sandbox.ts";
import { seedOrg } from "../../src/sandbox/seed/seed.ts";
import { runHere } from "../cli/in-process.ts";
import { startPostgres, type TestPostgres } from "../runtime/state/postgres.ts";
import { inFolder, run, start } from "./program.ts";

let postgres: TestPostgres | string;
beforeAll(async () => {
  postgres = await startPostgres();
}, 60_000);
afterAll(async () => {
  if (typeof postgres !== "string") await postgres.close();
});

const LEASES = 12;

interface Entry {
  eventType: string;
  target: { id: string; type: string }[];
}

describe("two replicas of the program on one ledger in PostgreSQL", () => {
  it("end each lease once, by Okta's log and the ledger's, though one is killed in the middle", async () => {
    if (typeof postgres === "string") return expect(postgres).toContain("PostgreSQL");
    const store = await postgres.database("killed");
    const sandbox = await startSandbox({
      org: seedOrg({ users: 60, groups: 6, apps: 2, seed: 3 }),
      limits: "off",
      latencyMs: 40,
    });
    const get = async <T>(path: string) =>
      (await (
        await fetch(`${sandbox.url}/api/v1${path}`, { headers: { authorization: `SSWS ${sandbox.token}` } })
      ).json()) as T;
    const env = { BATON_DOMAIN: sandbox.url, BATON_API_TOKEN: sandbox.token, BATON_LEASE_STORE: store };
    try {
      const groups = await get<{ id: string; type: string }[]>("/groups?limit=50");
      const group = groups.find(({ type }) => type === "OKTA_GROUP")!.id;
      const members = (await get<{ id: string }[]>(`/groups/${group}/users?limit=200`)).map(({ id }) => id);
      const users = (await get<{ id: string }[]>(`/users?limit=200&filter=${encodeURIComponent('status eq "ACTIVE"')}`))
        .map(({ id }) => id)
        .filter((id) => !members.includes(id))
        .slice(0, LEASES);
      for (const user of users) {
        const granted = await runHere(
          ["grant", `group:${group}:member`, `user:${user}`, "--for", "3s", "--reason", "on call"],
          { ...env, BATON_CONFIG_PATH: "", BATON_LOG_LEVEL: "error", BATON_FILE: "/absent.c1z" },
        );
        expect(granted).toMatchObject({ code: 0 });
      }
      await inFolder(async (cwd) => {
        const one = start(["leases", "run", "--follow"], { cwd, env });
        const other = start(["leases", "run", "--follow"], { cwd, env });
        // Both are at work, and neither has done all.
        await expect.poll(() => one.stdout(), { timeout: 20_000, interval: 2 }).not.toBe("");
        one.child.kill("SIGKILL");
        expect(await one.ended).toMatchObject({ signal: "SIGKILL" });
        const ledger = await openLedger(store);
        try {
          // The minute for which the dead one holds what it worked on is not waited for.
          await ledger.store.write((trx) =>
            trx
              .updateTable("lease_access")
              .set({ held_until: 0 })
              .where("holder", "like", `%:${one.child.pid}:%`)
              .execute(),
          );
          const open = async () => (await ledger.list({ states: OPEN_STATES })).length;
          await expect.poll(open, { timeout: 40_000, interval: 200 }).toBe(0);
          for (const { id } of await ledger.list()) {
            const { events, intact } = await ledger.history(id);
            expect(intact).toBe(true);
            expect(events.filter(({ kind }) => kind === "ended")).toHaveLength(1);
          }
        } finally {
          await ledger.close();
        }
        other.child.kill("SIGTERM");
        expect(await other.ended).toMatchObject({ code: 0 });
        expect(await run(["leases"], { cwd, env })).toMatchObject({ code: 0, stdout: "There are no such leases.\n" });
      });
      const log = await get<Entry[]>(
        `/logs?limit=1000&filter=${encodeURIComponent('eventType eq "group.user_membership.remove"')}`,
      );
      const removed = log
        .filter(({ target }) => target.some(({ id }) => id === group))
        .map(({ target }) => target[0]!.id);
      expect(removed.sort()).toEqual([...users].sort());
      const left = (await get<{ id: string }[]>(`/groups/${group}/users?limit=200`)).map(({ id }) => id);
      expect(left.sort()).toEqual(members.sort());
    } finally {
      await sandbox.close();
    }
  }, 90_000);
});
