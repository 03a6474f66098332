import { expect, test } from "vitest";
import { changing, writes } from "./changing.ts";

/** Changes, each with what is there before it. */
const GRANTS = [
  ["group:00gStaff:member", "user:00uAnn"],
  ["app:0oaMail:access", "user:00uAnn"],
  ["app:0oaMail:access", "group:00gOther"],
  ["role:APP_ADMIN:assigned", "user:00uAnn"],
  ["role:APP_ADMIN:assigned", "group:00gStaff"],
  ["resourceset-binding:iamSet:cr0One:member", "user:00uAnn"],
  ["resourceset-binding:iamSet:cr0Two:member", "group:00gStaff"],
] as const;
const REVOCATIONS = [
  ["group:00gStaff:member", "user:00uBob"],
  ["app:0oaMail:access", "user:00uAdmin"],
  ["app:0oaMail:access", "group:00gStaff"],
  ["role:HELP_DESK_ADMIN:assigned", "user:00uAdmin"],
  ["role:USER_ADMIN:assigned", "group:00gAdmins"],
  ["resourceset-binding:iamSet:cr0One:member", "user:00uAdmin"],
  ["resource-set:iamSet:bindings", "custom-role:cr0One"],
] as const;
const EMPTY = [{ status: 204 }, { status: 200 }, { status: 200, body: {} }, { status: 201, body: [] }];

test.each(GRANTS)("an empty success is no grant of %s to %s", async (entitlement, principal) => {
  for (const answer of EMPTY) {
    const okta = await changing();
    okta.sandbox.intercept(({ method }) => (method === "GET" ? undefined : answer));
    await expect(okta.grant(entitlement, principal)).rejects.toMatchObject({
      kind: "unavailable",
      message: expect.stringContaining("does not show the change"),
    });
    expect(writes(okta.asked)).toHaveLength(1);
  }
});

test.each(REVOCATIONS)("an empty success is no revocation of %s from %s", async (entitlement, principal) => {
  for (const answer of EMPTY) {
    const okta = await changing();
    okta.sandbox.intercept(({ method }) => (method === "GET" ? undefined : answer));
    await expect(okta.revoke(entitlement, principal)).rejects.toMatchObject({
      kind: "unavailable",
      message: expect.stringContaining("does not show the change"),
    });
    expect(writes(okta.asked)).toHaveLength(1);
  }
});

test("an empty success is no deletion of a group", async () => {
  for (const answer of EMPTY) {
    const okta = await changing();
    okta.sandbox.intercept(({ method }) => (method === "GET" ? undefined : answer));
    await expect(okta.remove("group", "00gOther")).rejects.toMatchObject({ kind: "unavailable" });
  }
});

test("each change keeps to its budget of calls, and a repeat writes nothing", async () => {
  /** Calls for a change and for its repeat, by the type of what is granted. */
  const budgets: Record<string, { grant: number[]; revoke: number[] }> = {
    "group user": { grant: [3, 1], revoke: [3, 2] },
    "app user": { grant: [3, 1], revoke: [3, 2] },
    "app group": { grant: [2, 1], revoke: [3, 2] },
    "role user": { grant: [2, 1], revoke: [3, 1] },
    "role group": { grant: [2, 1], revoke: [3, 1] },
    "resourceset-binding user": { grant: [5, 3], revoke: [4, 2] },
    "resourceset-binding group": { grant: [5, 3], revoke: [4, 2] },
    "resource-set custom-role": { grant: [], revoke: [3, 2] },
  };
  for (const [what, all] of [
    ["grant", GRANTS],
    ["revoke", REVOCATIONS],
  ] as const) {
    for (const [entitlement, principal] of all) {
      const okta = await changing();
      const budget = budgets[`${entitlement.split(":")[0]} ${principal.split(":")[0]}`]![what];
      expect(await okta[what](entitlement, principal)).toMatchObject({ already: false });
      expect(okta.asked.splice(0).length, `${what} ${entitlement} ${principal}`).toBeLessThanOrEqual(budget[0]!);
      expect(await okta[what](entitlement, principal)).toMatchObject({ already: true });
      expect(writes(okta.asked)).toEqual([]);
      expect(okta.asked.length, `${what} ${entitlement} ${principal} again`).toBeLessThanOrEqual(budget[1]!);
    }
  }
  const okta = await changing();
  await okta.remove("group", "00gOther");
  expect(okta.asked).toHaveLength(2);
});

test("grants and revocations of one thing at the same time: each is told what is so, and one of two is a repeat", async () => {
  for (const [entitlement, principal] of GRANTS) {
    const okta = await changing();
    const both = async (what: "grant" | "revoke") =>
      (await Promise.all([okta[what](entitlement, principal), okta[what](entitlement, principal)])).map(
        ({ already }) => already,
      );
    expect(await both("grant")).toEqual([false, true]);
    expect(await both("revoke")).toEqual([false, true]);
    const mixed = Array.from({ length: 10 }, (_, at) => okta[at % 2 ? "revoke" : "grant"](entitlement, principal));
    expect((await Promise.all(mixed)).map(({ already }) => already)).toEqual(Array(10).fill(false));
  }
});

test("who leaves while waiting for another change of the same thing has sent nothing", async () => {
  const okta = await changing();
  const leave = new AbortController();
  const first = okta.grant("group:00gStaff:member", "user:00uAnn");
  const second = okta.revoke("group:00gStaff:member", "user:00uAnn", { signal: leave.signal });
  leave.abort();
  await expect(second).rejects.toMatchObject({ kind: "cancelled" });
  expect(await first).toMatchObject({ already: false });
  expect(writes(okta.asked)).toEqual(["PUT /api/v1/groups/00gStaff/users/00uAnn"]);
});
