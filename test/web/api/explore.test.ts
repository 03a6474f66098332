import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { compareReach } from "../../../src/baton/access/compare-people.ts";
import { evidenceOf } from "../../../src/baton/access/findings/evidence.ts";
import { judge } from "../../../src/baton/access/findings/findings.ts";
import { AccessGraph } from "../../../src/baton/access/graph.ts";
import type { Held } from "../../../src/baton/access/held.ts";
import { rankOf, reachOf } from "../../../src/baton/access/reach.ts";
import { openSnapshot, type SnapshotReader } from "../../../src/baton/snapshot/reader.ts";
import { parseTime } from "../../../src/baton/snapshot/time.ts";
import { RISKS } from "../../../src/okta/risks/risks.ts";
import { fold } from "../../../src/web/catalog/fold.ts";
import { goldenPath } from "../../baton/model/golden.ts";
import { served, type Visitor } from "../served.ts";

let site: Awaited<ReturnType<typeof served>>;
let me: Visitor;
let reader: SnapshotReader;
let graph: AccessGraph;
beforeAll(async () => {
  site = await served();
  me = await site.visit();
  reader = await openSnapshot(goldenPath("reference.c1z"));
  graph = new AccessGraph(reader.content());
});
afterAll(async () => {
  await site.close();
  await reader.close();
});

/** Every row of a list, page by page. */
// biome-ignore lint/suspicious/noExplicitAny: rows of any list.
async function all(path: string, limit = 7): Promise<any[]> {
  const rows = [];
  let cursor: string | null = null;
  do {
    const mark: string = cursor === null ? "" : `&cursor=${encodeURIComponent(cursor)}`;
    const page: { rows: unknown[]; next: string | null } = await me.json(
      `${path}${path.includes("?") ? "&" : "?"}limit=${limit}${mark}`,
    );
    expect(page.rows.length).toBeLessThanOrEqual(limit);
    rows.push(...page.rows);
    cursor = page.next;
  } while (cursor !== null);
  return rows;
}

const pathOf = ({ type, id }: { type: string; id: string }) =>
  `/api/resources/${encodeURIComponent(type)}/${encodeURIComponent(id)}`;

const people = () =>
  [...reader.content().resources("user")].map(({ message }) => ({ type: "user", id: message.id!.resource }));

describe("the list of what there is", () => {
  it("holds each once, by name, whatever the size of its pages", async () => {
    const everything = [...reader.content().resources()].map(({ id }) => id).sort();
    for (const [query, limit] of [
      ["", 7],
      ["", 200],
      ["?sort=held&desc=true", 9],
      ["?sort=lastSignIn", 11],
      ["?sort=status", 13],
      ["?sort=holders", 8],
    ] as const) {
      const rows = await all(`/api/resources${query}`, limit);
      expect(rows.map(({ type, id }) => `${type}:${id}`).sort(), query).toEqual(everything);
    }
    const held = (await all("/api/resources?sort=held&desc=true")).map((row) => row.held);
    expect(held).toEqual(held.toSorted((a, b) => b - a));
  });

  it("is narrowed by type, status and words, and counts what is left", async () => {
    const users = await all("/api/resources?type=user");
    expect(users).toHaveLength(72);
    const page = await me.json("/api/resources?type=user&status=DISABLED&limit=1");
    expect(page.total).toBe(users.filter(({ status }) => status === "DISABLED").length);
    const word = users[0].name.split(" ")[0];
    const found = await all(`/api/resources?type=user&q=${encodeURIComponent(word.toUpperCase())}`);
    expect(found.map(({ id }) => id)).toEqual(
      users
        .filter((user) =>
          [user.name, user.login, user.email, user.id].some((text) => text.toLowerCase().includes(word.toLowerCase())),
        )
        .map(({ id }) => id),
    );
  });

  it("shows fields of profiles that are asked for", async () => {
    const { types } = await me.json("/api/session");
    expect(types.find(({ id }: { id: string }) => id === "user").fields).toContain("login");
    const { rows } = await me.json("/api/resources?type=user&fields=login,nothing&limit=1");
    expect(rows[0].fields).toEqual({ login: rows[0].login, nothing: null });
  });
});

describe("search", () => {
  it("finds whole names first, then beginnings, then words, then parts", async () => {
    const { rows } = await me.json("/api/resources?type=group&limit=200");
    for (const { name, id } of rows) {
      const { hits } = await me.json(`/api/search?q=${encodeURIComponent(name)}`);
      expect(hits.filter((hit: { name: string }) => hit.name === name).map((hit: { id: string }) => hit.id)).toContain(
        id,
      );
      expect(hits[0].name).toBe(name);
    }
    expect((await me.json("/api/search?q=%20")).hits).toEqual([]);
    expect((await me.json("/api/search?q=%25")).hits).toEqual([]);
    expect((await me.json("/api/search?q=SUPER_ADMIN")).hits[0]).toMatchObject({ type: "role", id: "SUPER_ADMIN" });
  });
});

/** Orders what is held as the page shows it: what decides over others first, then by name. */
async function orderOfHeld(): Promise<(a: Held, b: Held) => number> {
  const places = new Map((await all("/api/resources")).map(({ type, id }, place) => [`${type}:${id}`, place]));
  const placeOf = ({ resource: { type, id } }: Held) => places.get(`${type}:${id}`)!;
  return (a, b) => rankOf(a) - rankOf(b) || placeOf(a) - placeOf(b);
}

describe("a binding of a role to a resource set", () => {
  it("is called by both: a set has one for each role", async () => {
    const bindings = await all("/api/resources?type=resourceset-binding");
    expect(bindings.length).toBeGreaterThan(1);
    expect(new Set(bindings.map(({ name }) => name)).size).toBe(bindings.length);
    for (const { id, name } of bindings) {
      const [set, role] = id.split(":");
      const nameOf = (type: string, of: string) => reader.content().findResource(type, of)?.message.displayName;
      expect(name).toBe(`${nameOf("custom-role", role)} on ${nameOf("resource-set", set)}`);
    }
  });
});

describe("what somebody can reach", () => {
  it("is what the snapshot says, what decides over others first, then by name", async () => {
    const byRankAndName = await orderOfHeld();
    for (const person of people().slice(0, 25)) {
      const rows = await all(`${pathOf(person)}/access`);
      const held = reachOf(graph, person).sort(byRankAndName);
      expect(rows.map(({ entitlement }) => entitlement)).toEqual(held.map(({ entitlement }) => entitlement));
      expect(rows.map(({ direct }) => direct)).toEqual(held.map(({ direct }) => direct));
      expect(rows.every(({ why, paths }) => why !== "" && paths.length > 0)).toBe(true);
    }
  });

  it("is narrowed by type, words, directness and danger", async () => {
    const person = people()[3]!;
    const rows = await all(`${pathOf(person)}/access`);
    const some = await all(`${pathOf(person)}/access?type=app`);
    expect(some).toEqual(rows.filter(({ resource }) => resource.type === "app"));
    expect(await all(`${pathOf(person)}/access?privileged=true`)).toEqual(rows.filter(({ privileged }) => privileged));
    expect(await all(`${pathOf(person)}/access?direct=unknown`)).toEqual(rows.filter(({ direct }) => direct === null));
  });

  it("is a picture of the same: every way leads from the person to what is held", async () => {
    for (const person of people().slice(0, 25)) {
      const { nodes, edges } = await me.json(`${pathOf(person)}/graph`);
      const keys = new Set(nodes.map(({ key }: { key: string }) => key));
      for (const { from, to } of edges) expect(keys.has(from) && keys.has(to)).toBe(true);
      const reached = new Set([`user:${person.id}`]);
      for (let before = 0; before < reached.size; ) {
        before = reached.size;
        for (const { from, to } of edges) if (reached.has(from)) reached.add(to);
      }
      for (const { resource } of reachOf(graph, person)) expect(reached).toContain(`${resource.type}:${resource.id}`);
    }
  });
});

describe("who holds something", () => {
  it("is what the snapshot says, by name, with why", async () => {
    for (const { message, id } of reader.content().entitlements()) {
      const { resourceType, resource } = message.resource!.id!;
      const at = `${pathOf({ type: resourceType, id: resource })}/holders?entitlement=${encodeURIComponent(id)}`;
      const rows = await all(at, 13);
      const held = [...graph.holders(id)];
      const key = ({ type, id }: { type: string; id: string }) => `${type}:${id}`;
      expect(rows.map(({ principal }) => key(principal)).sort(), id).toEqual(
        held.map(({ principal }) => key(principal)).sort(),
      );
      const direct = new Map(held.map((one) => [key(one.principal), one.direct]));
      for (const row of rows) expect(row.direct).toBe(direct.get(key(row.principal)));
      expect((await me.json(`${at}&limit=1`)).total).toBe(held.length);
      const some = await all(`${at}&direct=false`, 5);
      expect(some).toEqual(rows.filter((row) => row.direct === false));
      const names = rows.map(({ principal }) => fold(principal.name || principal.id));
      expect(names).toEqual(names.toSorted((a, b) => (a < b ? -1 : a > b ? 1 : 0)));
    }
  });
});

describe("two side by side", () => {
  it("have what only one or both of them hold", async () => {
    const [left, right] = [people()[4]!, people()[5]!];
    const at = `/api/compare?left=user:${left.id}&right=user:${right.id}`;
    const rows = await all(at);
    const byRankAndName = await orderOfHeld();
    const pairs = compareReach(graph, left, right).sort((a, b) =>
      byRankAndName((a.left ?? a.right)!, (b.left ?? b.right)!),
    );
    const shown = (one: { entitlement: string; left?: unknown; right?: unknown }) => [
      one.entitlement,
      !!one.left,
      !!one.right,
    ];
    expect(rows.map(shown)).toEqual(pairs.map(shown));
    const { counts } = await me.json(`${at}&limit=1`);
    expect(counts.left + counts.right + counts.both).toBe(pairs.length);
    expect(await all(`${at}&only=both`)).toHaveLength(counts.both);
    expect(await all(`${at}&only=different`)).toHaveLength(counts.left + counts.right);
  });
});

describe("one thing", () => {
  it("has its profile, its entitlements with their numbers, and when it was seen", async () => {
    const role = await me.json("/api/resources/role/SUPER_ADMIN");
    expect(role.entitlements).toMatchObject([{ slug: "assigned", privileged: true }]);
    expect(role.entitlements[0].holders).toBe([...graph.holders("role:SUPER_ADMIN:assigned")].length);
    expect(role.seen.syncs).toBe(1);
    const user = await me.json(pathOf(people()[0]!));
    expect(user.profile.find(({ name }: { name: string }) => name === "login").value).toBe(user.login);
    const { points } = await me.json(`${pathOf(people()[0]!)}/history`);
    expect(points).toHaveLength(1);
    expect(points[0]).toMatchObject({ present: true, held: reader.content().countGrants({ principal: people()[0]! }) });
    expect(user.held).toBe(reachOf(graph, people()[0]!).length);
  });
});

describe("who is admin through what", () => {
  it("ties with who holds the roles", async () => {
    const { admins, flows, roles } = await me.json("/api/admins?limit=200");
    const holders = new Set<string>();
    for (const type of ["role", "custom-role", "resourceset-binding"]) {
      for (const { id, message } of reader.content().entitlements()) {
        if (message.resource?.id?.resourceType !== type) continue;
        for (const { principal } of graph.holders(id)) if (principal.type === "user") holders.add(principal.id);
      }
    }
    expect(admins).toBe(holders.size);
    expect(flows.length).toBeGreaterThan(5);
    expect(roles.find(({ role }: { role: { id: string } }) => role.id === "SUPER_ADMIN").people).toBeGreaterThan(0);
    const { headline } = await me.json("/api/overview");
    expect(headline.value.admins).toBe(admins);
    expect((await me.json("/api/resources?type=user&admin=true&limit=1")).total).toBe(admins);
  });
});

describe("findings", () => {
  it("are what the rules find, worst first, with what they could not judge", async () => {
    while ((await me.json("/api/findings?limit=1")).state !== "ready");
    const outcomes = judge(RISKS, evidenceOf(reader.content(), parseTime(reader.current()!.endedAt!)!));
    const expected = outcomes.flatMap((outcome) => outcome.findings);
    const rows = await all("/api/findings", 50);
    expect(rows.map(({ fingerprint }) => fingerprint).sort()).toEqual(
      expected.map(({ fingerprint }) => fingerprint).sort(),
    );
    const ranks = rows.map(({ severity }) => ["critical", "high", "medium", "low"].indexOf(severity));
    expect(ranks).toEqual(ranks.toSorted());
    const page = await me.json("/api/findings?limit=1");
    expect(page.total).toBe(expected.length);
    expect(page.rules).toHaveLength(RISKS.length);
    const gaps = outcomes.filter((outcome) => outcome.gaps.length > 0).length;
    expect(page.counts).toMatchObject({ total: expected.length, rulesNotJudged: gaps, rules: RISKS.length });
    expect(gaps).toBeGreaterThan(0);
    expect((await me.json("/api/overview")).findings.value).toEqual(page.counts);
    const high = await all("/api/findings?severity=high,critical", 50);
    expect(high).toEqual(rows.filter(({ severity }) => severity === "high" || severity === "critical"));
    const { subject } = rows[0];
    const of = `${subject.type}:${subject.id}`;
    expect(await all(`/api/findings?subject=${of}`, 50)).toEqual(
      rows.filter((row) => `${row.subject.type}:${row.subject.id}` === of),
    );
    const one = await me.json(pathOf(subject));
    expect(one.findings.value.length).toBeGreaterThan(0);
    expect((await me.get("/api/findings?severity=awful")).status).toBe(400);
  });
});

describe("a table as CSV", () => {
  it("is all of it, with a header", async () => {
    const answer = await me.get("/api/resources?type=user&format=csv&fields=department");
    expect(answer.headers.get("content-type")).toContain("text/csv");
    expect(answer.headers.get("content-disposition")).toContain("attachment");
    const lines = (await answer.text()).trimEnd().split("\r\n");
    expect(lines).toHaveLength(73);
    expect(lines[0]).toMatch(/^type,id,name,.*,department$/);
    for (const path of [`${pathOf(people()[0]!)}/access`, "/api/resources/role/SUPER_ADMIN/holders"]) {
      const rows = await all(path);
      const csv = await (await me.get(`${path}?format=csv`)).text();
      expect(csv.trimEnd().split("\r\n")).toHaveLength(rows.length + 1);
    }
  });
});

describe("what makes no sense", () => {
  it.each([
    "/api/resources?limit=0",
    "/api/resources?limit=201",
    "/api/resources?limit=1e2",
    "/api/resources?limit=-1",
    "/api/resources?limit=NaN",
    "/api/resources?sort=drop%20table",
    "/api/resources?status=enabled",
    "/api/resources?admin=maybe",
    "/api/resources?q=a&q=b",
    "/api/resources?q=%00",
    `/api/resources?q=${"x".repeat(201)}`,
    "/api/resources?cursor=x",
    "/api/resources?cursor=W10",
    "/api/resources?cursor=bnVsbA",
    `/api/resources?cursor=${"A".repeat(3000)}`,
    `/api/resources?fields=${"a,".repeat(13)}`,
    "/api/resources?format=xml",
    "/api/search?limit=x",
    "/api/compare",
    "/api/compare?left=user&right=user:1",
    "/api/compare?left=:&right=user:1",
  ])("is refused with words: %s", async (path) => {
    const answer = await me.get(path);
    expect(answer.status).toBe(400);
    const { error } = await answer.json();
    expect(error.code).toBe("badRequest");
    expect(error.message.length).toBeGreaterThan(10);
  });

  it.each([
    "/api/resources/user/nobody",
    "/api/resources/nothing/nothing",
    "/api/resources/user/%E0%A4%A",
    "/api/resources/user/nobody/access",
    "/api/resources/user/nobody/graph",
    "/api/resources/user/nobody/holders",
    "/api/resources/role/SUPER_ADMIN/holders?entitlement=group:x:member",
    "/api/compare?left=user:a&right=user:b",
    "/api/overview?sync=nothing",
    "/api/resources?sync=%F0%9F%92%A9",
  ])("is not found: %s", async (path) => {
    const answer = await me.get(path);
    expect(answer.status).toBe(404);
    expect((await answer.json()).error.code).toBe("notFound");
  });

  it("is a cursor of another list, or an altered one", async () => {
    const { next } = await me.json("/api/resources?type=user&limit=1");
    for (const path of ["/api/resources?type=group", "/api/resources?type=user&sort=held", "/api/admins"]) {
      const answer = await me.get(`${path}&cursor=${next}`.replace("/api/admins&", "/api/admins?"));
      expect(answer.status).toBe(path === "/api/admins" ? 200 : 400);
    }
    const [mark] = JSON.parse(Buffer.from(next, "base64url").toString());
    for (const position of [["x"], [{}, 1], [1.5, 1], [1, "1"], [null, null], [1, 2, 3]]) {
      const cursor = Buffer.from(JSON.stringify([mark, ...position])).toString("base64url");
      expect((await me.get(`/api/resources?type=user&limit=1&cursor=${cursor}`)).status, JSON.stringify(position)).toBe(
        400,
      );
    }
  });
});
