import { expect, test } from "vitest";
import { tokenInUse } from "../../../src/okta/doctor/api-token.ts";
import { callsOf, estimateOf, limitsOf } from "../../../src/okta/plan/estimate.ts";
import type { Probe } from "../../../src/okta/plan/probe.ts";
import type { OrgSize } from "../../../src/okta/plan/size.ts";
import { Failure } from "../../../src/runtime/failure.ts";

const NOW = Date.parse("2026-03-01T12:00:00Z");
const read = (...items: object[]): Probe<unknown> => ({ outcome: "read", items });
const token = (id: string, parts: object = {}) => ({
  id,
  name: `token ${id}`,
  userId: "me",
  created: "2026-02-20T11:00:00Z",
  lastUpdated: "2026-02-25T12:00:00Z",
  expiresAt: "2026-03-27T12:00:00Z",
  ...parts,
});

test("the only token of its owner is the one in use", () => {
  const network = { connection: "ZONE", include: ["nzo1", "nzo2"] };
  expect(tokenInUse(read(token("a", { network }), token("b", { userId: "other" })), "me", NOW)).toEqual({
    token: {
      id: "a",
      name: "token a",
      created: "2026-02-20T11:00:00Z",
      lastUpdated: "2026-02-25T12:00:00Z",
      expiresAt: "2026-03-27T12:00:00Z",
      ageDays: 9,
      daysLeft: 26,
      network: "ZONE include nzo1, nzo2",
    },
  });
});

test("of several tokens it is the one that was renewed just now, where that is one", () => {
  const fresh = { lastUpdated: "2026-03-01T11:59:58Z" };
  expect(tokenInUse(read(token("a"), token("b", fresh)), "me", NOW)).toMatchObject({ token: { id: "b" } });
  for (const tokens of [read(token("a"), token("b")), read(token("a", fresh), token("b", fresh))]) {
    expect(tokenInUse(tokens, "me", NOW)).toEqual({ unknown: expect.stringContaining("2 API tokens") });
  }
});

test("where nothing tells the token, it is said why", () => {
  const failure = new Failure({ kind: "permissionDenied", message: "no" });
  expect(tokenInUse({ outcome: "refused", failure }, "me", NOW)).toEqual({
    unknown: expect.stringContaining("not readable"),
  });
  expect(tokenInUse(read(token("a")), undefined, NOW)).toEqual({ unknown: expect.stringContaining("who owns") });
  expect(tokenInUse(read(token("a", { userId: "other" })), "me", NOW)).toEqual({
    unknown: expect.stringContaining("no valid"),
  });
  const expired = token("a", { expiresAt: "2026-02-28T00:00:00Z" });
  expect(tokenInUse(read(expired), "me", NOW)).toEqual({ unknown: expect.stringContaining("no valid") });
});

const SIZE: OrgSize = {
  users: 30_000,
  groups: 1000,
  memberCounts: Array.from({ length: 1000 }, () => 279),
  membersCounted: true,
  appCounts: [],
  adminGroups: 3,
  adminMembers: 40,
  serviceApps: 5,
  apps: 0,
  appUsers: 0,
  admins: 10,
  uncounted: [],
};
const PLAN = { customRoles: false, secrets: false, share: 0.8, latencyMs: 0, concurrency: 35, resourceSets: 0 };
const bucket = (name: string, limit: number) => ({
  ...{ name, limit, remaining: limit - 1, calls: 1, waits: 0, waitedMs: 0, refusals: 0, inFlight: 0, waiting: 0 },
});

test("calls are counted with the page sizes of a sync", () => {
  expect(callsOf(SIZE, PLAN)).toMatchObject({
    "/api/v1/users": 151,
    "/api/v1/groups": 1,
    "/api/v1/groups/{id}/users": 1000,
    "/api/v1/groups/{id}/roles": 3,
  });
  const large = { ...SIZE, memberCounts: [2500], apps: 2, appUsers: 1200 };
  expect(callsOf(large, PLAN)).toMatchObject({ "/api/v1/groups/{id}/users": 3, "/api/v1/apps/{id}/users": 4 });
});

test("what --sync-reach adds is counted, and said", () => {
  const plan = { ...PLAN, customRoles: true, resourceSets: 4, reach: { customRoles: 6 } };
  expect(callsOf(SIZE, plan)).toMatchObject({
    "/api/v1/groups": 2,
    "/api/v1/groups/rules": 1,
    "/api/v1/groups/{id}/owners": 1000,
    "/api/v1/groups/{id}/users": 1003,
    "/api/v1/users/{id}/factors": 50,
    "/api/v1/iam/roles/{id}/permissions": 6,
    "/api/v1/iam/resource-sets/{id}/resources": 4,
    "/oauth2/v1/clients/{id}/roles": 5,
    "/api/v1/apps/{id}/credentials/secrets": 5,
  });
  const sum = (calls: Readonly<Record<string, number>>) => Object.values(calls).reduce((all, one) => all + one, 0);
  const more = sum(callsOf(SIZE, plan)) - sum(callsOf(SIZE, { ...PLAN, customRoles: true, resourceSets: 4 }));
  const { notes } = estimateOf(SIZE, plan, []);
  expect(notes).toContainEqual(expect.stringContaining(`--sync-reach takes ${more} of these calls at most`));
});

test("the limit that gives the least decides how long it lasts: its share at once, and again each minute", () => {
  const buckets = [bucket("/api/v1/users", 600), bucket("/api/v1/groups/{id}/users", 500)];
  const limits = limitsOf(buckets, callsOf(SIZE, PLAN), PLAN.share);
  expect(limits[0]).toMatchObject({ bucket: "/api/v1/groups/*", limit: 500, syncCalls: 1004, syncShare: 0.8 });
  // 1,004 calls at 400 a minute: the first 400 at once, the rest in 91 s; and the CPU time of 279,000 grants.
  const limited = Math.ceil((1004 / 400 - 1) * 60);
  expect(estimateOf(SIZE, PLAN, buckets)).toMatchObject({
    seconds: Math.ceil(limited + 279_000 * 0.000025),
    floorSeconds: Math.ceil((1004 / 500 - 1) * 60),
    decidedBy: "/api/v1/groups/*",
  });
  const generous = [bucket("/api/v1/groups/{id}/users", 100_000)];
  expect(estimateOf(SIZE, { ...PLAN, latencyMs: 100 }, generous).seconds).toBeLessThan(25);
});

test("a list and all that lies under it are one limit, as Okta publishes it: the smaller one where they differ", () => {
  const views = [
    bucket("/api/v1/apps", 400),
    bucket("/api/v1/apps/{id}/users", 500),
    bucket("/api/v1/apps/{id}/groups", 300),
  ];
  const calls = {
    "/api/v1/apps": 2,
    "/api/v1/apps/{id}/users": 30,
    "/api/v1/apps/{id}/groups": 30,
    "/api/v1/groups/{id}": 9,
  };
  expect(limitsOf([...views, bucket("/api/v1/groups", 500)], calls, 0.8)).toEqual([
    { bucket: "/api/v1/apps/*", limit: 300, remaining: 299, syncCalls: 62, syncShare: 0.207, seconds: 0 },
    { bucket: "/api/v1/groups/*", limit: 500, remaining: 499, syncCalls: 0, syncShare: 0, seconds: 0 },
  ]);
});
