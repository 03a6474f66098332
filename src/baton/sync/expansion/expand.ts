import type { DatabaseSync } from "node:sqlite";
import { fromBinary } from "@bufbuild/protobuf";
import { GrantExpandableSchema } from "../../../gen/c1/connector/v2/annotation_grant_pb.ts";
import { addSources, expandedGrantEncoder, type Sources } from "./expanded.ts";
import { noteIndirect } from "./indirect.ts";

/*
 * A principal holds an entitlement directly where a stored grant says so, and through an edge where it holds the edge's
 * source: in any way, or (shallow edges) directly. What each holds is the least set that satisfies this, so cycles
 * end, and nothing depends on an order. All of it lives in tables: memory does not grow with the grants.
 *
 * The edges' sources whose holders are passed on (those of deep edges) are computed first, layer by layer; then each
 * destination is written in one pass over its holders, sorted by principal.
 */
const TABLES = `
  CREATE TEMP TABLE edge (
    source TEXT NOT NULL, destination TEXT NOT NULL, shallow INTEGER NOT NULL, types TEXT, PRIMARY KEY (destination, source)
  ) WITHOUT ROWID;
  CREATE TEMP TABLE passed_on (
    entitlement TEXT NOT NULL, type TEXT NOT NULL, id TEXT NOT NULL, layer INTEGER NOT NULL, PRIMARY KEY (entitlement, type, id)
  ) WITHOUT ROWID;
  CREATE INDEX temp.passed_on_layer ON passed_on (layer)`;

/** A full disk rolls the transaction back that made them. */
const DROPPED = "DROP TABLE IF EXISTS temp.edge; DROP TABLE IF EXISTS temp.passed_on";

/** What an expansion did. */
export interface Expansion {
  /** Grants that are new. */
  readonly added: number;
  /** Direct grants that are held in another way too. */
  readonly merged: number;
}

/**
 * Gives every principal that holds a source of an expandable grant the grant's entitlement. Needs the grants' indexes,
 * the table `work_indirect`, and a transaction of the caller's. `at` is the new grants' `discovered_at`.
 */
export function expandGrants(db: DatabaseSync, syncId: string, at: string): Expansion {
  db.exec(TABLES);
  let done: Expansion;
  try {
    readEdges(db, syncId);
    const last = (db.prepare("SELECT max(id) AS last FROM v1_grants").get()?.last as number | null) ?? 0;
    noteIndirect(db, syncId);
    passOn(db, syncId, last);
    done = writeDestinations(db, syncId, at, last);
  } catch (error) {
    try {
      db.exec(DROPPED);
    } catch {
      // What made the expansion fail is the failure to tell; the tables end with the connection.
    }
    throw error;
  }
  db.exec(DROPPED);
  return done;
}

// Several expandable grants may name one pair: any deep one makes it deep, any unlimited one unlimited.
function readEdges(db: DatabaseSync, syncId: string): void {
  const known = db.prepare("SELECT 1 FROM v1_entitlements WHERE external_id = ? AND sync_id = ?");
  const old = db.prepare("SELECT shallow, types FROM edge WHERE source = ? AND destination = ?");
  const put = db.prepare("INSERT OR REPLACE INTO edge (source, destination, shallow, types) VALUES (?, ?, ?, ?)");
  const rows = db.prepare(
    "SELECT entitlement_id, expansion FROM v1_grants WHERE sync_id = ? AND expansion IS NOT NULL",
  );
  for (const row of rows.iterate(syncId)) {
    const destination = row.entitlement_id as string;
    if (!known.get(destination, syncId)) continue;
    const { entitlementIds, shallow, resourceTypeIds } = fromBinary(GrantExpandableSchema, row.expansion as Uint8Array);
    for (const source of entitlementIds) {
      if (source === destination || !known.get(source, syncId)) continue;
      const before = old.get(source, destination);
      const limit = resourceTypeIds.length === 0 ? undefined : resourceTypeIds;
      const other = before && (before.types === null ? undefined : (JSON.parse(before.types as string) as string[]));
      const types =
        before && !(limit && other) ? undefined : limit && [...new Set([...limit, ...(other ?? [])])].sort();
      const onlyShallow = shallow && before?.shallow !== 0;
      put.run(source, destination, onlyShallow ? 1 : 0, types ? JSON.stringify(types) : null);
    }
  }
}

const IS_INDIRECT = `EXISTS (SELECT 1 FROM work_indirect AS i WHERE i.entitlement = g.entitlement_id
  AND i.type = g.principal_resource_type_id AND i.id = g.principal_resource_id)`;

const HELD = "v1_grants AS g INDEXED BY idx_grants_entitlement_sync_grant_v1";
const OF_SOURCE = "g.entitlement_id = e.source AND g.sync_id = :sync AND g.id <= :last";

/** Whether an edge lets principals of the type in this column through. */
function letsThrough(column: string): string {
  return `(e.types IS NULL OR EXISTS (SELECT 1 FROM json_each(e.types) AS t WHERE t.value = ${column}))`;
}

/** Whether no stored grant gives a principal the edge's destination. */
function isNew(type: string, id: string): string {
  return `NOT EXISTS (SELECT 1 FROM v1_grants AS x WHERE x.entitlement_id = e.destination
    AND x.principal_resource_type_id = ${type} AND x.principal_resource_id = ${id} AND x.sync_id = :sync)`;
}

/** Finds who holds the sources of deep edges without a direct grant of them. */
function passOn(db: DatabaseSync, syncId: string, last: number): void {
  if (!db.prepare("SELECT 1 FROM edge WHERE shallow = 0 LIMIT 1").get()) return;
  const insert = "INSERT OR IGNORE INTO passed_on (entitlement, type, id, layer)";
  const isPassedOn = "e.destination IN (SELECT source FROM edge WHERE shallow = 0)";
  const range = { sync: syncId, last };
  db.prepare(
    `${insert} SELECT g.entitlement_id, g.principal_resource_type_id, g.principal_resource_id, 0
       FROM (SELECT DISTINCT source FROM edge WHERE shallow = 0) AS e CROSS JOIN ${HELD}
       WHERE ${OF_SOURCE} AND ${IS_INDIRECT}`,
  ).run(range);
  db.prepare(
    `${insert} SELECT e.destination, g.principal_resource_type_id, g.principal_resource_id, 0 FROM edge AS e CROSS JOIN ${HELD}
       WHERE ${isPassedOn} AND ${OF_SOURCE} AND NOT (e.shallow AND ${IS_INDIRECT})
       AND ${letsThrough("g.principal_resource_type_id")} AND ${isNew("g.principal_resource_type_id", "g.principal_resource_id")}`,
  ).run(range);
  const next = db.prepare(
    `${insert} SELECT e.destination, p.type, p.id, p.layer + 1
       FROM passed_on AS p INDEXED BY passed_on_layer CROSS JOIN edge AS e ON e.source = p.entitlement
       WHERE p.layer = :layer AND e.shallow = 0 AND ${isPassedOn} AND ${letsThrough("p.type")} AND ${isNew("p.type", "p.id")}`,
  );
  db.exec("CREATE INDEX temp.edge_source ON edge (source)");
  for (let layer = 0; next.run({ layer, sync: syncId }).changes > 0; layer++);
}

function writeDestinations(db: DatabaseSync, syncId: string, at: string, last: number): Expansion {
  const entitlement = db.prepare(
    "SELECT resource_type_id, resource_id, data FROM v1_entitlements WHERE external_id = ? AND sync_id = ?",
  );
  const holders = db.prepare(
    `SELECT g.principal_resource_type_id AS type, g.principal_resource_id AS id, e.source AS source,
            NOT ${IS_INDIRECT} AS direct
       FROM edge AS e CROSS JOIN ${HELD}
       WHERE e.destination = :destination AND ${OF_SOURCE} AND NOT (e.shallow AND ${IS_INDIRECT})
         AND ${letsThrough("g.principal_resource_type_id")}
     UNION ALL
     SELECT p.type, p.id, e.source, 0 FROM edge AS e CROSS JOIN passed_on AS p ON p.entitlement = e.source
       WHERE e.destination = :destination AND e.shallow = 0 AND ${letsThrough("p.type")}
     ORDER BY 1, 2, 3`,
  );
  const stored = db.prepare(
    `SELECT id, data FROM v1_grants WHERE entitlement_id = ? AND principal_resource_type_id = ?
       AND principal_resource_id = ? AND sync_id = ? AND id <= ?`,
  );
  const update = db.prepare("UPDATE v1_grants SET data = ? WHERE id = ?");
  const insert = db.prepare(
    `INSERT INTO v1_grants (resource_type_id, resource_id, entitlement_id, principal_resource_type_id,
       principal_resource_id, external_id, data, sync_id, discovered_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)`,
  );
  let added = 0;
  let merged = 0;
  for (const { destination } of db.prepare("SELECT DISTINCT destination FROM edge").all() as {
    destination: string;
  }[]) {
    const target = entitlement.get(destination, syncId)!;
    const encode = expandedGrantEncoder(destination, target.data as Uint8Array);
    const write = (type: string, id: string, sources: Sources) => {
      const rows = stored.all(destination, type, id, syncId, last);
      for (const row of rows) update.run(addSources(row.data as Uint8Array, destination, sources), row.id as number);
      merged += rows.length;
      if (rows.length > 0) return;
      const { grantId, data } = encode(type, id, sources);
      const { resource_type_id, resource_id } = target as { resource_type_id: string; resource_id: string };
      insert.run(resource_type_id, resource_id, destination, type, id, grantId, data, syncId, at);
      added++;
    };
    let type = "";
    let id = "";
    let sources: Sources = new Map();
    for (const row of holders.iterate({ destination, sync: syncId, last })) {
      if (row.type !== type || row.id !== id) {
        if (sources.size > 0) write(type, id, sources);
        type = row.type as string;
        id = row.id as string;
        sources = new Map();
      }
      const source = row.source as string;
      sources.set(source, row.direct === 1 || sources.get(source) === true);
    }
    if (sources.size > 0) write(type, id, sources);
  }
  return { added, merged };
}
