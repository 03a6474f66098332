import { expect, test } from "vitest";
import type { JsonObject } from "../../../../src/baton/connector.ts";
import { changedOrg } from "../../users/accounts/org.ts";

const GROUP = "00gPFmmmwSnwK6Lt8I2X";
const ADMINS = "00gEhkuAvQyaY0QOwhEh";
const USERS = ["00uhR5fpRQYVktul9Uu1", "00uLNHNHMcaje5WH0Eoq", "00uGelwdsl6N59FWvL5q"] as const;
const AT = `/api/v1/groups/${GROUP}`;

// biome-ignore lint/suspicious/noExplicitAny: a result
const idOf = (result: JsonObject): string => (result.resource as any).resourceId.resourceId;

test("create makes a group, with its members", async () => {
  const { run, okta, asked } = await changedOrg();
  const userMembers = [
    { resource_type_id: "user", resource_id: USERS[0] },
    { resourceTypeId: "user", resourceId: USERS[1] },
    USERS[2],
    USERS[0],
  ];
  const result = await run("create", { name: "Analysts", description: "Of engines", userMembers });
  const id = idOf(result);
  expect(result).toEqual({
    success: true,
    resource: {
      resourceId: { resourceTypeId: "group", resourceId: id },
      displayName: "Analysts",
      annotations: expect.arrayContaining([{ "@type": "type.googleapis.com/c1.connector.v2.RawId", id }]),
    },
  });
  expect((await okta(`/api/v1/groups/${id}`)).profile).toEqual({ name: "Analysts", description: "Of engines" });
  const members = (await okta(`/api/v1/groups/${id}/users`)).map((user: { id: string }) => user.id);
  expect(members.sort()).toEqual([...USERS].sort());
  expect(asked).toEqual([
    "POST /api/v1/groups",
    ...USERS.map((user) => `PUT /api/v1/groups/${id}/users/${user}`),
    `GET /api/v1/groups/${id}/users?limit=1000`,
  ]);
});

test("create without members is one call", async () => {
  const { run, asked } = await changedOrg();
  await run("create", { name: "Analysts", description: null });
  expect(asked).toEqual(["POST /api/v1/groups"]);
});

test.each<[JsonObject, RegExp]>([
  [{}, /name is missing/],
  [{ name: null }, /name is missing/],
  [{ name: "" }, /name must have 1 to 255 characters/],
  [{ name: "x".repeat(256) }, /name must have 1 to 255 characters, not 256/],
  [{ name: 1 }, /name must be a text/],
  [{ name: "A", description: [] }, /description must be a text, not a list/],
  [{ name: "A", userMembers: [{ resource_type_id: "group", resource_id: GROUP }] }, /userMembers\[0\] names .*"group"/],
  [{ name: "A", userMembers: [USERS[0], 7] }, /userMembers\[1\]/],
  [{ name: "A", userMembers: ["user0@acme.example"] }, /is not the id of a user/],
])("create: %j is refused before anything is made", async (args, message) => {
  const { run, asked } = await changedOrg();
  await expect(run("create", args)).rejects.toMatchObject({
    kind: "invalidArgument",
    message: expect.stringMatching(message),
  });
  expect(asked).toEqual([]);
});

test("create: a name that is taken says so", async () => {
  const { run } = await changedOrg();
  await expect(run("create", { name: "Group 6 Eng" })).rejects.toMatchObject({
    kind: "alreadyExists",
    message: expect.stringMatching(/"Group 6 Eng" exists already; nothing was created/),
  });
});

test("create: members that cannot be added are named with what exists now, and keep nobody else out", async () => {
  const { run, okta } = await changedOrg();
  const userMembers = [USERS[0], "00uNobody", USERS[1], "00uUgb2Gfnq7nMW42Qiv"];
  const error = await run("create", { name: "Analysts", userMembers }).catch((failure) => failure);
  const [group] = await okta("/api/v1/groups?q=Analysts");
  expect(error).toMatchObject({ kind: "notFound", advice: expect.stringContaining(group.id) });
  expect(error.message).toMatch(
    new RegExp(
      `group ${group.id} \\(Analysts\\) was created and has 2 of 4 members; not added: 00uNobody \\(there is no`,
    ),
  );
  expect(error.message).toContain("00uUgb2Gfnq7nMW42Qiv");
  const members = (await okta(`/api/v1/groups/${group.id}/users`)).map((user: { id: string }) => user.id);
  expect(members.sort()).toEqual([USERS[0], USERS[1]].sort());
});

test("create: an answer about a member that is lost is asked for again, as adding twice does no harm", async () => {
  const { run, okta, sandbox } = await changedOrg();
  let lost = 0;
  sandbox.intercept(({ method }) => (method === "PUT" && lost++ === 0 ? { kind: "reset", applied: true } : undefined));
  const id = idOf(await run("create", { name: "Analysts", userMembers: [USERS[0]] }));
  expect(await okta(`/api/v1/groups/${id}/users`)).toHaveLength(1);
});

test.each(["reset", "cut", "503"] as const)(
  "create: an answer (%s) lost after the group was made does not make a second one",
  async (kind) => {
    const { run, okta, sandbox, asked } = await changedOrg();
    sandbox.intercept(({ method }) => (method === "POST" ? { kind, applied: true } : undefined));
    const id = idOf(await run("create", { name: "Analysts", userMembers: [USERS[0]] }));
    expect(await okta(`/api/v1/groups/${id}/users`)).toHaveLength(1);
    expect(await okta("/api/v1/groups?q=Analysts")).toHaveLength(1);
    expect(asked.filter((one) => one.startsWith("POST"))).toHaveLength(1);
  },
);

test("create: a lost answer before the group was made says that there is none", async () => {
  const { run, sandbox } = await changedOrg();
  sandbox.intercept(({ method }) => (method === "POST" ? "reset" : undefined));
  await expect(run("create", { name: "Analysts" })).rejects.toMatchObject({
    kind: "unavailable",
    message: expect.stringMatching(/no group has this name, so nothing was created/),
  });
  await expect(run("create", { name: "Group 6 Eng" })).rejects.toMatchObject({
    kind: "unavailable",
    message: expect.stringMatching(`group ${GROUP} has this name now, but whether this call made it cannot be told`),
  });
});

test("create: a rehearsal tells each step, and makes nothing", async () => {
  const { run, steps, asked } = await changedOrg();
  const result = await run("create", { name: "Analysts", userMembers: [USERS[0]] }, { dryRun: true });
  expect(result).toMatchObject({ success: true, dry_run: true, resource: { displayName: "Analysts" } });
  expect(asked).toEqual([]);
  expect(steps).toEqual([
    { phase: "planned", request: "POST /api/v1/groups" },
    { phase: "planned", request: `PUT /api/v1/groups/{new group}/users/${USERS[0]}` },
  ]);
});

test("modify_group changes what is given and sends what is to stay", async () => {
  const { run, okta, asked, sandbox } = await changedOrg();
  const sent: unknown[] = [];
  sandbox.onRequest(({ method, body }) => method === "PUT" && sent.push(JSON.parse(body)));
  const result = await run("modify_group", { group_id: GROUP, name: "Engines" });
  expect(result).toMatchObject({
    success: true,
    resource: { resourceId: { resourceTypeId: "group", resourceId: GROUP }, displayName: "Engines" },
  });
  expect(sent).toEqual([{ profile: { name: "Engines", description: "Description of group 6" } }]);
  const group_id = { resource_type_id: "group", resource_id: GROUP };
  await run("modify_group", { group_id, description: "" });
  expect((await okta(AT)).profile).toEqual({ name: "Engines", description: "" });
  expect(asked).toEqual([`GET ${AT}`, `PUT ${AT}`, `GET ${AT}`, `PUT ${AT}`]);
});

test("modify_group keeps attributes of the org's own", async () => {
  const { run, sandbox } = await changedOrg();
  const profile = { name: "Old", description: null, costCenter: "42", tags: ["a"] };
  const sent: unknown[] = [];
  sandbox.intercept(({ method, body }) => {
    if (method === "PUT") sent.push(JSON.parse(body));
    return { status: 200, body: { id: GROUP, type: "OKTA_GROUP", profile } };
  });
  await run("modify_group", { group_id: GROUP, name: "New" });
  expect(sent).toEqual([{ profile: { ...profile, name: "New" } }]);
});

test.each([
  { name: "Group 6 Eng" },
  { description: "Description of group 6" },
  { name: "Group 6 Eng", description: "Description of group 6" },
])("modify_group: where nothing differs nothing is written: %j", async (args) => {
  const { run, asked } = await changedOrg();
  expect(await run("modify_group", { group_id: GROUP, ...args })).toMatchObject({
    success: true,
    resource: { displayName: "Group 6 Eng" },
  });
  expect(asked).toEqual([`GET ${AT}`]);
});

test("modify_group: no description and an empty one are the same", async () => {
  const { run, asked } = await changedOrg();
  await run("modify_group", { group_id: "00g3xkwSLIKsspdKKPlU", description: "" });
  expect(asked).toHaveLength(1);
});

test.each(["00gi8nm5zXW1XIymhytC", "00geVYJpiyT9acoujjCn"])("modify_group: %s is not the org's own", async (id) => {
  const { run, asked } = await changedOrg();
  await expect(run("modify_group", { group_id: id, name: "Mine" })).rejects.toMatchObject({
    kind: "failedPrecondition",
    message: expect.stringMatching(/BUILT_IN|APP_GROUP/),
  });
  expect(asked).toHaveLength(1);
});

test("modify_group: who may not change a group that holds an admin role hears why", async () => {
  const { run } = await changedOrg(["ORG_ADMIN"]);
  await expect(run("modify_group", { group_id: ADMINS, name: "Mine" })).rejects.toMatchObject({
    kind: "permissionDenied",
    advice: expect.stringMatching(/Super Admin/),
  });
});

test.each<[JsonObject, string, RegExp]>([
  [{ group_id: GROUP }, "invalidArgument", /nothing to change/],
  [{ group_id: GROUP, name: null, description: null }, "invalidArgument", /nothing to change/],
  [{ name: "A" }, "invalidArgument", /group_id is missing/],
  [{ group_id: GROUP, name: "" }, "invalidArgument", /1 to 255/],
  [
    { group_id: { resource_type_id: "user", resource_id: "00u1" }, name: "A" },
    "invalidArgument",
    /"user", not a group/,
  ],
  [{ group_id: "00gNobody", name: "A" }, "notFound", /00gNobody/],
])("modify_group: %j is refused", async (args, kind, message) => {
  const { run } = await changedOrg();
  await expect(run("modify_group", args)).rejects.toMatchObject({ kind, message: expect.stringMatching(message) });
});

test("modify_group: a rehearsal shows the group as it would be", async () => {
  const { run, okta, steps } = await changedOrg();
  expect(await run("modify_group", { group_id: GROUP, name: "Engines" }, { dryRun: true })).toMatchObject({
    dry_run: true,
    resource: { displayName: "Engines" },
  });
  expect(steps).toEqual([{ phase: "planned", request: `PUT ${AT}` }]);
  expect((await okta(AT)).profile.name).toBe("Group 6 Eng");
});

test("create: members whom an empty answer says to be added are missing where the group does not show them", async () => {
  const { run, sandbox } = await changedOrg();
  sandbox.intercept(({ method, url }) => (method === "PUT" && url.endsWith(USERS[1]!) ? { status: 204 } : undefined));
  await expect(run("create", { name: "Proof", userMembers: USERS })).rejects.toMatchObject({
    kind: "unavailable",
    message: expect.stringContaining(`has ${USERS.length - 1} of ${USERS.length} members; not added: ${USERS[1]}`),
  });
});

test("modify_group: an empty success is looked into", async () => {
  const { run, sandbox } = await changedOrg();
  sandbox.intercept(({ method }) => (method === "PUT" ? { status: 200 } : undefined));
  const group_id = AT.split("/").at(-1)!;
  await expect(run("modify_group", { group_id, description: "never" })).rejects.toMatchObject({
    kind: "unavailable",
    message: expect.stringContaining("still as it was"),
  });
});
