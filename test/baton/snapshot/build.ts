import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { type DescMessage, type MessageShape, toBinary } from "@bufbuild/protobuf";
import { createGrantEncoder } from "../../../src/baton/model/encode.ts";
import type { Grant } from "../../../src/baton/model/grant.ts";
import { grantId } from "../../../src/baton/model/ids.ts";
import { pack } from "../../../src/baton/snapshot/container/container.ts";
import { createIndexes, createTables } from "../../../src/baton/snapshot/schema.ts";
import { type Entitlement, EntitlementSchema } from "../../../src/gen/c1/connector/v2/entitlement_pb.ts";
import {
  type Resource,
  ResourceSchema,
  type ResourceType,
  ResourceTypeSchema,
} from "../../../src/gen/c1/connector/v2/resource_pb.ts";

/** What a sync of a made-up snapshot holds. */
export interface MadeSync {
  readonly syncId: string;
  readonly type?: string;
  readonly startedAt?: string;
  /** `null`: it still runs. */
  readonly endedAt?: string | null;
  readonly resourceTypes?: readonly ResourceType[];
  readonly resources?: readonly Resource[];
  readonly entitlements?: readonly Entitlement[];
  readonly grants?: readonly Grant[];
}

/** Folders for a test file's snapshots; `remove` them at its end. */
export function scratch(): { folder(): string; remove(): void } {
  const root = mkdtempSync(join(tmpdir(), "snapshot-"));
  return {
    folder: () => mkdtempSync(join(root, "x-")),
    remove: () => rmSync(root, { recursive: true }),
  };
}

/** Writes a snapshot by hand. `spoil` may do anything to its database before it is packed. */
export async function makeSnapshot(
  folder: string,
  syncs: readonly MadeSync[],
  spoil: (db: DatabaseSync) => void = () => {},
): Promise<string> {
  const path = join(folder, "made.db");
  const db = new DatabaseSync(path);
  db.exec("pragma synchronous = off");
  createTables(db);
  createIndexes(db);
  db.exec("begin");
  for (const sync of syncs) insert(db, sync);
  db.exec("commit");
  spoil(db);
  db.close();
  await pack(path, join(folder, "made.c1z"));
  return join(folder, "made.c1z");
}

function insert(db: DatabaseSync, sync: MadeSync): void {
  const { syncId, startedAt = "2026-01-01 00:00:00", endedAt = "2026-01-01 00:01:00", type = "full" } = sync;
  const add = (table: string, row: Record<string, string | Uint8Array | number | null>) => {
    const names = Object.keys(row);
    const sql = `insert into ${table} (${names}) values (${names.map(() => "?")})`;
    db.prepare(sql).run(...Object.values(row));
  };
  const message = <Desc extends DescMessage>(schema: Desc, value: MessageShape<Desc>) => ({
    data: toBinary(schema, value),
    sync_id: syncId,
    discovered_at: startedAt,
  });
  add("v1_sync_runs", { sync_id: syncId, started_at: startedAt, ended_at: endedAt, sync_token: "", sync_type: type });
  for (const each of sync.resourceTypes ?? []) {
    add("v1_resource_types", { external_id: each.id, ...message(ResourceTypeSchema, each) });
  }
  for (const each of sync.resources ?? []) {
    const { resourceType, resource } = each.id!;
    add("v1_resources", {
      resource_type_id: resourceType,
      external_id: `${resourceType}:${resource}`,
      ...message(ResourceSchema, each),
    });
  }
  for (const each of sync.entitlements ?? []) {
    const { resourceType, resource } = each.resource!.id!;
    add("v1_entitlements", {
      resource_type_id: resourceType,
      resource_id: resource,
      external_id: each.id,
      ...message(EntitlementSchema, each),
    });
  }
  const encode = createGrantEncoder();
  for (const each of sync.grants ?? []) {
    const { data, expansion } = encode(each);
    add("v1_grants", {
      resource_type_id: each.granted.resource.id!.resourceType,
      resource_id: each.granted.resource.id!.resource,
      entitlement_id: each.granted.id,
      principal_resource_type_id: each.principalType,
      principal_resource_id: each.principalId,
      external_id: grantId(each),
      expansion,
      needs_expansion: expansion ? 1 : 0,
      data,
      sync_id: syncId,
      discovered_at: startedAt,
    });
  }
}
