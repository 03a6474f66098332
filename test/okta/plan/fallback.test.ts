import { afterEach, describe, expect, test } from "vitest";
import { type Sandbox, startSandbox } from "../../../src/sandbox/sandbox.ts";
import { seedOrg } from "../../../src/sandbox/seed/seed.ts";
import { always, type HostileOkta, hostileOkta, type Misbehaviour } from "../../hostile/okta.ts";
import { changingOrg } from "../changes/org.ts";
import { syncBy } from "./org.ts";

const open: { close(): Promise<void> }[] = [];
afterEach(async () => {
  for (const one of open.splice(0)) await one.close();
});

async function hostileSandbox(seed = 5): Promise<{ sandbox: Sandbox; okta: HostileOkta }> {
  const sandbox = await startSandbox({ org: seedOrg({ users: 60, groups: 30, apps: 12, seed }), limits: "off" });
  const okta = await hostileOkta(sandbox.url);
  open.push(okta, sandbox);
  return { sandbox, okta };
}

type Item = { readonly id: string };

/** Answers lists that are bent. */
function bent(change: (list: readonly Item[]) => readonly Item[]): Misbehaviour {
  return async (_asked, response, honest) => {
    const { status, headers, body } = await honest();
    const list = JSON.parse(body.toString()) as Item[];
    const { "content-length": _, ...rest } = headers;
    response.writeHead(status, rest).end(JSON.stringify(change(list)));
  };
}

/** Lists with an item that only an earlier list shows. */
function oneMore(): Misbehaviour {
  let earlier: readonly Item[] = [];
  return bent((list) => {
    const other = earlier.find(({ id }) => list.every((one) => one.id !== id));
    earlier = [...list, ...earlier];
    return other === undefined ? list : [...list, other];
  });
}

const lies = (): readonly (readonly [string, Misbehaviour])[] => [
  ["403", always(403, { errorCode: "E0000006", errorSummary: "You do not have permission" })],
  ["404", always(404, { errorCode: "E0000007", errorSummary: "Not found" })],
  ["501", always(501, {})],
  ["an empty list", always(200, [])],
  ["one item too few", bent((list) => list.slice(0, -1))],
  ["one item too many", oneMore()],
  ["the first item again in place of the last", bent((list) => [...list.slice(0, -1), ...list.slice(0, 1)])],
  ["an item without an id", always(200, [{ label: "nothing" }])],
];

describe("where the other route is not to be had, all is read as it is listed", () => {
  test.each(lies())("what groups answer with %s is read from the apps", async (_name, lie) => {
    const { sandbox, okta } = await hostileSandbox();
    const usual = await syncBy(sandbox, "usual");
    okta.on("GET", "/api/v1/groups/*/apps", lie);
    const { rows, result } = await syncBy({ url: okta.url, token: sandbox.token }, "other");
    expect(grantsOf(rows)).toEqual(grantsOf(usual.rows));
    expect(result.refused).toEqual([]);
  });

  test.each(lies())("what users answer with %s is read from the groups", async (_name, lie) => {
    const { sandbox, okta } = await hostileSandbox();
    const usual = await syncBy(sandbox, "usual");
    okta.on("GET", "/api/v1/users/*/groups", lie);
    const { rows, result } = await syncBy({ url: okta.url, token: sandbox.token }, "other");
    expect(grantsOf(rows)).toEqual(grantsOf(usual.rows));
    expect(result.refused).toEqual([]);
  });
});

describe.each(["other", "mixed"] as const)("by the route %s", (route) => {
  test("a sync that is stopped at any moment goes on, and shows the same", async () => {
    const at = await changingOrg({ users: 60, groups: 30, apps: 12, seed: 6 }, { options: { route } });
    open.push(at);
    let stops = 0;
    for (let calls = 3; calls < 60 && (await at.stopAfter(calls, {})); calls += 7) stops++;
    await at.sync();
    expect(stops).toBeGreaterThan(3);
    const usual = await syncBy(at.sandbox, "usual");
    expect(await at.rows()).toEqual(usual.rows);
  });

  test("a sync of what has changed goes on from it as from any other", async () => {
    const at = await changingOrg({ users: 60, groups: 30, apps: 12, seed: 7 }, { options: { route } });
    open.push(at);
    await at.sync();
    const full = at.calls();
    at.clock.pass(3_600_000);
    const unchanged = await at.sync({ verifySample: 0 });
    expect(unchanged.increment).toMatchObject({ mode: "incremental", countMismatches: 0 });
    expect(at.calls() - full).toBeLessThan(full * 0.2);
    at.change(12);
    at.clock.pass(3_600_000);
    expect((await at.sync({})).increment).toMatchObject({ mode: "incremental" });
    expect(await at.rows()).toEqual(await at.fresh());
  });
});

/** What is in the snapshot besides what names the address that it was read from. */
function grantsOf(rows: readonly string[]): readonly string[] {
  return rows.map((row) => row.replace(/"data":"[^"]*"/, ""));
}
