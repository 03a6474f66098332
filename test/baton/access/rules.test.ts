import { create, type JsonObject } from "@bufbuild/protobuf";
import { afterAll, expect, test } from "vitest";
import { AccessGraph } from "../../../src/baton/access/graph.ts";
import { Names } from "../../../src/baton/access/names.ts";
import { withoutGroup } from "../../../src/baton/access/what-if.ts";
import { whyText } from "../../../src/baton/access/why.ts";
import type { Grant } from "../../../src/baton/model/grant.ts";
import { openSnapshot } from "../../../src/baton/snapshot/reader.ts";
import { EntitlementSchema } from "../../../src/gen/c1/connector/v2/entitlement_pb.ts";
import { type Resource, ResourceSchema } from "../../../src/gen/c1/connector/v2/resource_pb.ts";
import { makeSnapshot, scratch } from "../snapshot/build.ts";

const { folder, remove } = scratch();
afterAll(remove);

const resource = (type: string, id: string, profile: JsonObject = {}): Resource =>
  create(ResourceSchema, { id: { resourceType: type, resource: id }, displayName: id.toUpperCase(), profile });
const rule = (id: string, status: string, groups: unknown, excluded: unknown = []) =>
  resource("group-rule", id, { status, group_ids: groups, excluded_user_ids: excluded } as JsonObject);

async function graphOf(rules: readonly Resource[], more: readonly Grant[] = []) {
  const group = resource("group", "g");
  const member = { id: "group:g:member", v1Id: "v", resource: group };
  const grants = ["ann", "bob"].map((id) => ({ granted: member, principalType: "user", principalId: id }));
  const path = await makeSnapshot(folder(), [
    {
      syncId: "s",
      resources: [group, resource("user", "ann"), resource("user", "bob"), ...rules],
      entitlements: [create(EntitlementSchema, { id: member.id, resource: group })],
      grants: [...grants, ...more],
    },
  ]);
  return openSnapshot(path);
}

test("a membership may be due to any active rule that names the group and does not exclude the user", async () => {
  const rules = [
    rule("r1", "ACTIVE", ["g", "other"]),
    rule("r2", "ACTIVE", ["g"], ["bob"]),
    rule("r3", "INACTIVE", ["g"]),
    rule("r4", "INVALID", ["g"]),
    rule("r5", "ACTIVE", ["other"]),
    rule("r6", "ACTIVE", "g"),
  ];
  await using reader = await graphOf(rules);
  const content = reader.content();
  const graph = new AccessGraph(content);
  const why = (id: string) => graph.why({ type: "user", id }, "group:g:member")!;
  expect(why("ann")).toMatchObject({
    direct: true,
    paths: [
      { kind: "direct", via: [], asserted: true },
      { kind: "rule", via: [{ type: "group-rule", id: "r1" }], asserted: false },
      { kind: "rule", via: [{ type: "group-rule", id: "r2" }], asserted: false },
    ],
  });
  expect(why("bob").paths.map(({ via }) => via[0]?.id)).toEqual([undefined, "r1"]);
  expect(whyText(why("ann"), new Names(content))).toBe("directly, possibly by rule R1 or rule R2");
  expect(whyText(why("bob"), new Names(content))).toBe("directly, possibly by rule R1");
});

test("a rule is no other way to keep what a group gives", async () => {
  const role = { id: "group:outer:member", v1Id: "v", resource: resource("group", "outer") };
  const more = [{ granted: role, principalType: "group", principalId: "g" }];
  await using reader = await graphOf([rule("r1", "ACTIVE", ["g", "outer"])], more);
  const said = [...withoutGroup(new AccessGraph(reader.content()), { type: "group", id: "g" })];
  expect(said.map(({ principal, outcome }) => `${principal.id} ${outcome}`).sort()).toEqual([
    "ann loses",
    "bob loses",
    "g loses",
  ]);
});

test("a group that the other side names is a reason, even where the snapshot does not show its members", async () => {
  const app = { id: "app:a:access", v1Id: "v", resource: resource("app", "a") };
  const through = (principalId: string, group: string): Grant => ({
    ...{ granted: app, principalType: "user", principalId, origin: "group", sources: [`group:${group}:member`] },
  });
  await using reader = await graphOf([], [through("ann", "hidden"), through("bob", "g")]);
  const graph = new AccessGraph(reader.content());
  const why = (id: string) => graph.why({ type: "user", id }, "app:a:access")!;
  expect(why("ann")).toMatchObject({
    direct: false,
    paths: [{ kind: "group", via: [{ type: "group", id: "hidden" }], asserted: true }],
  });
  expect(whyText(why("ann"), new Names(reader.content()))).toBe("through group hidden");
  expect(why("bob").paths).toEqual([{ kind: "group", via: [{ type: "group", id: "g" }], asserted: true }]);
});
