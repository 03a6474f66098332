import { describe, expect, test } from "vitest";
import { parseDomain } from "../../../../src/okta/api/http/domain.ts";
import { pathForPeople, patternOf } from "../../../../src/okta/api/limits/pattern.ts";
import { nextOfBody, nextOfLinkHeader, pathOnOrigin } from "../../../../src/okta/api/pages/pages.ts";
import { UnexpectedShape } from "../../../../src/okta/api/pages/unexpected-shape.ts";
import { isFailure } from "../../../../src/runtime/failure.ts";

describe("nextOfLinkHeader", () => {
  test.each([
    [undefined, undefined],
    ["", undefined],
    ['<https://a/x>; rel="self"', undefined],
    ['<https://a/x>; rel="self", <https://a/y?after=1>; rel="next"', "https://a/y?after=1"],
    ['<https://a/y?after=1,2;3>; rel="next"', "https://a/y?after=1,2;3"],
    ['<https://a/x>; title="a, <b>; rel=\\"next\\""; rel="self", <https://a/y>; rel=next', "https://a/y"],
    ['<https://a/y>; rel="last next"', "https://a/y"],
    ['<https://a/y>;REL="Next"', "https://a/y"],
    [' , <https://a/x>; rel="self" ,, <https://a/y>; a; b=c; rel="next"; rel="self" ,', "https://a/y"],
    ['<https://a/y>; rel="next", <https://a/y>; rel="next"', "https://a/y"],
    ['<https://a/y>; rel="nextish"', undefined],
  ])("%s", (header, next) => {
    expect(nextOfLinkHeader(header)).toBe(next);
  });
});

describe("a Link header that cannot be read is an error", () => {
  test.each([
    "<https://a/y",
    '<https://a/x>; rel="self", <https://a/y?after=1',
    'https://a/y?after=1; rel="next"',
    "<https://a/y>",
    "<https://a/y>; rel",
    "<https://a/y>; rel=",
    '<https://a/y>; rel=""',
    '<https://a/y>; rel="nex',
    '<https://a/y>; rel="next";',
    "<https://a/y>; re",
    '<https://a/y> rel="next"',
    '<>; rel="next"',
    '<https://a/<y>; rel="next"',
    '<https://a/y>; rel="next", <https://a/z>; rel="next"',
    "next",
    ";",
  ])("%s", (header) => {
    expect(() => nextOfLinkHeader(header)).toThrow(UnexpectedShape);
  });
});

describe("nextOfBody", () => {
  test.each([
    [{ _links: { next: { href: "/a" } } }, "/a"],
    [{ _links: { next: "/a" } }, "/a"],
    [{ links: { next: { href: "/a" } } }, "/a"],
    [{ links: { next: "/a" } }, "/a"],
    [{ _links: { self: { href: "/a" } }, links: { next: "/b" } }, "/b"],
    [{ _links: { next: null } }, undefined],
    [{ _links: null }, undefined],
    [{ _links: { next: "" } }, undefined],
    [[], undefined],
    [null, undefined],
  ])("%j", (body, next) => {
    expect(nextOfBody(body)).toBe(next);
  });
});

test.each([
  { _links: "x" },
  { _links: [] },
  { _links: { next: {} } },
  { _links: { next: 7 } },
  { _links: { next: { href: null } } },
  { links: { next: { href: "" } } },
  { links: { next: [{ href: 7 }] } },
])("a next page in the body that cannot be read is an error: %j", (body) => {
  expect(() => nextOfBody(body)).toThrow(UnexpectedShape);
});

describe("pathOnOrigin", () => {
  const origin = parseDomain("acme.okta.com");

  test("keeps path and query as they are", () => {
    expect(pathOnOrigin("https://acme.okta.com/api/v1/users?after=a%2Cb&limit=2", origin)).toBe(
      "/api/v1/users?after=a%2Cb&limit=2",
    );
    expect(pathOnOrigin("https://ACME.okta.com:443/a", origin)).toBe("/a");
    expect(pathOnOrigin("/api/v1/iam/roles?after=1", origin)).toBe("/api/v1/iam/roles?after=1");
  });

  test.each([
    "https://evil.com/api/v1/users",
    "http://acme.okta.com/api/v1/users",
    "https://acme.okta.com:8443/",
    "https://acme.okta.com.evil.com/",
    "https://acme.okta.com@evil.com/",
    "https://user@acme.okta.com/",
    "//evil.com/a",
    "/\\evil.com/a",
    "javascript:alert(1)",
    "https://",
  ])("refuses %s", (link) => {
    try {
      pathOnOrigin(link, origin);
    } catch (error) {
      expect(isFailure(error, "failedPrecondition")).toBe(true);
      return;
    }
    expect.unreachable();
  });
});

test.each([
  ["/api/v1/users?limit=200", "/api/v1/users"],
  ["/api/v1/users/00u1abc", "/api/v1/users/{id}"],
  ["/api/v1/users/me", "/api/v1/users/{id}"],
  ["/api/v1/users/alice%40acme.com/groups?after=1", "/api/v1/users/{id}/groups"],
  ["/api/v1/users/00u1/lifecycle/deactivate", "/api/v1/users/{id}/lifecycle/deactivate"],
  ["/api/v1/groups/00g1/users/00u1", "/api/v1/groups/{id}/users/{id}"],
  ["/api/v1/groups/rules", "/api/v1/groups/rules"],
  ["/api/v1/apps/0oa1/groups", "/api/v1/apps/{id}/groups"],
  ["/api/v1/iam/assignees/users", "/api/v1/iam/assignees/users"],
  ["/api/v1/iam/resource-sets/iam1/bindings/cr1/members", "/api/v1/iam/resource-sets/{id}/bindings/{id}/members"],
  ["/api/v1/iam/roles/My%20Role", "/api/v1/iam/roles/{id}"],
  ["/api/v1/users/users/roles", "/api/v1/users/{id}/roles"],
  ["/api/v1/org", "/api/v1/org"],
  ["/api/v1/policies/00p1xyz", "/api/v1/policies/{id}"],
])("the pattern of %s", (path, pattern) => {
  expect(patternOf(path)).toBe(pattern);
});

test("a path for people holds no query and no login", () => {
  expect(pathForPeople("/api/v1/users/alice@acme.com/groups?search=x")).toBe("/api/v1/users/{login}/groups");
  expect(pathForPeople("/api/v1/users/alice%40acme.com")).toBe("/api/v1/users/{login}");
  expect(pathForPeople("/api/v1/users/00u1")).toBe("/api/v1/users/00u1");
});
