import { expect, test } from "vitest";
import { changing, ORG, writes } from "../resource/changing.ts";

test("a role is granted to a user in two calls and revoked in three; a repeat changes nothing", async () => {
  for (const role of ["APP_ADMIN", "WORKFLOWS_ADMIN"]) {
    const okta = await changing();
    const grants = [`role:${role}:assigned:user:00uAnn`];
    expect(await okta.grant(`role:${role}:assigned`, "user:00uAnn")).toEqual({ already: false, grants });
    expect(okta.asked.splice(0)).toEqual(["GET /api/v1/users/00uAnn/roles", "POST /api/v1/users/00uAnn/roles"]);
    expect(await okta.grant(`role:${role}:assigned`, "user:00uAnn")).toEqual({ already: true, grants });
    expect(okta.asked.splice(0)).toEqual(["GET /api/v1/users/00uAnn/roles"]);
    expect(await okta.revoke(`role:${role}:assigned`, "user:00uAnn")).toEqual({ already: false, grants: [] });
    expect(okta.asked.splice(0)).toEqual([
      "GET /api/v1/users/00uAnn/roles",
      expect.stringMatching(/^DELETE \/api\/v1\/users\/00uAnn\/roles\/ra1/),
      "GET /api/v1/users/00uAnn/roles",
    ]);
    expect(await okta.revoke(`role:${role}:assigned`, "user:00uAnn")).toEqual({ already: true, grants: [] });
    expect(okta.asked).toHaveLength(1);
  }
});

test("a role is granted to a group, whose grant expands to its members", async () => {
  const okta = await changing();
  const roles = okta.connector.types.find((one) => one.type.id === "role")!;
  const whom = { type: "group", id: "00gStaff" };
  const expandable = { entitlementIds: ["group:00gStaff:member"], shallow: true };
  const first = await roles.grant!("READ_ONLY_ADMIN", "assigned", whom, okta.call);
  expect(first).toMatchObject({
    already: false,
    grants: [
      {
        expandable,
        principalType: "group",
        principalId: "00gStaff",
        granted: { id: "role:READ_ONLY_ADMIN:assigned", resource: { displayName: "Read-only Administrator" } },
      },
    ],
  });
  const again = await roles.grant!("READ_ONLY_ADMIN", "assigned", whom, okta.call);
  expect(again).toEqual({ ...first, already: true });
  expect(await roles.revoke!("READ_ONLY_ADMIN", "assigned", whom, okta.call)).toEqual({ already: false, grants: [] });
  expect(await roles.revoke!("READ_ONLY_ADMIN", "assigned", whom, okta.call)).toEqual({ already: true, grants: [] });
});

test("a role that comes through a group is not the user's to lose", async () => {
  const okta = await changing();
  const role = "role:ORG_ADMIN:assigned";
  await okta.grant(role, "group:00gAdmins");
  okta.asked.length = 0;
  const inherited = {
    kind: "failedPrecondition",
    message: expect.stringContaining("through group 00gAdmins"),
    advice: expect.stringContaining("role:ORG_ADMIN:assigned:group:00gAdmins"),
  };
  await expect(okta.revoke(role, "user:00uMember")).rejects.toMatchObject(inherited);
  expect(writes(okta.asked)).toEqual([]);
  expect(await okta.grant(role, "user:00uMember")).toMatchObject({ already: false });
  expect(await okta.revoke(role, "user:00uMember")).toMatchObject({ already: false });
  await expect(okta.revoke(role, "user:00uMember")).rejects.toMatchObject(inherited);
  expect(await okta.revoke(role, "group:00gAdmins")).toMatchObject({ already: false });
  expect(await okta.revoke(role, "user:00uMember")).toMatchObject({ already: true });
});

test("an assignment that does not work is neither held nor granted anew", async () => {
  const okta = await changing();
  await expect(okta.grant("role:APP_ADMIN:assigned", "user:00uAdmin")).rejects.toMatchObject({
    kind: "failedPrecondition",
    message: expect.stringContaining("inactive"),
    answer: { code: "E0000090" },
  });
  expect(await okta.revoke("role:APP_ADMIN:assigned", "user:00uAdmin")).toMatchObject({ already: true });
});

test("a role that somebody else assigns first was there already", async () => {
  const okta = await changing();
  const taken = { errorCode: "E0000090", errorSummary: "The role specified is already assigned", errorCauses: [] };
  const row = {
    id: "ra1",
    type: "APP_ADMIN",
    label: "Application Administrator",
    status: "ACTIVE",
    assignmentType: "USER",
  };
  okta.sandbox.intercept(({ method }) => {
    if (method === "POST") return { status: 409, body: taken };
    return writes(okta.asked).length > 0 ? { status: 200, body: [row] } : undefined;
  });
  expect(await okta.grant("role:APP_ADMIN:assigned", "user:00uAnn")).toMatchObject({ already: true });
});

test("a conflict is no role: where the user does not hold it, Okta's reason is told", async () => {
  for (const code of ["E0000090", "E0000001", undefined]) {
    for (const principal of ["user:00uAnn", "group:00gStaff"]) {
      const okta = await changing();
      const body = { ...(code && { errorCode: code }), errorSummary: "The org is being migrated", errorCauses: [] };
      okta.sandbox.intercept(({ method }) => (method === "POST" ? { status: 409, body } : undefined));
      await expect(okta.grant("role:APP_ADMIN:assigned", principal)).rejects.toMatchObject({
        kind: "failedPrecondition",
        message: expect.stringMatching(/does not hold it: .*The org is being migrated/),
      });
    }
  }
});

test("what there is not is named", async () => {
  const okta = await changing();
  for (const what of ["grant", "revoke"] as const) {
    for (const [entitlement, principal, missing] of [
      ["role:APP_ADMIN:assigned", "user:00uNone", "there is no user 00uNone"],
      ["role:APP_ADMIN:assigned", "group:00gNone", "there is no group 00gNone"],
      ["role:cr0One:assigned", "user:00uAnn", 'there is no standard role "cr0One"'],
      ["role:CUSTOM:assigned", "user:00uAnn", 'there is no standard role "CUSTOM"'],
    ] as const) {
      await expect(okta[what](entitlement, principal)).rejects.toMatchObject({ kind: "notFound", message: missing });
    }
    const app = okta[what]("role:APP_ADMIN:assigned", "app:0oaMail");
    await expect(app).rejects.toMatchObject({
      kind: "invalidArgument",
      advice: expect.stringContaining("user or group"),
    });
  }
  await expect(okta.grant("role:WIZARD_ADMIN:assigned", "user:00uAnn")).rejects.toMatchObject({
    kind: "notFound",
    message: 'there is no standard role "WIZARD_ADMIN"',
  });
  for (const dryRun of [true, false]) {
    await expect(okta.grant("role:APP_ADMIN:assigned", "user:00uGone", { dryRun })).rejects.toMatchObject({
      kind: "failedPrecondition",
      message: expect.stringContaining("deactivated"),
    });
  }
});

test("an answer that is lost is looked for, never sent again", async () => {
  const okta = await changing();
  okta.sandbox.intercept(({ method }) => (method === "POST" ? { kind: "reset", applied: true } : undefined));
  expect(await okta.grant("role:APP_ADMIN:assigned", "user:00uAnn")).toMatchObject({ already: false });
  expect(writes(okta.asked)).toHaveLength(1);
  const other = await changing();
  other.sandbox.intercept(({ method }) => (method === "POST" ? "503" : undefined));
  await expect(other.grant("role:APP_ADMIN:assigned", "group:00gStaff")).rejects.toMatchObject({
    kind: "unavailable",
    message: expect.stringContaining("group 00gStaff does not hold the role APP_ADMIN now"),
  });
  expect(writes(other.asked)).toHaveLength(1);
});

test("a removal whose answer is lost is repeated, and counts as done", async () => {
  const okta = await changing();
  let faults = 0;
  okta.sandbox.intercept(({ method }) =>
    method === "DELETE" && faults++ === 0 ? { kind: "reset", applied: true } : undefined,
  );
  expect(await okta.revoke("role:HELP_DESK_ADMIN:assigned", "user:00uAdmin")).toMatchObject({ already: false });
});

test("changing roles takes Super Admin, and says so", async () => {
  const okta = await changing({ roles: ["ORG_ADMIN"] });
  await expect(okta.grant("role:APP_ADMIN:assigned", "user:00uAnn")).rejects.toMatchObject({
    kind: "permissionDenied",
    advice: expect.stringContaining("Super Admin"),
  });
});

test("a dry run sends nothing that changes", async () => {
  const okta = await changing();
  await okta.grant("role:APP_ADMIN:assigned", "user:00uAnn", { dryRun: true });
  await okta.revoke("role:HELP_DESK_ADMIN:assigned", "user:00uAdmin", { dryRun: true });
  expect(writes(okta.asked)).toEqual([]);
  expect(okta.steps).toEqual([
    { phase: "planned", request: "POST /api/v1/users/00uAnn/roles" },
    { phase: "planned", request: "DELETE /api/v1/users/00uAdmin/roles/ra1Help" },
  ]);
});

test("a custom role has neither grant nor revoke", async () => {
  const { connector } = await changing();
  const type = connector.types.find((one) => one.type.id === "custom-role")!;
  expect(type.grant).toBeUndefined();
  expect(type.revoke).toBeUndefined();
  expect(ORG.customRoles).toHaveLength(2);
});
