import { expect, it } from "vitest";
import { Memo } from "../../../src/okta/resource/memo.ts";
import { fakeOkta } from "./fake-okta.ts";
import { call } from "./walk.ts";

const MINUTE = 60_000;

function memoAt() {
  let now = 0;
  const memo = new Memo({ now: () => now });
  const of = (syncId: string) => memo.of({ syncId, signal: new AbortController().signal })!.users;
  return { memo, of, pass: (ms: number) => (now += ms) };
}

it("keeps eight syncs apart, and lets the one that was used longest ago go", () => {
  const { of } = memoAt();
  for (let n = 0; n < 8; n++) of(`sync ${n}`).set("user", n === 0);
  expect(of("sync 0").get("user")).toBe(true);
  of("sync 8");
  expect(of("sync 0").get("user")).toBe(true);
  expect(of("sync 1").size).toBe(0);
});

it("forgets a sync that says nothing for half an hour, and any after six hours", () => {
  const { of, pass } = memoAt();
  of("one").set("user", true);
  pass(29 * MINUTE);
  expect(of("one").size).toBe(1);
  pass(30 * MINUTE);
  expect(of("one").size).toBe(0);
  of("one").set("user", true);
  for (let n = 0; n < 17; n++) {
    pass(20 * MINUTE);
    expect(of("one").size).toBe(1);
  }
  pass(20 * MINUTE);
  expect(of("one").size).toBe(0);
});

it("forgets all of them with a change, one with its end, and remembers nothing outside of a sync", () => {
  const { memo, of } = memoAt();
  of("one").set("user", true);
  of("other").set("user", true);
  memo.forget("one");
  expect([of("one").size, of("other").size]).toEqual([0, 1]);
  memo.drop();
  expect(of("other").size).toBe(0);
  expect(memo.of({ signal: new AbortController().signal })).toBeUndefined();
});

const syncId = "2WCJqN1fSAG8nQ4GGLOaUwHFyWA";
const idOf = (resourceType: string, resource: string) => ({ id: { resourceType, resource }, annotations: [] }) as never;

it("remembers nothing of a page that was under way when something changed: neither users nor groups nor what is empty", async () => {
  const changed = Promise.withResolvers<void>();
  const member = { id: "m1", _links: { self: { href: "/api/v1/users/00u1" } } };
  const { type, asked } = fakeOkta(
    (path) => {
      const until = changed.promise;
      if (path.startsWith("/api/v1/users?")) return { body: [{ id: "00u1", profile: { login: "a@acme.com" } }], until };
      if (path === "/api/v1/users/00u1") return { body: { id: "00u1", profile: { login: "a@else.where" } } };
      if (path.startsWith("/api/v1/groups?")) {
        const empty = { usersCount: 0, appsCount: 0, hasAdminPrivilege: false };
        return { body: [{ id: "00g1", type: "OKTA_GROUP", _embedded: { stats: empty } }], until };
      }
      if (path.startsWith("/api/v1/groups/00g1/users")) return { body: [] };
      return path.endsWith("/members") ? { body: { members: [member] } } : undefined;
    },
    { filterEmailDomains: ["acme.com"], skipAppGroups: true },
  );
  const lists = [type("user").list(undefined, call({ syncId })), type("group").list(undefined, call({ syncId }))];
  // That nothing answers the deletion does not matter: it was sent.
  await type("user").remove!("00u1", call()).catch(() => {});
  changed.resolve();
  await Promise.all(lists);
  asked.length = 0;
  const grants = await type("resourceset-binding").grants!(
    idOf("resourceset-binding", "set:role"),
    undefined,
    call({ syncId }),
  );
  expect([grants.items, asked.at(-1)]).toEqual([[], "/api/v1/users/00u1"]);
  await type("group").grants!(idOf("group", "00g1"), undefined, call({ syncId }));
  expect(asked.at(-1)).toMatch("/api/v1/groups/00g1/users");
});
