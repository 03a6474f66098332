import { expect, it } from "vitest";
import { systemClock } from "../../../src/runtime/clock.ts";
import { noMetrics } from "../../../src/runtime/metrics/metrics.ts";
import { createHandler } from "../../../src/scim/server/handler.ts";
import { openScimStore } from "../../../src/scim/store/store.ts";
import { oktaGroup, oktaUser, patch } from "../receiver.ts";

const REQUESTS = 10_000;

/** Numbers that look random and are the same in every run. */
function numbers(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
}

const ODD = [
  null,
  true,
  "",
  "\0",
  "\ud800",
  -1,
  1e308,
  [],
  {},
  [[]],
  [null],
  { value: null },
  { value: [] },
  "x".repeat(2000),
];
const PATHS = ["", "/", "/Users", "/Groups", "/Users/%", "/Users/%00", "/Schemas", "/Me", "/.search", "/Users/.search"];
const QUERIES = [
  "",
  "startIndex=-5&count=99999999999",
  "startIndex=x&count=",
  "attributes=,,a.b.c,urn:x:y",
  "excludedAttributes=id,meta.created",
  'filter=userName eq "u1@acme.example"',
  'filter=emails[type eq "work" and value pr].value co "@"',
  "filter=not (active eq true) or members pr",
];

it("answers 10,000 mutated requests without a crash, and none of them as its own failure", async () => {
  const next = numbers(20_261_124);
  const pick = <T>(items: readonly T[]): T => items[next(items.length)]!;
  const failures: unknown[] = [];
  const fail = (message: string, fields?: unknown) => failures.push([message, fields]);
  const store = await openScimStore(":memory:");
  const log = { debug() {}, info() {}, warn() {}, error: fail };
  const handler = createHandler({
    store,
    clock: systemClock,
    log,
    metrics: noMetrics,
    tokens: { check: async () => "okta" },
  });
  const ids: string[] = ["nobody"];

  const mutated = (value: unknown, depth = 0): unknown => {
    if (next(12) === 0) return pick(ODD);
    if (Array.isArray(value)) {
      const items = value.map((one) => mutated(one, depth + 1));
      return next(8) === 0 ? [...items, ...items] : items;
    }
    if (typeof value === "object" && value !== null) {
      const entries = Object.entries(value).flatMap(([key, one]) => {
        if (next(14) === 0) return [];
        const name = next(14) === 0 ? pick([key.toUpperCase(), `${key}.x`, "__proto__", "", "urn:a:b", "groups"]) : key;
        return [[name, mutated(one, depth + 1)]];
      });
      return Object.fromEntries(entries);
    }
    if (typeof value === "string" && next(6) === 0) {
      const at = next(value.length + 1);
      return value.slice(0, at) + pick(['"', "[", "]", "(", ".", " eq ", "\\", "\n", "é"]) + value.slice(at);
    }
    return value;
  };
  const bytes = (value: unknown): Buffer => {
    const body = Buffer.from(JSON.stringify(value) ?? "");
    for (let flips = next(10) === 0 ? 3 : 0; flips > 0 && body.length > 0; flips--) body[next(body.length)] = next(256);
    return next(20) === 0 ? body.subarray(0, next(body.length + 1)) : body;
  };
  const bodies = [
    () => oktaUser(next(50)),
    () => oktaGroup(`G${next(9)}`, [pick(ids), pick(ids)]),
    () => patch({ op: "replace", value: { active: false } }),
    () => patch({ op: "add", path: "members", value: [{ value: pick(ids) }] }),
    () => patch({ op: "remove", path: `members[value eq "${pick(ids)}"]` }),
    () => patch({ op: "replace", path: 'emails[type eq "work"].value', value: "a@b" }),
    () =>
      patch({
        op: "Add",
        path: "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:manager.value",
        value: "x",
      }),
  ];
  const statuses = new Map<number, number>();
  for (let n = 0; n < REQUESTS; n++) {
    const path =
      next(5) === 0
        ? pick(PATHS)
        : next(2) === 0
          ? pick(["/Users", "/Groups"])
          : `${pick(["/Users/", "/Groups/"])}${pick(ids)}`;
    const { status, body } = await handler({
      method: pick(["GET", "POST", "PUT", "PATCH", "PATCH", "POST", "DELETE", "BREW"]),
      path,
      query: new URLSearchParams(pick(QUERIES).replaceAll("+", "%2B")),
      authorization: undefined,
      body: bytes(mutated(pick(bodies)())),
      base: "http://localhost/scim/v2",
    });
    statuses.set(status, (statuses.get(status) ?? 0) + 1);
    if (status === 201 && typeof body?.id === "string") ids.push(body.id);
    if (ids.length > 200) ids.splice(1, 100);
  }
  expect(failures).toEqual([]);
  expect([...statuses.keys()].filter((status) => status >= 500 && status !== 501)).toEqual([]);
  // Whatever came, some of it was taken: the mutations are not all beside the point.
  expect(statuses.get(201)).toBeGreaterThan(100);
  expect(statuses.get(200)).toBeGreaterThan(100);
  await store.close();
});
