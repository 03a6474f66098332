import { create } from "@bufbuild/protobuf";
import { describe, expect, test } from "vitest";
import type { Cursor, GrantPage } from "../../../src/baton/connector.ts";
import { grantId } from "../../../src/baton/model/ids.ts";
import { ResourceSchema } from "../../../src/gen/c1/connector/v2/resource_pb.ts";
import { principalOf } from "../../../src/okta/api/paths.ts";
import type { OktaOptions } from "../../../src/okta/connector.ts";
import { type Answer, fakeOkta, table } from "./fake-okta.ts";
import { call, listAll, pages, walk } from "./walk.ts";

const named = (resourceType: string, resource: string) => create(ResourceSchema, { id: { resourceType, resource } });
const ids = (found: readonly GrantPage[]) => found.flatMap((page) => page.items.map(grantId));
const syncId = "2WCJqN1fSAG8nQ4GGLOaUwHFyWA";

const USERS = "/api/v1/users?search=status%20pr&limit=200";
const GROUPS = "/api/v1/groups?expand=stats&limit=1000";
const ASSIGNEES = "/api/v1/iam/assignees/users";
const SETS = "/api/v1/iam/resource-sets";

describe("users", () => {
  test("an org that shows none is one that may not be read", async () => {
    const { type, connector } = fakeOkta(() => ({ body: [] }));
    await expect(type("user").list(undefined, call())).rejects.toMatchObject({ kind: "permissionDenied" });
    await expect(connector.validate(call())).rejects.toMatchObject({ kind: "permissionDenied" });
  });

  test("a profile that is cut because it is nested too deeply is named", async () => {
    const deep = JSON.parse(`${'{"a":'.repeat(3000)}1${"}".repeat(3000)}`);
    const { type } = fakeOkta(() => ({
      body: [
        { id: "00u1", profile: deep },
        { id: "00u2", profile: { a: { b: 1 } } },
      ],
    }));
    const page = await type("user").list(undefined, call());
    expect(page.items).toHaveLength(2);
    expect(page.refused).toEqual([
      expect.objectContaining({ on: "user 00u1", what: expect.stringMatching(/deeper than 30/) }),
    ]);
  });

  test("an empty page later on is no failure, nor is one that a filter emptied", async () => {
    const next = `${USERS}&after=x`;
    const answers = table({
      [USERS]: { body: [{ id: "00u1", profile: { login: "a@x" } }], next },
      [next]: { body: [] },
    });
    const { type } = fakeOkta(answers, { filterEmailDomains: ["acme.example"] });
    expect(await listAll(type("user"))).toEqual([]);
  });

  test("are filtered by any of their own addresses, whatever its case", async () => {
    const profiles = [
      { email: "a@ACME.example" },
      { secondEmail: "b@acme.example" },
      { login: "c@acme.example" },
      { email: "d@sub.acme.example" },
      { email: "e@notacme.example" },
      { email: "acme.example" },
      { email: null, login: 7 },
    ];
    const body = [...profiles.map((profile, at) => ({ id: `u${at}`, profile })), { id: "u9", profile: null }];
    const { type } = fakeOkta((path) => ({ body: path === USERS ? body : body.find(({ id }) => path.endsWith(id)) }), {
      filterEmailDomains: [" Acme.Example ", "", "@other.example"],
    });
    const listed = await listAll(type("user"));
    expect(listed.map(({ resource }) => resource.id?.resource)).toEqual(["u0", "u1", "u2"]);
    expect(await type("user").get!("u3", call())).toBeUndefined();
  });
});

describe("a cursor", () => {
  const evil: Cursor[] = [
    { next: "/api/v1/org" },
    { next: "//evil.example/api/v1/users" },
    { next: "https://evil.example/api/v1/users" },
    { next: "/api/v1/users/../groups" },
    { next: "/api/v1/users/%2e%2e/groups" },
    { next: "/api/v1/users\n" },
    { next: "/api/v1/users?x=\r\nHost: y" },
    { next: 7 },
    { next: null },
  ];
  test.each(["user", "group", "app", "custom-role", "resource-set", "resourceset-binding", "api-token", "device"])(
    "of %s stays on its endpoint",
    async (id) => {
      const { type, asked } = fakeOkta(() => ({ body: [] }));
      for (const cursor of evil) {
        await expect(type(id).list(cursor, call()), JSON.stringify(cursor)).rejects.toMatchObject({
          kind: "invalidArgument",
        });
      }
      expect(asked).toEqual([]);
    },
  );

  test("of grants stays on its endpoint and with its resource", async () => {
    const { type, asked } = fakeOkta(() => ({ body: [] }));
    const other = { next: "/api/v1/groups/00g2/users?after=x" };
    for (const cursor of [...evil, other, {}].map((one) => ({ of: "members", ...one })).slice(0, -1)) {
      const read = () => type("group").grants!(named("group", "00g1"), cursor, call());
      await expect(read(), JSON.stringify(cursor)).rejects.toMatchObject({ kind: "invalidArgument" });
    }
    for (const cursor of [{ of: "owners" }, { user: "x" }, {}]) {
      await expect(type("group").grants!(named("group", "00g1"), cursor, call())).rejects.toMatchObject({
        kind: "invalidArgument",
      });
      await expect(type("app").grants!(named("app", "0oa1"), cursor, call())).rejects.toMatchObject({
        kind: "invalidArgument",
      });
    }
    await expect(type("role").allGrants!.page({ user: 7 }, call())).rejects.toMatchObject({ kind: "invalidArgument" });
    expect(asked).toEqual([]);
  });

  test.each([
    ["the page that it is on", `${USERS}&after=x`, `${USERS}&after=x`],
    ["another list", USERS, "/api/v1/groups?after=x"],
  ])("that Okta gives may not lead to %s", async (where, path, next) => {
    const { type } = fakeOkta(table({ [path]: { body: [{ id: "00u1" }], next } }));
    const cursor = path === USERS ? undefined : { next: path };
    await expect(type("user").list(cursor, call())).rejects.toMatchObject({
      kind: "failedPrecondition",
      message: expect.stringContaining(where),
      attempted: "GET /api/v1/users",
    });
  });

  test("that Okta gives may not lead back, nor to empty pages for ever", async () => {
    const cycle = table({
      [USERS]: { body: [{ id: "00u1" }], next: `${USERS}&after=a` },
      [`${USERS}&after=a`]: { body: [{ id: "00u2" }], next: `${USERS}&after=b` },
      [`${USERS}&after=b`]: { body: [{ id: "00u3" }], next: `${USERS}&after=a` },
    });
    const round = fakeOkta(cycle);
    await expect(listAll(round.type("user"))).rejects.toMatchObject({ kind: "failedPrecondition" });
    expect(round.asked).toHaveLength(3);
    let page = 0;
    const empty = fakeOkta((path) => ({
      body: path === GROUPS ? [{ id: "00g1" }] : [],
      next: `${GROUPS}&after=${page++}`,
    }));
    await expect(listAll(empty.type("group"))).rejects.toMatchObject({
      kind: "failedPrecondition",
      message: expect.stringContaining("100 empty ones"),
    });
    expect(empty.asked).toHaveLength(101);
  });

  test("may lead back in no reading of the whole list at once either", async () => {
    const roles = "/api/v1/users/00u1/roles";
    const { type, asked } = fakeOkta((path) =>
      path.startsWith(ASSIGNEES)
        ? { body: { value: [{ id: "00u1" }] } }
        : path.startsWith(roles)
          ? { body: [{ type: "X" }], next: `${roles}?after=${path.endsWith("a") ? "b" : "a"}` }
          : path.includes("/users/00u1/groups")
            ? { body: [], next: `/api/v1/users/00u1/groups?after=${path.endsWith("a") ? "b" : "a"}` }
            : { status: 404 },
    );
    for (const read of [
      () => type("role").allGrants!.page({ user: "00u1" }, call()),
      () => type("role").grant!("APP_ADMIN", "assigned", { type: "user", id: "00u1" }, call()),
      () => type("group").grant!("00g1", "member", { type: "user", id: "00u1" }, call()),
    ]) {
      await expect(read()).rejects.toMatchObject({ kind: "failedPrecondition" });
    }
    expect(asked.length).toBeLessThan(12);
  });

  test("puts ids into paths as one segment", async () => {
    const { type, asked } = fakeOkta((path) => ({ body: path.startsWith(SETS) ? { roles: [] } : [] }));
    await type("group").grants!(named("group", "a/b?c#d é"), { of: "members" }, call());
    await type("role").allGrants!.page({ user: "../x" }, call());
    await type("resourceset-binding").list({ set: "s/../t" }, call());
    expect(asked).toEqual([
      "/api/v1/groups/a%2Fb%3Fc%23d%20%C3%A9/users?limit=1000",
      "/api/v1/users/..%2Fx/roles",
      `${SETS}/s%2F..%2Ft/bindings`,
    ]);
    await expect(type("app").grants!(named("app", ".."), undefined, call())).rejects.toMatchObject({
      kind: "notFound",
    });
  });
});

describe("groups", () => {
  const stats = (given: unknown) => ({
    id: "00g1",
    type: "OKTA_GROUP",
    profile: { name: "g" },
    _embedded: { stats: given },
  });

  test.each([
    ["are asked for everything where nothing is known", undefined, [{ of: "members" }, { of: "roles" }]],
    ["are asked for members alone", { usersCount: 2, hasAdminPrivilege: false }, [{ of: "members" }]],
    ["are known by the misspelt flag too", { usersCount: 2, hasAdminPrivlege: false }, [{ of: "members" }]],
    [
      "are asked where the flags differ",
      { usersCount: 0, hasAdminPrivlege: false, hasAdminPrivilege: true },
      [{ of: "roles", empty: true }],
    ],
    [
      "are asked where the flag is no flag",
      { usersCount: "0", hasAdminPrivilege: null },
      [{ of: "members" }, { of: "roles" }],
    ],
    ["cost nothing where nothing is in them", { usersCount: 0, hasAdminPrivilege: false }, []],
  ])("%s", async (_, given, expected) => {
    const { type } = fakeOkta(table({ [GROUPS]: { body: [stats(given)] } }));
    const [listed] = await listAll(type("group"));
    expect(listed?.grants).toEqual(expected);
  });

  test("that are known to be empty are not asked within the same sync, but in any other", async () => {
    const answers = table({
      [GROUPS]: { body: [stats({ usersCount: 0, hasAdminPrivilege: false })] },
      "/api/v1/groups/00g1/users?limit=1000": { body: [] },
      "/api/v1/groups/00g1/roles": { body: [] },
    });
    const { type, asked } = fakeOkta(answers);
    const read = (id?: string) =>
      pages((cursor) => type("group").grants!(named("group", "00g1"), cursor, call(id ? { syncId: id } : {})));
    await listAll(type("group"), call({ syncId }));
    await read(syncId);
    expect(asked).toHaveLength(1);
    await read();
    await read("another");
    await read(syncId);
    expect(asked).toHaveLength(1 + 4);
  });

  test("whose roles may not be read are named, and their members are read", async () => {
    const answers = table({
      "/api/v1/groups/00g1/users?limit=1000": { body: [{ id: "00u1" }, { id: 7 }, null] },
      "/api/v1/groups/00g1/roles": { status: 403 },
    });
    const { type } = fakeOkta(answers);
    const found = await pages((cursor) => type("group").grants!(named("group", "00g1"), cursor, call()));
    expect(ids(found)).toEqual(["group:00g1:member:user:00u1"]);
    const refused = found.flatMap((page) => page.refused ?? []);
    const unreadable = {
      what: "members of groups",
      why: expect.stringContaining("without an id"),
      on: "group 00g1",
      passedOver: true,
    };
    expect(refused).toEqual([
      unreadable,
      unreadable,
      {
        what: "admin roles of groups",
        why: expect.stringContaining("okta.roles.read"),
        on: "group 00g1",
        requestId: "req1",
        passedOver: true,
      },
    ]);
  });

  test("that may not be listed fail the sync, as do users and apps", async () => {
    const { type } = fakeOkta(() => ({ status: 403 }));
    for (const id of ["user", "group", "app"]) {
      await expect(type(id).list(undefined, call())).rejects.toMatchObject({ kind: "permissionDenied" });
    }
    await expect(type("group").grants!(named("group", "00g1"), undefined, call())).rejects.toMatchObject({
      kind: "permissionDenied",
    });
  });

  test("hold each active role of their own once", async () => {
    const held = { type: "CUSTOM", role: "cr01", label: "Custom", assignmentType: "GROUP" };
    const body = [
      { ...held, "resource-set": "s1" },
      { ...held, "resource-set": "s2" },
      { type: "ORG_ADMIN", label: "Organization Administrator", assignmentType: "GROUP", status: "INACTIVE" },
      { type: "APP_ADMIN", label: "Theirs", assignmentType: "USER", status: "ACTIVE" },
      {
        type: "WORKFLOWS_ADMIN",
        label: "Workflows Administrator",
        role: "cr9",
        assignmentType: "GROUP",
        status: "ACTIVE",
      },
      { type: "HELP_DESK_ADMIN", label: "Helpers", status: "ACTIVE" },
    ];
    const read = async (options: Partial<OktaOptions>, cursor: Cursor) =>
      fakeOkta((path) => ({ body: path.startsWith("/api/v1/iam/roles") ? { roles: [] } : body }), options).type("group")
        .grants!(named("group", "00g1"), cursor, call());
    const page = await read({}, { of: "roles" });
    expect(ids([page])).toEqual([
      "custom-role:cr01:assigned:group:00g1",
      "role:WORKFLOWS_ADMIN:assigned:group:00g1",
      "role:HELP_DESK_ADMIN:assigned:group:00g1",
    ]);
    expect(page.items[2]?.granted.resource.displayName).toBe("Helpers");
    expect(page.items.map((one) => one.expandable)).toEqual(
      Array(3).fill({ entitlementIds: ["group:00g1:member"], shallow: true }),
    );
    expect(page.resources?.map((one) => [one.id?.resource, one.displayName])).toEqual([
      ["WORKFLOWS_ADMIN", "Workflows Administrator"],
    ]);
    expect((await read({}, { of: "roles", empty: true })).items.map((one) => one.expandable)).toEqual(
      Array(3).fill(undefined),
    );
    expect(ids([await read({ syncCustomRoles: false }, { of: "roles" })])[0]).toBe(
      "role:WORKFLOWS_ADMIN:assigned:group:00g1",
    );
  });
});

describe("role holders", () => {
  const admins: Record<string, Answer> = {
    [ASSIGNEES]: { body: { value: [{ id: "u1" }, { id: "gone" }] }, next: `${ASSIGNEES}?after=gone` },
    [`${ASSIGNEES}?after=gone`]: { body: { value: [{ id: "u2" }, { id: "secret" }] } },
    "/api/v1/users/u1/roles": {
      body: [
        { type: "SUPER_ADMIN", label: "Super", status: "ACTIVE", assignmentType: "USER" },
        {
          type: "ACCESS_REQUESTS_ADMIN",
          label: "Access Requests Administrator",
          status: "ACTIVE",
          assignmentType: "USER",
        },
      ],
      next: "/api/v1/users/u1/roles?after=1",
    },
    "/api/v1/users/u1/roles?after=1": { body: [{ type: "CUSTOM", role: "cr1", label: "C", assignmentType: "USER" }] },
    "/api/v1/users/u2/roles": {
      body: [
        { type: "SUPER_ADMIN", assignmentType: "USER" },
        { type: "APP_ADMIN", assignmentType: "CLIENT" },
      ],
    },
    "/api/v1/users/secret/roles": { status: 403 },
    "/api/v1/iam/roles/cr1": { body: { id: "cr1", label: "C" } },
  };

  test("are read once for standard and custom roles, a user at a time", async () => {
    const { type, asked } = fakeOkta(table(admins));
    expect(type("role").allGrants).toBe(type("custom-role").allGrants);
    const found = await pages((cursor) => type("role").allGrants!.page(cursor, call()));
    expect(ids(found).sort()).toEqual([
      "custom-role:cr1:assigned:user:u1",
      "role:ACCESS_REQUESTS_ADMIN:assigned:user:u1",
      "role:SUPER_ADMIN:assigned:user:u1",
      "role:SUPER_ADMIN:assigned:user:u2",
    ]);
    // The one who is gone is asked for by itself as well.
    expect(asked).toHaveLength(8);
    expect(found.flatMap((page) => page.refused ?? [])).toMatchObject([
      { what: "admin roles of users", on: "user secret" },
    ]);
    expect(found.flatMap((page) => page.resources ?? []).map((one) => one.displayName)).toEqual([
      "Access Requests Administrator",
    ]);
    const labels = found.flatMap((page) => page.items).map((grant) => grant.granted.resource.displayName);
    expect(labels.filter((label) => label === "Super Administrator")).toHaveLength(2);
    const [one, two] = found
      .flatMap((page) => page.items)
      .filter((grant) => grant.granted.id === "role:SUPER_ADMIN:assigned");
    expect(one?.granted).toBe(two?.granted);
  });

  test("of one role are remembered within one sync only", async () => {
    const { type, asked } = fakeOkta(table(admins));
    const read = (role: string, id?: string) =>
      pages((cursor) =>
        type(role === "cr1" ? "custom-role" : "role").grants!(
          named(role === "cr1" ? "custom-role" : "role", role),
          cursor,
          call(id ? { syncId: id } : {}),
        ),
      );
    const found = await Promise.all(
      ["SUPER_ADMIN", "APP_ADMIN", "cr1", "ACCESS_REQUESTS_ADMIN"].map((role) => read(role, syncId)),
    );
    expect(found.map(ids)).toEqual([
      ["role:SUPER_ADMIN:assigned:user:u1", "role:SUPER_ADMIN:assigned:user:u2"],
      [],
      ["custom-role:cr1:assigned:user:u1"],
      ["role:ACCESS_REQUESTS_ADMIN:assigned:user:u1"],
    ]);
    const once = asked.filter(
      (path) => path !== "/api/v1/users/secret/roles" && !path.startsWith("/api/v1/iam/roles/"),
    );
    expect(new Set(once).size).toBe(once.length);
    const before = asked.length;
    await read("SUPER_ADMIN", syncId);
    // What was refused is asked again.
    expect(asked.slice(before)).toEqual(["/api/v1/users/secret/roles"]);
    await read("SUPER_ADMIN");
    expect(asked.length).toBe(before + 1 + 8);
    await read("SUPER_ADMIN", "another");
    expect(asked.length).toBe(before + 1 + 16);
  });

  test("may not be readable at all", async () => {
    const { type } = fakeOkta(table({ [ASSIGNEES]: { status: 403 } }));
    const page = await type("role").allGrants!.page(undefined, call());
    expect(page).toMatchObject({ items: [], next: [], refused: [{ what: "admin roles of users" }] });
    expect(await type("role").grants!(named("role", "SUPER_ADMIN"), undefined, call())).toMatchObject({
      items: [],
      refused: [{}],
    });
  });

  test("of a role that is none is not found", async () => {
    const { type } = fakeOkta(table(admins));
    await expect(type("role").grants!(named("role", "cr1"), undefined, call())).rejects.toMatchObject({
      kind: "notFound",
    });
    await expect(type("custom-role").grants!(named("custom-role", "cr2"), undefined, call())).rejects.toMatchObject({
      kind: "notFound",
    });
    expect((await type("role").get!("ACCESS_REQUESTS_ADMIN", call()))?.resource.displayName).toBe(
      "Access Requests Administrator",
    );
    expect(await type("role").get!("NOBODYS_ADMIN", call())).toBeUndefined();
  });

  test("that were not answered are asked for again", async () => {
    let down = true;
    const { type } = fakeOkta((path) => (down && path === ASSIGNEES ? { status: 503 } : admins[path]));
    const read = () => type("role").grants!(named("role", "SUPER_ADMIN"), undefined, call({ syncId }));
    await expect(read()).rejects.toMatchObject({ kind: "unavailable" });
    down = false;
    expect(ids([await read()])).toEqual(["role:SUPER_ADMIN:assigned:user:u1"]);
  });
});

describe("what a filter leaves out", () => {
  const profile = (id: string) => ({
    id,
    profile: { login: id.startsWith("in") ? `${id}@acme.example` : `${id}@else.example` },
  });
  const answer = (path: string): Answer | undefined => {
    const one = /^\/api\/v1\/(users|groups)\/([^/?]+)$/.exec(path);
    if (one?.[2] === "gone") return { status: 404 };
    if (one)
      return {
        body:
          one[1] === "users"
            ? profile(one[2]!)
            : { id: one[2], type: one[2]!.startsWith("in") ? "OKTA_GROUP" : "APP_GROUP" },
      };
    if (path === USERS) return { body: ["in1", "in2", "out1"].map(profile) };
    if (path === ASSIGNEES) return { body: { value: [{ id: "in1" }, { id: "out1" }, { id: "gone" }] } };
    if (/users\/[^/]+\/roles$/.test(path)) return { body: [{ type: "APP_ADMIN", assignmentType: "USER" }] };
    if (/groups\/[^/]+\/roles$/.test(path)) return { body: [] };
    if (/groups\/[^/]+\/users/.test(path)) return { body: ["in1", "out1"].map(profile) };
    if (/apps\/[^/]+\/users/.test(path)) {
      // An app's own idea of a user decides nothing.
      const assigned = ["in1", "out1", "gone"].map((id) => ({ id, profile: { email: "x@acme.example" } }));
      return {
        body: [
          ...assigned,
          { id: "in2", _embedded: { user: profile("in2") } },
          { id: "out2", _embedded: { user: profile("out2") } },
        ],
      };
    }
    if (/apps\/[^/]+\/groups/.test(path)) return { body: [{ id: "in1" }, { id: "out1" }, { id: "gone" }] };
    if (/members$/.test(path)) {
      const hrefs = ["users/in1", "users/out1", "groups/in1", "groups/out1", "users/gone"];
      return {
        body: {
          members: hrefs.map((href, at) => ({
            id: `m${at}`,
            _links: { self: { href: `https://acme.okta.com/api/v1/${href}` } },
          })),
        },
      };
    }
    return undefined;
  };
  const options = { filterEmailDomains: ["acme.example"], skipAppGroups: true };
  const grants = async (type: string, id: string, how = call()) => {
    const okta = fakeOkta(answer, options);
    return {
      found: ids(await pages((cursor) => okta.type(type).grants!(named(type, id), cursor, how))),
      asked: okta.asked,
    };
  };

  test("is left out wherever it turns up", async () => {
    expect((await grants("group", "in9")).found).toEqual(["group:in9:member:user:in1"]);
    expect((await grants("app", "a1")).found).toEqual([
      "app:a1:access:user:in1",
      "app:a1:access:user:in2",
      "app:a1:access:group:in1",
    ]);
    expect((await grants("role", "APP_ADMIN")).found).toEqual(["role:APP_ADMIN:assigned:user:in1"]);
    expect((await grants("resourceset-binding", "s:r")).found).toEqual([
      "resourceset-binding:s:r:member:user:in1",
      "resourceset-binding:s:r:member:group:in1",
    ]);
    const all = fakeOkta(answer, options).type("role").allGrants!;
    expect(ids(await pages((cursor) => all.page(cursor, call())))).toEqual(["role:APP_ADMIN:assigned:user:in1"]);
  });

  test("costs no call where the caller drops it itself", async () => {
    const { found, asked } = await grants("app", "a1", call({ dropsUnlisted: true }));
    expect(found).toHaveLength(8);
    expect(asked).toEqual(["/api/v1/apps/a1/users?limit=500", "/api/v1/apps/a1/groups?limit=200"]);
  });

  test("is known from the sync's own list", async () => {
    const { type, asked } = fakeOkta(answer, options);
    await listAll(type("user"), call({ syncId }));
    await pages((cursor) => type("role").grants!(named("role", "APP_ADMIN"), cursor, call({ syncId })));
    expect(asked).toEqual([USERS, ASSIGNEES, "/api/v1/users/gone", "/api/v1/users/in1/roles"]);
  });
});

describe("resource sets", () => {
  /** A long list under `/iam`, 100 to a page. */
  const paged = (
    path: string,
    base: string,
    field: string,
    total: number,
    item: (at: number) => unknown,
  ): Answer | undefined => {
    if (path !== base && !path.startsWith(`${base}?after=`)) return undefined;
    const from = path === base ? 0 : Number(path.slice(base.length + 7));
    const body = { [field]: Array.from({ length: Math.min(100, total - from) }, (_, at) => item(from + at)) };
    return from + 100 < total ? { body, next: `${base}?after=${from + 100}` } : { body };
  };

  const nothing = (path: string): unknown => {
    if (path.endsWith("/members")) return { members: [] };
    if (path.startsWith(ASSIGNEES)) return { value: [] };
    return path.startsWith("/api/v1/iam/") ? { roles: [] } : [];
  };

  test("show every page of bindings and of members", async () => {
    const { connector } = fakeOkta((path) => {
      if (path === USERS) return { body: [{ id: "00u1" }] };
      if (path === GROUPS || path.startsWith("/api/v1/apps") || path.startsWith("/api/v1/devices")) return { body: [] };
      return (
        paged(path, SETS, "resource-sets", 3, (at) => ({ id: `s${at}`, label: `Set ${at}`, description: null })) ??
        paged(path, `${SETS}/s0/bindings`, "roles", 1250, (at) => ({ id: `cr${at}` })) ??
        paged(path, `${SETS}/s1/bindings`, "roles", 100, (at) => ({ id: `cr${at}` })) ??
        paged(path, `${SETS}/s0/bindings/cr7/members`, "members", 333, (at) => ({
          _links: { self: { href: `https://acme.okta.com/api/v1/${at % 2 ? "users" : "groups"}/p${at}` } },
        })) ??
        (path.endsWith("/s2/bindings") ? { status: 403 } : { body: nothing(path) })
      );
    });
    const walked = await walk(connector);
    const count = (map: object, start: string) => Object.keys(map).filter((key) => key.startsWith(start)).length;
    expect(count(walked.resources, "resource-set:")).toBe(3);
    expect(count(walked.resources, "resourceset-binding:")).toBe(1350);
    expect(count(walked.grants, "resource-set:s0:bindings:custom-role:")).toBe(1250);
    expect(count(walked.grants, "resourceset-binding:s0:cr7:member:")).toBe(333);
    expect(walked.refused.filter((one) => one.on === "resource set s2")).toHaveLength(2);
    expect(walked.resources["resourceset-binding:s0:cr1249"]).toMatchObject({
      display_name: "Set 0",
      profile: { id: "s0:cr1249", label: "Set 0", description: "" },
    });
  });

  test("know a binding's members by the end of their link", () => {
    expect(principalOf("https://acme.okta.com/api/v1/users/00u1")).toEqual({ type: "user", id: "00u1" });
    expect(principalOf("/api/v1/groups/00g1/?x=/users/2#/users/3")).toEqual({ type: "group", id: "00g1" });
    expect(principalOf("https://acme.okta.com/api/v1/users/a%2Fb")).toEqual({ type: "user", id: "a/b" });
    for (const href of [
      undefined,
      null,
      7,
      "",
      "users",
      "/users/",
      "https://acme.okta.com/oauth2/v1/clients/0oa1",
      "/users/%zz",
    ]) {
      expect(principalOf(href)).toBeUndefined();
    }
  });

  test("of which one vanished have no bindings; a binding that is none is refused", async () => {
    const { type } = fakeOkta(() => undefined);
    expect(await type("resourceset-binding").list({ set: "s1" }, call())).toEqual({ items: [], next: [] });
    await expect(type("resource-set").grants!(named("resource-set", "s1"), undefined, call())).rejects.toMatchObject({
      kind: "notFound",
    });
    await expect(
      type("resourceset-binding").grants!(named("resourceset-binding", "s1"), undefined, call()),
    ).rejects.toMatchObject({
      kind: "invalidArgument",
    });
    expect(await type("resourceset-binding").get!("s1", call())).toBeUndefined();
  });
});

test.each([
  ["custom-role", [403, 404]],
  ["resource-set", [403, 404]],
  ["resourceset-binding", [403, 404]],
  ["api-token", [403]],
  ["device", [403, 404]],
] as const)("a sync goes on where %s may not be read, and says so", async (id, statuses) => {
  for (const status of statuses) {
    const page = await fakeOkta(() => ({ status }))
      .type(id)
      .list(undefined, call());
    expect(page).toMatchObject({ items: [], next: [], refused: [{ what: expect.any(String), requestId: "req1" }] });
  }
  await expect(
    fakeOkta(() => ({ status: 503 }))
      .type(id)
      .list(undefined, call()),
  ).rejects.toMatchObject({ kind: "unavailable" });
});

describe("what cannot be read of a list is named", () => {
  const junk = [null, "x", 7, [], {}, { id: 7 }, { id: "" }, { id: null }];
  const inBody = (path: string, items: unknown[]) => {
    if (path.endsWith("/members")) return { members: items };
    if (path.startsWith(ASSIGNEES)) return { value: items };
    if (path === SETS) return { "resource-sets": items };
    return path.startsWith("/api/v1/iam/") ? { roles: items } : items;
  };

  test.each(["user", "group", "app", "custom-role", "resource-set", "resourceset-binding", "api-token", "device"])(
    "in the list of %s",
    async (id) => {
      const good = { id: "00x1", status: "ACTIVE" };
      const { type } = fakeOkta((path) => ({ body: inBody(path, [...junk, good]) }));
      const page = await type(id).list(undefined, call());
      expect(page.items.length + page.next.length).toBe(1);
      expect(page.refused).toHaveLength(junk.length);
    },
  );

  test.each([
    ["group", "00g1", { of: "members" }, "members of groups", "group 00g1"],
    ["app", "0oa1", { of: "users" }, "assignments of apps to users", "app 0oa1"],
    ["app", "0oa1", { of: "groups" }, "assignments of apps to groups", "app 0oa1"],
    ["resource-set", "iam1", undefined, "bindings of resource sets", "resource set iam1"],
  ])("among the grants of %s %s %j", async (id, resource, cursor, what, on) => {
    const { type } = fakeOkta((path) => ({ body: inBody(path, [...junk, { id: "00x1" }]) }));
    const page = await type(id).grants!(named(id, resource), cursor, call());
    expect(page.items).toHaveLength(1);
    expect(page.refused).toHaveLength(junk.length);
    expect(page.refused![0]).toMatchObject({ what, on });
  });

  test("among the members of a group, by their profiles where users are filtered", async () => {
    const { type } = fakeOkta((path) => ({ body: inBody(path, junk) }), { filterEmailDomains: ["acme.example"] });
    const page = await type("group").grants!(named("group", "00g1"), { of: "members" }, call());
    expect(page.refused).toHaveLength(junk.length);
  });

  test("among role assignments, of groups and of users", async () => {
    const body = [null, {}, { id: "ra1", label: "Super" }, { type: 7 }, { type: "CUSTOM" }, { type: "SUPER_ADMIN" }];
    const { type } = fakeOkta((path) => ({
      body: path.startsWith(ASSIGNEES) ? { value: [{ id: "00u1" }, {}] } : body,
    }));
    const ofGroup = await type("group").grants!(named("group", "00g1"), { of: "roles" }, call());
    expect(ids([ofGroup])).toEqual(["role:SUPER_ADMIN:assigned:group:00g1"]);
    expect(ofGroup.refused).toHaveLength(5);
    const ofUser = await type("role").allGrants!.page({ user: "00u1" }, call());
    expect(ids([ofUser])).toEqual(["role:SUPER_ADMIN:assigned:user:00u1"]);
    expect(ofUser.refused).toHaveLength(5);
    expect((await type("role").allGrants!.page(undefined, call())).refused).toHaveLength(1);
    expect((await type("role").grants!(named("role", "SUPER_ADMIN"), undefined, call())).refused).toHaveLength(6);
  });

  test("among a binding's members; an app is no person that is missing", async () => {
    const links = [undefined, null, 7, "", "/api/v1/users/", "https://acme.okta.com/oauth2/v1/clients/0oa1"];
    const self = (href: unknown) => ({ id: "irb1", _links: { self: { href } } });
    const members = [null, {}, ...links.map(self), self("/api/v1/users/00u1")];
    const { type } = fakeOkta(() => ({ body: { members } }));
    const page = await type("resourceset-binding").grants!(named("resourceset-binding", "s:cr1"), undefined, call());
    expect(page.items).toHaveLength(1);
    expect(page.refused).toHaveLength(7);
  });

  test("where an app does not say whether it is active, or a user has no profile to filter by", async () => {
    const fake = (options: Partial<OktaOptions>) => fakeOkta(() => ({ body: [{ id: "x1" }] }), options);
    const apps = await fake({ syncInactiveApps: false }).type("app").list(undefined, call());
    expect(apps).toMatchObject({ items: [], refused: [{ what: "apps" }] });
    const users = await fake({ filterEmailDomains: ["x.example"] })
      .type("user")
      .list(undefined, call());
    expect(users).toMatchObject({ items: [], refused: [{ what: "users" }] });
  });
});

describe("an object that Okta says is not there, and shows", () => {
  test("is not taken for gone where its roles or bindings are read", async () => {
    const { type } = fakeOkta((path) =>
      path === ASSIGNEES
        ? { body: { value: [{ id: "00u1" }] } }
        : path === "/api/v1/users/00u1" || path === `${SETS}/iam1`
          ? { body: { id: path.split("/").at(-1) } }
          : { status: 404 },
    );
    await expect(type("role").allGrants!.page({ user: "00u1" }, call())).rejects.toMatchObject({ kind: "unavailable" });
    await expect(type("role").grants!(named("role", "SUPER_ADMIN"), undefined, call())).rejects.toMatchObject({
      kind: "unavailable",
    });
    await expect(type("resourceset-binding").list({ set: "iam1" }, call())).rejects.toMatchObject({
      kind: "unavailable",
    });
  });

  test("nor where it is asked for to see whether a filter leaves it out", async () => {
    const answers = (path: string) => ({ body: path.startsWith(ASSIGNEES) ? { value: [{ id: "00u1" }] } : {} });
    const { type } = fakeOkta(answers, { filterEmailDomains: ["acme.example"] });
    await expect(type("role").allGrants!.page(undefined, call())).rejects.toMatchObject({ kind: "unavailable" });
  });

  test.each([{}, { id: null }, { id: 7 }, { id: "" }])("nor where it is read and answered %j", async (body) => {
    const { type } = fakeOkta(() => ({ body }));
    for (const id of ["user", "group", "app", "custom-role", "resource-set", "api-token"]) {
      await expect(type(id).get!("00x1", call()), id).rejects.toMatchObject({ kind: "unavailable" });
    }
    await expect(type("resourceset-binding").get!("iam1:cr1", call())).rejects.toMatchObject({ kind: "unavailable" });
  });
});

test("the flags decide which types there are, in one order", () => {
  const types = (options: Partial<OktaOptions>) =>
    fakeOkta(() => undefined, options).connector.types.map((one) => one.type.id);
  expect(types({})).toEqual([
    "user",
    "group",
    "app",
    "role",
    "custom-role",
    "resource-set",
    "resourceset-binding",
    "api-token",
    "device",
  ]);
  expect(types({ syncCustomRoles: false, syncSecrets: false })).toEqual(["user", "group", "app", "role", "device"]);
  const { connector } = fakeOkta(() => undefined);
  expect(connector.metadata).toMatchObject({ displayName: "Okta", externalUrl: "https://acme.okta.com" });
});

test("apps that are not active are left out where that is wished", async () => {
  const body = [
    { id: "0oa1", status: "ACTIVE" },
    { id: "0oa2", status: "INACTIVE" },
  ];
  const { type, asked } = fakeOkta((path) => ({ body: path.includes("?") ? body : body[1] }), {
    syncInactiveApps: false,
  });
  expect((await listAll(type("app"))).map(({ resource }) => resource.id?.resource)).toEqual(["0oa1"]);
  expect(asked).toEqual(["/api/v1/apps?limit=200&filter=status%20eq%20%22ACTIVE%22"]);
  expect(await type("app").get!("0oa2", call())).toBeUndefined();
});
