import { create } from "@bufbuild/protobuf";
import { afterAll, expect, test } from "vitest";
import { changes } from "../../../src/baton/access/changes.ts";
import { fieldChanges } from "../../../src/baton/access/fields.ts";
import type { Dangers } from "../../../src/baton/model/danger.ts";
import { openSnapshot } from "../../../src/baton/snapshot/reader.ts";
import { ResourceSchema } from "../../../src/gen/c1/connector/v2/resource_pb.ts";
import { makeSnapshot, scratch } from "../snapshot/build.ts";

const made = scratch();
afterAll(made.remove);

const DANGERS: Dangers = {
  kinds: [
    { title: "b first", level: "high" },
    { title: "others", level: "info" },
  ],
  judge: () => (row) => (row.resource.id.startsWith("b") ? 0 : 1),
};

test("changes come in pages, by kind and then as the snapshots order them", async () => {
  const user = (id: string) => create(ResourceSchema, { id: { resourceType: "user", resource: id } });
  const sync = (syncId: string, ids: string[]) => ({ syncId, resources: ids.map(user) });
  const path = await makeSnapshot(made.folder(), [sync("x", ["a1", "a0"]), sync("y", ["a2", "b1", "a0", "b0"])]);
  await using reader = await openSnapshot(path);
  using found = changes(reader.content("x"), reader.content("y"), DANGERS);
  expect(found.total).toBe(4);
  const ids = (options = {}) => [...found.list(options)].map(({ id }) => id);
  expect(ids()).toEqual(["user:b0", "user:b1", "user:a1", "user:a2"]);
  expect([...ids({ limit: 3 }), ...ids({ skip: 3, limit: 3 })]).toEqual(ids());
  expect(found.counts().map(({ danger, change, count }) => [danger.title, change, count])).toEqual([
    ["b first", "added", 2],
    ["others", "added", 1],
    ["others", "removed", 1],
  ]);
});

test("annotations are compared by what they are called, lists as one value", () => {
  const annotation = (name: string, value: unknown) =>
    ({ "@type": `type.googleapis.com/c1.x.${name}`, value }) as never;
  const before = { annotations: [annotation("A", 1), annotation("B", { c: [1, 2] })], same: "x" };
  const after = { annotations: [annotation("B", { c: [1, 3] }), annotation("D", 1)], same: "x" };
  expect(fieldChanges(before, after)).toEqual([
    { field: "annotations.A", before: annotation("A", 1), after: undefined },
    { field: "annotations.B.value.c", before: [1, 2], after: [1, 3] },
    { field: "annotations.D", before: undefined, after: annotation("D", 1) },
  ]);
});
