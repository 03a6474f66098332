import { expect, test } from "vitest";
import { changing, writes } from "../../resource/changing.ts";

const BINDINGS = "/api/v1/iam/resource-sets/iamSet/bindings";

test("a member is added to a binding that is there, and makes one that is not", async () => {
  const okta = await changing();
  const bodies: string[] = [];
  okta.sandbox.onRequest(({ body }) => void (body && bodies.push(body)));
  for (const [role, change] of [
    ["cr0One", `PATCH ${BINDINGS}/cr0One/members`],
    ["cr0Two", `POST ${BINDINGS}`],
  ]) {
    for (const principal of ["user:00uAnn", "group:00gStaff"]) {
      const grants = [`resourceset-binding:iamSet:${role}:member:${principal}`];
      const entitlement = `resourceset-binding:iamSet:${role}:member`;
      expect(await okta.grant(entitlement, principal)).toEqual({ already: false, grants });
      const expected = principal === "group:00gStaff" ? `PATCH ${BINDINGS}/${role}/members` : change;
      expect(writes(okta.asked.splice(0))).toEqual([expected]);
      expect(await okta.grant(entitlement, principal)).toEqual({ already: true, grants });
      expect(writes(okta.asked.splice(0))).toEqual([]);
    }
  }
  expect(JSON.parse(bodies[0]!)).toEqual({ additions: [`${okta.sandbox.url}/api/v1/users/00uAnn`] });
  expect(JSON.parse(bodies[2]!)).toEqual({ role: "cr0Two", members: [`${okta.sandbox.url}/api/v1/users/00uAnn`] });
});

test("the grant is the one that a sync lists", async () => {
  const okta = await changing();
  const type = okta.connector.types.find((one) => one.type.id === "resourceset-binding")!;
  const whom = { type: "group", id: "00gStaff" };
  const { grants } = await type.grant!("iamSet:cr0One", "member", whom, okta.call);
  const listed = (await type.get!("iamSet:cr0One", okta.call))!.resource;
  const page = await type.grants!(listed, undefined, okta.call);
  expect(grants[0]).toEqual(page.items.find((one) => one.principalId === "00gStaff"));
});

test("a member is taken out by its own id; a repeat changes nothing", async () => {
  const okta = await changing();
  const entitlement = "resourceset-binding:iamSet:cr0One:member";
  expect(await okta.revoke(entitlement, "user:00uAdmin")).toEqual({ already: false, grants: [] });
  expect(writes(okta.asked.splice(0))).toEqual([`DELETE ${BINDINGS}/cr0One/members/irb1`]);
  expect(await okta.revoke(entitlement, "user:00uAdmin")).toEqual({ already: true, grants: [] });
  expect(await okta.revoke("resourceset-binding:iamSet:cr0Two:member", "user:00uAdmin")).toMatchObject({
    already: true,
  });
  expect(writes(okta.asked)).toEqual([]);
});

test("a binding that comes or goes meanwhile is met the other way", async () => {
  const okta = await changing();
  const gone = { status: 404, body: { errorCode: "E0000007", errorSummary: "Not found", errorCauses: [] } };
  let looks = 0;
  okta.sandbox.intercept(({ method, url }) =>
    method === "GET" && url === `${BINDINGS}/cr0One` && looks++ === 0 ? gone : undefined,
  );
  expect(await okta.grant("resourceset-binding:iamSet:cr0One:member", "user:00uAnn")).toMatchObject({ already: false });
  expect(writes(okta.asked.splice(0))).toEqual([`POST ${BINDINGS}`, `PATCH ${BINDINGS}/cr0One/members`]);

  const other = await changing();
  other.sandbox.intercept(({ method, url }) => {
    if (method !== "GET" || !url.startsWith(`${BINDINGS}/cr0Two`) || writes(other.asked).length > 0) return undefined;
    return { status: 200, body: url.endsWith("/members") ? { members: [] } : { id: "cr0Two" } };
  });
  expect(await other.grant("resourceset-binding:iamSet:cr0Two:member", "user:00uAnn")).toMatchObject({
    already: false,
  });
  expect(writes(other.asked)).toEqual([`PATCH ${BINDINGS}/cr0Two/members`, `POST ${BINDINGS}`]);
});

test("what there is not is named", async () => {
  const okta = await changing();
  for (const [entitlement, principal, missing] of [
    ["resourceset-binding:iamNone:cr0One:member", "user:00uAnn", "there is no resource set iamNone"],
    ["resourceset-binding:iamSet:cr0None:member", "user:00uAnn", "there is no custom role cr0None"],
    ["resourceset-binding:iamSet:One:member", "user:00uAnn", "there is no custom role One"],
    ["resourceset-binding:iamSet:cr0One:member", "user:00uNone", "there is no user 00uNone"],
    ["resourceset-binding:iamSet:cr0Two:member", "group:00gNone", "there is no group 00gNone"],
  ] as const) {
    for (const dryRun of [true, false]) {
      const refused = okta.grant(entitlement, principal, { dryRun });
      await expect(refused).rejects.toMatchObject({ kind: "notFound", message: missing });
    }
  }
  await expect(okta.revoke("resourceset-binding:iamNone:cr0One:member", "user:00uAnn")).rejects.toMatchObject({
    kind: "notFound",
  });
  for (const id of ["iamSet", "../x:cr0One", "iamSet:a/b"]) {
    const refused = okta.grant(`resourceset-binding:${id}:member`, "user:00uAnn");
    await expect(refused).rejects.toMatchObject({ kind: "invalidArgument" });
  }
});

test("an answer that is lost is looked for, never sent again", async () => {
  for (const role of ["cr0One", "cr0Two"]) {
    const okta = await changing();
    okta.sandbox.intercept(({ method }) => (method === "GET" ? undefined : { kind: "reset", applied: true }));
    const entitlement = `resourceset-binding:iamSet:${role}:member`;
    expect(await okta.grant(entitlement, "user:00uAnn")).toMatchObject({ already: false });
    expect(writes(okta.asked)).toHaveLength(1);
  }
  const okta = await changing();
  okta.sandbox.intercept(({ method }) => (method === "GET" ? undefined : "reset"));
  const refused = okta.grant("resourceset-binding:iamSet:cr0Two:member", "user:00uAnn");
  await expect(refused).rejects.toMatchObject({
    kind: "unavailable",
    message: expect.stringContaining(
      "user 00uAnn is no member of the binding of role cr0Two to resource set iamSet now",
    ),
  });
});

test("a set's binding cannot be granted, and says how it is made", async () => {
  const okta = await changing();
  await expect(okta.grant("resource-set:iamSet:bindings", "custom-role:cr0Two")).rejects.toMatchObject({
    kind: "failedPrecondition",
    message: expect.stringContaining("no binding without a member"),
    advice: expect.stringContaining("resourceset-binding:iamSet:cr0Two:member"),
  });
  for (const principal of ["user:00uAnn", "resource-set:iamSet", "resourceset-binding:iamSet:cr0Two"]) {
    await expect(okta.grant("resource-set:iamSet:bindings", principal)).rejects.toMatchObject({
      kind: "failedPrecondition",
      message: expect.stringContaining("no binding without a member"),
      advice: expect.stringContaining("resourceset-binding:iamSet:<custom role>:member"),
    });
  }
  expect(okta.asked).toEqual([]);
});

test("revoking a set's binding deletes it; a repeat changes nothing", async () => {
  const okta = await changing();
  expect(await okta.revoke("resource-set:iamSet:bindings", "custom-role:cr0One")).toEqual({
    already: false,
    grants: [],
  });
  expect(writes(okta.asked.splice(0))).toEqual([`DELETE ${BINDINGS}/cr0One`]);
  expect(await okta.revoke("resource-set:iamSet:bindings", "custom-role:cr0One")).toEqual({
    already: true,
    grants: [],
  });
  expect(writes(okta.asked)).toEqual([]);
  await expect(okta.revoke("resource-set:iamNone:bindings", "custom-role:cr0One")).rejects.toMatchObject({
    kind: "notFound",
  });
  await expect(okta.revoke("resource-set:iamSet:bindings", "user:00uAnn")).rejects.toMatchObject({
    kind: "invalidArgument",
    advice: expect.stringContaining("custom-role"),
  });
});

test("a deletion whose answer is lost is repeated, and counts as done", async () => {
  for (const [entitlement, principal] of [
    ["resource-set:iamSet:bindings", "custom-role:cr0One"],
    ["resourceset-binding:iamSet:cr0One:member", "user:00uAdmin"],
  ] as const) {
    const okta = await changing();
    let faults = 0;
    okta.sandbox.intercept(({ method }) =>
      method === "DELETE" && faults++ === 0 ? { kind: "reset", applied: true } : undefined,
    );
    expect(await okta.revoke(entitlement, principal)).toMatchObject({ already: false });
    expect(writes(okta.asked)).toHaveLength(2);
  }
});

test("a dry run sends nothing that changes", async () => {
  const okta = await changing();
  const dryRun = { dryRun: true };
  await okta.grant("resourceset-binding:iamSet:cr0One:member", "user:00uAnn", dryRun);
  await okta.grant("resourceset-binding:iamSet:cr0Two:member", "user:00uAnn", dryRun);
  await okta.revoke("resourceset-binding:iamSet:cr0One:member", "user:00uAdmin", dryRun);
  await okta.revoke("resource-set:iamSet:bindings", "custom-role:cr0One", dryRun);
  expect(writes(okta.asked)).toEqual([]);
  expect(okta.steps.map(({ phase, request }) => `${phase} ${request}`)).toEqual([
    `planned PATCH ${BINDINGS}/cr0One/members`,
    `planned POST ${BINDINGS}`,
    `planned DELETE ${BINDINGS}/cr0One/members/irb1`,
    `planned DELETE ${BINDINGS}/cr0One`,
  ]);
});
