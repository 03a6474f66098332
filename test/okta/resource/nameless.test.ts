import { expect, test } from "vitest";
import { userByLogin } from "../../../src/okta/users/accounts/by-login.ts";
import { changing, writes } from "./changing.ts";
import { fakeOkta } from "./fake-okta.ts";
import { call } from "./walk.ts";

/** What does not say what it is may be what was looked for: it is never taken for "not there". */

test.each([{}, { id: "00u1" }, { profile: { login: "ann@acme.test" } }, { id: "00u1", profile: { login: 7 } }])(
  "an answer for a login without an id or a login is nobody's absence: %j",
  async (body) => {
    const source = { client: { get: async () => body } } as never;
    await expect(userByLogin(source, "ann@acme.test", call())).rejects.toMatchObject({
      kind: "unavailable",
      message: expect.stringContaining("corrupt"),
    });
  },
);

const OTHER = { _links: { self: { href: "https://acme.okta.com/api/v1/users/00uOther" } } };
const LISTS = [
  ["group:00gStaff:member", "user:00uBob", "/api/v1/users/00uBob/groups", [{ type: "OKTA_GROUP" }]],
  ["role:HELP_DESK_ADMIN:assigned", "user:00uAdmin", "/api/v1/users/00uAdmin/roles", [{ id: "ra1", status: "ACTIVE" }]],
  ["resourceset-binding:iamSet:cr0One:member", "user:00uAdmin", "/members", { members: [{ id: "m1" }, OTHER] }],
] as const;

test.each(LISTS)(
  "%s is not taken from %s as gone already where an item says nothing of itself",
  async (what, who, path, body) => {
    const okta = await changing();
    okta.sandbox.intercept(({ url }) => (url.includes(path) ? { status: 200, body } : undefined));
    await expect(okta.revoke(what, who)).rejects.toMatchObject({
      kind: "unavailable",
      message: expect.stringContaining("corrupt"),
    });
    expect(writes(okta.asked)).toEqual([]);
  },
);

test("a member of a binding without an id is not taken for none", async () => {
  const okta = await changing();
  const self = { href: `${okta.sandbox.url}/api/v1/users/00uAdmin` };
  okta.sandbox.intercept(({ url }) =>
    url.includes("/members") ? { status: 200, body: { members: [{ _links: { self } }] } } : undefined,
  );
  await expect(okta.revoke("resourceset-binding:iamSet:cr0One:member", "user:00uAdmin")).rejects.toMatchObject({
    message: expect.stringContaining("without an id"),
  });
});

test("a second count does not leave out what has no id", async () => {
  const { type } = fakeOkta(() => ({ body: [{ id: "0oa1" }, {}] }));
  await expect(type("group").holdings!("00g1", call())).rejects.toMatchObject({ kind: "unavailable" });
});
