import { beforeEach, describe, expect, test } from "vitest";
import type { Org } from "../../../src/sandbox/org/org.ts";
import { all, caller, refusal } from "../call.ts";
import { HandClock, smallOrg } from "../org/fixture.ts";

let clock: HandClock;
let org: Org;
let call: ReturnType<typeof caller>;

beforeEach(() => {
  clock = new HandClock();
  org = smallOrg(clock);
  call = caller(org);
});

const ids = (address: string) => all(call, address).map((item) => item.id);
const stats = (id: string) => call("GET", `/api/v1/groups/${id}?expand=stats`).body._embedded.stats;

describe("listing groups", () => {
  test("carries stats only where they are asked for", () => {
    expect(call("GET", "/api/v1/groups").body[0]).not.toHaveProperty("_embedded");
    expect(call("GET", "/api/v1/groups?expand=stats&limit=1").body[0]._embedded.stats.usersCount).toBe(5);
  });

  test("searches and filters as Okta does", () => {
    expect(ids('/api/v1/groups?filter=type eq "APP_GROUP"')).toEqual(["gimp"]);
    expect(ids('/api/v1/groups?search=profile.name sw "GD" or id eq "gops"')).toEqual(["gdev", "gops"]);
    clock.time += 1000;
    call("PUT", "/api/v1/groups/gops/users/ada");
    expect(ids('/api/v1/groups?search=lastMembershipUpdated gt "2026-01-10T12:00:00.000Z"')).toEqual(["gops"]);
    expect(ids('/api/v1/groups?filter=lastUpdated gt "2026-01-10T12:00:00.000Z"')).toEqual([]);
    expect(refusal(() => ids('/api/v1/groups?search=size gt "3"')).errorCode).toBe("E0000031");
    expect(refusal(() => ids('/api/v1/groups?filter=profile.name eq "gdev"')).errorCode).toBe("E0000031");
  });

  test("takes a limit beyond the largest as the largest, and refuses none and words", () => {
    expect(call("GET", "/api/v1/groups?limit=10001").status).toBe(200);
    for (const limit of ["0", "-5", "many"]) {
      expect(refusal(() => call("GET", `/api/v1/groups?limit=${limit}`)).errorCode).toBe("E0000001");
    }
  });
});

describe("membership", () => {
  test("answers 204 whether or not it changes anything, and keeps both sides and the stats right", () => {
    for (let i = 0; i < 2; i++) expect(call("PUT", "/api/v1/groups/gops/users/ada").status).toBe(204);
    expect(ids("/api/v1/groups/gops/users?limit=1")).toEqual(["ada", "bob"]);
    expect(ids("/api/v1/users/ada/groups")).toEqual(["gall", "gdev", "gops", "gimp"]);
    expect(stats("gops").usersCount).toBe(2);
    for (let i = 0; i < 2; i++) expect(call("DELETE", "/api/v1/groups/gops/users/ada").status).toBe(204);
    expect(ids("/api/v1/groups/gops/users")).toEqual(["bob"]);
    expect(stats("gops").usersCount).toBe(1);
    expect(org.log.entries.map((entry) => entry.eventType)).toEqual([
      ...["group.user_membership.add", "group.user_membership.remove"],
    ]);
  });

  test("is refused for groups that are built in or imported, and 404 where something is missing", () => {
    for (const group of ["gall", "gimp"]) {
      const error = refusal(() => call("PUT", `/api/v1/groups/${group}/users/bob`));
      expect(error).toMatchObject({ status: 501, errorCode: "E0000060" });
    }
    for (const path of ["gnone/users/bob", "gops/users/none"]) {
      expect(refusal(() => call("PUT", `/api/v1/groups/${path}`))).toMatchObject({
        status: 404,
        errorCode: "E0000007",
      });
    }
  });

  test("of a group with an admin role is for super admins", () => {
    const lesser = { id: "00T2", roles: ["USER_ADMIN"] };
    expect(call("PUT", "/api/v1/groups/gops/users/ada", { caller: lesser }).status).toBe(204);
    call("POST", "/api/v1/groups/gops/roles", { body: { type: "HELP_DESK_ADMIN" } });
    for (const [method, path] of [
      ["PUT", "gops/users/sue"],
      ["DELETE", "gops/users/bob"],
      ["DELETE", "gops"],
    ] as const) {
      const error = refusal(() => call(method, `/api/v1/groups/${path}`, { caller: lesser }));
      expect(error).toMatchObject({ status: 403, errorCode: "E0000006" });
    }
    expect(call("PUT", "/api/v1/groups/gops/users/sue").status).toBe(204);
  });
});

describe("changing groups", () => {
  const body = (name: unknown, description?: unknown) => ({ body: { profile: { name, description } } });

  test("creates one that is empty, and refuses its name a second time", () => {
    const made = call("POST", "/api/v1/groups", body("Night shift", "After ten")).body;
    expect(made).toMatchObject({ type: "OKTA_GROUP", profile: { name: "Night shift", description: "After ten" } });
    expect(call("GET", `/api/v1/groups/${made.id}/users`).body).toEqual([]);
    const error = refusal(() => call("POST", "/api/v1/groups", body("Night shift")));
    expect(error).toMatchObject({ status: 400, errorCode: "E0000001" });
    expect(error.causes[0]).toMatch(/already exists/);
    for (const wrong of ["", " ", null, 7, "x".repeat(256)]) {
      expect(refusal(() => call("POST", "/api/v1/groups", body(wrong))).errorCode).toBe("E0000001");
    }
    expect(refusal(() => call("POST", "/api/v1/groups")).errorCode).toBe("E0000003");
  });

  test("PUT replaces the whole profile of an OKTA_GROUP only", () => {
    call("PUT", "/api/v1/groups/gdev", body("Developers", "All of them"));
    expect(call("PUT", "/api/v1/groups/gdev", body("Developers")).body.profile.description).toBeUndefined();
    expect(refusal(() => call("PUT", "/api/v1/groups/gall", body("Nobody"))).status).toBe(403);
    expect(refusal(() => call("PUT", "/api/v1/groups/gimp", body("Mine"))).status).toBe(501);
  });

  test("DELETE takes members' apps with it, but not a group that is pushed", () => {
    call("PUT", "/api/v1/apps/wiki/groups/gdev", { body: {} });
    org.group("gops")!.stats!.groupPushMappingsCount = 1;
    expect(refusal(() => call("DELETE", "/api/v1/groups/gops")).status).toBe(400);
    expect(call("DELETE", "/api/v1/groups/gdev").status).toBe(204);
    expect(call("DELETE", "/api/v1/groups/gimp").status).toBe(204);
    expect(refusal(() => call("DELETE", "/api/v1/groups/gall")).status).toBe(403);
    expect(ids("/api/v1/groups")).toEqual(["gall", "gops"]);
    expect(ids("/api/v1/users/ada/groups")).toEqual(["gall"]);
    expect(ids("/api/v1/apps/wiki/users")).toEqual([]);
    expect(ids("/api/v1/apps/wiki/groups?limit=20")).toEqual([]);
  });
});
