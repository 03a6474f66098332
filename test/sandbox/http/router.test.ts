import { describe, expect, it } from "vitest";
import { Router } from "../../../src/sandbox/http/router.ts";
import { echo } from "./fake-org.ts";

const router = new Router([
  echo("GET", "/api/v1/users", "s"),
  echo("GET", "/api/v1/users/me", "s"),
  echo("GET", "/api/v1/users/{userId}", "s"),
  echo("DELETE", "/api/v1/users/{userId}", "s"),
  echo("POST", "/api/v1/users/{userId}/lifecycle/{operation}", "s"),
  echo("GET", "/api/v1/iam/resource-sets/{setId}/bindings/{roleId}/members", "s"),
]);

describe("Router", () => {
  it("finds the values of placeholders, decoded", () => {
    const { route, params } = router.match("GET", "/api/v1/iam/resource-sets/a%2Fb/bindings/%C3%A9/members");
    expect(route?.pattern).toBe("/api/v1/iam/resource-sets/{setId}/bindings/{roleId}/members");
    expect(params).toEqual({ setId: "a/b", roleId: "é" });
  });

  it("prefers a literal segment, but not where it does not take the method", () => {
    expect(router.match("GET", "/api/v1/users/me").pattern).toBe("/api/v1/users/me");
    expect(router.match("DELETE", "/api/v1/users/me")).toMatchObject({
      pattern: "/api/v1/users/{userId}",
      params: { userId: "me" },
    });
  });

  it("tells a path that takes other methods from one that is not there", () => {
    expect(router.match("PUT", "/api/v1/users/1")).toMatchObject({ route: undefined, methods: ["GET", "DELETE"] });
    expect(router.match("GET", "/api/v1/users/1/nothing")).toMatchObject({ route: undefined, methods: [] });
    expect(router.match("GET", "/")).toMatchObject({ route: undefined, methods: [] });
  });

  it("takes a slash at the end, but no empty segment as a value", () => {
    expect(router.match("GET", "/api/v1/users/").pattern).toBe("/api/v1/users");
    expect(router.match("POST", "/api/v1/users//lifecycle/suspend").methods).toEqual([]);
  });

  it("throws URIError on a malformed encoding", () => {
    expect(() => router.match("GET", "/api/v1/users/%E0%A4%A")).toThrow(URIError);
  });
});
