import { expect, test } from "vitest";
import { changing, ORG, writes } from "../resource/changing.ts";

const MEMBERSHIP = "GET /api/v1/users/00uAnn/groups?limit=200";
const PUT = "PUT /api/v1/groups/00gStaff/users/00uAnn";

test("a member is granted in three calls and revoked in three; a repeat changes nothing", async () => {
  const okta = await changing();
  const grants = ["group:00gStaff:member:user:00uAnn"];
  expect(await okta.grant("group:00gStaff:member", "user:00uAnn")).toEqual({ already: false, grants });
  expect(okta.asked.splice(0)).toEqual([MEMBERSHIP, PUT, MEMBERSHIP]);
  expect(await okta.grant("group:00gStaff:member", "user:00uAnn")).toEqual({ already: true, grants });
  expect(okta.asked.splice(0)).toEqual([MEMBERSHIP]);
  expect(await okta.revoke("group:00gStaff:member", "user:00uAnn")).toEqual({ already: false, grants: [] });
  expect(okta.asked.splice(0)).toEqual([MEMBERSHIP, PUT.replace("PUT", "DELETE"), MEMBERSHIP]);
  expect(await okta.revoke("group:00gStaff:member", "user:00uAnn")).toEqual({ already: true, grants: [] });
  expect(okta.asked.splice(0)).toHaveLength(2);
});

test("the grant carries the whole group", async () => {
  const okta = await changing();
  const groups = okta.connector.types.find((one) => one.type.id === "group")!;
  const { grants } = await groups.grant!("00gStaff", "member", { type: "user", id: "00uAnn" }, okta.call);
  expect(grants[0]!.granted).toMatchObject({
    id: "group:00gStaff:member",
    v1Id: "membership:00gStaff",
    resource: { displayName: "Group 00gStaff", profile: { type: "OKTA_GROUP" } },
  });
});

test("each change is told before and after, with Okta's request id and without a body or query", async () => {
  const okta = await changing();
  await okta.grant("group:00gStaff:member", "user:00uAnn");
  expect(okta.steps).toEqual([
    { phase: "intent", request: PUT },
    { phase: "outcome", request: PUT, status: 204, requestId: expect.stringMatching(/./) },
  ]);
});

test("a group whose members Okta or an app keeps is refused, with the reason", async () => {
  const okta = await changing();
  for (const id of ["00gEveryone", "00gBuiltIn", "00gApp"]) {
    for (const dryRun of [true, false]) {
      const refused = okta.grant(`group:${id}:member`, "user:00uAnn", { dryRun });
      const reason = id === "00gApp" ? "APP_GROUP" : "BUILT_IN";
      await expect(refused).rejects.toMatchObject({
        kind: "failedPrecondition",
        message: expect.stringContaining(reason),
      });
    }
  }
  okta.asked.length = 0;
  const failure = { kind: "failedPrecondition" };
  await expect(okta.revoke("group:00gApp:member", "user:00uBob")).rejects.toMatchObject(failure);
  await expect(okta.revoke("group:00gEveryone:member", "user:00uBob")).rejects.toMatchObject(failure);
  await expect(okta.grant("group:00gApp:member", "user:00uBob")).rejects.toMatchObject(failure);
  expect(writes(okta.asked)).toEqual([]);
});

test("a 403 for such a group is explained too", async () => {
  const okta = await changing();
  const forbidden = { status: 403, body: { errorCode: "E0000006", errorSummary: "No permission", errorCauses: [] } };
  okta.sandbox.intercept(({ method }) => (method === "PUT" ? forbidden : undefined));
  await expect(okta.grant("group:00gApp:member", "user:00uAnn")).rejects.toMatchObject({
    kind: "failedPrecondition",
    message: expect.stringContaining("APP_GROUP"),
  });
});

test("what there is not is named", async () => {
  const okta = await changing();
  for (const what of ["grant", "revoke"] as const) {
    const group = okta[what]("group:00gNone:member", "user:00uAnn");
    await expect(group).rejects.toMatchObject({ kind: "notFound", message: "there is no group 00gNone" });
    const user = okta[what]("group:00gStaff:member", "user:00uNone");
    await expect(user).rejects.toMatchObject({ kind: "notFound", message: "there is no user 00uNone" });
    const slug = okta[what]("group:00gStaff:owner", "user:00uAnn");
    await expect(slug).rejects.toMatchObject({ kind: "notFound", message: expect.stringContaining('"owner"') });
  }
});

test("a principal or id that is none is refused before anything is asked", async () => {
  const okta = await changing();
  const wrongType = { kind: "invalidArgument", field: "principal", advice: expect.stringContaining("user") };
  await expect(okta.grant("group:00gStaff:member", "group:00gOther")).rejects.toMatchObject(wrongType);
  for (const id of ["me", "..", "a/../b", "ann@login.test", "00uAnn%2f", "00uAnn?x", ""]) {
    const failure = { kind: "invalidArgument" };
    await expect(okta.grant("group:00gStaff:member", `user:${id}`)).rejects.toMatchObject(failure);
    await expect(okta.revoke(`group:${id}:member`, "user:00uAnn")).rejects.toMatchObject(failure);
  }
  expect(okta.asked).toEqual([]);
});

test("a deactivated user is refused with the reason", async () => {
  const okta = await changing();
  for (const dryRun of [true, false]) {
    const refused = okta.grant("group:00gStaff:member", "user:00uGone", { dryRun });
    await expect(refused).rejects.toMatchObject({
      kind: "failedPrecondition",
      message: expect.stringContaining("deactivated"),
    });
  }
});

test("a membership beyond the first page is found", async () => {
  const many = Array.from({ length: 230 }, (_, at) => ({
    id: `00gm${at}`,
    type: "OKTA_GROUP",
    profile: { name: `m${at}` },
  }));
  const groupMembers = Object.fromEntries(many.map(({ id }) => [id, ["00uAnn"]]));
  const okta = await changing({ json: { ...ORG, groups: [...ORG.groups, ...many], groupMembers } });
  expect(await okta.grant("group:00gm229:member", "user:00uAnn")).toMatchObject({ already: true });
  expect(okta.asked).toHaveLength(2);
});

test("an answer that is lost after the change is no failure", async () => {
  for (const kind of ["reset", "cut", "503"] as const) {
    const okta = await changing();
    let faults = 0;
    okta.sandbox.intercept(({ method }) => (method !== "GET" && faults++ === 0 ? { kind, applied: true } : undefined));
    expect(await okta.grant("group:00gStaff:member", "user:00uAnn")).toMatchObject({ already: false });
    faults = 0;
    expect(await okta.revoke("group:00gStaff:member", "user:00uAnn")).toMatchObject({ already: false });
    expect(okta.steps.map((step) => step.phase)).toEqual(["intent", "outcome", "intent", "outcome"]);
  }
});

test("a change that Okta accepts but never shows is not called done", async () => {
  const okta = await changing();
  okta.sandbox.intercept(({ method }) => (method === "GET" ? undefined : { status: 204 }));
  await expect(okta.grant("group:00gStaff:member", "user:00uAnn")).rejects.toMatchObject({
    kind: "unavailable",
    message: expect.stringContaining("still not a member"),
  });
  await expect(okta.revoke("group:00gStaff:member", "user:00uBob")).rejects.toMatchObject({
    kind: "unavailable",
    message: expect.stringContaining("still a member"),
  });
});

test("a change that shows late is waited for", async () => {
  const okta = await changing();
  let reads = 0;
  okta.sandbox.intercept(({ url }) =>
    url.startsWith("/api/v1/users/00uAnn/groups") && ++reads < 4 ? { status: 200, body: [] } : undefined,
  );
  expect(await okta.grant("group:00gStaff:member", "user:00uAnn")).toMatchObject({ already: false });
  expect(reads).toBe(4);
});

test("a dry run sends nothing that changes, and tells what it would", async () => {
  const okta = await changing();
  const call = { dryRun: true };
  expect(await okta.grant("group:00gStaff:member", "user:00uAnn", call)).toMatchObject({ already: false });
  expect(await okta.revoke("group:00gStaff:member", "user:00uBob", call)).toMatchObject({ already: false });
  await expect(okta.grant("group:00gNone:member", "user:00uAnn", call)).rejects.toMatchObject({ kind: "notFound" });
  expect(writes(okta.asked)).toEqual([]);
  expect(okta.steps).toEqual([
    { phase: "planned", request: PUT },
    { phase: "planned", request: "DELETE /api/v1/groups/00gStaff/users/00uBob" },
  ]);
});

test("an audit that throws before the change prevents it", async () => {
  const okta = await changing();
  const audit = () => {
    throw new Error("the disk is full");
  };
  await expect(okta.grant("group:00gStaff:member", "user:00uAnn", { audit })).rejects.toThrow("the disk is full");
  expect(writes(okta.asked)).toEqual([]);
});

test("one that throws after the change hides nothing", async () => {
  const okta = await changing();
  const audit = ({ phase }: { phase: string }) => {
    if (phase === "outcome") throw new Error("the disk is full");
  };
  expect(await okta.grant("group:00gStaff:member", "user:00uAnn", { audit })).toMatchObject({ already: false });
});

test("a group membership admin does group work, and is told what the rest takes", async () => {
  const okta = await changing({ roles: ["GROUP_MEMBERSHIP_ADMIN"] });
  expect(await okta.grant("group:00gStaff:member", "user:00uAnn")).toMatchObject({ already: false });
  expect(await okta.revoke("group:00gStaff:member", "user:00uAnn")).toMatchObject({ already: false });
  await expect(okta.grant("group:00gAdmins:member", "user:00uAnn")).rejects.toMatchObject({
    kind: "permissionDenied",
    message: expect.stringContaining("admin role"),
    advice: expect.stringContaining("Super Admin"),
    answer: { status: 403 },
  });
  await expect(okta.revoke("group:00gAdmins:member", "user:00uMember")).rejects.toMatchObject({
    kind: "permissionDenied",
    advice: expect.stringContaining("Super Admin"),
  });
  const denied = { kind: "permissionDenied", advice: expect.stringMatching(/Admin/) };
  await expect(okta.grant("app:0oaMail:access", "user:00uAnn")).rejects.toMatchObject(denied);
  await expect(okta.grant("role:APP_ADMIN:assigned", "user:00uAnn")).rejects.toMatchObject(denied);
  await expect(okta.remove("group", "00gStaff")).rejects.toMatchObject(denied);
  await expect(okta.remove("user", "00uAnn")).rejects.toMatchObject(denied);
  expect(okta.steps.filter((step) => step.phase === "outcome" && step.error !== undefined).length).toBeGreaterThan(0);
});

test("what is remembered of a sync is forgotten by a change", async () => {
  const okta = await changing();
  const call = { ...okta.call, syncId: "sync1" };
  const roles = okta.connector.types.find((one) => one.type.id === "role")!;
  const superAdmin = (await roles.get!("SUPER_ADMIN", call))!.resource;
  const holders = async () => (await roles.grants!(superAdmin, undefined, call)).items.map((one) => one.principalId);
  expect(await holders()).toEqual(["00uSuper"]);
  await okta.grant("role:SUPER_ADMIN:assigned", "user:00uAnn", { syncId: "sync1" });
  expect((await holders()).sort()).toEqual(["00uAnn", "00uSuper"]);
});
