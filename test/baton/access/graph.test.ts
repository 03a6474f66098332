import { create } from "@bufbuild/protobuf";
import fc from "fast-check";
import { afterAll, describe, expect, it } from "vitest";
import { compareReach } from "../../../src/baton/access/compare-people.ts";
import { AccessGraph } from "../../../src/baton/access/graph.ts";
import type { Held } from "../../../src/baton/access/held.ts";
import { findPerson } from "../../../src/baton/access/people.ts";
import { reachOf } from "../../../src/baton/access/reach.ts";
import { withoutGroup } from "../../../src/baton/access/what-if.ts";
import { pack } from "../../../src/baton/model/annotations.ts";
import type { Grant, Granted } from "../../../src/baton/model/grant.ts";
import { openSnapshot } from "../../../src/baton/snapshot/reader.ts";
import { UserTrait_EmailSchema, UserTraitSchema } from "../../../src/gen/c1/connector/v2/annotation_trait_pb.ts";
import { EntitlementSchema } from "../../../src/gen/c1/connector/v2/entitlement_pb.ts";
import { type Resource, ResourceSchema } from "../../../src/gen/c1/connector/v2/resource_pb.ts";
import { makeSnapshot, scratch } from "../snapshot/build.ts";

const { folder, remove } = scratch();
afterAll(remove);

/** An org as sets: who is in which group, which group has what, and who is listed at an app, and how. */
interface SmallOrg {
  readonly users: number;
  /** By group: its members. */
  readonly members: readonly (readonly number[])[];
  /** By app: the groups that have it. */
  readonly appGroups: readonly (readonly number[])[];
  /** By app: users that it lists; how is `undefined` where nobody says. */
  readonly appUsers: readonly (readonly { readonly user: number; readonly how: "direct" | "group" | undefined }[])[];
  /** By role: users and groups that hold it. */
  readonly roleUsers: readonly (readonly number[])[];
  readonly roleGroups: readonly (readonly number[])[];
}

const USERS = 5;
const subset = (of: number) => fc.uniqueArray(fc.nat({ max: of - 1 }), { maxLength: of });
const small: fc.Arbitrary<SmallOrg> = fc.record({
  users: fc.constant(USERS),
  members: fc.array(subset(USERS), { minLength: 3, maxLength: 3 }),
  appGroups: fc.array(subset(3), { minLength: 2, maxLength: 2 }),
  appUsers: fc.array(
    fc.uniqueArray(
      fc.record({ user: fc.nat({ max: USERS - 1 }), how: fc.constantFrom("direct", "group", undefined) }),
      { selector: ({ user }) => user, maxLength: USERS },
    ),
    { minLength: 2, maxLength: 2 },
  ),
  roleUsers: fc.array(subset(USERS), { minLength: 2, maxLength: 2 }),
  roleGroups: fc.array(subset(3), { minLength: 2, maxLength: 2 }),
});

const named = (type: string, id: string): Resource =>
  create(ResourceSchema, { id: { resourceType: type, resource: id }, displayName: id });

function person(id: string, login: string, email: string): Resource {
  const resource = named("user", id);
  resource.annotations.push(
    pack(UserTraitSchema, { login, emails: [create(UserTrait_EmailSchema, { address: email, isPrimary: true })] }),
  );
  return resource;
}

async function opened(org: SmallOrg) {
  const resources: Resource[] = [];
  const grants: Grant[] = [];
  const granted = (type: string, id: string, slug: string): Granted => {
    const resource = named(type, id);
    resources.push(resource);
    return { id: `${type}:${id}:${slug}`, v1Id: "v", resource };
  };
  for (let user = 0; user < org.users; user++) {
    resources.push(person(`u${user}`, `Login${user}@acme.example`, `mail${user}@acme.example`));
  }
  const give = (what: Granted, type: string, ids: readonly number[]) => {
    for (const id of ids) grants.push({ granted: what, principalType: type, principalId: `${type[0]}${id}` });
  };
  org.members.forEach((members, at) => {
    give(granted("group", `g${at}`, "member"), "user", members);
  });
  org.appGroups.forEach((groups, at) => {
    const app = granted("app", `a${at}`, "access");
    give(app, "group", groups);
    for (const { user, how } of org.appUsers[at]!) {
      grants.push({ granted: app, principalType: "user", principalId: `u${user}`, ...(how && { origin: how }) });
    }
  });
  org.roleGroups.forEach((groups, at) => {
    const role = granted("role", `R${at}`, "assigned");
    give(role, "group", groups);
    give(role, "user", org.roleUsers[at]!);
  });
  const entitlements = [...new Map(grants.map(({ granted: one }) => [one.id, one])).values()].map((one) =>
    create(EntitlementSchema, { id: one.id, resource: one.resource }),
  );
  const path = await makeSnapshot(folder(), [{ syncId: "s", resources, entitlements, grants }]);
  return openSnapshot(path);
}

/** What a plain walk over the org says: by entitlement, whether it is direct and through which groups. */
function walk(org: SmallOrg, user: number): Record<string, { direct: boolean | null; groups: number[] }> {
  const all: Record<string, { direct: boolean | null; groups: number[] }> = {};
  const mine = org.members.flatMap((members, group) => (members.includes(user) ? [group] : []));
  for (const group of mine) all[`group:g${group}:member`] = { direct: true, groups: [] };
  org.appGroups.forEach((groups, app) => {
    const through = groups.filter((group) => mine.includes(group)).sort();
    const row = org.appUsers[app]!.find((one) => one.user === user);
    if (!row && through.length === 0) return;
    const direct = row === undefined ? false : row.how === undefined ? null : row.how === "direct";
    all[`app:a${app}:access`] = { direct, groups: through };
  });
  org.roleGroups.forEach((groups, role) => {
    const through = groups.filter((group) => mine.includes(group)).sort();
    const direct = org.roleUsers[role]!.includes(user);
    if (direct || through.length > 0) all[`role:R${role}:assigned`] = { direct, groups: through };
  });
  return all;
}

const groupsIn = (held: Held) =>
  held.paths.flatMap(({ kind, via }) => (kind === "group" ? [Number(via.at(-1)!.id.slice(1))] : [])).sort();

const shown = (held: readonly Held[]) =>
  Object.fromEntries(held.map((one) => [one.entitlement, { direct: one.direct, groups: groupsIn(one) }]));

describe("the access graph", () => {
  it("says what a plain walk over the org says, of everybody, everything and every reason", async () => {
    await fc.assert(
      fc.asyncProperty(small, async (org) => {
        await using reader = await opened(org);
        const graph = new AccessGraph(reader.content());
        const people = Array.from({ length: org.users }, (_, at) => at);
        const expected = people.map((user) => walk(org, user));
        for (const user of people) {
          const reach = graph.reach({ type: "user", id: `u${user}` });
          expect(shown(reach)).toEqual(expected[user]);
          for (const { entitlement, direct, paths } of reach) {
            const why = graph.why({ type: "user", id: `u${user}` }, entitlement);
            expect(why).toMatchObject({ direct, paths: expect.arrayContaining([...paths]) });
            expect(paths.some(({ kind }) => kind === "direct")).toBe(direct === true);
          }
        }
        const entitlements = new Set(expected.flatMap((one) => Object.keys(one)));
        for (const entitlement of entitlements) {
          const holders = [...graph.holders(entitlement)].filter(({ principal }) => principal.type === "user");
          expect(Object.fromEntries(holders.map((held) => [held.principal.id, groupsIn(held)]))).toEqual(
            Object.fromEntries(
              people.flatMap((user) => {
                const one = expected[user]![entitlement];
                return one ? [[`u${user}`, one.groups]] : [];
              }),
            ),
          );
        }
      }),
      { numRuns: 60 },
    );
  });

  it("says who would lose what without a group, and who keeps it", async () => {
    await fc.assert(
      fc.asyncProperty(small, fc.nat({ max: 2 }), async (org, gone) => {
        await using reader = await opened(org);
        const graph = new AccessGraph(reader.content());
        const said = [...withoutGroup(graph, { type: "group", id: `g${gone}` })]
          .filter(({ principal }) => principal.type === "user")
          .map(({ principal, entitlement, outcome }) => `${principal.id} ${entitlement} ${outcome}`)
          .sort();
        const without: SmallOrg = {
          ...org,
          members: org.members.map((members, at) => (at === gone ? [] : members)),
        };
        const expected = org.members[gone]!.flatMap((user) => {
          const now = walk(org, user);
          const then = walk(without, user);
          return Object.entries(now).flatMap(([entitlement, { groups }]) => {
            if (!groups.includes(gone)) return [];
            const left = then[entitlement];
            const keeps = left !== undefined && (left.direct === true || left.groups.length > 0);
            const outcome = keeps ? "keeps" : left?.direct === null ? "unknown" : "loses";
            return [`u${user} ${entitlement} ${outcome}`];
          });
        });
        expect(said).toEqual(expected.sort());
      }),
      { numRuns: 40 },
    );
  });

  it("lists admin access before apps, and apps before groups", async () => {
    await using reader = await opened({
      users: 1,
      members: [[0]],
      appGroups: [[0]],
      appUsers: [[]],
      roleUsers: [[0]],
      roleGroups: [[]],
    });
    const reach = reachOf(new AccessGraph(reader.content()), { type: "user", id: "u0" });
    expect(reach.map(({ resource }) => resource.type)).toEqual(["role", "app", "group"]);
  });

  it("puts two people side by side", async () => {
    const org: SmallOrg = {
      users: 2,
      members: [[0, 1]],
      appGroups: [[0]],
      appUsers: [[{ user: 1, how: "direct" }]],
      roleUsers: [[1]],
      roleGroups: [[]],
    };
    await using reader = await opened(org);
    const sides = compareReach(
      new AccessGraph(reader.content()),
      { type: "user", id: "u0" },
      { type: "user", id: "u1" },
    );
    expect(sides.map(({ entitlement, left, right }) => [entitlement, left?.direct, right?.direct])).toEqual([
      ["role:R0:assigned", undefined, true],
      ["app:a0:access", false, true],
      ["group:g0:member", true, true],
    ]);
  });

  it("finds people by id, login, email and name, and suggests a login that is near", async () => {
    await using reader = await opened({
      users: 3,
      members: [],
      appGroups: [],
      appUsers: [],
      roleUsers: [],
      roleGroups: [],
    });
    const content = reader.content();
    for (const text of ["u1", "user:u1", "login1@ACME.example", "Login1@acme.example", "MAIL1@acme.example", "U1"]) {
      const found = findPerson(content, text);
      expect(found.kind === "one" && found.user.id, text).toBe("user:u1");
    }
    expect(findPerson(content, "Logn2@acme.example")).toEqual({ kind: "none", suggestion: "Login2@acme.example" });
  });
});
