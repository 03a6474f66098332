import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, expect, test } from "vitest";
import { sync } from "../../../src/baton/sync/sync.ts";
import { fakeOkta } from "./fake-okta.ts";

const folder = mkdtempSync(join(tmpdir(), "baton-unreadable-"));

afterEach(() => rmSync(folder, { recursive: true, force: true }));

const SETS = "/api/v1/iam/resource-sets";
const ANSWERS: Record<string, unknown> = {
  "/api/v1/users": [{ id: "00u1", profile: { login: "a@b.c" } }, { id: "00u2" }],
  "/api/v1/groups": [{ id: "00g1", type: "OKTA_GROUP", _embedded: { stats: { usersCount: 0 } } }],
  "/api/v1/groups/00g1/roles": [],
  "/api/v1/apps": [],
  "/api/v1/iam/roles": { roles: [{ id: "cr1", label: "One" }] },
  "/api/v1/iam/assignees/users": { value: [{ id: "00u1" }, { id: "00u2" }] },
  "/api/v1/users/00u2/roles": [{ id: "ra1", type: "APP_ADMIN", status: "ACTIVE", assignmentType: "USER" }],
  [SETS]: { "resource-sets": [{ id: "s1" }, { id: "s2" }] },
  [`${SETS}/s2/bindings`]: { roles: [{ id: "cr1" }] },
  "/api/v1/api-tokens": [],
  "/api/v1/devices": [],
  "/api/v1/logs": [],
};
const FAILING = ["/api/v1/users/00u1/roles", `${SETS}/s1/bindings`, `${SETS}/s2/bindings/cr1/members`];

test("with skipUnreadable whatever is asked of one object is left out and named, and all else is there", async () => {
  const okta = fakeOkta((url) => {
    const path = url.split("?")[0]!;
    return FAILING.includes(path) ? { status: 503 } : { body: ANSWERS[path] };
  });
  const options = { file: join(folder, "a.c1z"), binding: { org: "test" }, selection: {} };
  await expect(sync(okta.connector, options)).rejects.toMatchObject({ kind: "unavailable" });
  const result = await sync(okta.connector, { ...options, skipUnreadable: true });
  expect(result.refused.map(({ sort, what, on }) => [sort, what, on]).sort()).toEqual([
    ["unreadable", "the bindings of resource set s1", "resource set s1"],
    ["unreadable", "which admin roles user 00u1 holds", "user 00u1"],
    ["unreadable", "who holds resource-set s1", "resource-set s1"],
    ["unreadable", "who holds resourceset-binding s2:cr1", "resourceset-binding s2:cr1"],
  ]);
  expect(result.counts.grants).toEqual({ "resource-set": 1, role: 1 });
});
