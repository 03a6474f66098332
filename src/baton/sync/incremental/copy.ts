import type { DatabaseSync } from "node:sqlite";
import { create, fromBinary, toBinary } from "@bufbuild/protobuf";
import { GrantImmutableSchema } from "../../../gen/c1/connector/v2/annotation_grant_pb.ts";
import { V1IdentifierSchema } from "../../../gen/c1/connector/v2/annotation_v1_identifier_pb.ts";
import { type Grant, GrantSchema, type GrantSources } from "../../../gen/c1/connector/v2/grant_pb.ts";
import { find } from "../../model/annotations.ts";
import type { ResourceKey } from "../../model/ids.ts";
import type { Plan } from "../plan.ts";
import { makeIndex } from "../seal/prune.ts";
import type { Base } from "./base.ts";

const COLUMNS = {
  v1_resources: "resource_type_id, external_id, parent_resource_type_id, parent_resource_id, data",
  v1_entitlements: "resource_type_id, resource_id, external_id, data",
  v1_grants:
    "resource_type_id, resource_id, entitlement_id, principal_resource_type_id, principal_resource_id, external_id, expansion, needs_expansion, data",
} as const;

/**
 * Copies a sync's rows from the database attached as `old` into the working file, as they were before the grants were
 * expanded. Belongs into a transaction of the caller's. Gives the resources whose holders are to be read again, as what the
 * expansion added to their grants cannot be distinguished from what was there.
 */
export function copyBase(
  db: DatabaseSync,
  syncId: string,
  { syncId: base, state }: Base,
  plan: Plan,
): readonly ResourceKey[] {
  const types = JSON.stringify(plan.types.map(({ type }) => type.id));
  for (const [table, columns] of Object.entries(COLUMNS)) {
    db.prepare(
      `INSERT INTO main.${table} (${columns}, sync_id, discovered_at) SELECT ${columns}, ?, discovered_at FROM old.${table}
         WHERE sync_id = ? AND resource_type_id IN (SELECT value FROM json_each(?)) ORDER BY id`,
    ).run(syncId, base, types);
  }
  for (const name of [
    "idx_grants_resource_type_id_resource_id_v1",
    "idx_grants_principal_id_v1",
    "idx_grants_entitlement_id_principal_id_v1",
  ]) {
    makeIndex(db, name);
  }
  const mixed = undoExpansion(db, syncId);
  setFoundAside(db, syncId, state.found);
  copyNotes(db, state);
  fillHeld(db, syncId, plan);
  return mixed;
}

/**
 * Takes out what the expansion added: grants that it made (immutable, without the id that each grant of a connector
 * bears), and the sources of direct ones, which it marks by naming the entitlement itself among them. Sources that
 * the connector stated stay; where both are mixed, the resource is named.
 */
function undoExpansion(db: DatabaseSync, syncId: string): ResourceKey[] {
  const rows = db.prepare(
    `SELECT id, entitlement_id, resource_type_id, resource_id, data FROM v1_grants WHERE sync_id = ? AND entitlement_id IN (
       SELECT DISTINCT entitlement_id FROM v1_grants WHERE sync_id = ? AND expansion IS NOT NULL)`,
  );
  const remove = db.prepare("DELETE FROM v1_grants WHERE id = ?");
  const update = db.prepare("UPDATE v1_grants SET data = ? WHERE id = ?");
  const mixed: ResourceKey[] = [];
  for (const row of rows.all(syncId, syncId)) {
    const grant = fromBinary(GrantSchema, row.data as Uint8Array);
    const sources = grant.sources?.sources ?? {};
    if (Object.keys(sources).length === 0) continue;
    if (isMadeByExpansion(grant)) remove.run(row.id as number);
    else if (sources[row.entitlement_id as string] !== undefined) {
      update.run(toBinary(GrantSchema, withoutSources(grant)), row.id as number);
    } else mixed.push({ type: row.resource_type_id as string, id: row.resource_id as string });
  }
  return mixed;
}

function isMadeByExpansion(grant: Grant): boolean {
  return (
    find(grant.annotations, GrantImmutableSchema) !== undefined &&
    find(grant.annotations, V1IdentifierSchema) === undefined
  );
}

function withoutSources(grant: Grant): Grant {
  const { sources: _, ...rest } = grant as Grant & { sources?: GrantSources };
  const copy = create(GrantSchema, rest);
  if (grant.$unknown !== undefined) copy.$unknown = grant.$unknown;
  return copy;
}

/** Resources that only their grants show come in again when the sync is sealed, where there is still a grant. */
function setFoundAside(db: DatabaseSync, syncId: string, found: readonly string[]): void {
  const keys = JSON.stringify(found);
  db.prepare(
    `INSERT INTO work_found (external_id, type, data, carried) SELECT external_id, resource_type_id, data, 1 FROM v1_resources
       WHERE sync_id = ? AND external_id IN (SELECT value FROM json_each(?))`,
  ).run(syncId, keys);
  db.prepare(
    `DELETE FROM v1_entitlements WHERE sync_id = ? AND resource_type_id || ':' || resource_id IN (SELECT value FROM json_each(?))`,
  ).run(syncId, keys);
  db.prepare("DELETE FROM v1_resources WHERE sync_id = ? AND external_id IN (SELECT value FROM json_each(?))").run(
    syncId,
    keys,
  );
}

function copyNotes(db: DatabaseSync, { shown }: Base["state"]): void {
  const insert = db.prepare("INSERT INTO work_shown (type, id, reading, total, root) VALUES (?, ?, ?, ?, ?)");
  for (const [type, id, reading, total, root] of shown) insert.run(type, id, reading, total, root ?? null);
}

/** Which resources are held by principals that say how many they hold: the check of counts knows them as if just read. */
function fillHeld(db: DatabaseSync, syncId: string, plan: Plan): void {
  for (const { type, heldOf } of plan.types) {
    if (heldOf === undefined) continue;
    db.prepare(
      `INSERT OR IGNORE INTO work_held SELECT principal_resource_type_id || ':' || principal_resource_id,
           resource_type_id || ':' || resource_id FROM v1_grants
         WHERE principal_resource_type_id = ? AND resource_type_id = ? AND sync_id = ?`,
    ).run(type.id, heldOf, syncId);
  }
}
