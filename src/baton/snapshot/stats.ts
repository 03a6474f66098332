import type { DatabaseSync } from "node:sqlite";

/** How much a sync holds: what `v1_sync_runs.stats` says, with its names. */
export interface SyncStats {
  readonly resource_types: number;
  readonly resources: number;
  readonly entitlements: number;
  readonly grants: number;
  readonly resources_by_resource_type: Readonly<Record<string, number>>;
  /** By the type of the resource that the grant's entitlement belongs to. */
  readonly grants_by_resource_type: Readonly<Record<string, number>>;
  readonly entitlements_by_resource_type: Readonly<Record<string, number>>;
}

/** Counts what a sync holds, row by row. */
export function countSync(db: DatabaseSync, syncId: string): SyncStats {
  const types = db.prepare("select count(*) as n from v1_resource_types where sync_id = ?").get(syncId);
  const resources = byType(db, "v1_resources", syncId);
  const entitlements = byType(db, "v1_entitlements", syncId);
  const grants = byType(db, "v1_grants", syncId);
  return {
    resource_types: Number(types?.n),
    resources: sum(resources),
    entitlements: sum(entitlements),
    grants: sum(grants),
    resources_by_resource_type: resources,
    grants_by_resource_type: grants,
    entitlements_by_resource_type: entitlements,
  };
}

function byType(db: DatabaseSync, table: string, syncId: string): Record<string, number> {
  const rows = db.prepare(
    `select resource_type_id as type, count(*) as n from ${table} where sync_id = ? group by 1 order by 1`,
  );
  return Object.fromEntries(rows.all(syncId).map(({ type, n }) => [String(type), Number(n)]));
}

function sum(counts: Record<string, number>): number {
  return Object.values(counts).reduce((total, count) => total + count, 0);
}
