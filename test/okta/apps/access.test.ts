import { expect, test } from "vitest";
import { changing, writes } from "../resource/changing.ts";

const ROW = "GET /api/v1/apps/0oaMail/users/00uAnn";

test("an app is granted to a user under its email, in three calls; a repeat changes nothing", async () => {
  const okta = await changing();
  const bodies: string[] = [];
  okta.sandbox.onRequest(({ method, body }) => void (method === "POST" && bodies.push(body)));
  const grants = ["app:0oaMail:access:user:00uAnn"];
  expect(await okta.grant("app:0oaMail:access", "user:00uAnn")).toEqual({ already: false, grants });
  expect(okta.asked.splice(0)).toEqual([ROW, "GET /api/v1/users/00uAnn", "POST /api/v1/apps/0oaMail/users"]);
  expect(await okta.grant("app:0oaMail:access", "user:00uAnn")).toEqual({ already: true, grants });
  expect(okta.asked.splice(0)).toEqual([ROW]);
  expect(await okta.revoke("app:0oaMail:access", "user:00uAnn")).toEqual({ already: false, grants: [] });
  expect(okta.asked.splice(0)).toEqual([ROW, "DELETE /api/v1/apps/0oaMail/users/00uAnn", ROW]);
  expect(await okta.revoke("app:0oaMail:access", "user:00uAnn")).toEqual({ already: true, grants: [] });
  expect(writes(okta.asked)).toEqual([]);
  expect(okta.asked.length).toBeLessThanOrEqual(3);
  expect(JSON.stringify(okta.steps)).not.toContain("mail.test");
});

test("the name in the app is the user's email, not the login", async () => {
  const okta = await changing();
  await okta.grant("app:0oaMail:access", "user:00uAnn");
  const answer = await fetch(`${okta.sandbox.url}/api/v1/apps/0oaMail/users/00uAnn`, {
    headers: { authorization: `SSWS ${okta.sandbox.token}` },
  });
  expect(await answer.json()).toMatchObject({ scope: "USER", credentials: { userName: "00uAnn@mail.test" } });
});

test("an app is granted to a group in two calls and revoked in three", async () => {
  const okta = await changing();
  const path = "/api/v1/apps/0oaMail/groups/00gOther";
  const grants = ["app:0oaMail:access:group:00gOther"];
  expect(await okta.grant("app:0oaMail:access", "group:00gOther")).toEqual({ already: false, grants });
  expect(okta.asked.splice(0)).toEqual([`GET ${path}`, `PUT ${path}`]);
  expect(await okta.grant("app:0oaMail:access", "group:00gOther")).toEqual({ already: true, grants });
  expect(okta.asked.splice(0)).toEqual([`GET ${path}`]);
  expect(await okta.revoke("app:0oaMail:access", "group:00gOther")).toEqual({ already: false, grants: [] });
  expect(okta.asked.splice(0)).toEqual([`GET ${path}`, `DELETE ${path}`, `GET ${path}`]);
  expect(await okta.revoke("app:0oaMail:access", "group:00gOther")).toEqual({ already: true, grants: [] });
  expect(writes(okta.asked)).toEqual([]);
  expect(okta.asked.length).toBeLessThanOrEqual(3);
});

test("who has an app through a group has it, and loses it with the group only", async () => {
  const okta = await changing();
  expect(await okta.grant("app:0oaMail:access", "user:00uBob")).toMatchObject({ already: true });
  await expect(okta.revoke("app:0oaMail:access", "user:00uBob")).rejects.toMatchObject({
    kind: "failedPrecondition",
    message: expect.stringContaining("through group 00gStaff"),
    advice: expect.stringContaining("app:0oaMail:access:group:00gStaff"),
  });
  expect(writes(okta.asked)).toEqual([]);
});

test("who has it both ways keeps it, since Okta takes neither while the group gives it", async () => {
  const okta = await changing();
  await okta.grant("app:0oaMail:access", "group:00gAdmins");
  await okta.grant("group:00gAdmins:member", "user:00uAdmin");
  await expect(okta.revoke("app:0oaMail:access", "user:00uAdmin")).rejects.toMatchObject({
    kind: "failedPrecondition",
    message: expect.stringContaining("directly and through a group"),
    advice: expect.stringContaining("out of the group"),
  });
});

test("an app that is not active and a user who is deactivated are refused with the reason", async () => {
  const okta = await changing();
  for (const dryRun of [true, false]) {
    for (const principal of ["user:00uAnn", "group:00gOther"]) {
      await expect(okta.grant("app:0oaOff:access", principal, { dryRun })).rejects.toMatchObject({
        kind: "failedPrecondition",
        message: expect.stringContaining("INACTIVE"),
      });
    }
    const gone = okta.grant("app:0oaMail:access", "user:00uGone", { dryRun });
    await expect(gone).rejects.toMatchObject({ kind: "failedPrecondition" });
  }
});

test("what there is not is named", async () => {
  const okta = await changing();
  for (const what of ["grant", "revoke"] as const) {
    for (const dryRun of [true, false]) {
      for (const [entitlement, principal, missing] of [
        ["app:0oaNone:access", "user:00uAnn", "there is no app 0oaNone"],
        ["app:0oaNone:access", "group:00gStaff", "there is no app 0oaNone"],
        ["app:0oaMail:access", "user:00uNone", "there is no user 00uNone"],
        ["app:0oaMail:access", "group:00gNone", "there is no group 00gNone"],
      ] as const) {
        const failure = { kind: "notFound", message: missing };
        if (what === "revoke" && entitlement === "app:0oaNone:access") {
          // Nothing is left to take away.
          expect(await okta.revoke(entitlement, principal, { dryRun })).toEqual({ already: true, grants: [] });
          continue;
        }
        await expect(okta[what](entitlement, principal, { dryRun })).rejects.toMatchObject(failure);
      }
    }
  }
  const wrongType = okta.grant("app:0oaMail:access", "role:APP_ADMIN");
  await expect(wrongType).rejects.toMatchObject({
    kind: "invalidArgument",
    advice: expect.stringContaining("user or group"),
  });
});

test("an assignment whose answer is lost is looked for, never sent again", async () => {
  for (const kind of ["reset", "cut", "503"] as const) {
    const okta = await changing();
    okta.sandbox.intercept(({ method }) => (method === "POST" ? { kind, applied: true } : undefined));
    expect(await okta.grant("app:0oaMail:access", "user:00uAnn")).toMatchObject({ already: false });
    expect(writes(okta.asked)).toEqual(["POST /api/v1/apps/0oaMail/users"]);
    expect(okta.asked.at(-1)).toBe(ROW);
  }
});

test("one that was lost before it took effect says what is so now", async () => {
  const okta = await changing();
  okta.sandbox.intercept(({ method }) => (method === "POST" ? "reset" : undefined));
  await expect(okta.grant("app:0oaMail:access", "user:00uAnn")).rejects.toMatchObject({
    kind: "unavailable",
    message: expect.stringMatching(/answer was lost.*app 0oaMail is not assigned to user 00uAnn now/),
    attempted: "POST /api/v1/apps/0oaMail/users",
  });
  expect(writes(okta.asked)).toHaveLength(1);
});

test("where nothing can be read after a lost answer, that is said", async () => {
  const okta = await changing();
  let lost = false;
  okta.sandbox.intercept(({ method, url }) => {
    if (method === "POST") {
      lost = true;
      return { kind: "reset", applied: true };
    }
    const body = { errorCode: "E0000006", errorSummary: "No permission", errorCauses: [] };
    return lost && url.includes("/apps/") ? { status: 403, body } : undefined;
  });
  await expect(okta.grant("app:0oaMail:access", "user:00uAnn")).rejects.toMatchObject({
    kind: "unavailable",
    message: expect.stringContaining("could not be read: it may have been done"),
  });
});

test("removals whose answers are lost are repeated, and count as done", async () => {
  for (const principal of ["user:00uAdmin", "group:00gStaff"]) {
    const okta = await changing();
    let faults = 0;
    okta.sandbox.intercept(({ method }) =>
      method === "DELETE" && faults++ === 0 ? { kind: "reset", applied: true } : undefined,
    );
    expect(await okta.revoke("app:0oaMail:access", principal)).toMatchObject({ already: false });
    expect(writes(okta.asked)).toHaveLength(2);
  }
});

test("what somebody else removes first was gone already", async () => {
  for (const principal of ["user:00uAdmin", "group:00gStaff"]) {
    const okta = await changing();
    const gone = { status: 404, body: { errorCode: "E0000007", errorSummary: "Not found", errorCauses: [] } };
    okta.sandbox.intercept(({ method }) => (method === "DELETE" ? gone : undefined));
    expect(await okta.revoke("app:0oaMail:access", principal)).toMatchObject({ already: true });
  }
});

test("a removal that Okta accepts but never shows is not called done", async () => {
  const okta = await changing();
  okta.sandbox.intercept(({ method }) => (method === "DELETE" ? { status: 204 } : undefined));
  await expect(okta.revoke("app:0oaMail:access", "user:00uAdmin")).rejects.toMatchObject({ kind: "unavailable" });
});

test("a dry run sends nothing that changes, and tells what it would", async () => {
  const okta = await changing();
  const dryRun = { dryRun: true };
  await okta.grant("app:0oaMail:access", "user:00uAnn", dryRun);
  await okta.grant("app:0oaMail:access", "group:00gOther", dryRun);
  await okta.revoke("app:0oaMail:access", "user:00uAdmin", dryRun);
  await okta.revoke("app:0oaMail:access", "group:00gStaff", dryRun);
  expect(writes(okta.asked)).toEqual([]);
  expect(okta.steps).toEqual([
    { phase: "planned", request: "POST /api/v1/apps/0oaMail/users" },
    { phase: "planned", request: "PUT /api/v1/apps/0oaMail/groups/00gOther" },
    { phase: "planned", request: "DELETE /api/v1/apps/0oaMail/users/00uAdmin" },
    { phase: "planned", request: "DELETE /api/v1/apps/0oaMail/groups/00gStaff" },
  ]);
});
