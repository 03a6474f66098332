import type { DatabaseSync } from "node:sqlite";
import { fromBinary } from "@bufbuild/protobuf";
import { BinaryReader } from "@bufbuild/protobuf/wire";
import { GrantSchema } from "../../../gen/c1/connector/v2/grant_pb.ts";
import { ORIGIN_FIELD, originOf } from "../../model/origin.ts";

/** The number of `Grant.sources`. */
const SOURCES_FIELD = GrantSchema.field.sources.number;

/**
 * Notes in `work_indirect` which grants of the edges' sources are stated to be held through something else, and not also
 * by themselves. Only those are looked at: of the grants of a sync they are few.
 */
export function noteIndirect(db: DatabaseSync, syncId: string): void {
  const insert = db.prepare("INSERT OR IGNORE INTO work_indirect (entitlement, type, id) VALUES (?, ?, ?)");
  const rows = db.prepare(
    `SELECT g.entitlement_id AS entitlement, g.principal_resource_type_id AS type, g.principal_resource_id AS id, g.data AS data
       FROM (SELECT DISTINCT source FROM edge) AS e CROSS JOIN v1_grants AS g INDEXED BY idx_grants_entitlement_sync_grant_v1
       WHERE g.entitlement_id = e.source AND g.sync_id = ?`,
  );
  for (const { entitlement, type, id, data } of rows.iterate(syncId)) {
    if (isIndirect(data as Uint8Array, entitlement as string)) {
      insert.run(entitlement as string, type as string, id as string);
    }
  }
}

/** Whether a stored grant states that it is held through something else, and not also by itself. */
export function isIndirect(grant: Uint8Array, entitlement: string): boolean {
  // Hardly any states something: those are not decoded.
  if (!statesHow(grant)) return false;
  const sources = Object.keys(fromBinary(GrantSchema, grant).sources?.sources ?? {});
  return sources.length > 0 ? !sources.includes(entitlement) : originOf(grant) === "group";
}

/** Whether the bytes of a grant hold its sources or its origin. */
function statesHow(grant: Uint8Array): boolean {
  const reader = new BinaryReader(grant);
  while (reader.pos < reader.len) {
    const [field, wireType] = reader.tag();
    if (field === SOURCES_FIELD || field === ORIGIN_FIELD) return true;
    reader.skip(wireType, field);
  }
  return false;
}
