import { expect, test } from "vitest";
import { changedOrg, golden } from "../accounts/org.ts";

const withStatus = (status: string): string =>
  golden("org.json").users.find((user: { status: string }) => user.status === status).id;
const at = (id: string) => `/api/v1/users/${id}`;
const ENABLED = ["ACTIVE", "PROVISIONED", "RECOVERY", "PASSWORD_EXPIRED", "LOCKED_OUT"];

test.each([
  ["SUSPENDED", "unsuspend", "ACTIVE"],
  ["STAGED", "activate?sendEmail=false", "PROVISIONED"],
])("enable_user: %s by %s", async (status, path, after) => {
  const { run, asked, okta } = await changedOrg();
  const id = withStatus(status);
  expect(await run("enable_user", { user_id: id })).toEqual({
    success: true,
    message: `user ${id} has been enabled (was ${status})`,
  });
  expect(asked).toEqual([`GET ${at(id)}`, `POST ${at(id)}/lifecycle/${path}`, `GET ${at(id)}`]);
  expect((await okta(at(id))).status).toBe(after);
});

test.each(ENABLED)("enable_user: %s is enabled already", async (status) => {
  const { run, asked } = await changedOrg();
  const id = withStatus(status);
  expect(await run("enable_user", { user_id: id })).toMatchObject({ success: true });
  expect(asked).toEqual([`GET ${at(id)}`]);
});

test.each(["DEPROVISIONED", "SOMETHING_NEW"])("enable_user: %s is refused, without a write", async (status) => {
  const { run, asked } = await changedOrg();
  const id = withStatus(status);
  await expect(run("enable_user", { user_id: id })).rejects.toMatchObject({
    kind: "failedPrecondition",
    message: expect.stringContaining(status),
  });
  expect(asked).toEqual([`GET ${at(id)}`]);
});

test("disable_user suspends", async () => {
  const { run, asked, okta } = await changedOrg();
  const id = withStatus("ACTIVE");
  const user_id = { resource_type_id: "user", resource_id: id };
  expect(await run("disable_user", { user_id })).toMatchObject({ success: true });
  expect(asked).toEqual([`GET ${at(id)}`, `POST ${at(id)}/lifecycle/suspend`, `GET ${at(id)}`]);
  expect((await okta(at(id))).status).toBe("SUSPENDED");
});

test.each(["STAGED", "SUSPENDED", "DEPROVISIONED"])("disable_user: %s is disabled already", async (status) => {
  const { run, asked } = await changedOrg();
  const id = withStatus(status);
  expect(await run("disable_user", { user_id: id })).toMatchObject({ success: true });
  expect(asked).toEqual([`GET ${at(id)}`]);
});

test("disable_user: a state that nobody knows is refused, without a write", async () => {
  const { run, asked } = await changedOrg();
  const refused = run("disable_user", { user_id: withStatus("SOMETHING_NEW") });
  await expect(refused).rejects.toMatchObject({ kind: "failedPrecondition" });
  expect(asked).toHaveLength(1);
});

test("disable_user: what Okta does not suspend is said, with its state and what to do", async () => {
  const { run } = await changedOrg();
  await expect(run("disable_user", { user_id: withStatus("RECOVERY") })).rejects.toMatchObject({
    kind: "failedPrecondition",
    message: expect.stringMatching(/status is RECOVERY/),
    advice: expect.stringMatching(/deactivate_user/),
    answer: { code: "E0000028" },
  });
});

test.each([
  ["enable_user", "SUSPENDED", "ACTIVE"],
  ["enable_user", "STAGED", "PROVISIONED"],
  ["disable_user", "ACTIVE", "SUSPENDED"],
  ["deactivate_user", "ACTIVE", "DEPROVISIONED"],
])("%s: an answer lost after a write is no failure", async (name, status, after) => {
  const { run, sandbox, okta } = await changedOrg();
  let lost = 0;
  sandbox.intercept(({ method }) => (method === "POST" && lost++ === 0 ? { kind: "reset", applied: true } : undefined));
  const id = withStatus(status);
  expect(await run(name, { user_id: id })).toMatchObject({ success: true });
  expect((await okta(at(id))).status).toBe(after);
});

test.each([
  ["enable_user", "SUSPENDED", "ACTIVE"],
  ["enable_user", "STAGED", "PROVISIONED"],
  ["disable_user", "ACTIVE", "SUSPENDED"],
])("%s: of a user who is %s, what is lost is sent again only after a fresh read", async (name, status, after) => {
  for (const fault of ["reset", "503"] as const) {
    const { run, sandbox, asked, okta } = await changedOrg();
    let lost = 0;
    sandbox.intercept(({ method }) =>
      method === "POST" && lost++ === 0 ? { kind: fault, applied: false } : undefined,
    );
    const id = withStatus(status);
    expect(await run(name, { user_id: id })).toMatchObject({ success: true });
    expect((await okta(at(id))).status).toBe(after);
    expect(asked.map((one) => one.split(" ")[0])).toEqual(["GET", "POST", "GET", "POST", "GET"]);
  }
});

test("a state that is never reached ends, with what is so", async () => {
  const { run, sandbox, asked } = await changedOrg();
  sandbox.intercept(({ method }) => (method === "POST" ? "reset" : undefined));
  await expect(run("disable_user", { user_id: withStatus("ACTIVE") })).rejects.toMatchObject({ kind: "unavailable" });
  expect(asked.filter((one) => one.startsWith("POST"))).toHaveLength(5);
});

test("a refused write fails with Okta's reason", async () => {
  const { run } = await changedOrg(["READ_ONLY_ADMIN"]);
  await expect(run("disable_user", { user_id: withStatus("ACTIVE") })).rejects.toMatchObject({
    kind: "permissionDenied",
  });
});

test("deactivate_user deactivates and sees that it has", async () => {
  const { run, asked, okta } = await changedOrg();
  const id = withStatus("ACTIVE");
  const user_id = { resourceTypeId: "user", resourceId: id };
  expect(await run("deactivate_user", { user_id })).toEqual({
    success: true,
    message: `user ${id} has been deactivated`,
  });
  expect((await okta(at(id))).status).toBe("DEPROVISIONED");
  expect(asked[1]).toBe(`POST ${at(id)}/lifecycle/deactivate?sendEmail=false`);
  expect(asked).toHaveLength(3);
  asked.splice(0);
  expect(await run("deactivate_user", { user_id })).toMatchObject({
    success: true,
    message: expect.stringMatching(/already/),
  });
  expect(asked).toEqual([`GET ${at(id)}`]);
});

test("delete_user deletes for good; who is gone is gone", async () => {
  const { run, okta } = await changedOrg();
  const id = withStatus("ACTIVE");
  expect(await run("delete_user", { user_id: id })).toMatchObject({ message: `user ${id} has been deleted` });
  expect(await okta(at(id))).toBeUndefined();
  expect(await run("delete_user", { user_id: id })).toMatchObject({ message: `user ${id} was deleted already` });
});

test.each(["enable_user", "disable_user", "deactivate_user", "delete_user"])(
  "%s: only users are taken, by their ids or logins",
  async (name) => {
    const { run, asked } = await changedOrg();
    await expect(run(name, { user_id: { resource_type_id: "group", resource_id: "00g1" } })).rejects.toMatchObject({
      kind: "invalidArgument",
      field: "user_id",
    });
    for (const user_id of ["a/b@acme.example", "a b@acme.example", "@acme.example", "user0@"]) {
      await expect(run(name, { user_id })).rejects.toMatchObject({ kind: "invalidArgument" });
    }
    await expect(run(name, { user_id: "me" })).rejects.toMatchObject({ kind: "invalidArgument" });
    expect(asked).toEqual([]);
    const nobody = run(name, { user_id: "00uNobody" });
    if (name === "delete_user") expect(await nobody).toMatchObject({ success: true });
    else await expect(nobody).rejects.toMatchObject({ kind: "notFound" });
    // A login without an @, which Okta takes for an id.
    const login = run(name, { user_id: "shortlogin" });
    if (name === "delete_user") expect(await login).toMatchObject({ success: true });
    else await expect(login).rejects.toMatchObject({ kind: "notFound" });
    expect(asked.filter((one) => !one.startsWith("GET"))).toEqual([]);
  },
);

test.each([
  ["enable_user", "STAGED"],
  ["disable_user", "ACTIVE"],
  ["deactivate_user", "ACTIVE"],
  ["delete_user", "ACTIVE"],
])("%s: a rehearsal says what would be done, and changes nothing", async (name, status) => {
  const { run, asked, steps, okta } = await changedOrg();
  const id = withStatus(status);
  expect(await run(name, { user_id: id }, { dryRun: true })).toMatchObject({
    success: true,
    dry_run: true,
    message: expect.stringMatching(/would be .*nothing was changed/),
  });
  expect(steps.length).toBeGreaterThan(0);
  expect(steps.every(({ phase }) => phase === "planned")).toBe(true);
  expect(asked.filter((one) => !one.startsWith("GET"))).toEqual([]);
  expect((await okta(at(id))).status).toBe(status);
});

test.each([
  ["enable_user", "SUSPENDED", "ACTIVE"],
  ["disable_user", "ACTIVE", "SUSPENDED"],
  ["deactivate_user", "ACTIVE", "DEPROVISIONED"],
])("%s takes a login in place of an id", async (name, status, after) => {
  const { run, okta } = await changedOrg();
  const id = withStatus(status);
  const { login } = (await okta(at(id))).profile;
  const { message } = await run(name, { user_id: login });
  expect(message).toContain(id);
  expect((await okta(at(id))).status).toBe(after);
  await expect(run(name, { user_id: "nobody@acme.example" })).rejects.toMatchObject({
    kind: "notFound",
    message: "there is no user with this login",
  });
});

test("delete_user takes a login in place of an id, and a part of a login is nobody's", async () => {
  const { run, okta } = await changedOrg();
  const id = withStatus("ACTIVE");
  const { login } = (await okta(at(id))).profile;
  await run("delete_user", { user_id: login.replace("@acme", "@acme.other") });
  expect((await okta(at(id))).status).toBe("ACTIVE");
  expect(await run("delete_user", { user_id: login })).toMatchObject({ message: `user ${id} has been deleted` });
  expect(await okta(at(id))).toBeUndefined();
});

test.each([
  ["enable_user", "SUSPENDED"],
  ["enable_user", "STAGED"],
  ["disable_user", "ACTIVE"],
  ["deactivate_user", "ACTIVE"],
])("%s of a user who is %s: an empty success that changes nothing is not called done", async (name, status) => {
  for (const body of [undefined, {}]) {
    const { run, sandbox } = await changedOrg();
    sandbox.intercept(({ method }) => (method === "POST" ? { status: body ? 200 : 204, body } : undefined));
    await expect(run(name, { user_id: withStatus(status) })).rejects.toMatchObject({ kind: "unavailable" });
  }
});
