import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { isWhole } from "../../../src/baton/sync/checks/missing.ts";
import { sync } from "../../../src/baton/sync/sync.ts";
import type { OktaOptions } from "../../../src/okta/connector.ts";
import type { Sandbox } from "../../../src/sandbox/sandbox.ts";
import { golden, goldenSandbox, oktaConnector } from "../../baton/rpc/okta.ts";
import { readSnapshot } from "../../baton/sync/snapshot.ts";
import { atFirst, bendJson, type HostileOkta, hostileOkta, type Misbehaviour, say } from "../../hostile/okta.ts";

const org = golden("org.json");
/** A group with many members, none of which hold a role through it, and an app of some groups. */
const GROUP = org.groups[0].id as string;
const MEMBERS = org.groupMembers[GROUP].length as number;
const APP = Object.keys(org.appGroups).find((id) => org.appGroups[id].length > 1)!;

let sandbox: Sandbox;
let hostile: HostileOkta;
let folder: string;
let file: string;
let whole: readonly string[];

beforeAll(async () => {
  sandbox = await goldenSandbox();
  folder = mkdtempSync(join(tmpdir(), "baton-test-"));
  const honest = join(folder, "honest.c1z");
  await sync(oktaConnector(sandbox), { file: honest, binding: {}, selection: {} });
  whole = (await readSnapshot(honest)).rows;
});

afterAll(async () => {
  await sandbox.close();
  rmSync(folder, { recursive: true, force: true });
});

let files = 0;
beforeEach(async () => {
  hostile = await hostileOkta(sandbox.url);
  file = join(folder, `${files++}.c1z`);
});
afterEach(() => hostile.close());

const run = (options: Partial<OktaOptions> = {}) =>
  sync(oktaConnector({ ...sandbox, url: hostile.url }, options), { file, binding: {}, selection: {} });
const rows = async () => (await readSnapshot(file)).rows;
const times = (pattern: RegExp) => hostile.calls.filter((call) => pattern.test(call)).length;

/** Shows only a part of a list. */
const only = (keep: (item: { id: string }, at: number) => boolean): Misbehaviour =>
  bendJson((body) => (body as { id: string }[]).filter(keep));

type Result = Awaited<ReturnType<typeof run>>;
const told = ({ refused }: Result) =>
  refused.filter(({ sort }) => sort === "incomplete").map(({ what, why }) => ({ what, why }));

test("costs no call where nothing contradicts, neither the first time nor the next", async () => {
  expect(isWhole(await run())).toBe(true);
  const first = hostile.calls.length;
  const again = await run();
  expect(isWhole(again)).toBe(true);
  expect(hostile.calls.length).toBe(first * 2);
  expect(times(/GET \/api\/v1\/groups\/[^/]+(\/apps.*|\?.*)?$/)).toBe(0);
  expect(await rows()).toEqual(whole);
});

test("costs no call where a filter leaves users, groups or apps out", async () => {
  const options = { filterEmailDomains: ["contractor.example"], skipAppGroups: true, syncInactiveApps: false };
  expect(isWhole(await run(options))).toBe(true);
  expect(times(/GET \/api\/v1\/(groups|users|apps)\/[^/]+(\/apps.*|\?.*)?$/)).toBe(0);
});

describe("the members of a group against its count", () => {
  test("are read again once, and told where they differ still", async () => {
    hostile.on(
      "GET",
      `/api/v1/groups/${GROUP}/users`,
      only((_, at) => at < 13),
    );
    const result = await run();
    expect(told(result)).toEqual([
      {
        what: `who holds group ${GROUP}`,
        why: `${MEMBERS} are counted, 13 were shown, also when the list was read again`,
      },
    ]);
    expect(times(new RegExp(`/groups/${GROUP}/users`))).toBe(2);
    expect(times(new RegExp(`GET /api/v1/groups/${GROUP}\\?`))).toBe(1);
  });

  test("agree once they were read again", async () => {
    hostile.on(
      "GET",
      `/api/v1/groups/${GROUP}/users`,
      atFirst(
        1,
        only((_, at) => at < 13),
      ),
    );
    expect(isWhole(await run())).toBe(true);
    expect(await rows()).toEqual(whole);
  });

  test("that were shown when they should not are out where the second reading agrees", async () => {
    const extra = org.users.find(({ id }: { id: string }) => !org.groupMembers[GROUP].includes(id));
    hostile.on(
      "GET",
      `/api/v1/groups/${GROUP}/users`,
      atFirst(
        1,
        bendJson((body) => [...(body as []), extra]),
      ),
    );
    expect(isWhole(await run())).toBe(true);
    expect(await rows()).toEqual(whole);
  });

  test("may differ where a second count explains it", async () => {
    const bent = (count: number) =>
      bendJson((body) => {
        const groups = (Array.isArray(body) ? body : [body]) as {
          id: string;
          _embedded: { stats: { usersCount: number } };
        }[];
        for (const group of groups) if (group.id === GROUP) group._embedded.stats.usersCount += count;
        return body;
      });
    hostile.on("GET", "/api/v1/groups", bent(1));
    expect(isWhole(await run())).toBe(true);
    expect(times(new RegExp(`/groups/${GROUP}/users`))).toBe(1);
  });

  test("count once each: a page that comes twice does not stand for the one that is missing", async () => {
    const half = MEMBERS / 2;
    const members = org.groupMembers[GROUP].slice(0, half).map((id: string) => ({ id }));
    hostile.on("GET", `/api/v1/groups/${GROUP}/users`, ({ url }, response) => {
      const link = `<${hostile.url}/api/v1/groups/${GROUP}/users?limit=1000&after=x>; rel="next"`;
      say(response, 200, members, url.includes("after") ? {} : { link });
    });
    expect(told(await run())).toMatchObject([
      { why: expect.stringMatching(`^${MEMBERS} are counted, ${MEMBERS / 2} `) },
    ]);
  });

  test("are held against it with a filter too, before anybody is left out", async () => {
    const options = { filterEmailDomains: ["contractor.example"] };
    hostile.on(
      "GET",
      `/api/v1/groups/${GROUP}/users`,
      only((_, at) => at < 13),
    );
    expect(told(await run(options))).toHaveLength(1);
  });
});

describe("the apps of a group against its count", () => {
  const [first] = org.appGroups[APP].map((one: string | { id: string }) => (typeof one === "string" ? one : one.id));

  test("are told where an app does not show the group", async () => {
    hostile.on(
      "GET",
      `/api/v1/apps/${APP}/groups`,
      only(({ id }) => id !== first),
    );
    expect(told(await run())).toEqual([
      { what: `which apps group ${first} has`, why: `it is listed with ${APP}, which did not show it` },
    ]);
    expect(times(new RegExp(`/apps/${APP}/groups`))).toBe(2);
  });

  test("agree once the app was read again", async () => {
    hostile.on(
      "GET",
      `/api/v1/apps/${APP}/groups`,
      atFirst(
        1,
        only(({ id }) => id !== first),
      ),
    );
    expect(isWhole(await run())).toBe(true);
    expect(await rows()).toEqual(whole);
  });

  test("tell of a list of apps that is empty, though nothing was synced before", async () => {
    hostile.on(
      "GET",
      "/api/v1/apps",
      only(() => false),
    );
    const result = await run();
    expect(told(result)).toContainEqual({
      what: "the list of resources of type app",
      why: expect.stringContaining("also when it was read again"),
    });
    expect(times(/GET \/api\/v1\/apps\?/)).toBe(2);
  });
});

describe("a list", () => {
  test("of groups that is empty is told by what users have, though nothing was synced before", async () => {
    hostile.on(
      "GET",
      "/api/v1/groups",
      only(() => false),
    );
    expect(told(await run())).toContainEqual({
      what: "the list of resources of type group",
      why: expect.stringContaining("it is empty"),
    });
  });

  test.each([
    ["/api/v1/groups", "group"],
    ["/api/v1/apps", "app"],
    ["/api/v1/users", "user"],
  ])("%s that is half of what the last sync had is read again, and told", async (path, type) => {
    await run();
    hostile.on(
      "GET",
      path,
      only((_, at) => at % 2 === 0),
    );
    const before = times(new RegExp(`GET ${path}\\?`));
    const result = await run();
    expect(told(result)).toContainEqual({
      what: `the list of resources of type ${type}`,
      why: expect.stringMatching(/^it does not show \w+.*, also when it was read again, though they are there$/),
    });
    expect(times(new RegExp(`GET ${path}\\?`))).toBe(before * 3);
  });

  test("that shows everything when it is read again is as if it had at once", async () => {
    await run();
    hostile.on(
      "GET",
      "/api/v1/groups",
      atFirst(
        1,
        only((_, at) => at % 2 === 0),
      ),
    );
    expect(isWhole(await run())).toBe(true);
    expect(await rows()).toEqual(whole);
  });

  test("of users that lacks some who are members is told, though nothing was synced before", async () => {
    hostile.on(
      "GET",
      "/api/v1/users",
      only((_, at) => at % 2 === 0),
    );
    expect(told(await run())).toContainEqual({ what: "the list of resources of type user", why: expect.any(String) });
  });

  test("that lacks a user or two gets them singly", async () => {
    hostile.on(
      "GET",
      "/api/v1/users",
      only(({ id }) => id !== org.groupMembers[GROUP][0]),
    );
    expect(isWhole(await run())).toBe(true);
    expect(await rows()).toEqual(whole);
  });
});
