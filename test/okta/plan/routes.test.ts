import { expect, test } from "vitest";
import { APPS, bucketOf, GROUPS, OTHERS } from "../../../src/okta/plan/buckets.ts";
import { chooseRoutes, type TwoSided } from "../../../src/okta/plan/routes.ts";
import { bucketOf as bucketOfSandbox } from "../../../src/sandbox/http/limits.ts";

const WORKFORCE: Readonly<Record<string, number>> = { [APPS]: 100, [GROUPS]: 500, [OTHERS]: 1200 };
const many = (length: number, count: number) => Array.from({ length }, () => count);

function routes(size: Partial<TwoSided>, more: Partial<Parameters<typeof chooseRoutes>[1]> = {}) {
  return chooseRoutes(
    { apps: 0, appCounts: [], users: 0, memberCounts: [], ...size },
    { allowed: (bucket) => WORKFORCE[bucket], fixed: new Map(), byUsers: true, ...more },
  );
}

test.each([
  "/api/v1/users",
  "/api/v1/users/{id}",
  "/api/v1/users/{id}/groups",
  "/api/v1/groups",
  "/api/v1/groups/rules",
  "/api/v1/groups/{id}",
  "/api/v1/groups/{id}/users",
  "/api/v1/apps",
  "/api/v1/apps/{id}/groups",
  "/api/v1/iam/assignees/users",
  "/api/v1/iam/resource-sets/{id}/bindings",
  "/api/v1/api-tokens",
  "/api/v1/devices",
  "/api/v1/logs",
  "/oauth2/v1/clients/{id}/roles",
])("%s is counted with what Okta publishes", (pattern) => {
  expect(bucketOf(pattern)).toBe(bucketOfSandbox(pattern));
});

test("many apps are asked for their groups on the groups' side, as the apps' limit decides", () => {
  const { appGroups, members, seconds } = routes(
    { apps: 1000, appCounts: many(300, 4), users: 100, memberCounts: [100] },
    { fixed: new Map([[APPS, 1005]]) },
  );
  expect(appGroups).toMatchObject({ part: 0, partCalls: 0, groupCalls: 300 });
  expect(members.part).toBe(0);
  expect(seconds).toBeCloseTo((1005 / 100 - 1) * 60);
});

test("few apps and very many groups that have some: the apps are asked", () => {
  const { appGroups } = routes({ apps: 50, appCounts: many(20_000, 1) });
  expect(appGroups).toMatchObject({ part: 1, groupCalls: 0 });
});

test("more groups with members than users: the users are asked, or both", () => {
  const { members } = routes({ users: 1000, memberCounts: many(20_000, 10) });
  expect(members).toMatchObject({ part: 1, groupCalls: 0, partCalls: 1000 });
  expect(routes({ users: 1000, memberCounts: many(20_000, 10) }, { byUsers: false }).members.part).toBe(0);
});

test("two limits together are faster than one where what is met on one side need not be asked on the other", () => {
  const size = { users: 5000, memberCounts: many(5000, 1) };
  const { members, seconds } = routes(size);
  expect(members.part).toBeGreaterThan(0.4);
  expect(members.part).toBeLessThan(1);
  expect(seconds).toBeLessThan((5000 / 1200 - 1) * 60 - 1);
});

test("where no limit makes it wait, the usual routes are taken", () => {
  expect(routes({ apps: 30, appCounts: [1], users: 5, memberCounts: many(50, 2) })).toMatchObject({
    appGroups: { part: 1 },
    members: { part: 0 },
    seconds: 0,
  });
  const size = { apps: 3000, appCounts: [1], users: 5, memberCounts: many(5000, 2) };
  expect(routes(size, { allowed: () => undefined })).toMatchObject({ appGroups: { part: 1 }, members: { part: 0 } });
});

test("a bucket that has not shown its limit is not taken for one without", () => {
  const allowed = (bucket: string) => (bucket === OTHERS ? undefined : WORKFORCE[bucket]);
  expect(routes({ users: 30_000, memberCounts: many(1000, 30) }, { allowed }).members.part).toBe(0);
});
