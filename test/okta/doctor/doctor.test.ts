import { expect, test } from "vitest";
import { ALL_SCOPES, CAPABILITY_NAMES, READS, WRITES } from "../../../src/okta/doctor/capabilities.ts";
import type { CapabilityReport } from "../../../src/okta/doctor/report.ts";
import { type Examined, goldenOrg, having, OWNER, withApp, withToken } from "./examine.ts";

const writes = Object.keys(WRITES);
const reads = Object.keys(READS);

function about(report: Examined["report"], name: string): CapabilityReport {
  return report.capabilities.find((one) => one.name === name)!;
}

const READ_SCOPES = ALL_SCOPES.filter((scope) => scope.endsWith(".read"));

test("a super admin's token can do everything, and nothing was changed to find out", async () => {
  const org = goldenOrg();
  org.userRoles[OWNER] = [{ id: "ra1", label: "x", type: "SUPER_ADMIN", status: "ACTIVE", assignmentType: "USER" }];
  const { can, report, requests } = await withToken({ org, userId: OWNER });
  expect(having(can, "yes")).toEqual([...CAPABILITY_NAMES]);
  expect(report.credentials).toMatchObject({
    method: "api token",
    owner: { id: OWNER, status: "ACTIVE" },
    roles: { standard: ["SUPER_ADMIN"], custom: [] },
  });
  expect(requests.length).toBe(report.calls);
  expect(requests.length).toBeLessThan(40);
  expect(requests.every(({ method }) => method === "GET")).toBe(true);
});

test("an org admin's token is told that only a super admin changes groups of admins, and roles", async () => {
  const { can, report } = await withToken({ userId: OWNER });
  expect(report.credentials.roles?.standard).toEqual(["ORG_ADMIN"]);
  expect(having(can, "no")).toEqual(["provision-admin-roles", "provision-resource-sets"]);
  expect(about(report, "provision-groups")).toMatchObject({ can: "yes", why: expect.stringContaining("admin role") });
  expect(about(report, "provision-admin-roles").missing).toEqual({ adminRole: "Super Administrator" });
});

test("a read-only admin's token reads, may not see roles, and what it can change cannot be told but for roles", async () => {
  const { can, report } = await withToken({ roles: ["READ_ONLY_ADMIN"], userId: OWNER });
  expect(having(can, "yes")).toEqual(["sync", "review-users", "review-groups", "review-apps", "devices", "system-log"]);
  expect(having(can, "no")).toEqual([
    "review-admin-roles",
    "review-custom-roles",
    "secrets",
    "provision-admin-roles",
    "provision-resource-sets",
  ]);
  expect(having(can, "cannot tell").sort()).toEqual(writes.filter((name) => can[name as "sync"] !== "no").sort());
  expect(about(report, "sync").why).toMatch(/without admin roles/);
  expect(report.credentials).toMatchObject({
    rolesUnknown: "the admin roles of the token's owner may not be read with these credentials",
    tokenUnknown: "the org's API tokens are not readable with these credentials",
  });
});

test("a group membership admin's token may not read apps, so it cannot sync", async () => {
  const { can, report } = await withToken({ roles: ["GROUP_MEMBERSHIP_ADMIN"], userId: OWNER });
  expect(having(can, "yes")).toEqual(["review-users", "review-groups"]);
  expect(about(report, "sync")).toMatchObject({ can: "no", why: "apps cannot be read" });
  expect(about(report, "review-apps").missing?.adminRole).toMatch(/^Read-Only Administrator or /);
  // Apps that cannot be read cannot be provisioned either.
  expect(can["provision-apps"]).toBe("no");
  expect(can["provision-groups"]).toBe("cannot tell");
});

test("a token whose owner shows to be a group admin can do parts", async () => {
  const org = goldenOrg();
  org.userRoles[OWNER] = [{ id: "ra1", label: "x", type: "USER_ADMIN", status: "ACTIVE", assignmentType: "GROUP" }];
  const roles = [{ id: "ra1", label: "x", type: "USER_ADMIN", status: "ACTIVE", assignmentType: "GROUP" }];
  const { can, report } = await withToken({
    org,
    userId: OWNER,
    intercept: ({ url }) => (url === `/api/v1/users/${OWNER}/roles` ? { status: 200, body: roles } : undefined),
  });
  expect(can).toMatchObject({
    "provision-groups": "partly",
    "create-users": "partly",
    "modify-users": "partly",
    "create-groups": "no",
    "provision-apps": "no",
    "provision-admin-roles": "no",
  });
  expect(about(report, "provision-groups").why).toMatch(/some groups only; groups that hold an admin role take/);
});

test("an OAuth app with scopes to read can read, and is told which scopes the rest takes", async () => {
  const { can, report } = await withApp(READ_SCOPES, { roles: ["SUPER_ADMIN"] });
  expect(having(can, "yes").sort()).toEqual(["sync", ...reads].sort());
  expect(having(can, "no").sort()).toEqual([...writes].sort());
  // The role would do: the scope is all that is missing.
  expect(about(report, "provision-groups").missing).toEqual({ scopes: ["okta.groups.manage"] });
  expect(report.credentials).toMatchObject({
    method: "private key",
    clientId: "0oaTest",
    dpop: false,
    scopes: { granted: [...READ_SCOPES].sort() },
    roles: { standard: ["SUPER_ADMIN"] },
  });
  expect(report.credentials.scopes?.notGranted).toEqual(ALL_SCOPES.filter((scope) => /manage$/.test(scope)).sort());
});

test("an OAuth app without the scope for one thing is told that scope", async () => {
  const { report } = await withApp(["okta.users.manage", "okta.groups.read"], { roles: ["ORG_ADMIN"] });
  expect(about(report, "review-users").can).toBe("yes");
  expect(about(report, "review-apps")).toMatchObject({
    can: "no",
    why: "the OAuth app lacks the scope okta.apps.read (HTTP 403)",
    missing: { scopes: ["okta.apps.read"] },
  });
  expect(about(report, "review-apps").missing?.adminRole).toBeUndefined();
  expect(about(report, "sync")).toMatchObject({ can: "no", missing: { scopes: ["okta.apps.read"] } });
  // The scope is there, and which role the app holds is not readable without okta.roles.read.
  expect(about(report, "create-users").can).toBe("cannot tell");
  expect(about(report, "provision-groups").missing?.scopes).toEqual(["okta.groups.manage"]);
});

test("an OAuth app without an admin role is told so, not shown an empty org", async () => {
  const { can, report } = await withApp(ALL_SCOPES);
  expect(having(can, "no")).toContain("sync");
  expect(having(can, "yes")).toEqual([]);
  expect(about(report, "review-users").why).toMatch(/no admin role/);
  expect(about(report, "provision-groups").why).toMatch(/no admin role/);
  expect(report.sync).toBeUndefined();
});

test("an app that has to prove its key says so", async () => {
  const { can, report } = await withApp(ALL_SCOPES, { roles: ["SUPER_ADMIN"], dpop: true });
  expect(report.credentials.dpop).toBe(true);
  expect(having(can, "yes")).toEqual([...CAPABILITY_NAMES]);
});

const CUSTOM = { id: "irb1", role: "cr1", "resource-set": "iam1", label: "Joiners", type: "CUSTOM", status: "ACTIVE" };

function customRole(permissions: readonly string[] | undefined, resources: readonly object[]) {
  return ({ url }: { url: string }) => {
    if (url === `/api/v1/users/${OWNER}/roles`) return { status: 200, body: [CUSTOM] };
    if (url === "/api/v1/iam/roles/cr1/permissions") {
      if (permissions === undefined) return { status: 403, body: { errorCode: "E0000006" } };
      return { status: 200, body: { permissions: permissions.map((label) => ({ label })) } };
    }
    if (url === "/api/v1/iam/resource-sets/iam1/resources") return { status: 200, body: { resources } };
    return undefined;
  };
}

test("a custom role can do what its permissions say, as far as its resource set reaches", async () => {
  const permissions = [
    "okta.groups.members.manage",
    "okta.groups.read",
    "okta.users.read",
    "okta.users.userprofile.manage",
  ];
  const oneGroup = { id: "ire1", orn: "orn:okta:directory:00o1:groups:00g1" };
  const everyUser = { id: "ire2", _links: { users: { href: "https://acme.okta.com/api/v1/users" } } };
  const { can, report } = await withToken({
    userId: OWNER,
    intercept: customRole(permissions, [oneGroup, everyUser]),
  });
  expect(report.credentials.roles?.custom).toEqual([
    {
      role: "cr1",
      label: "Joiners",
      permissions: [...permissions].sort(),
      resourceSet: "iam1",
      reach: { users: "all", groups: "some", apps: "none" },
    },
  ]);
  expect(can).toMatchObject({
    "review-users": "yes",
    "review-groups": "partly",
    "provision-groups": "partly",
    "modify-users": "partly",
    "create-users": "no",
    "create-groups": "no",
    "provision-apps": "no",
    "provision-admin-roles": "no",
  });
  expect(about(report, "provision-groups").why).toMatch(/^only what the resource set iam1 holds; groups that hold/);
  expect(about(report, "modify-users").why).toMatch(/^profiles only/);
  expect(about(report, "create-users").missing?.adminRole).toContain("okta.users.create");
});

test("a custom role over all groups provisions all of them", async () => {
  const allGroups = { id: "ire1", orn: "orn:okta:directory:00o1:groups" };
  const { can } = await withToken({ userId: OWNER, intercept: customRole(["okta.groups.manage"], [allGroups]) });
  expect(can).toMatchObject({ "provision-groups": "yes", "create-groups": "yes", "provision-apps": "no" });
});

test("a custom role whose permissions are not readable may do anything but change admin roles", async () => {
  const { can } = await withToken({ userId: OWNER, intercept: customRole(undefined, []) });
  expect(can).toMatchObject({ "provision-groups": "cannot tell", "provision-admin-roles": "no" });
});

test("an org that refuses everything has no capability", async () => {
  const refusal = { status: 403, body: { errorCode: "E0000006", errorSummary: "no" } };
  const { can, report } = await withToken({ roles: ["SUPER_ADMIN"], userId: OWNER, intercept: () => refusal });
  expect(having(can, "no").sort()).toEqual([...CAPABILITY_NAMES].sort());
  expect(report.sync).toBeUndefined();
});

test("what Okta answers with trouble cannot be told; what the org does not have is said so", async () => {
  const { report } = await withToken({
    roles: ["SUPER_ADMIN"],
    userId: OWNER,
    intercept: ({ url }) => {
      if (url.startsWith("/api/v1/devices")) return { status: 404, body: { errorCode: "E0000022" } };
      if (url.startsWith("/api/v1/logs")) return { status: 400, body: { errorCode: "E0000001" } };
      if (/\/groups\/[^/]+\/users/.test(url)) return { status: 403, body: { errorCode: "E0000006" } };
      return undefined;
    },
  });
  expect(about(report, "devices")).toMatchObject({ can: "no", why: expect.stringContaining("does not have it") });
  expect(about(report, "system-log").can).toBe("cannot tell");
  expect(about(report, "review-groups")).toMatchObject({
    can: "partly",
    why: expect.stringMatching(/^not their members/),
  });
  expect(about(report, "sync").can).toBe("partly");
});

test("a token that Okta does not take ends the examination", async () => {
  const refusal = { status: 401, body: { errorCode: "E0000011", errorSummary: "Invalid token provided" } };
  const examined = withToken({ roles: ["SUPER_ADMIN"], intercept: () => refusal });
  await expect(examined).rejects.toMatchObject({ kind: "unauthenticated" });
});

test("the limits are those of the answers, and a sync's part of them is counted", async () => {
  const { report } = await withToken({ roles: ["SUPER_ADMIN"], userId: OWNER, syncCustomRoles: true });
  const limits = new Map(report.limits.map((limit) => [limit.bucket, limit]));
  expect(limits.get("/api/v1/users")).toMatchObject({ limit: 600 });
  expect(limits.get("/api/v1/apps/*")).toMatchObject({ limit: 100 });
  expect(limits.get("/api/v1/*")?.syncCalls).toBeGreaterThan(3);
  expect(report.sync).toMatchObject({ users: 72, groups: 19, apps: 12 });
  expect(report.limits.reduce((sum, { syncCalls }) => sum + syncCalls, 0)).toBe(report.sync?.calls);
});
