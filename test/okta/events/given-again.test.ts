import { expect, it } from "vitest";
import { givenAgain } from "../../../src/okta/events/given-again.ts";
import { Failure } from "../../../src/runtime/failure.ts";

const NOW = Date.UTC(2026, 0, 10);
const ADD = "group.user_membership.add";
const REMOVE = "group.user_membership.remove";
const MEMBER = { resource: { type: "group", id: "00g1" }, principal: { type: "user", id: "00u1" } };
const call = { signal: new AbortController().signal };

const entry = (minute: number, eventType: string, request: string, more: object = {}) => ({
  published: new Date(NOW - 3_600_000 + minute * 60_000).toISOString(),
  eventType,
  actor: { id: "00uAdmin", displayName: "Ann Admin" },
  target: [{ id: "00u1" }, { id: "00g1" }],
  transaction: { id: request },
  ...more,
});

async function answer(
  entries: readonly unknown[],
  access: Parameters<typeof givenAgain>[1] = MEMBER,
  unheard: readonly { from: number; to: number }[] = [],
) {
  const pageSize = 2;
  const asked: string[] = [];
  const newest = [...entries].reverse();
  const list = async <T>(path: string) => {
    asked.push(decodeURIComponent(path));
    const at = Number(/after=(\d+)/.exec(path)?.[1] ?? 0);
    const items = newest.slice(at, at + pageSize) as T[];
    return at + pageSize < newest.length ? { items, next: `/api/v1/logs?after=${at + pageSize}` } : { items };
  };
  const ours = { since: NOW - 3_600_000, now: NOW, requests: new Set(["r1", "r2"]), unheard };
  return { found: await givenAgain({ list }, access, ours, call), asked };
}

it("names who gave it after it had been taken away, over several pages", async () => {
  const { found, asked } = await answer([
    entry(0, ADD, "r1"),
    entry(1, REMOVE, "x1"),
    entry(2, ADD, "x2"),
    entry(2, ADD, "x3", { target: [{ id: "00u1" }, { id: "00gOther" }] }),
    entry(3, REMOVE, "x4", { target: [{ id: "00u2" }, { id: "00g1" }] }),
  ]);
  expect(found).toEqual({ by: "Ann Admin", at: entry(2, ADD, "").published });
  expect(asked).toHaveLength(3);
  expect(asked[0]).toContain('target.id+eq+"00u1"');
});

it.each([
  ["nothing else happened", [entry(0, ADD, "r1")]],
  ["the answer to our own request was lost, and it has another id", [entry(0, ADD, "lost")]],
  ["a lease gave it again", [entry(0, ADD, "r1"), entry(1, REMOVE, "x1"), entry(2, ADD, "r2")]],
  ["it was taken away again", [entry(0, ADD, "r1"), entry(1, REMOVE, "x"), entry(2, ADD, "y"), entry(3, REMOVE, "z")]],
  ["the log has nothing of it yet", []],
  ["entries are none", [null, 7, { eventType: ADD, target: null }, { eventType: ADD, target: ["00u1", null] }]],
])("is nobody where %s", async (_, entries) => {
  expect((await answer(entries)).found).toBe("nobody");
});

it("takes for our own what was added while a request may have been under way whose id nobody heard", async () => {
  const minute = (n: number) => NOW - 3_600_000 + n * 60_000;
  const entries = [entry(0, REMOVE, "x1"), entry(1, ADD, "lost"), entry(2, REMOVE, "x2"), entry(3, ADD, "x3")];
  const once = [{ from: minute(0.5), to: minute(1.5) }];
  expect((await answer(entries.slice(0, 2), MEMBER, once)).found).toBe("nobody");
  expect((await answer(entries, MEMBER, once)).found).toMatchObject({ by: "Ann Admin" });
  const long = { from: minute(0), to: Number.POSITIVE_INFINITY };
  expect((await answer(entries, MEMBER, [long])).found).toMatchObject({ by: "Ann Admin" });
  expect((await answer(entries, MEMBER, [...once, long])).found).toBe("nobody");
});

it("names somebody, whatever the entry leaves out", async () => {
  const again = entry(2, ADD, "x2", { actor: null, transaction: null });
  expect((await answer([entry(1, REMOVE, "x1"), again])).found).toMatchObject({ by: "somebody" });
});

it("is not told of admin roles and bindings, and of what the log is too full of", async () => {
  const role = { resource: { type: "role", id: "ORG_ADMIN" }, principal: { type: "user", id: "00u1" } };
  expect((await answer([], role)).found).toHaveProperty("notTold");
  const full = Array.from({ length: 60 }, () => entry(1, REMOVE, "x"));
  expect((await answer(full)).found).toHaveProperty("notTold");
});

it("fails as the log does", async () => {
  const list = async () => {
    throw new Failure({ kind: "permissionDenied", message: "no" });
  };
  const ours = { since: 0, now: NOW, requests: new Set<string>(), unheard: [] };
  await expect(givenAgain({ list }, MEMBER, ours, call)).rejects.toMatchObject({ kind: "permissionDenied" });
});
