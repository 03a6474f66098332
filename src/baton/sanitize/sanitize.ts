import { statSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { join, resolve } from "node:path";
import type { DatabaseSync } from "node:sqlite";
import { setImmediate } from "node:timers/promises";
import type { DescMessage } from "@bufbuild/protobuf";
import { GrantExpandableSchema } from "../../gen/c1/connector/v2/annotation_grant_pb.ts";
import { EntitlementSchema } from "../../gen/c1/connector/v2/entitlement_pb.ts";
import { GrantSchema } from "../../gen/c1/connector/v2/grant_pb.ts";
import { ResourceSchema, ResourceTypeSchema } from "../../gen/c1/connector/v2/resource_pb.ts";
import { Failure } from "../../runtime/failure.ts";
import { openDatabase } from "../compact/layer.ts";
import { type Column, openSource, type Source, type SourceSync } from "../compact/source.ts";
import { pack } from "../snapshot/container/container.ts";
import { diskFailure } from "../snapshot/container/disk.ts";
import { missingIn, withMissing } from "../snapshot/missing.ts";
import { CONTENT_TABLES, type ContentTable, createIndexes } from "../snapshot/schema.ts";
import { countSync } from "../snapshot/stats.ts";
import { databaseFailure } from "../sync/failures.ts";
import { grantSanitizer } from "./grants.ts";
import { sanitizeBytes } from "./messages.ts";
import { Pseudonyms, type Vocabulary } from "./pseudonyms.ts";

/** What is sanitized, and where it goes. */
export interface SanitizeOptions {
  readonly file: string;
  /** The new snapshot; one that is there is replaced. */
  readonly target: string;
  /** What the pseudonyms are made with: 16 bytes or more. */
  readonly key: Uint8Array;
  readonly vocabulary: Vocabulary;
  readonly tempDir: string;
  readonly signal: AbortSignal;
}

const SCHEMAS: Readonly<Record<ContentTable, DescMessage>> = {
  v1_resource_types: ResourceTypeSchema,
  v1_resources: ResourceSchema,
  v1_entitlements: EntitlementSchema,
  v1_grants: GrantSchema,
};

/** Columns that hold an id; those of types stay, as types do. */
const ID_COLUMNS = new Set([
  "external_id",
  "resource_id",
  "parent_resource_id",
  "entitlement_id",
  "principal_resource_id",
]);

/** Rows between two looks at the signals. */
const ROWS_PER_STEP = 5_000;

/**
 * Writes a snapshot with the same graph and other names: ids, names, addresses and all other texts of an org are replaced
 * by {@link Pseudonyms}; what kinds of things there are, states, times, counts and words that every org has stay. All
 * finished syncs are taken. Assets, sessions and what is not known of a message are left out. Throws a {@link Failure}:
 * `usage` where the target is the file itself or the key too short, and whatever is wrong with the snapshot.
 */
export async function sanitizeSnapshot(options: SanitizeOptions): Promise<{ fileBytes: number; syncs: number }> {
  const { file, target, key, signal } = options;
  if (key.length < MIN_KEY_BYTES) {
    throw new Failure({
      kind: "usage",
      message: `the key has ${key.length} bytes, and needs ${MIN_KEY_BYTES}`,
      advice: "make one with: openssl rand -hex 32",
    });
  }
  if (resolve(file) === resolve(target)) throw intoItself();
  const folder = await mkdtemp(join(options.tempDir, "baton-sanitize-")).catch((error) => {
    throw diskFailure(error, "write", options.tempDir);
  });
  const work = join(folder, "sanitized.db");
  let source: Source | undefined;
  try {
    source = await openSource(file, folder, signal);
    const syncs = source.syncs.filter(({ endedAt }) => endedAt !== undefined);
    if (syncs.length === 0) throw new Failure({ kind: "notFound", message: `${file} holds no finished sync` });
    const db = openDatabase(work);
    try {
      for (const sync of syncs) await writeSync(db, source, sync, options);
      createIndexes(db);
      for (const sync of syncs) addRun(db, sync, options);
    } finally {
      db.close();
    }
    await pack(work, target, { signal });
    return { fileBytes: statSync(target).size, syncs: syncs.length };
  } catch (error) {
    throw signal.aborted ? signal.reason : databaseFailure(diskFailure(error, "write", target), work);
  } finally {
    await source?.close();
    await rm(folder, { recursive: true, force: true });
  }
}

const MIN_KEY_BYTES = 16;

/** What is said where a snapshot would be replaced by itself with other names. */
export function intoItself(): Failure {
  return new Failure({
    kind: "usage",
    message: "a snapshot cannot be sanitized into itself",
    advice: "name another file",
  });
}

async function writeSync(db: DatabaseSync, source: Source, sync: SourceSync, options: SanitizeOptions): Promise<void> {
  const types = new Set<string>();
  for (const row of source.rows("v1_resource_types", sync.id)) types.add(String(row.external_id));
  const names = new Pseudonyms(options.key, options.vocabulary, types);
  const grantBytes = grantSanitizer(names);
  for (const table of CONTENT_TABLES) {
    const bytesOf =
      table === "v1_grants" ? grantBytes : (data: Uint8Array) => sanitizeBytes(SCHEMAS[table], data, names);
    let count = 0;
    let insert: ReturnType<DatabaseSync["prepare"]> | undefined;
    db.exec("BEGIN");
    for (const row of source.rows(table, sync.id)) {
      const other = sanitizeRow(row, names, bytesOf);
      const columns = Object.keys(other);
      insert ??= db.prepare(
        `INSERT INTO ${table} (${columns.join(", ")}, sync_id) VALUES (${columns.map(() => "?").join(", ")}, ?)`,
      );
      insert.run(...Object.values(other), sync.id);
      if (++count % ROWS_PER_STEP === 0) {
        db.exec("COMMIT");
        await setImmediate();
        options.signal.throwIfAborted();
        db.exec("BEGIN");
      }
    }
    db.exec("COMMIT");
  }
}

function sanitizeRow(
  row: Record<string, Column>,
  names: Pseudonyms,
  bytesOf: (data: Uint8Array) => Uint8Array,
): Record<string, Column> {
  return Object.fromEntries(
    Object.entries(row).map(([name, value]) => {
      if (name === "data") return [name, bytesOf(value as Uint8Array)];
      if (name === "expansion" && value !== null) {
        return [name, sanitizeBytes(GrantExpandableSchema, value as Uint8Array, names)];
      }
      return [name, ID_COLUMNS.has(name) && typeof value === "string" ? names.id(value) : value];
    }),
  );
}

/** The entry of a sync. Of its state only what was missing is kept, without what names anything. */
function addRun(db: DatabaseSync, sync: SourceSync, { key, vocabulary }: SanitizeOptions): void {
  const names = new Pseudonyms(key, vocabulary, new Set());
  const missing = missingIn(sync.token)?.map((text) => names.message(text));
  db.prepare(
    `INSERT INTO v1_sync_runs (sync_id, started_at, ended_at, sync_token, sync_type, parent_sync_id, supports_diff, grants_backfilled, stats)
       VALUES (?, ?, ?, ?, ?, ?, ?, 1, ?)`,
  ).run(
    sync.id,
    sync.startedAt,
    sync.endedAt!,
    missing === undefined ? "" : withMissing(EMPTY_STATE, missing),
    sync.type,
    sync.parentId,
    sync.isExpanded ? 1 : 0,
    JSON.stringify(countSync(db, sync.id)),
  );
}

/** A state that says nothing but what is added to it. */
const EMPTY_STATE = "{}";
