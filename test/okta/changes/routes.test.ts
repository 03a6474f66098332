import { afterEach, expect, test } from "vitest";
import { importMembers, removeMember } from "../../../src/sandbox/org/groups/members.ts";
import { transit } from "../../../src/sandbox/org/users/lifecycle.ts";
import { measure } from "../plan/virtual/measure.ts";
import { type ChangingOrg, changingOrg, withoutLog } from "./org.ts";

/** By which route a sync of what has changed reads what it reads again. */

let at: ChangingOrg;
afterEach(() => at?.close());

const SIZE = { users: 60, groups: 30, apps: 12, seed: 6 };
const NO_PROOF = { verifySample: 0 };

test.each(["other", "mixed"] as const)(
  "without the log all apps are read again, by the route %s as by any, and however often that is stopped",
  async (route) => {
    at = await changingOrg(SIZE, { options: { route }, wrap: withoutLog });
    await at.sync();
    at.clock.pass(3_600_000);
    at.change(12);
    at.clock.pass(3_600_000);
    const before = at.paths();
    let stops = 0;
    for (let calls = 3; calls < 80 && (await at.stopAfter(calls, NO_PROOF)); calls += 5) stops++;
    const { increment } = await at.sync(NO_PROOF);
    expect(stops).toBeGreaterThan(3);
    expect(increment).toMatchObject({ mode: "incremental", blind: [expect.stringContaining("system log")] });
    const paths = at.paths(before);
    expect(paths["/api/v1/groups/{id}/apps"]).toBeGreaterThan(0);
    if (route === "other") expect(paths["/api/v1/apps/{id}/groups"]).toBeUndefined();
    expect(await at.rows()).toEqual(await at.fresh());
  },
);

test("without the log members are read again of those groups alone whose clock or size says so", async () => {
  at = await changingOrg(SIZE, { wrap: withoutLog });
  await at.sync();
  for (let time = 0; time < 2; time++) {
    at.clock.pass(3_600_000);
    const group = at.org.groups.find((one) => one?.record.type === "OKTA_GROUP" && one.members.length > 1)!;
    removeMember(at.org, group, at.org.users[group.members[0]!]!);
    at.clock.pass(3_600_000);
    const before = at.paths();
    const { increment } = await at.sync(NO_PROOF);
    expect(increment?.mode).toBe("incremental");
    expect(at.paths(before)["/api/v1/groups/{id}/users"]).toBe(1);
    expect(await at.rows()).toEqual(await at.fresh());
  }
});

test("under the limits that takes the route that ends first", async () => {
  const shape = {
    name: "many apps",
    users: 100,
    groups: 30,
    apps: 60,
    memberships: 500,
    limits: "integrator",
  } as const;
  const [usual, chosen] = [
    await measure(shape, { others: false, withoutLog: true, route: "usual" }),
    await measure(shape, { others: false, withoutLog: true }),
  ];
  expect(usual.byPattern["/api/v1/apps/{appId}/groups"]).toBe(60);
  expect(chosen.byPattern["/api/v1/apps/{appId}/groups"] ?? 0).toBeLessThan(30);
  expect(chosen.ms).toBeLessThanOrEqual(usual.ms * 0.7);
});

test("whoever left many groups is asked once, in place of each group", async () => {
  at = await changingOrg({ users: 80, groups: 60, apps: 4, seed: 3 });
  await at.sync();
  at.clock.pass(3_600_000);
  const leavers = at.org.users
    .filter((one) => one?.record.status === "ACTIVE" && one.roles.length === 0 && one.groups.length > 4)
    .slice(0, 4);
  const left = new Set(leavers.flatMap((one) => one!.groups)).size;
  for (const user of leavers) transit(at.org, user!, "deactivate");
  at.clock.pass(60_000);
  const before = at.paths();
  const { increment } = await at.sync(NO_PROOF);
  expect(increment?.mode).toBe("incremental");
  expect(left).toBeGreaterThan(8);
  const paths = at.paths(before);
  expect(paths["/api/v1/users/{id}/groups"]).toBe(leavers.length);
  expect(paths["/api/v1/groups/{id}/users"]).toBeUndefined();
  expect(await at.rows()).toEqual(await at.fresh());
});

test("the groups of an app are looked for once, however often it was imported from", async () => {
  at = await changingOrg(SIZE);
  await at.sync();
  at.clock.pass(3_600_000);
  const group = at.org.groups.find((one) => one?.record.type === "APP_GROUP")!;
  for (let time = 0; time < 1200; time++) importMembers(at.org, group, [at.org.users[time % 40]!], []);
  at.clock.pass(60_000);
  const before = at.paths();
  await at.sync(NO_PROOF);
  const paths = at.paths(before);
  // The list of groups, and the search.
  expect(paths["/api/v1/logs"]).toBeGreaterThan(2);
  expect(paths["/api/v1/groups"]).toBe(2);
  expect(await at.rows()).toEqual(await at.fresh());
});
