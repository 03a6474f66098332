import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { directoryOf, superAdminOf } from "../../../src/sandbox/auth/directory.ts";
import { orgFromJson } from "../../../src/sandbox/org/json.ts";
import type { Org } from "../../../src/sandbox/org/org.ts";
import { type Sandbox, startSandbox } from "../../../src/sandbox/sandbox.ts";

const role = (type: string, status = "ACTIVE", assignmentType = "USER") => ({
  id: `ra1${type}${assignmentType}`,
  label: type,
  type,
  status,
  created: "2024-01-01T00:00:00.000Z",
  lastUpdated: "2024-01-01T00:00:00.000Z",
  assignmentType,
});
const user = (id: string, status = "ACTIVE") => ({
  id,
  status,
  created: "2024-01-01T00:00:00.000Z",
  lastUpdated: "2024-01-01T00:00:00.000Z",
  profile: { login: `${id}@acme.example`, email: `${id}@acme.example`, firstName: id, lastName: "X" },
});

let org: Org;
let sandbox: Sandbox | undefined;

beforeEach(() => {
  org = orgFromJson({
    users: [user("00uGone", "SUSPENDED"), user("00uPlain"), user("00uSuper"), user("00uMember")],
    groups: [
      {
        id: "00gPlain",
        type: "OKTA_GROUP",
        created: "2024-01-01T00:00:00.000Z",
        lastUpdated: "2024-01-01T00:00:00.000Z",
        lastMembershipUpdated: "2024-01-01T00:00:00.000Z",
        profile: { name: "Plain", description: null },
      },
    ],
    userRoles: {
      "00uGone": [role("SUPER_ADMIN")],
      "00uPlain": [role("SUPER_ADMIN", "INACTIVE"), role("HELP_DESK_ADMIN")],
      "00uSuper": [role("SUPER_ADMIN")],
    },
  });
});

afterEach(async () => {
  await sandbox?.close();
  sandbox = undefined;
});

async function call(method: string, path: string, token: string, body?: unknown): Promise<number> {
  const answer = await fetch(sandbox!.url + path, {
    method,
    headers: { authorization: `SSWS ${token}`, "content-type": "application/json" },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  await answer.text();
  return answer.status;
}

describe("directoryOf", () => {
  it("knows active roles by id and by login", () => {
    const directory = directoryOf(org);
    expect(directory.rolesOfUser("00uPlain")).toEqual(["HELP_DESK_ADMIN"]);
    expect(directory.rolesOfUser("00uSuper@acme.example")).toEqual(["SUPER_ADMIN"]);
    expect(directory.rolesOfUser("00uNobody")).toEqual([]);
    expect(["00uGone", "00uPlain", "00uNobody"].map((id) => directory.isActive(id))).toEqual([false, true, false]);
  });

  it("finds an active super admin, else anybody who is active, else nobody", () => {
    expect(superAdminOf(org)).toBe("00uSuper");
    org.updateUser(org.user("00uSuper")!, { status: "DEPROVISIONED" });
    expect(superAdminOf(org)).toBe("00uPlain");
    expect(superAdminOf(orgFromJson({ users: [] }))).toBeUndefined();
  });
});

describe("an API token of a group's member", () => {
  it("gains and loses with the group's role, which makes the group one that only super admins change", async () => {
    sandbox = await startSandbox({ org, tokens: [{ token: "member", userId: "00uMember" }] });
    const all = sandbox.token;
    expect(await call("GET", "/api/v1/groups", "member")).toBe(403);
    expect(await call("PUT", "/api/v1/groups/00gPlain/users/00uMember", all)).toBe(204);
    expect(await call("POST", "/api/v1/groups/00gPlain/roles", all, { type: "USER_ADMIN" })).toBe(200);
    expect(await call("GET", "/api/v1/groups", "member")).toBe(200);
    expect(await call("PUT", "/api/v1/groups/00gPlain/users/00uPlain", "member")).toBe(403);
    expect(await call("POST", "/api/v1/groups", all, { profile: { name: "Other" } })).toBe(200);
    const other = org.groups.find((group) => group?.record.profile.name === "Other")!.record.id;
    expect(await call("PUT", `/api/v1/groups/${other}/users/00uPlain`, "member")).toBe(204);
    const id = org.group("00gPlain")!.roles[0]!.id;
    expect(await call("DELETE", `/api/v1/groups/00gPlain/roles/${id}`, "member")).toBe(403);
    expect(await call("DELETE", `/api/v1/groups/00gPlain/roles/${id}`, all)).toBe(204);
    expect(await call("GET", "/api/v1/groups", "member")).toBe(403);
  });
});
