import { expect, test } from "vitest";
import type { JsonObject } from "../../../../src/baton/connector.ts";
import { NAMED_ATTRIBUTES } from "../../../../src/okta/users/actions/profile-values.ts";
import { changedOrg } from "../accounts/org.ts";

const ID = "00uhR5fpRQYVktul9Uu1";
const GONE = "00uUgb2Gfnq7nMW42Qiv";
const AT = `/api/v1/users/${ID}`;

test("update_user sends each key as it is, in one call", async () => {
  const { run, asked, sandbox, okta } = await changedOrg();
  const sent: unknown[] = [];
  sandbox.onRequest(({ method, body }) => method === "POST" && sent.push(JSON.parse(body)));
  const user_profile = { title: "Countess", mobilePhone: null, department: "" };
  expect(await run("update_user", { user_id: ID, user_profile })).toEqual({
    success: true,
    updated_fields: "department, mobilePhone, title",
  });
  expect(sent).toEqual([{ profile: user_profile }]);
  expect(asked).toEqual([`POST ${AT}`]);
  expect((await okta(AT)).profile).toMatchObject({ title: "Countess", mobilePhone: null, department: "" });
});

test("update_user takes numbers, booleans and lists of texts, and JSON as a text", async () => {
  const { run, sandbox } = await changedOrg();
  const user_profile = { level: 3, isCool: false, tags: ["a", "b"], none: null, list: [] };
  let sent: unknown;
  sandbox.intercept(({ method, body }) => {
    if (method !== "POST") return undefined;
    sent = JSON.parse(body);
    return { status: 200, body: { id: ID, status: "ACTIVE", profile: user_profile } };
  });
  const result = await run("update_user", { user_id: ID, user_profile: JSON.stringify(user_profile) });
  expect(sent).toEqual({ profile: user_profile });
  expect(result).toEqual({ success: true, updated_fields: "isCool, level, list, none, tags" });
});

test.each<[JsonObject, RegExp]>([
  [{}, /user_profile is missing/],
  [{ user_profile: {} }, /no attribute to update/],
  [{ user_profile: "{}" }, /no attribute to update/],
  [{ user_profile: "title: x" }, /not one of JSON/],
  [{ user_profile: "null" }, /must be an object/],
  [{ user_profile: ["title"] }, /must be an object, not a list/],
  [{ user_profile: 1 }, /must be an object, not a number/],
  [{ user_profile: { title: { a: 1 } } }, /title must be .*not an object/],
  [{ user_profile: { tags: ["a", 1] } }, /tags must be .*not a list of anything else/],
])("update_user: %j is refused, and nothing is asked", async (args, message) => {
  const { run, asked } = await changedOrg();
  await expect(run("update_user", { user_id: ID, ...args })).rejects.toMatchObject({
    kind: "invalidArgument",
    field: "user_profile",
    message: expect.stringMatching(message),
  });
  expect(asked).toEqual([]);
});

test("update_profile takes the named attributes and others, and answers the user", async () => {
  const { run, okta, asked } = await changedOrg();
  const user_id = { resource_type: "user", resource: ID };
  const additionalAttributes = { city: "London", mobilePhone: null };
  const named = { title: "Countess", displayName: "Ada", middleName: null, division: "" };
  const taken = run("update_profile", { user_id, ...named, additionalAttributes });
  await expect(taken).rejects.toThrow(/may not hold mobilePhone/);
  const result = await run("update_profile", { user_id, ...named, additionalAttributes: { city: "London" } });
  expect(result).toMatchObject({
    success: true,
    updated_user: {
      resourceId: { resourceTypeId: "user", resourceId: ID },
      displayName: "Ada",
      annotations: expect.arrayContaining([
        { "@type": "type.googleapis.com/c1.connector.v2.RawId", id: ID },
        expect.objectContaining({ "@type": "type.googleapis.com/c1.connector.v2.UserTrait" }),
      ]),
    },
  });
  expect((await okta(AT)).profile).toMatchObject({ title: "Countess", city: "London", division: "" });
  expect(asked.at(-1)).toBe(`POST ${AT}`);
});

test.each<[JsonObject, RegExp]>([
  [{}, /no attribute to update/],
  [{ title: null, additionalAttributes: null }, /no attribute to update/],
  [{ title: 1 }, /title must be a text, not a number/],
  [{ additionalAttributes: "x" }, /additionalAttributes must be an object/],
  [{ additionalAttributes: { city: { a: 1 } } }, /city must be/],
  ...NAMED_ATTRIBUTES.map((name): [JsonObject, RegExp] => [
    { additionalAttributes: { [name]: "x" } },
    new RegExp(`may not hold ${name}`),
  ]),
])("update_profile: %j is refused, and nothing is asked", async (args, message) => {
  const { run, asked } = await changedOrg();
  await expect(run("update_profile", { user_id: ID, ...args })).rejects.toMatchObject({
    kind: "invalidArgument",
    message: expect.stringMatching(message),
  });
  expect(asked).toEqual([]);
});

test("one attribute that Okta does not know refuses them all, and is named", async () => {
  const { run, okta } = await changedOrg();
  const user_profile = { title: "Countess", unheardOf: "x" };
  await expect(run("update_user", { user_id: ID, user_profile })).rejects.toMatchObject({
    kind: "invalidArgument",
    message: expect.stringMatching(/unheardOf/),
  });
  expect((await okta(AT)).profile.title).not.toBe("Countess");
});

test("a deactivated user, whom Okta leaves as it was without an error, is a failure", async () => {
  const { run } = await changedOrg();
  for (const args of [
    { user_id: GONE, title: "Countess" },
    { user_id: GONE, user_profile: { title: "Countess" } },
  ]) {
    const name = "title" in args ? "update_profile" : "update_user";
    await expect(run(name, args as JsonObject)).rejects.toMatchObject({
      kind: "failedPrecondition",
      message: expect.stringMatching(/is deactivated/),
    });
  }
});

test("an org that lets deactivated users be updated gets them updated", async () => {
  const { run, sandbox } = await changedOrg();
  sandbox.intercept(({ method }) =>
    method === "POST"
      ? { status: 200, body: { id: GONE, status: "DEPROVISIONED", profile: { title: "Countess" } } }
      : undefined,
  );
  const user_profile = { title: "Countess", mobilePhone: null };
  expect(await run("update_user", { user_id: GONE, user_profile })).toMatchObject({ success: true });
});

test("an answer lost after the update is found to have been applied, without a second one", async () => {
  const { run, sandbox, asked } = await changedOrg();
  sandbox.intercept(({ method }) => (method === "POST" ? { kind: "cut", applied: true } : undefined));
  expect(await run("update_user", { user_id: ID, user_profile: { title: "Countess" } })).toMatchObject({
    success: true,
  });
  expect(asked.filter((one) => one.startsWith("POST"))).toHaveLength(1);
});

test("an answer lost before the update says that it was not applied", async () => {
  const { run, sandbox } = await changedOrg();
  sandbox.intercept(({ method }) => (method === "POST" ? "reset" : undefined));
  await expect(run("update_user", { user_id: ID, user_profile: { title: "Countess" } })).rejects.toMatchObject({
    kind: "unavailable",
    message: expect.stringMatching(/answer was lost .*does not have all of these attributes/),
  });
});

test("an unknown user, or a login in place of an id, changes nobody", async () => {
  const { run, asked } = await changedOrg();
  for (const user_id of ["00uNobody", "shortlogin"]) {
    await expect(run("update_user", { user_id, user_profile: { title: "x" } })).rejects.toMatchObject({
      kind: "notFound",
    });
  }
  expect(asked.filter((one) => !one.startsWith("GET"))).toEqual([]);
});

test("a rehearsal shows the user as it would be, and changes nothing", async () => {
  const { run, okta, steps, asked } = await changedOrg();
  expect(await run("update_profile", { user_id: ID, displayName: "Ada" }, { dryRun: true })).toMatchObject({
    success: true,
    dry_run: true,
    updated_user: { displayName: "Ada" },
  });
  expect(steps).toEqual([{ phase: "planned", request: `POST ${AT}` }]);
  expect(asked).toEqual([`GET ${AT}`]);
  expect((await okta(AT)).profile.displayName).not.toBe("Ada");
});

test("update_user: a login is looked up first, and what is sent goes to the user's id", async () => {
  const { run, asked, okta } = await changedOrg();
  const { login } = (await okta(AT)).profile;
  expect(await run("update_user", { user_id: login, user_profile: { title: "Countess" } })).toMatchObject({
    success: true,
  });
  expect(asked).toEqual([`GET /api/v1/users/${encodeURIComponent(login)}`, `POST ${AT}`]);
  const nobody = run("update_user", { user_id: "nobody@acme.example", user_profile: { title: "x" } });
  await expect(nobody).rejects.toMatchObject({ kind: "notFound", message: "there is no user with this login" });
});
