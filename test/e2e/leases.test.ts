import { expect, it } from "vitest";
import { golden, goldenSandbox } from "../baton/rpc/okta.ts";
import { inFolder, run, start } from "./program.ts";

interface Org {
  users: { id: string; status: string }[];
  groups: { id: string; type: string; _embedded?: { stats?: { hasAdminPrivilege?: boolean } } }[];
  groupMembers: Record<string, string[]>;
}

it("the daemon ends a lease that is granted beside it, tells its metrics, and stops when it is told to", async () => {
  const org: Org = golden("org.json");
  const group = org.groups.find(
    ({ type, _embedded }) => type === "OKTA_GROUP" && _embedded?.stats?.hasAdminPrivilege === false,
  )!;
  const user = org.users.find(({ id, status }) => status === "ACTIVE" && !org.groupMembers[group.id]?.includes(id))!;
  const sandbox = await goldenSandbox();
  try {
    await inFolder(async (cwd) => {
      const env = { BATON_DOMAIN: sandbox.url, BATON_API_TOKEN: sandbox.token, BATON_LOG_FORMAT: "json" };
      const granted = await run(
        ["grant", `group:${group.id}:member`, `user:${user.id}`, "--for", "2s", "--reason", "on call"],
        { cwd, env },
      );
      expect(granted).toMatchObject({ code: 0, stdout: expect.stringContaining("Granted") });
      const daemon = start(["leases", "run", "--follow", "--health-check", "--health-check-port", "0"], { cwd, env });
      await expect.poll(() => daemon.stdout(), { timeout: 20_000 }).toContain("no longer has");
      const url = /"url":"(http:[^"]+)"/.exec(daemon.stderr())?.[1];
      expect(await (await fetch(`${url}/metrics`)).text()).toContain(
        'baton_okta_leases_ended_total{outcome="revoked"} 1',
      );
      daemon.child.kill("SIGTERM");
      expect(await daemon.ended).toMatchObject({ code: 0 });
    });
  } finally {
    await sandbox.close();
  }
}, 60_000);
