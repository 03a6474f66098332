import type { DatabaseSync } from "node:sqlite";

/** A table or an index of a snapshot, with the statement that makes it. */
export interface SchemaPart {
  readonly name: string;
  readonly sql: string;
}

/** An index, and the table it belongs to. */
export interface Index extends SchemaPart {
  readonly table: TableName;
  readonly unique: boolean;
}

export type TableName =
  | "v1_resource_types"
  | "v1_resources"
  | "v1_entitlements"
  | "v1_sync_runs"
  | "v1_grants"
  | "v1_assets"
  | "v1_connector_sessions";

/** The four tables that hold a sync's content, in the order in which their rows refer to each other. */
export const CONTENT_TABLES = ["v1_resource_types", "v1_resources", "v1_entitlements", "v1_grants"] as const;

export type ContentTable = (typeof CONTENT_TABLES)[number];

const MESSAGE_COLUMNS = ["data blob not null", "sync_id text not null", "discovered_at datetime not null"];

/** The tables of a snapshot of format 1. SQLite keeps these texts in the file, where other programs compare them. */
export const TABLES: readonly (SchemaPart & { readonly name: TableName })[] = [
  table("v1_resource_types", ["external_id text not null", ...MESSAGE_COLUMNS]),
  table("v1_resources", [
    "resource_type_id text not null",
    "external_id text not null",
    "parent_resource_type_id text",
    "parent_resource_id text",
    ...MESSAGE_COLUMNS,
  ]),
  table("v1_entitlements", [
    "resource_type_id text not null",
    "resource_id text not null",
    "external_id text not null",
    ...MESSAGE_COLUMNS,
  ]),
  table("v1_sync_runs", [
    "sync_id text not null",
    "started_at datetime not null",
    "ended_at datetime",
    "sync_token text not null",
    "sync_type text not null default 'full'",
    "parent_sync_id text not null default ''",
    "linked_sync_id text not null default ''",
    "supports_diff integer not null default 0",
    "grants_backfilled integer not null default 0",
    "stats text",
    "ingest_invariant_generation text not null default ''",
    "ingest_invariant_coverage text not null default ''",
    "ingest_invariant_mode text not null default ''",
  ]),
  table("v1_grants", [
    "resource_type_id text not null",
    "resource_id text not null",
    "entitlement_id text not null",
    "principal_resource_type_id text not null",
    "principal_resource_id text not null",
    "external_id text not null",
    "expansion blob",
    "needs_expansion integer not null default 0",
    ...MESSAGE_COLUMNS,
  ]),
  table("v1_assets", ["external_id text not null", "content_type text not null", ...MESSAGE_COLUMNS]),
  table("v1_connector_sessions", ["sync_id text NOT NULL", "key TEXT NOT NULL", "value BLOB NOT NULL"]),
];

/**
 * The indexes of a snapshot of format 1. The names of two indexes of `v1_resources` are swapped against what they hold:
 * that is how the format has them.
 */
export const INDEXES: readonly Index[] = [
  unique("v1_resource_types", "idx_resource_types_external_sync_v1", "(external_id, sync_id)"),
  plain("v1_resources", "idx_resources_resource_type_id_v1", "(resource_type_id)"),
  plain("v1_resources", "idx_resources_external_sync_v1", "(parent_resource_type_id, parent_resource_id)"),
  unique("v1_resources", "idx_resources_parent_resource_id_v1", "(external_id, sync_id)"),
  plain("v1_entitlements", "idx_entitlements_resource_id_v1", "(resource_type_id, resource_id)"),
  unique("v1_entitlements", "idx_entitlements_external_sync_v1", "(external_id, sync_id)"),
  unique("v1_sync_runs", "idx_sync_runs_sync_id_v1", "(sync_id)"),
  plain("v1_grants", "idx_grants_resource_type_id_resource_id_v1", "(resource_type_id, resource_id)"),
  plain("v1_grants", "idx_grants_principal_id_v1", "(principal_resource_type_id, principal_resource_id)"),
  plain(
    "v1_grants",
    "idx_grants_entitlement_id_principal_id_v1",
    "(entitlement_id, principal_resource_type_id, principal_resource_id)",
  ),
  unique("v1_grants", "idx_grants_external_sync_v1", "(external_id, sync_id)"),
  plain("v1_grants", "idx_grants_entitlement_sync_grant_v1", "(entitlement_id, sync_id, id)"),
  plain("v1_grants", "idx_grants_sync_expansion_v1", "(sync_id) where expansion is not null"),
  plain("v1_grants", "idx_grants_sync_needs_expansion_v1", "(sync_id) where needs_expansion = 1"),
  unique("v1_assets", "idx_assets_external_sync_v1", "(external_id, sync_id)"),
  unique("v1_connector_sessions", "idx_session_store_sync_key_v1", "(sync_id, key)"),
];

/** Makes the tables that are not there yet. */
export function createTables(db: DatabaseSync): void {
  for (const { sql } of TABLES) db.exec(sql.replace("CREATE TABLE ", "CREATE TABLE IF NOT EXISTS "));
}

/** Makes the indexes that are not there yet: all of them, or those of some tables. */
export function createIndexes(db: DatabaseSync, tables: readonly TableName[] = TABLES.map(({ name }) => name)): void {
  for (const { sql, table } of INDEXES) {
    if (tables.includes(table)) db.exec(sql.replace(" INDEX ", " INDEX IF NOT EXISTS "));
  }
}

/** Drops the indexes of some tables, so that many rows can be added to them cheaply. */
export function dropIndexes(db: DatabaseSync, tables: readonly TableName[]): void {
  for (const { name, table } of INDEXES) if (tables.includes(table)) db.exec(`DROP INDEX IF EXISTS ${name}`);
}

function table(name: TableName, columns: readonly string[]) {
  return { name, sql: `CREATE TABLE ${name} (\n    id integer primary key,\n    ${columns.join(",\n    ")}\n)` };
}

function plain(table: TableName, name: string, rest: string): Index {
  return { name, table, unique: false, sql: `CREATE INDEX ${name} on ${table} ${rest}` };
}

function unique(table: TableName, name: string, rest: string): Index {
  return { name, table, unique: true, sql: `CREATE UNIQUE INDEX ${name} on ${table} ${rest}` };
}
