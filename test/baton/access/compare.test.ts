import { create } from "@bufbuild/protobuf";
import { afterAll, describe, expect, test } from "vitest";
import { compareSyncs } from "../../../src/baton/access/compare.ts";
import { exportJson } from "../../../src/baton/access/export/json.ts";
import { accessCsv, accesses, accessJsonLines } from "../../../src/baton/access/grants.ts";
import { pack } from "../../../src/baton/model/annotations.ts";
import { openSnapshot } from "../../../src/baton/snapshot/reader.ts";
import { UserTraitSchema } from "../../../src/gen/c1/connector/v2/annotation_trait_pb.ts";
import { V1IdentifierSchema } from "../../../src/gen/c1/connector/v2/annotation_v1_identifier_pb.ts";
import { EntitlementSchema } from "../../../src/gen/c1/connector/v2/entitlement_pb.ts";
import { ResourceSchema } from "../../../src/gen/c1/connector/v2/resource_pb.ts";
import { goldenPath } from "../model/golden.ts";
import { type MadeSync, makeSnapshot, scratch } from "../snapshot/build.ts";

const made = scratch();
afterAll(made.remove);

function sync(syncId: string, groupName: string, members: readonly string[], users = members): MadeSync {
  const group = create(ResourceSchema, { id: { resourceType: "group", resource: "g" }, displayName: groupName });
  const granted = { id: "group:g:member", v1Id: "membership:g", resource: group };
  return {
    syncId,
    resources: [
      group,
      ...users.map((id) =>
        create(ResourceSchema, {
          id: { resourceType: "user", resource: id },
          displayName: `=${id} "the, user"`,
          annotations: [
            pack(UserTraitSchema, { emails: [{ address: `${id}@x.example`, isPrimary: true }], login: id }),
          ],
        }),
      ),
    ],
    entitlements: [create(EntitlementSchema, { id: granted.id, resource: group, slug: "member" })],
    grants: members.map((principalId) => ({ granted, principalType: "user", principalId })),
  };
}

async function differences(before: MadeSync, after: MadeSync, options = {}) {
  const path = await makeSnapshot(made.folder(), [before, after]);
  await using reader = await openSnapshot(path);
  const found = compareSyncs(reader.content(before.syncId), reader.content(after.syncId), options);
  return [...found].map(({ table, id, change }) => `${change} ${table} ${id}`);
}

describe("the difference of two syncs", () => {
  test("is nothing where they hold the same", async () => {
    expect(await differences(sync("a", "G", ["1", "2"]), sync("b", "G", ["2", "1"]))).toEqual([]);
  });

  test("names what was added and removed, whatever letters ids hold", async () => {
    expect(
      await differences(sync("a", "G", ["1", "\uffee", "z"]), sync("b", "G", ["1", "\u{1f600}", "0", "z"])),
    ).toEqual([
      "added v1_resources user:0",
      "removed v1_resources user:\uffee",
      "added v1_resources user:\u{1f600}",
      "added v1_grants group:g:member:user:0",
      "removed v1_grants group:g:member:user:\uffee",
      "added v1_grants group:g:member:user:\u{1f600}",
    ]);
  });

  test("tells a renamed group once, and its copies only where they are asked for", async () => {
    const [before, after] = [sync("a", "old", ["1", "2"]), sync("b", "new", ["1", "2"])];
    expect(await differences(before, after)).toEqual(["changed v1_resources group:g"]);
    expect(await differences(before, after, { copies: true })).toHaveLength(4);
  });

  test("tells a changed expansion", async () => {
    const expandable = { entitlementIds: ["group:h:member"], shallow: true };
    const before = sync("a", "G", ["1"]);
    const after = { ...before, syncId: "b", grants: before.grants!.map((grant) => ({ ...grant, expandable })) };
    expect(await differences(before, after)).toEqual(["changed v1_grants group:g:member:user:1"]);
  });

  test("does not tell the order of annotations", async () => {
    const resource = (...ids: string[]) =>
      create(ResourceSchema, {
        id: { resourceType: "user", resource: "1" },
        annotations: ids.map((id) => pack(V1IdentifierSchema, { id })),
      });
    const before = { syncId: "a", resources: [resource("x", "y")] };
    expect(await differences(before, { syncId: "b", resources: [resource("y", "x")] })).toEqual([]);
    expect(await differences(before, { syncId: "b", resources: [resource("y", "z")] })).toHaveLength(1);
  });

  test("of two files reads both", async () => {
    await using one = await openSnapshot(goldenPath("reference.c1z"));
    await using other = await openSnapshot(goldenPath("reference.c1z"));
    expect([...compareSyncs(one.content(), other.content(), { copies: true })]).toEqual([]);
  });
});

/** How many users are assigned to apps in the golden org, themselves or through a group. */
const APP_USERS = 337;

describe("who holds what", () => {
  test("as CSV is quoted, and no name is a formula", async () => {
    const path = await makeSnapshot(made.folder(), [sync("a", "Group, one", ["1"])]);
    await using reader = await openSnapshot(path);
    expect([...accessCsv(reader.content())]).toEqual([
      "entitlement,resource_type,resource,resource_name,principal_type,principal,principal_name,email,login,direct,sources\r\n",
      `group:g:member,group,g,"Group, one",user,1,"'=1 ""the, user""",1@x.example,1,true,\r\n`,
    ]);
  });

  test("a principal that is not in the snapshot has no name", async () => {
    const path = await makeSnapshot(made.folder(), [sync("a", "G", ["1"], [])]);
    await using reader = await openSnapshot(path);
    expect([...accesses(reader.content())]).toMatchObject([{ principal: "1", principal_name: "", email: "" }]);
  });

  test("says through what it is held", async () => {
    await using reader = await openSnapshot(goldenPath("reference.c1z"));
    const rows = [...accessJsonLines(reader.content())].map((line) => JSON.parse(line));
    expect(rows).toHaveLength(737);
    const through = rows.filter(({ sources }) => sources.length > 0);
    expect(through).toHaveLength(64);
    expect(through.filter(({ direct }) => direct)).toHaveLength(2);
    // An app shows those who have it through a group beside its own, and the snapshot does not say which is which.
    const unknown = rows.filter(({ direct }) => direct === null);
    expect(unknown.every((row) => row.resource_type === "app" && row.principal_type === "user")).toBe(true);
    expect(unknown).toHaveLength(APP_USERS);
    expect(rows.filter(({ direct }) => direct)).toHaveLength(675 - APP_USERS);
    expect(rows.every(({ resource_name }) => resource_name !== "")).toBe(true);
  });
});

test("an export of nothing is JSON too", async () => {
  const path = await makeSnapshot(made.folder(), [{ syncId: "a" }]);
  await using reader = await openSnapshot(path);
  expect(JSON.parse([...exportJson(reader.content())].join(""))).toEqual({
    entitlements: {},
    grants: {},
    resource_types: {},
    resources: {},
  });
});
