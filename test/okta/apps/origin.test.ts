import { create } from "@bufbuild/protobuf";
import { expect, test } from "vitest";
import type { Grant } from "../../../src/baton/model/grant.ts";
import { ResourceSchema } from "../../../src/gen/c1/connector/v2/resource_pb.ts";
import { fakeOkta } from "../resource/fake-okta.ts";

const link = (id: string, kind = "groups") => ({ group: { href: `https://acme.okta.com/api/v1/${kind}/${id}` } });

async function grantsOf(rows: readonly unknown[]): Promise<readonly Grant[]> {
  const { type } = fakeOkta((path) => (path.startsWith("/api/v1/apps/0oa1/users") ? { body: rows } : { body: [] }));
  const app = create(ResourceSchema, { id: { resourceType: "app", resource: "0oa1" } });
  const page = await type("app").grants!(app, { of: "users" }, { signal: new AbortController().signal });
  return page.items;
}

test("an app user's grant states what Okta states of it: itself, through a group, through which one, or nothing", async () => {
  const grants = await grantsOf([
    { id: "00u1", scope: "USER" },
    { id: "00u2", scope: "GROUP" },
    { id: "00u3", scope: "GROUP", _links: link("00g1") },
    { id: "00u4", scope: "USER", _links: link("00g1") },
    { id: "00u5" },
    { id: "00u6", scope: "something new", _links: link("00g1") },
  ]);
  expect(grants.map(({ principalId, origin, sources }) => [principalId, origin, sources])).toEqual([
    ["00u1", "direct", undefined],
    ["00u2", "group", undefined],
    ["00u3", "group", ["group:00g1:member"]],
    ["00u4", "direct", ["app:0oa1:access", "group:00g1:member"]],
    ["00u5", undefined, undefined],
    ["00u6", undefined, undefined],
  ]);
});

test("a link that leads to no group names none, and what is no link is passed over", async () => {
  const rows = [link("00u9", "users"), { group: { href: 7 } }, { group: null }, null, "x", { group: { href: "" } }];
  const grants = await grantsOf(rows.map((_links, i) => ({ id: `00u${i}`, scope: "GROUP", _links })));
  expect(grants.map(({ origin, sources }) => [origin, sources])).toEqual(rows.map(() => ["group", undefined]));
});
