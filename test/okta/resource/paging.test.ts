import { expect, test } from "vitest";
import { fakeOkta } from "./fake-okta.ts";
import { call, walk } from "./walk.ts";

const named = (prefix: string) => Array.from({ length: 5 }, (_, at) => ({ id: `${prefix}${at}` }));
const admin = (label: string, assignmentType: string) => ({ type: label, label, status: "ACTIVE", assignmentType });

/** Every list of the org: five of everything, two to a page. */
const LISTS: readonly (readonly [RegExp, string | undefined, readonly unknown[]])[] = [
  [/^users$/, undefined, named("u")],
  [/^groups$/, undefined, named("g")],
  [/^groups\/g\d\/users$/, undefined, named("u")],
  [/^groups\/g\d\/roles$/, undefined, ["A", "B", "C"].map((label) => admin(label, "GROUP"))],
  [/^apps$/, undefined, named("a")],
  [/^apps\/a\d\/users$/, undefined, named("u")],
  [/^apps\/a\d\/groups$/, undefined, named("g")],
  [/^iam\/assignees\/users$/, "value", named("u")],
  [/^users\/u\d\/roles$/, undefined, ["A", "B", "C"].map((label) => admin(label, "USER"))],
  [/^iam\/roles$/, "roles", named("cr")],
  [/^iam\/resource-sets$/, "resource-sets", named("s")],
  [/^iam\/resource-sets\/s\d\/bindings$/, "roles", named("cr")],
  [
    /^iam\/resource-sets\/s\d\/bindings\/cr\d\/members$/,
    "members",
    named("u").map(({ id }) => ({
      id: `m${id}`,
      _links: { self: { href: `https://acme.okta.com/api/v1/users/${id}` } },
    })),
  ],
  [/^api-tokens$/, undefined, named("t")],
  [/^devices$/, undefined, named("d")],
];

function okta() {
  return fakeOkta((path) => {
    const { pathname, searchParams } = new URL(path, "https://acme.okta.com");
    if (/^\/api\/v1\/iam\/roles\/cr\d$/.test(pathname)) return { body: { id: pathname.slice(-3) } };
    const [, field, all] = LISTS.find(([pattern]) => pattern.test(pathname.slice("/api/v1/".length)))!;
    const from = Number(searchParams.get("after") ?? 0);
    const some = all.slice(from, from + 2);
    const body = field === undefined ? some : { [field]: some };
    if (from + 2 >= all.length) return { body };
    searchParams.set("after", String(from + 2));
    return { body, next: `${pathname}?${searchParams}` };
  });
}

test.each([
  ["as a sync reads it", true, {}],
  ["as a client reads it", false, { syncId: "2WCJqN1fSAG8nQ4GGLOaUwHFyWA" }],
])("every page of every list counts, %s", async (_, all, how) => {
  const walked = await walk(okta().connector, call(how), all);
  const count = (map: object, start: RegExp) => Object.keys(map).filter((key) => start.test(key)).length;
  const resources = ["user", "group", "app", "custom-role", "resource-set", "api-token", "device"];
  for (const type of resources) expect(count(walked.resources, new RegExp(`^${type}:`)), type).toBe(5);
  expect(count(walked.resources, /^resourceset-binding:/)).toBe(25);
  expect(count(walked.grants, /^group:g\d:member:user:/)).toBe(25);
  expect(count(walked.grants, /^role:[ABC]:assigned:group:g\d$/)).toBe(15);
  expect(count(walked.grants, /^app:a\d:access:user:/)).toBe(25);
  expect(count(walked.grants, /^app:a\d:access:group:/)).toBe(25);
  expect(count(walked.grants, /^resource-set:s\d:bindings:custom-role:/)).toBe(25);
  expect(count(walked.grants, /^resourceset-binding:s\d:cr\d:member:user:/)).toBe(125);
  // A client asks for the roles that were listed; these three show by their grants alone.
  expect(count(walked.grants, /^role:[ABC]:assigned:user:u\d$/)).toBe(all ? 15 : 0);
  expect(count(walked.resources, /^role:[ABC]$/)).toBe(3);
  expect(walked.refused).toEqual([]);
});
