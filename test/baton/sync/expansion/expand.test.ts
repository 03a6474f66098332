import { DatabaseSync } from "node:sqlite";
import { create, fromBinary, toBinary } from "@bufbuild/protobuf";
import { anyIs } from "@bufbuild/protobuf/wkt";
import fc from "fast-check";
import { expect, test } from "vitest";
import { createIndexes, createTables } from "../../../../src/baton/snapshot/schema.ts";
import { expandGrants } from "../../../../src/baton/sync/expansion/expand.ts";
import { NOTE_TABLES } from "../../../../src/baton/sync/work/note-tables.ts";
import {
  GrantExpandableSchema,
  GrantImmutableSchema,
} from "../../../../src/gen/c1/connector/v2/annotation_grant_pb.ts";
import { EntitlementSchema } from "../../../../src/gen/c1/connector/v2/entitlement_pb.ts";
import { GrantSchema } from "../../../../src/gen/c1/connector/v2/grant_pb.ts";

const SYNC = "3MRfuUWGvTF3pXa7nvEyjkyy8lr";

interface Stored {
  /** Number of the entitlement, which is that of group `n`. */
  readonly of: number;
  readonly principal: { readonly type: string; readonly id: string };
  readonly expandable?: {
    readonly from: readonly number[];
    readonly shallow: boolean;
    readonly types: readonly string[];
  };
  /** Sources that the grant has from the connector. */
  readonly sources?: readonly number[];
}

const entitlement = (n: number) => `group:g${n}:member`;
const key = (of: string, { type, id }: { type: string; id: string }) => `${of}:${type}:${id}`;

/** Expands in a database, and reads every grant's sources. */
function expandInDatabase(entitlements: number, grants: readonly Stored[]) {
  const db = new DatabaseSync(":memory:");
  createTables(db);
  createIndexes(db);
  db.exec(NOTE_TABLES);
  for (let n = 0; n < entitlements; n++) {
    const message = create(EntitlementSchema, {
      id: entitlement(n),
      slug: "member",
      resource: { id: { resourceType: "group", resource: `g${n}` }, displayName: `Group ${n}` },
    });
    db.prepare(
      "INSERT INTO v1_entitlements (resource_type_id, resource_id, external_id, data, sync_id, discovered_at) VALUES ('group', ?, ?, ?, ?, '')",
    ).run(`g${n}`, entitlement(n), toBinary(EntitlementSchema, message), SYNC);
  }
  const insert = db.prepare(
    `INSERT INTO v1_grants (resource_type_id, resource_id, entitlement_id, principal_resource_type_id, principal_resource_id,
       external_id, expansion, needs_expansion, data, sync_id, discovered_at) VALUES ('group', ?, ?, ?, ?, ?, ?, ?, ?, ?, '')`,
  );
  for (const { of, principal, expandable, sources } of grants) {
    const id = key(entitlement(of), principal);
    const data = create(GrantSchema, {
      id,
      entitlement: { id: entitlement(of) },
      principal: { id: { resourceType: principal.type, resource: principal.id } },
      ...(sources && {
        sources: { sources: Object.fromEntries(sources.map((n) => [entitlement(n), { isDirect: false }])) },
      }),
    });
    const expansion =
      expandable &&
      toBinary(
        GrantExpandableSchema,
        create(GrantExpandableSchema, {
          entitlementIds: expandable.from.map(entitlement),
          shallow: expandable.shallow,
          resourceTypeIds: [...expandable.types],
        }),
      );
    for (const sync of [SYNC, "older"]) {
      // Another sync in the same tables must neither be read nor written.
      const row = toBinary(GrantSchema, data);
      const { type, id: principalId } = principal;
      insert.run(`g${of}`, entitlement(of), type, principalId, id, expansion ?? null, expansion ? 1 : 0, row, sync);
    }
    if (sources && sources.length > 0 && !sources.includes(of)) {
      db.prepare("INSERT INTO work_indirect VALUES (?, ?, ?)").run(entitlement(of), principal.type, principal.id);
    }
  }
  const untouched = () => db.prepare("SELECT * FROM v1_grants WHERE sync_id = 'older' ORDER BY id").all();
  const before = untouched();
  db.exec("BEGIN");
  const result = expandGrants(db, SYNC, "now");
  db.exec("COMMIT");
  expect(untouched()).toEqual(before);
  const rows = db.prepare("SELECT * FROM v1_grants WHERE sync_id = ?").all(SYNC);
  db.close();
  return { rows, result };
}

function sourcesByGrant(rows: ReturnType<typeof expandInDatabase>["rows"]): Record<string, Record<string, boolean>> {
  return Object.fromEntries(
    rows.map((row) => {
      const { id, sources } = fromBinary(GrantSchema, row.data as Uint8Array);
      expect(id).toBe(row.external_id);
      return [
        id,
        Object.fromEntries(Object.entries(sources?.sources ?? {}).map(([source, { isDirect }]) => [source, isDirect])),
      ];
    }),
  );
}

/** The same by the rules alone: edges are followed until nothing changes. */
function expandNaively(entitlements: number, grants: readonly Stored[]): Record<string, Record<string, boolean>> {
  type Edge = { from: number; to: number; shallow: boolean; types: readonly string[] };
  const edges = new Map<string, Edge>();
  for (const { of: to, expandable } of grants) {
    for (const from of expandable?.from ?? []) {
      if (from === to || from >= entitlements) continue;
      const old = edges.get(`${from}>${to}`);
      const types = expandable!.types;
      edges.set(`${from}>${to}`, {
        from,
        to,
        shallow: expandable!.shallow && (old?.shallow ?? true),
        types: old && (old.types.length === 0 || types.length === 0) ? [] : [...types, ...(old?.types ?? [])],
      });
    }
  }
  const stored = new Map(grants.map((grant) => [key(entitlement(grant.of), grant.principal), grant]));
  const isDirect = (of: number, principal: Stored["principal"]) => {
    const grant = stored.get(key(entitlement(of), principal));
    return grant !== undefined && (!grant.sources?.length || grant.sources.includes(of));
  };
  const held = new Map<string, { of: number; principal: Stored["principal"] }>(
    grants.map(({ of, principal }) => [key(entitlement(of), principal), { of, principal }]),
  );
  const passes = (edge: Edge, principal: Stored["principal"]) =>
    held.has(key(entitlement(edge.from), principal)) &&
    (!edge.shallow || isDirect(edge.from, principal)) &&
    (edge.types.length === 0 || edge.types.includes(principal.type));
  for (let size = -1; size !== held.size; ) {
    size = held.size;
    for (const edge of edges.values()) {
      for (const { of, principal } of [...held.values()]) {
        if (of === edge.from && passes(edge, principal))
          held.set(key(entitlement(edge.to), principal), { of: edge.to, principal });
      }
    }
  }
  return Object.fromEntries(
    [...held].map(([id, { of, principal }]) => {
      const through = [...edges.values()].filter((edge) => edge.to === of && passes(edge, principal));
      const grant = stored.get(id);
      const own = Object.fromEntries((grant?.sources ?? []).map((n) => [entitlement(n), false]));
      if (through.length === 0) return [id, own];
      if (grant && Object.keys(own).length === 0) own[entitlement(of)] = true;
      for (const { from } of through)
        own[entitlement(from)] = isDirect(from, principal) || own[entitlement(from)] === true;
      return [id, own];
    }),
  );
}

const ENTITLEMENTS = 6;
const number = fc.integer({ min: 0, max: ENTITLEMENTS - 1 });
// Users and groups share their ids: only the type tells them apart.
const user = fc.integer({ min: 0, max: 5 }).map((n) => ({ type: "user", id: `g${n}` }));
const group = number.map((n) => ({ type: "group", id: `g${n}` }));
const stored = fc.record(
  {
    of: number,
    principal: fc.oneof(user, user, group),
    expandable: fc.record({
      // One more than there are: an entitlement that is not known.
      from: fc.array(fc.integer({ min: 0, max: ENTITLEMENTS }), { maxLength: 3 }),
      shallow: fc.boolean(),
      types: fc.subarray(["user", "group"]),
    }),
    sources: fc.uniqueArray(number, { maxLength: 2 }),
  },
  { requiredKeys: ["of", "principal"] },
);
const organisation = fc.uniqueArray(stored, {
  maxLength: 30,
  selector: ({ of, principal }) => key(entitlement(of), principal),
});

test("whatever the graph, the expansion is that of the rules followed naively", () => {
  fc.assert(
    fc.property(organisation, (grants) => {
      const { rows } = expandInDatabase(ENTITLEMENTS, grants);
      expect(sourcesByGrant(rows)).toEqual(expandNaively(ENTITLEMENTS, grants));
    }),
    { numRuns: 300 },
  );
});

test("a long chain is followed to its end, and a cycle in it ends", () => {
  const length = 12;
  const chain: Stored[] = Array.from({ length: length - 1 }, (_, n) => ({
    of: n + 1,
    principal: { type: "group", id: `g${n}` },
    expandable: { from: [n], shallow: false, types: ["user"] },
  }));
  const back: Stored = {
    of: 3,
    principal: { type: "group", id: `g${length - 1}` },
    expandable: { from: [length - 1], shallow: false, types: [] },
  };
  const { rows } = expandInDatabase(length, [{ of: 0, principal: { type: "user", id: "u" } }, ...chain, back]);
  const sources = sourcesByGrant(rows);
  expect(sources[`group:g${length - 1}:member:user:u`]).toEqual({ [entitlement(length - 2)]: false });
  expect(sources["group:g3:member:user:u"]).toEqual({ [entitlement(2)]: false, [entitlement(length - 1)]: false });
});

test("a new grant carries the whole entitlement, its principal's id and that it is immutable", () => {
  const { rows, result } = expandInDatabase(2, [
    { of: 0, principal: { type: "user", id: "ü1" } },
    { of: 1, principal: { type: "group", id: "g0" }, expandable: { from: [0], shallow: true, types: [] } },
  ]);
  expect(result).toEqual({ added: 1, merged: 0 });
  const row = rows.find(({ external_id }) => external_id === "group:g1:member:user:ü1")!;
  expect(row).toMatchObject({
    resource_type_id: "group",
    resource_id: "g1",
    entitlement_id: "group:g1:member",
    principal_resource_type_id: "user",
    principal_resource_id: "ü1",
    expansion: null,
    needs_expansion: 0,
    discovered_at: "now",
  });
  const { annotations, ...grant } = fromBinary(GrantSchema, row.data as Uint8Array);
  expect(grant).toMatchObject({
    id: "group:g1:member:user:ü1",
    entitlement: { id: "group:g1:member", slug: "member", resource: { displayName: "Group 1" } },
    principal: { id: { resourceType: "user", resource: "ü1" } },
    sources: { sources: { "group:g0:member": { isDirect: true } } },
  });
  expect(annotations).toHaveLength(1);
  expect(anyIs(annotations[0]!, GrantImmutableSchema)).toBe(true);
  const expandable = rows.find(({ external_id }) => external_id === "group:g1:member:group:g0")!;
  expect(expandable).toMatchObject({ needs_expansion: 1, expansion: expect.any(Uint8Array) });
});

test("a direct grant that is held in another way too stays one grant, names both ways, and keeps what it carries", () => {
  const { rows, result } = expandInDatabase(2, [
    { of: 0, principal: { type: "user", id: "u1" } },
    { of: 1, principal: { type: "user", id: "u1" } },
    { of: 1, principal: { type: "group", id: "g0" }, expandable: { from: [0], shallow: false, types: [] } },
  ]);
  expect(result).toEqual({ added: 0, merged: 1 });
  expect(sourcesByGrant(rows)["group:g1:member:user:u1"]).toEqual({ "group:g0:member": true, "group:g1:member": true });
});

test("a disk that is full while grants are expanded is told as such", () => {
  const db = new DatabaseSync(":memory:");
  createTables(db);
  createIndexes(db);
  db.exec(NOTE_TABLES);
  const run = db.prepare(
    `INSERT INTO v1_grants (resource_type_id, resource_id, entitlement_id, principal_resource_type_id, principal_resource_id,
       external_id, expansion, data, sync_id, discovered_at) VALUES ('group', '1', '1', 'group', '2', '1', ?, x'', ?, '')`,
  );
  run.run(toBinary(GrantExpandableSchema, create(GrantExpandableSchema, { entitlementIds: ["x"] })), SYNC);
  // SQLite rolls the whole transaction back where a disk is full, and the expansion's tables with it.
  const full = Object.assign(new Error("database or disk is full"), { code: "ERR_SQLITE_ERROR", errcode: 13 });
  const failing = new Proxy(db, {
    get(target, name) {
      const value = Reflect.get(target, name);
      if (name === "prepare") {
        return (sql: string) => {
          if (!sql.includes("max(id)")) return target.prepare(sql);
          target.exec("ROLLBACK");
          throw full;
        };
      }
      return typeof value === "function" ? value.bind(target) : value;
    },
  });
  db.exec("BEGIN");
  expect(() => expandGrants(failing, SYNC, "")).toThrow(full);
  db.close();
});
