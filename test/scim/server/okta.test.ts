import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Answered, oktaGroup, oktaUser, patch, startReceiver, type TestReceiver } from "../receiver.ts";

let receiver: TestReceiver;
const send: TestReceiver["send"] = (...request) => receiver.send(...request);
beforeAll(async () => {
  receiver = await startReceiver();
});
afterAll(() => receiver.close());

let serial = 0;
const newUser = async (more: object = {}): Promise<Answered> => send("POST", "/Users", oktaUser(`n${serial++}`, more));
const newId = async (more: object = {}): Promise<string> => (await newUser(more)).body.id;
const members = async (id: string): Promise<string[]> => {
  const { body } = await send("GET", `/Groups/${id}`);
  return (body.members ?? []).map(({ value }: { value: string }) => value);
};
const filter = (text: string) => `filter=${encodeURIComponent(text)}&startIndex=1&count=100`;

describe("Okta's SPEC suite", () => {
  it("lists users in pages of whole numbers and a stable order", async () => {
    await newUser();
    await newUser();
    await newUser();
    const { status, headers, body } = await send("GET", "/Users?startIndex=1&count=2");
    expect(status).toBe(200);
    expect(headers.get("content-type")).toContain("application/scim+json");
    expect(body.schemas).toEqual(["urn:ietf:params:scim:api:messages:2.0:ListResponse"]);
    expect([body.startIndex, body.itemsPerPage, body.Resources.length]).toEqual([1, 2, 2]);
    expect(Number.isInteger(body.totalResults)).toBe(true);
    const next = await send("GET", "/Users?startIndex=2&count=1");
    expect(next.body.Resources[0].id).toBe(body.Resources[1].id);
    for (const user of body.Resources) {
      expect(user).toMatchObject({ id: expect.any(String), userName: expect.any(String), active: true });
      expect(user.name.familyName).toBeTypeOf("string");
      expect(user.emails[0].value).toBeTypeOf("string");
    }
  });

  it("finds nobody by a login that nobody has, and no such id", async () => {
    const none = await send("GET", `/Users?${filter('userName eq "abcdefgh@atko.com"')}`);
    expect(none).toMatchObject({ status: 200, body: { totalResults: 0 } });
    const missing = await send("GET", "/Users/010101001010101011001010101011");
    expect(missing).toMatchObject({
      status: 404,
      body: { schemas: ["urn:ietf:params:scim:api:messages:2.0:Error"], status: "404", detail: expect.any(String) },
    });
  });

  it("creates a user with all that it was sent but the password, and refuses the same login in another case", async () => {
    const made = await newUser({ userName: "Ada@Acme.example" });
    expect(made.status).toBe(201);
    expect(made.headers.get("location")).toBe(`${receiver.url}/Users/${made.body.id}`);
    expect(made.body).toMatchObject({ userName: "Ada@Acme.example", active: true, displayName: expect.any(String) });
    expect(made.body.meta).toMatchObject({ resourceType: "User", created: expect.stringMatching(/Z$/) });
    expect(JSON.stringify(made.body)).not.toContain("hunter2");
    const again = await newUser({ userName: "ADA@acme.EXAMPLE" });
    expect(again).toMatchObject({ status: 409, body: { scimType: "uniqueness", status: "409" } });
    const found = await send("GET", `/Users?${filter('userName eq "ada@ACME.example"')}`);
    expect(found.body.totalResults).toBe(1);
  });

  it("answers groups within 600 ms, which is measured by the bench, and lists them", async () => {
    await send("POST", "/Groups", oktaGroup("Listed"));
    const { status, body } = await send("GET", "/Groups?startIndex=1&count=100");
    expect(status).toBe(200);
    expect(body.Resources.some(({ displayName }: { displayName: string }) => displayName === "Listed")).toBe(true);
  });

  it.each([
    ["no credentials", { authorization: "" }, 401],
    ["a wrong token", { authorization: "Bearer wrong" }, 401],
    ["HTTP Basic", { authorization: `Basic ${Buffer.from("okta:a-token-for-tests-only").toString("base64")}` }, 200],
    ["a header of its own", { authorization: "a-token-for-tests-only" }, 200],
  ])("takes or refuses %s", async (_, headers, status) => {
    const answer = await send("GET", "/Users?startIndex=1&count=2", undefined, headers);
    expect(answer.status).toBe(status);
    if (status === 401) expect(answer.headers.get("www-authenticate")).toMatch(/^Bearer/);
  });
});

describe("Okta's CRUD suite", () => {
  it("changes a user by PUT, and answers 404 for one that is not there", async () => {
    const { body } = await newUser();
    const changed = { ...body, name: { ...body.name, givenName: "Other" }, title: "Queen" };
    const put = await send("PUT", `/Users/${body.id}`, changed);
    expect(put).toMatchObject({ status: 200, body: { id: body.id, title: "Queen", name: { givenName: "Other" } } });
    const { title: _, ...without } = put.body;
    expect((await send("PUT", `/Users/${body.id}`, without)).body.title).toBeUndefined();
    expect((await send("PUT", "/Users/nobody", changed)).status).toBe(404);
  });

  it("deactivates by PUT as custom apps do, and by PATCH as catalog apps do", async () => {
    const first = (await newUser()).body;
    await send("PUT", `/Users/${first.id}`, { ...first, active: false });
    expect((await send("GET", `/Users/${first.id}`)).body.active).toBe(false);
    const second = await newId();
    const answer = await send("PATCH", `/Users/${second}`, patch({ op: "replace", value: { active: false } }));
    expect(answer).toMatchObject({ status: 200, body: { active: false } });
    expect((await send("GET", `/Users/${second}`)).body.active).toBe(false);
    const inactive = await send("GET", `/Users?${filter(`active eq false and id eq "${second}"`)}`);
    expect(inactive.body.totalResults).toBe(1);
  });

  it.each([
    ["Replace", "active", "False"],
    ["REPLACE", "Active", "false"],
    ["replace", "urn:ietf:params:scim:schemas:core:2.0:User:active", false],
    ["add", undefined, { active: "FALSE" }],
    ["Add", undefined, { "urn:ietf:params:scim:schemas:core:2.0:User:active": false }],
  ])("takes op %s with path %s and value %s for a deactivation", async (op, path, value) => {
    const id = await newId();
    const { status } = await send("PATCH", `/Users/${id}`, patch({ op, ...(path && { path }), value }));
    expect(status).toBe(200);
    expect((await send("GET", `/Users/${id}`)).body.active).toBe(false);
  });

  it("keeps a deactivated user so where a PUT leaves `active` out, and who it is where it leaves `externalId` out", async () => {
    const made = (await newUser({ active: false })).body;
    const { active: _, externalId, ...rest } = made;
    const put = await send("PUT", `/Users/${made.id}`, rest);
    expect(put.body).toMatchObject({ active: false, externalId });
  });

  it("pushes a group of a custom app: by filter, POST, and PUT of the whole list", async () => {
    const [a, b] = [await newId(), await newId()];
    expect((await send("GET", `/Groups?${filter('displayName eq "Custom"')}`)).body.totalResults).toBe(0);
    const made = await send("POST", "/Groups", oktaGroup("Custom", [a]));
    expect(made.status).toBe(201);
    expect(made.body.members.map(({ value }: { value: string }) => value)).toEqual([a]);
    const put = await send("PUT", `/Groups/${made.body.id}`, { ...made.body, ...oktaGroup("Renamed", [a, b]) });
    expect(put).toMatchObject({ status: 200, body: { displayName: "Renamed" } });
    expect(await members(made.body.id)).toEqual([a, b].sort());
    expect((await send("GET", `/Groups?${filter('displayName eq "renamed"')}`)).body.totalResults).toBe(1);
    expect((await send("GET", `/Users/${b}`)).body.groups).toMatchObject([
      { value: made.body.id, display: "Renamed", type: "direct" },
    ]);
    await send("PUT", `/Groups/${made.body.id}`, oktaGroup("Renamed", []));
    expect(await members(made.body.id)).toEqual([]);
    expect((await send("DELETE", `/Groups/${made.body.id}`)).status).toBe(204);
    expect((await send("GET", `/Groups/${made.body.id}`)).status).toBe(404);
    expect((await send("DELETE", `/Groups/${made.body.id}`)).status).toBe(404);
  });

  it("pushes a group of a catalog app: by PATCH of single members, of all, and of the name", async () => {
    const [a, b, c] = [await newId(), await newId(), await newId()];
    const { id } = (await send("POST", "/Groups", oktaGroup("Catalog", [a]))).body;
    const change = async (...operations: object[]) => {
      const { status } = await send("PATCH", `/Groups/${id}`, patch(...operations));
      expect([200, 204]).toContain(status);
    };
    await change({ op: "add", path: "members", value: [{ value: b, display: "b@acme.example" }] });
    expect(await members(id)).toEqual([a, b].sort());
    await change({ op: "remove", path: `members[value eq "${a}"]` });
    expect(await members(id)).toEqual([b]);
    await change({ op: "replace", path: "members", value: [{ value: a }, { value: c }] });
    expect(await members(id)).toEqual([a, c].sort());
    await change({ op: "replace", value: { id, displayName: "Catalog, renamed" } });
    expect(await members(id)).toEqual([a, c].sort());
    expect((await send("GET", `/Groups/${id}`)).body.displayName).toBe("Catalog, renamed");
    await change({ op: "Remove", path: "members", value: [{ value: a }] });
    expect(await members(id)).toEqual([c]);
    await change(
      { op: "remove", path: `members[value eq "${c}"]` },
      { op: "add", path: "members", value: { value: b } },
    );
    expect(await members(id)).toEqual([b]);
    await change({ op: "replace", path: "members", value: [] });
    expect(await members(id)).toEqual([]);
  });

  it("takes a repeat, and a removal of somebody who is not in the group, for done", async () => {
    const a = await newId();
    const { id } = (await send("POST", "/Groups", oktaGroup("Repeats", [a]))).body;
    const add = patch({ op: "add", path: "members", value: [{ value: a, display: "x" }] });
    const remove = patch({ op: "remove", path: 'members[value eq "nobody"]' });
    for (const body of [add, add, remove, remove]) {
      expect((await send("PATCH", `/Groups/${id}`, body)).status).toBe(200);
    }
    expect(await members(id)).toEqual([a]);
  });

  it("takes a user's memberships away with the user", async () => {
    const a = await newId();
    const { id } = (await send("POST", "/Groups", oktaGroup("Emptied", [a]))).body;
    expect((await send("DELETE", `/Users/${a}`)).status).toBe(204);
    expect(await members(id)).toEqual([]);
  });
});

describe("what Okta does not ask for, and others do", () => {
  it("tells what it can do, and says no in the form of an error", async () => {
    expect((await send("GET", "/ServiceProviderConfig")).body.patch).toEqual({ supported: true });
    expect((await send("GET", "/ResourceTypes")).body.totalResults).toBe(2);
    expect((await send("GET", "/Schemas")).body.totalResults).toBe(3);
    expect((await send("GET", "/Schemas/urn:ietf:params:scim:schemas:core:2.0:User")).body.name).toBe("User");
    expect((await send("GET", "/Me")).status).toBe(501);
    expect((await send("POST", "/Bulk", {})).status).toBe(501);
    expect((await send("PUT", "/Users", {})).status).toBe(405);
    expect((await send("GET", "/Elsewhere")).status).toBe(404);
  });

  it("shows the attributes that are asked for", async () => {
    const id = await newId();
    const some = await send("GET", `/Users/${id}?attributes=userName,name.givenName`);
    expect(Object.keys(some.body).sort()).toEqual(["id", "name", "schemas", "userName"]);
    expect(Object.keys(some.body.name)).toEqual(["givenName"]);
    const less = await send("GET", `/Users/${id}?excludedAttributes=emails,name.givenName`);
    expect(less.body.emails).toBeUndefined();
    expect(less.body.name).toEqual({ familyName: expect.any(String) });
  });

  it.each([
    ['userName sw "zz" and (emails[type eq "work"].value co "@acme" or title pr)', 1],
    ['name.familyName eq "family zz"', 1],
    ['urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:department eq "r&d" and userName co "zz"', 1],
    ['not (userName eq "zz@acme.example") and externalId eq "00uzz"', 0],
    ['externalId eq "00UZZ"', 0],
    ['externalId eq "00uzz" or displayName eq "no such name"', 1],
  ])("finds by %s", async (text, total) => {
    await newUser({ userName: "zz@acme.example", externalId: "00uzz", name: { familyName: "Family ZZ" } });
    const { status, body } = await send("GET", `/Users?${filter(text)}`);
    expect([status, body.totalResults]).toEqual([200, total]);
  });

  it.each([
    ["/Users?filter=userName", "invalidFilter"],
    ["/Users?filter=userName%20eq%20%22x", "invalidFilter"],
    ["/Users?filter=userName%20xx%20%22x%22", "invalidFilter"],
    [`/Users?filter=${"(".repeat(2000)}`, "invalidFilter"],
    [`/Users?filter=${encodeURIComponent(`userName eq "${"\n".repeat(200)}`)}`, "invalidFilter"],
  ])("refuses the filter of %s", async (path, scimType) => {
    expect(await send("GET", path)).toMatchObject({ status: 400, body: { scimType } });
  });

  it("keeps nothing of a patch that fails at its last step", async () => {
    const a = await newId();
    const { id } = (await send("POST", "/Groups", oktaGroup("Whole", [a]))).body;
    const body = patch({ op: "replace", path: "members", value: [] }, { op: "remove", path: "displayName" });
    expect((await send("PATCH", `/Groups/${id}`, body)).status).toBe(400);
    expect(await members(id)).toEqual([a]);
  });
});
