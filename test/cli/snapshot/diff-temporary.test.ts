import { create } from "@bufbuild/protobuf";
import { afterAll, beforeAll, expect, it } from "vitest";
import { pack } from "../../../src/baton/model/annotations.ts";
import { wireGrant } from "../../../src/baton/model/encode.ts";
import type { Grant } from "../../../src/baton/model/grant.ts";
import { GrantMetadataSchema } from "../../../src/gen/c1/connector/v2/annotation_grant_pb.ts";
import { ResourceSchema } from "../../../src/gen/c1/connector/v2/resource_pb.ts";
import { makeSnapshot, scratch } from "../../baton/snapshot/build.ts";
import { runHere } from "../in-process.ts";

const made = scratch();
afterAll(made.remove);

const group = create(ResourceSchema, { id: { resourceType: "group", resource: "g" }, displayName: "Oncall" });
const standing = (principalId: string): Grant => ({
  granted: { id: "group:g:member", v1Id: "membership:g", resource: group },
  principalType: "user",
  principalId,
});
const marked = (principalId: string, metadata: Record<string, string | boolean>): Grant => {
  const grant = standing(principalId);
  const message = wireGrant(grant);
  return { ...grant, message: { ...message, annotations: [pack(GrantMetadataSchema, { metadata })] } };
};
const until = (end: string) => ({ lease_id: "L1", lease_ends: end });

let file: string;
beforeAll(async () => {
  file = await makeSnapshot(made.folder(), [
    {
      syncId: "before",
      resources: [group],
      grants: [
        standing("same"),
        standing("u-turned"),
        marked("u-extended", until("T1")),
        marked("u-gone", until("T1")),
      ],
    },
    {
      syncId: "after",
      resources: [group],
      grants: [
        standing("same"),
        marked("u-turned", until("T1")),
        marked("u-extended", until("T2")),
        marked("u-new", until("T3")),
        marked("u-again", { lease_id: "L2", lease_ended: "T0", given_again: true }),
        standing("u-stands"),
      ],
    },
  ]);
});

it("marks access that is there for a lease, and tells of what turned temporary or ends at another time", async () => {
  const { stdout } = await runHere(["snapshot", "diff", file, "-o", "json"]);
  const rows = stdout
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line));
  expect(Object.fromEntries(rows.map(({ principal, change, temporary }) => [principal, [change, temporary]]))).toEqual({
    "user:u-turned": ["changed", "until T1"],
    "user:u-extended": ["changed", "until T2"],
    "user:u-gone": ["removed", "until T1"],
    "user:u-new": ["added", "until T3"],
    "user:u-again": ["added", "given again after T0"],
    "user:u-stands": ["added", null],
  });
  const csv = (await runHere(["snapshot", "diff", file, "-o", "csv"])).stdout.split("\r\n");
  expect(csv[0]).toMatch(/,entitlement,temporary,field,/);
  expect(csv.filter((line) => line.includes(",added,grant,group:g:member:user:u-new,"))).toEqual([
    expect.stringContaining(",group:g:member,until T3,,,"),
  ]);
});

it("says so to people", async () => {
  const { stdout } = await runHere(["snapshot", "diff", file]);
  expect(stdout).toContain("+ grant group:g:member:user:u-new (Oncall) [temporary: until T3]\n");
  expect(stdout).toContain("- grant group:g:member:user:u-gone (Oncall) [was temporary: until T1]\n");
  expect(stdout).toContain("+ grant group:g:member:user:u-stands (Oncall)\n");
});
