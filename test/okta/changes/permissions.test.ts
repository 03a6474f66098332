import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, expect, test } from "vitest";
import type { Connector } from "../../../src/baton/connector.ts";
import { sync } from "../../../src/baton/sync/sync.ts";
import { type Sandbox, startSandbox } from "../../../src/sandbox/sandbox.ts";
import { seedOrg } from "../../../src/sandbox/seed/seed.ts";
import { oktaConnector } from "../../baton/rpc/okta.ts";
import { readSnapshot } from "../../baton/sync/snapshot.ts";

/** Syncs of what has changed where what may be read has changed: they are as good as none, and everything is read. */

const open: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of open.splice(0).reverse()) await close();
});

async function files() {
  const folder = mkdtempSync(join(tmpdir(), "baton-permissions-"));
  open.push(() => rmSync(folder, { recursive: true, force: true }));
  return (name: string) => join(folder, `${name}.c1z`);
}

const OWN = { token: "00own", roles: ["SUPER_ADMIN"] };

async function sandboxWith(...tokens: readonly { token: string; roles: string[] }[]): Promise<Sandbox> {
  const org = seedOrg({ users: 60, groups: 14, apps: 6, seed: 4 });
  const sandbox = await startSandbox({ org, limits: "off", tokens: [OWN, ...tokens] } as never);
  open.push(() => sandbox.close());
  return sandbox;
}

/** A sync with a token; `stopAfter`: it is stopped after so many pages. */
async function synced(sandbox: Sandbox, token: string, file: string, incremental: boolean, stopAfter?: number) {
  const connector: Connector = { ...oktaConnector(sandbox, {}, token), identity: token };
  const stop = new AbortController();
  let pages = 0;
  const dispose = sandbox.onRequest(() => {
    if (++pages === stopAfter) stop.abort();
  });
  try {
    const result = await sync(connector, {
      ...{ file, binding: { org: sandbox.url }, selection: {}, keep: 1, workers: 1, stop: stop.signal },
      ...(incremental && { incremental: { verifySample: 0 } }),
    });
    return { ...result, rows: (await readSnapshot(file)).rows };
  } finally {
    dispose();
    await connector.close?.();
  }
}

test("with another token everything is read, whether it may see less, more or the same", async () => {
  const sandbox = await sandboxWith({ token: "00weak", roles: ["READ_ONLY_ADMIN"] });
  const file = await files();
  await synced(sandbox, "00own", file("kept"), false);
  for (const token of ["00weak", "00own", "00weak"]) {
    const { increment, rows, refused } = await synced(sandbox, token, file("kept"), true);
    expect(increment).toMatchObject({ mode: "full", why: expect.stringMatching(/other credentials/) });
    const fresh = await synced(sandbox, token, file(`fresh-${token}`), false);
    expect(rows).toEqual(fresh.rows);
    expect(refused.map(({ what }) => what)).toEqual(fresh.refused.map(({ what }) => what));
    expect((await synced(sandbox, token, file("kept"), true)).increment?.mode).toBe("incremental");
  }
});

test("what the same token may no longer read, and what it may read again, has everything read", async () => {
  const changing = { token: "00changing", roles: ["SUPER_ADMIN"] };
  const sandbox = await sandboxWith(changing);
  const file = await files();
  await synced(sandbox, "00changing", file("kept"), false);
  for (const [roles, why] of [
    [["READ_ONLY_ADMIN"], /what may be read has changed: .*admin roles of users.* could be read before/],
    [["SUPER_ADMIN"], /what may be read has changed: .*admin roles of users.* could not be read before/],
  ] as const) {
    changing.roles = [...roles];
    const { increment, rows } = await synced(sandbox, "00changing", file("kept"), true);
    expect(increment).toMatchObject({ mode: "full", why: expect.stringMatching(why) });
    expect(rows).toEqual((await synced(sandbox, "00changing", file(`fresh-${roles[0]}`), false)).rows);
    const after = await synced(sandbox, "00changing", file("kept"), true);
    expect(after.increment?.mode).toBe("incremental");
    expect(after.rows).toEqual(rows);
  }
});

test.each([
  ["a sync of what has changed", true],
  ["a full sync", false],
])("%s that was stopped is not gone on with by another token: neither has seen the whole", async (_, incremental) => {
  const sandbox = await sandboxWith({ token: "00weak", roles: ["READ_ONLY_ADMIN"] });
  const file = await files();
  await synced(sandbox, "00own", file("kept"), false);
  await expect(synced(sandbox, "00weak", file("kept"), false, 9)).rejects.toMatchObject({ kind: "cancelled" });
  const { increment, resumed, discarded, rows, refused } = await synced(sandbox, "00own", file("kept"), incremental);
  expect({ resumed, discarded }).toEqual({ resumed: false, discarded: "it was started with other credentials" });
  if (incremental) expect(increment?.mode).toBe("incremental");
  expect(refused).toEqual([]);
  expect(rows).toEqual((await synced(sandbox, "00own", file("fresh"), false)).rows);
  await expect(synced(sandbox, "00own", file("kept"), incremental, 5)).rejects.toMatchObject({ kind: "cancelled" });
  expect((await synced(sandbox, "00own", file("kept"), incremental)).resumed).toBe(true);
});
