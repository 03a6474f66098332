import { mkdirSync, statSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { join, resolve } from "node:path";
import { setImmediate } from "node:timers/promises";
import type { Clock } from "../../runtime/clock.ts";
import { newSyncId } from "../model/ids.ts";
import { pack } from "../snapshot/container/container.ts";
import { diskFailure } from "../snapshot/container/disk.ts";
import { createIndexes } from "../snapshot/schema.ts";
import { countSync, type SyncStats } from "../snapshot/stats.ts";
import { formatTime } from "../snapshot/time.ts";
import { expandGrants } from "../sync/expansion/expand.ts";
import { databaseFailure } from "../sync/failures.ts";
import { parseRecord } from "../sync/read-record.ts";
import { chooseEntries, type Entry } from "./choose.ts";
import { type Authority, foldLayer } from "./fold.ts";
import { openDatabase, writeLayer } from "./layer.ts";
import { openSource, type Source } from "./source.ts";

/** What is folded, and where it goes. */
export interface CompactOptions {
  /** Snapshots, the base first, then the partial ones in the order in which they were made. */
  readonly files: readonly string[];
  /** The sync of each that is meant; empty: see {@link chooseEntries}. */
  readonly syncIds: readonly string[];
  /** The folder of the new snapshot; made where it is not there. */
  readonly outputFolder: string;
  /** The folder for temporary files, which is there. */
  readonly tempDir: string;
  readonly clock: Clock;
  readonly signal: AbortSignal;
}

/** A sync that was folded. */
export interface Folded {
  readonly file: string;
  readonly syncId: string;
  readonly type: string;
  /** Whether what is not in it any more was taken out; else only what is new in it was added. */
  readonly takesOut: boolean;
}

/** A new snapshot. */
export interface Compacted {
  readonly file: string;
  readonly fileBytes: number;
  readonly syncId: string;
  readonly syncType: string;
  readonly folded: readonly Folded[];
  readonly stats: SyncStats;
  /** Resources that are not there any more, and grants that are not held any more. */
  readonly removed: { readonly resources: number; readonly grants: number };
}

/**
 * Makes one snapshot with one sync of a base and the syncs after it, and expands its grants again. A later full sync
 * decides everything of the resource types that it holds; a partial one what its {@link parseRecord record} says, and
 * without a record only what it adds. Throws a {@link Failure} that says which file or sync cannot be folded, and why.
 */
export async function compactSyncs(options: CompactOptions): Promise<Compacted> {
  const { signal, clock, outputFolder } = options;
  const folder = await mkdtemp(join(options.tempDir, "baton-compact-")).catch((error) => {
    throw diskFailure(error, "write", options.tempDir);
  });
  const opened = new Map<string, Source>();
  const work = join(folder, "compacted.db");
  try {
    for (const file of options.files) {
      const path = resolve(file);
      if (!opened.has(path)) opened.set(path, await openSource(file, folder, signal));
    }
    const sources = options.files.map((file) => opened.get(resolve(file))!);
    const entries = chooseEntries(sources, options.syncIds);
    const syncId = newSyncId(clock);
    const made = await fold(entries, { work, folder, syncId, clock, signal });
    mkdirSync(outputFolder, { recursive: true });
    const file = join(outputFolder, `compacted-${syncId}.c1z`);
    await pack(work, file, { signal });
    return { file: resolve(file), fileBytes: statSync(file).size, syncId, ...made };
  } catch (error) {
    throw signal.aborted ? signal.reason : databaseFailure(diskFailure(error, "write", outputFolder), work);
  } finally {
    for (const source of opened.values()) await source.close();
    await rm(folder, { recursive: true, force: true });
  }
}

interface Work {
  readonly work: string;
  readonly folder: string;
  readonly syncId: string;
  readonly clock: Clock;
  readonly signal: AbortSignal;
}

async function fold(entries: readonly Entry[], { work, folder, syncId, clock, signal }: Work) {
  const step = async () => {
    // Between two steps the process hears of signals.
    await setImmediate();
    signal.throwIfAborted();
  };
  const [base, ...others] = entries as readonly [Entry, ...Entry[]];
  const folded: Folded[] = [foldedOf(base, true)];
  const removed = { resources: 0, grants: 0 };
  await step();
  writeLayer(work, base.source, base.sync.id, syncId);
  const db = openDatabase(work);
  try {
    for (const [i, entry] of others.entries()) {
      await step();
      const layer = join(folder, `layer-${i}.db`);
      writeLayer(layer, entry.source, entry.sync.id, syncId);
      await step();
      const authority = authorityOf(entry.sync);
      const { resources, grants } = foldLayer(db, layer, authority);
      await rm(layer);
      removed.resources += resources;
      removed.grants += grants;
      folded.push(foldedOf(entry, authority.kind === "types" || authority.record?.whole === true));
    }
    await step();
    createIndexes(db);
    const types = new Set(entries.map(({ sync }) => sync.type));
    const syncType = ["full", "resources_only"].find((type) => types.has(type)) ?? "partial";
    await step();
    if (syncType === "full") {
      db.exec(
        "CREATE TEMP TABLE work_indirect (entitlement TEXT, type TEXT, id TEXT, PRIMARY KEY (entitlement, type, id)) WITHOUT ROWID",
      );
      db.exec("BEGIN");
      expandGrants(db, syncId, formatTime(clock.now()));
      db.exec("COMMIT; DROP TABLE temp.work_indirect");
    }
    await step();
    const stats = countSync(db, syncId);
    db.prepare(
      `INSERT INTO v1_sync_runs (sync_id, started_at, ended_at, sync_token, sync_type, supports_diff, grants_backfilled, stats)
         VALUES (?, ?, ?, '', ?, ?, 1, ?)`,
    ).run(
      syncId,
      entries[0]!.sync.startedAt,
      entries.at(-1)!.sync.endedAt!,
      syncType,
      syncType === "full" ? 1 : 0,
      JSON.stringify(stats),
    );
    return { syncType, folded, stats, removed };
  } finally {
    db.close();
  }
}

function foldedOf({ source, sync }: Entry, takesOut: boolean): Folded {
  return { file: source.path, syncId: sync.id, type: sync.type, takesOut };
}

function authorityOf({ type, token }: Entry["sync"]): Authority {
  if (type === "partial") return { kind: "resources", record: parseRecord(token) };
  return { kind: "types", withGrants: type === "full" };
}
