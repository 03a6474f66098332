import { expect, test } from "vitest";
import { changing, ORG, writes } from "./changing.ts";

const USER = "/api/v1/users/00uAnn";
const STEPS = [
  `GET ${USER}`,
  `POST ${USER}/lifecycle/deactivate?sendEmail=false`,
  `GET ${USER}`,
  `DELETE ${USER}?sendEmail=false`,
  `GET ${USER}`,
];

test("a user is deactivated without an email, seen to be, deleted and seen to be gone; a repeat finds nothing", async () => {
  const okta = await changing();
  expect(await okta.remove("user", "00uAnn")).toEqual({ already: false });
  expect(okta.asked.splice(0)).toEqual(STEPS);
  expect(await okta.remove("user", "00uAnn")).toEqual({ already: true });
  // The second call sees that these credentials are shown users at all.
  expect(okta.asked.splice(0)).toEqual([`GET ${USER}`, "GET /api/v1/users?search=status%20pr&limit=1"]);
  expect(okta.steps.map((step) => `${step.phase} ${step.request}`)).toEqual([
    `intent POST ${USER}/lifecycle/deactivate`,
    `outcome POST ${USER}/lifecycle/deactivate`,
    `intent DELETE ${USER}`,
    `outcome DELETE ${USER}`,
  ]);
});

test("a deactivated user is deleted at once", async () => {
  const okta = await changing();
  expect(await okta.remove("user", "00uGone")).toEqual({ already: false });
  expect(writes(okta.asked)).toEqual(["DELETE /api/v1/users/00uGone?sendEmail=false"]);
});

test("a deactivation that Okta never shows is followed by no deletion", async () => {
  const okta = await changing();
  okta.sandbox.intercept(({ method }) => (method === "POST" ? { status: 200, body: {} } : undefined));
  await expect(okta.remove("user", "00uAnn")).rejects.toMatchObject({
    kind: "unavailable",
    message: expect.stringContaining("still shows it as it was"),
  });
  expect(writes(okta.asked)).toEqual([STEPS[1]]);
});

test("a deletion that Okta answers 204 and does not do is not called done", async () => {
  const okta = await changing();
  okta.sandbox.intercept(({ method }) => (method === "DELETE" ? { status: 204 } : undefined));
  await expect(okta.remove("user", "00uAnn")).rejects.toMatchObject({
    kind: "unavailable",
    message: expect.stringContaining("deactivated, but Okta still shows it"),
  });
});

test("a deactivation that shows late is waited for", async () => {
  const okta = await changing();
  const active = { status: 200, body: ORG.users.find((one) => one.id === "00uAnn") };
  let reads = 0;
  okta.sandbox.intercept(({ method }) => (method === "GET" && ++reads > 1 && reads < 4 ? active : undefined));
  expect(await okta.remove("user", "00uAnn")).toEqual({ already: false });
});

test("lost answers are met by reading: nothing is deactivated twice", async () => {
  const okta = await changing();
  const faults: string[] = [];
  okta.sandbox.intercept(({ method }) => {
    if (method === "GET" || faults.includes(method)) return undefined;
    faults.push(method);
    return { kind: "reset", applied: true };
  });
  expect(await okta.remove("user", "00uAnn")).toEqual({ already: false });
  expect(writes(okta.asked)).toEqual([STEPS[1], STEPS[3], STEPS[3]]);

  const other = await changing();
  let lost = 0;
  other.sandbox.intercept(({ method }) => (method === "POST" && lost++ === 0 ? "reset" : undefined));
  expect(await other.remove("user", "00uAnn")).toEqual({ already: false });
  expect(writes(other.asked)).toEqual([STEPS[1], STEPS[1], STEPS[3]]);
});

test("what somebody else does meanwhile is taken as it is", async () => {
  const okta = await changing();
  const refusal = { status: 403, body: { errorCode: "E0000016", errorSummary: "It is already", errorCauses: [] } };
  const gone = { status: 200, body: { ...ORG.users.find((one) => one.id === "00uGone"), id: "00uAnn" } };
  let refused = false;
  okta.sandbox.intercept(({ method }) => {
    if (method === "POST") {
      refused = true;
      return refusal;
    }
    return method === "GET" && refused && writes(okta.asked).length === 1 ? gone : undefined;
  });
  // The sandbox's user was active after all, so that the deletion only deactivates it, as Okta's does.
  await expect(okta.remove("user", "00uAnn")).rejects.toMatchObject({ kind: "unavailable" });
  expect(writes(okta.asked)).toEqual([STEPS[1], STEPS[3]]);

  const other = await changing();
  other.sandbox.intercept(({ method }) =>
    method === "DELETE"
      ? { status: 404, body: { errorCode: "E0000007", errorSummary: "Not found", errorCauses: [] } }
      : undefined,
  );
  expect(await other.remove("user", "00uGone")).toEqual({ already: true });
});

test("a login is no id", async () => {
  const okta = await changing();
  await expect(okta.remove("user", "00uAnn@login.test")).rejects.toMatchObject({ kind: "invalidArgument" });
  await expect(okta.remove("user", "me")).rejects.toMatchObject({ kind: "invalidArgument" });
  await expect(okta.remove("group", "..")).rejects.toMatchObject({ kind: "invalidArgument" });
  expect(okta.asked).toEqual([]);
});

test("a group is deleted, one of an app too; a built-in one and one that is not there are refused", async () => {
  const okta = await changing();
  for (const id of ["00gOther", "00gApp"]) expect(await okta.remove("group", id)).toEqual({ already: false });
  expect(okta.asked.splice(0).slice(0, 2)).toEqual([
    "DELETE /api/v1/groups/00gOther",
    "GET /api/v1/groups/00gOther?expand=stats",
  ]);
  await expect(okta.remove("group", "00gOther")).rejects.toMatchObject({ kind: "notFound" });
  for (const dryRun of [false, true]) {
    await expect(okta.remove("group", "00gEveryone", { dryRun })).rejects.toMatchObject({
      kind: "failedPrecondition",
      message: expect.stringContaining("BUILT_IN"),
    });
  }
});

test("a group that a group push uses is refused with Okta's words", async () => {
  const pushed = {
    ...ORG.groups.find((one) => one.id === "00gOther")!,
    _embedded: { stats: { usersCount: 0, appsCount: 0, groupPushMappingsCount: 1, hasAdminPrivilege: false } },
  };
  const groups = ORG.groups.map((one) => (one.id === "00gOther" ? pushed : one));
  const okta = await changing({ json: { ...ORG, groups } });
  await expect(okta.remove("group", "00gOther")).rejects.toMatchObject({
    kind: "failedPrecondition",
    message: expect.stringContaining("group push mapping"),
    answer: { status: 400 },
  });
});

test("a group that gives an admin role takes Super Admin to delete", async () => {
  const okta = await changing({ roles: ["ORG_ADMIN"] });
  await expect(okta.remove("group", "00gAdmins")).rejects.toMatchObject({
    kind: "permissionDenied",
    advice: expect.stringContaining("Super Admin"),
  });
});

test("a group's deletion whose answer is lost counts as done; one that somebody else did first does not", async () => {
  const okta = await changing();
  let faults = 0;
  okta.sandbox.intercept(({ method }) =>
    method === "DELETE" && faults++ === 0 ? { kind: "cut", applied: true } : undefined,
  );
  expect(await okta.remove("group", "00gOther")).toEqual({ already: false });
  expect(writes(okta.asked)).toHaveLength(2);
  const other = await changing();
  const gone = { status: 404, body: { errorCode: "E0000007", errorSummary: "Not found", errorCauses: [] } };
  other.sandbox.intercept(({ method }) => (method === "DELETE" ? gone : undefined));
  await expect(other.remove("group", "00gOther")).rejects.toMatchObject({ kind: "notFound" });
});

test("a dry run sends nothing that changes", async () => {
  const okta = await changing();
  expect(await okta.remove("user", "00uAnn", { dryRun: true })).toEqual({ already: false });
  expect(await okta.remove("group", "00gOther", { dryRun: true })).toEqual({ already: false });
  expect(writes(okta.asked)).toEqual([]);
  expect(okta.steps.map(({ phase, request }) => `${phase} ${request}`)).toEqual([
    `planned POST ${USER}/lifecycle/deactivate`,
    `planned DELETE ${USER}`,
    "planned DELETE /api/v1/groups/00gOther",
  ]);
});

test("only users and groups are deleted", async () => {
  const { connector } = await changing();
  const removable = connector.types.filter((one) => one.remove !== undefined).map((one) => one.type.id);
  expect(removable).toEqual(["user", "group"]);
});
