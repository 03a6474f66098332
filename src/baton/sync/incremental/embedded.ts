import type { DatabaseSync } from "node:sqlite";
import { fromBinary, toBinary } from "@bufbuild/protobuf";
import { GrantSchema } from "../../../gen/c1/connector/v2/grant_pb.ts";
import { ResourceSchema } from "../../../gen/c1/connector/v2/resource_pb.ts";

/**
 * Each grant holds the whole resource that it is on. Where a resource is not as it was, its grants that hold it as it was
 * get it as it is. Belongs into a transaction of the caller's, before the grants are expanded.
 */
export function renewEmbedded(db: DatabaseSync, syncId: string): void {
  const grants = db.prepare(
    "SELECT id, data FROM v1_grants WHERE resource_type_id = ? AND resource_id = ? AND sync_id = ?",
  );
  const update = db.prepare("UPDATE v1_grants SET data = ? WHERE id = ?");
  const changed = db.prepare(
    `SELECT c.data AS old, r.data, r.resource_type_id AS type, r.external_id AS key FROM work_changed AS c
       JOIN v1_resources AS r ON r.id = c.resource`,
  );
  for (const row of changed.all()) {
    const type = row.type as string;
    const fresh = fromBinary(ResourceSchema, row.data as Uint8Array);
    for (const { id, data } of grants.all(type, (row.key as string).slice(type.length + 1), syncId)) {
      const grant = fromBinary(GrantSchema, data as Uint8Array);
      const held = grant.entitlement?.resource;
      if (held === undefined || Buffer.compare(toBinary(ResourceSchema, held), row.old as Uint8Array) !== 0) continue;
      grant.entitlement!.resource = fresh;
      update.run(toBinary(GrantSchema, grant), id as number);
    }
  }
}
