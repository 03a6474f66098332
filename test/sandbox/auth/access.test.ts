import { describe, expect, it } from "vitest";
import { verdict } from "../../../src/sandbox/auth/access.ts";
import type { Caller } from "../../../src/sandbox/http/route.ts";
import { call, DIRECTORY, echo, ROUTES, serveFake } from "../http/fake-org.ts";

function asks(caller: Caller, line: string, params: Record<string, string> = {}, body?: unknown): string {
  const [method, pattern] = line.split(" ");
  const route = ROUTES.find((one) => one.method === method && one.pattern === pattern);
  return verdict(DIRECTORY, caller, route!, params, body);
}

function admin(...roles: string[]): Caller {
  return { id: "00T1", userId: "00uSelf", roles };
}

const LISTS = ["users", "groups", "apps", "logs", "devices"].map((name) => `GET /api/v1/${name}`);
const GROUP = { groupId: "00gPlain" };
const ADMIN_GROUP = { groupId: "00gAdmins" };
const ADD_MEMBER = "PUT /api/v1/groups/{groupId}/users/{userId}";

describe("verdict by admin role", () => {
  it("a super admin may do everything", () => {
    for (const { method, pattern } of ROUTES) {
      expect(asks(admin("SUPER_ADMIN"), `${method} ${pattern}`, ADMIN_GROUP)).toBe("allowed");
    }
  });

  it("a read-only admin reads objects, but neither roles nor tokens, and changes nothing", () => {
    const reader = admin("READ_ONLY_ADMIN");
    for (const line of LISTS) {
      expect(asks(reader, line)).toBe("allowed");
    }
    for (const line of ["GET /api/v1/groups/{groupId}/roles", "GET /api/v1/iam/roles", "GET /api/v1/api-tokens"]) {
      expect(asks(reader, line, GROUP)).toBe("denied");
    }
    for (const { method, pattern } of ROUTES.filter(({ method }) => method !== "GET")) {
      expect(asks(reader, `${method} ${pattern}`, GROUP)).toBe("denied");
    }
  });

  it.each([
    ["ORG_ADMIN", "POST /api/v1/users", true],
    ["ORG_ADMIN", "GET /api/v1/groups/{groupId}/roles", true],
    ["ORG_ADMIN", "POST /api/v1/groups/{groupId}/roles", false],
    ["APP_ADMIN", "POST /api/v1/apps/{appId}/users", true],
    ["APP_ADMIN", ADD_MEMBER, false],
    ["USER_ADMIN", "POST /api/v1/users/{userId}/lifecycle/suspend", true],
    ["USER_ADMIN", "POST /api/v1/apps/{appId}/users", false],
    ["GROUP_MEMBERSHIP_ADMIN", ADD_MEMBER, true],
    ["GROUP_MEMBERSHIP_ADMIN", "DELETE /api/v1/groups/{groupId}", false],
    ["HELP_DESK_ADMIN", "POST /api/v1/users/{userId}/lifecycle/unlock", true],
    ["HELP_DESK_ADMIN", "POST /api/v1/users/{userId}/lifecycle/suspend", false],
    ["REPORT_ADMIN", "GET /api/v1/logs", true],
    ["REPORT_ADMIN", "POST /api/v1/users", false],
    ["API_ACCESS_MANAGEMENT_ADMIN", "GET /api/v1/apps", true],
    ["MOBILE_ADMIN", "GET /api/v1/devices", true],
    ["WORKFLOWS_ADMIN", "GET /api/v1/users", false],
  ])("%s: %s %s", (role, line, allowed) => {
    expect(asks(admin(role), line, { id: "00x1" })).toBe(allowed ? "allowed" : "denied");
  });

  it("several roles add up", () => {
    expect(asks(admin("HELP_DESK_ADMIN", "APP_ADMIN"), "POST /api/v1/apps/{appId}/users", { appId: "1" })).toBe(
      "allowed",
    );
  });

  it("only a super admin changes a group that makes somebody an admin", () => {
    for (const role of ["ORG_ADMIN", "USER_ADMIN", "GROUP_MEMBERSHIP_ADMIN"]) {
      expect(asks(admin(role), ADD_MEMBER, GROUP)).toBe("allowed");
      expect(asks(admin(role), ADD_MEMBER, ADMIN_GROUP)).toBe("denied");
    }
    expect(asks(admin("ORG_ADMIN"), "DELETE /api/v1/groups/{groupId}", ADMIN_GROUP)).toBe("denied");
    expect(asks(admin("ORG_ADMIN"), "POST /api/v1/users", {}, { groupIds: ["00gAdmins"] })).toBe("denied");
    expect(asks(admin("ORG_ADMIN"), "POST /api/v1/users", {}, { groupIds: ["00gPlain"] })).toBe("allowed");
  });

  it("lesser admins do not change admins", () => {
    const line = "POST /api/v1/users/{userId}";
    expect(asks(admin("USER_ADMIN"), line, { userId: "00uAdmin" })).toBe("denied");
    expect(asks(admin("ORG_ADMIN"), line, { userId: "00uAdmin" })).toBe("allowed");
    expect(asks(admin("ORG_ADMIN"), line, { userId: "00uSuper" })).toBe("denied");
  });

  it("everybody reads themselves", () => {
    for (const userId of ["me", "00uSelf"]) {
      expect(asks(admin(), "GET /api/v1/users/{userId}", { userId })).toBe("allowed");
    }
    expect(asks(admin(), "GET /api/v1/users/{userId}", { userId: "00uOther" })).toBe("denied");
    expect(asks(admin(), "GET /api/v1/users")).toBe("denied");
  });
});

describe("verdict by scope", () => {
  const app = (roles: string[], ...scopes: string[]): Caller => ({ id: "0oa1", roles, scopes });

  it("a scope that is not there refuses even a super admin", () => {
    expect(asks(app(["SUPER_ADMIN"], "okta.groups.read"), "GET /api/v1/users")).toBe("missingScope");
  });

  it("manage includes read, not the other way round", () => {
    expect(asks(app(["SUPER_ADMIN"], "okta.users.manage"), "GET /api/v1/users")).toBe("allowed");
    expect(asks(app(["SUPER_ADMIN"], "okta.users.read"), "POST /api/v1/users")).toBe("missingScope");
  });

  it("without an admin role lists are empty, objects are not there, the rest is refused", () => {
    const scopes = [...new Set(ROUTES.map(({ scope }) => scope))];
    const blind = app([], ...scopes);
    for (const line of LISTS) {
      expect(asks(blind, line)).toBe("emptyList");
    }
    expect(asks(blind, "GET /api/v1/users/{userId}", { userId: "00u1" })).toBe("notFound");
    expect(asks(blind, "GET /api/v1/iam/roles")).toBe("denied");
    expect(asks(blind, "POST /api/v1/users")).toBe("denied");
  });
});

describe("API tokens over HTTP", () => {
  it("carry what their owner holds at the time, and stop with it", async () => {
    const held: Record<string, string[]> = { "00uA": ["READ_ONLY_ADMIN"] };
    const active = new Set(["00uA"]);
    const { serve } = await import("../../../src/sandbox/serve.ts");
    const directory = {
      ...DIRECTORY,
      rolesOfUser: (id: string) => held[id] ?? [],
      isActive: (id: string) => active.has(id),
    };
    const sandbox = await serve(
      { routes: [echo("GET", "/api/v1/groups", "s"), echo("POST", "/api/v1/groups", "s")], directory },
      { tokens: [{ token: "t", userId: "00uA" }] },
    );
    const headers = { authorization: "SSWS t" };
    try {
      expect((await call(sandbox, "/api/v1/groups", { headers })).status).toBe(200);
      const denied = await call(sandbox, "/api/v1/groups", { headers, method: "POST" });
      expect([denied.status, await denied.json()]).toMatchObject([403, { errorCode: "E0000006" }]);
      held["00uA"] = ["ORG_ADMIN"];
      expect((await call(sandbox, "/api/v1/groups", { headers, method: "POST" })).status).toBe(200);
      active.clear();
      expect((await call(sandbox, "/api/v1/groups", { headers })).status).toBe(401);
    } finally {
      await sandbox.close();
    }
  });

  it("take their roles from the options where those say", async () => {
    const sandbox = await serveFake({ tokens: [{ token: "ro", roles: ["READ_ONLY_ADMIN"] }] });
    const headers = { authorization: "SSWS ro" };
    expect((await call(sandbox, "/api/v1/users", { headers })).status).toBe(200);
    expect((await call(sandbox, "/api/v1/groups/1/roles", { headers })).status).toBe(403);
  });
});
