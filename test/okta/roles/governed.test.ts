import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, describe, expect, it } from "vitest";
import { sync } from "../../../src/baton/sync/sync.ts";
import { orgFromJson } from "../../../src/sandbox/org/json.ts";
import { type GovernedRolesForm, type Sandbox, startSandbox } from "../../../src/sandbox/sandbox.ts";
import { golden, oktaConnector } from "../../baton/rpc/okta.ts";
import { idsOf, readSnapshot } from "../../baton/sync/snapshot.ts";

let sandbox: Sandbox;
const folder = mkdtempSync(join(tmpdir(), "baton-test-"));
afterEach(async () => {
  await sandbox.close();
  rmSync(folder, { recursive: true, force: true });
});

const TYPE = "WORKFLOWS_ADMIN";

/** The golden org, in which a user and a group hold a governed role. */
async function serve(form: GovernedRolesForm) {
  const org = golden("org.json");
  const user = org.users.find((one: { status: string }) => one.status === "ACTIVE").id as string;
  const group = org.groups.find(
    (one: { _embedded: { stats: { usersCount: number } } }) => one._embedded.stats.usersCount > 2,
  );
  const row = (id: string, assignmentType: string) => ({
    ...{ id, type: TYPE, label: "Workflows Administrator", status: "ACTIVE", assignmentType },
    ...{ role: TYPE, "resource-set": "WORKFLOWS_IAM_POLICY" },
  });
  org.userRoles[user] = [...(org.userRoles[user] ?? []), row("irb1", "USER")];
  org.groupRoles[group.id] = [...(org.groupRoles[group.id] ?? []), row("grb1", "GROUP")];
  group._embedded.stats.hasAdminPrivilege = true;
  sandbox = await startSandbox({ org: orgFromJson(org), limits: "off", governedRoles: form });
  return { user, group: group.id as string, members: org.groupMembers[group.id] as string[] };
}

async function grantsOf(syncCustomRoles: boolean): Promise<string[]> {
  const file = join(mkdtempSync(join(tmpdir(), "baton-test-")), "a.c1z");
  await sync(oktaConnector(sandbox, { syncCustomRoles }), { file, binding: {}, selection: {} });
  const content = await readSnapshot(file);
  rmSync(join(file, ".."), { recursive: true });
  const listed = idsOf(content, "resources").filter((id) => id.startsWith("role:") || id.startsWith("custom-role:"));
  return [...listed, ...idsOf(content, "grants")].filter((id) => /WORKFLOWS/.test(id));
}

describe("a standard role that the list of custom roles shows", () => {
  it.each([
    ["id", TYPE],
    ["type", "cr0WORKFLOWSADMIN000"],
  ] as const)("by its %s is a custom role to those who hold it, directly or through a group", async (form, id) => {
    const { user, group, members } = await serve(form);
    const holders = new Set([`user:${user}`, `group:${group}`, ...members.map((one) => `user:${one}`)]);
    const expected = [...holders].map((holder) => `custom-role:${id}:assigned:${holder}`);
    expect(await grantsOf(true)).toEqual([`custom-role:${id}`, ...expected.sort()]);
  });

  it.each([
    ["unlisted", true],
    ["id", false],
  ] as const)(
    "is a standard role where it is not listed (%s), or custom roles are not read (%s)",
    async (form, custom) => {
      const { user, group, members } = await serve(form);
      const holders = new Set([`user:${user}`, `group:${group}`, ...members.map((one) => `user:${one}`)]);
      const expected = [...holders].map((holder) => `role:${TYPE}:assigned:${holder}`);
      expect(await grantsOf(custom)).toEqual([`role:${TYPE}`, ...expected.sort()]);
    },
  );
});
