import type { DatabaseSync } from "node:sqlite";
import type { Log } from "../../../runtime/log/log.ts";
import { syncFile } from "../../../runtime/system/files.ts";
import { machineRun } from "../../../runtime/system/machine-run.ts";
import { createTables } from "../../snapshot/schema.ts";
import { formatTime } from "../../snapshot/time.ts";
import { databaseFailure, isCorrupt } from "../failures.ts";
import type { Plan } from "../plan.ts";
import { makeIndex } from "../seal/prune.ts";
import type { Sealed } from "../seal/seal.ts";
import { openWork, RESUMABLE_MS, removeWork, type SyncPaths } from "./file.ts";
import type { Lock } from "./lock.ts";
import { NOTE_TABLES } from "./note-tables.ts";
import { QUEUE_TABLES } from "./queue.ts";
import { markOf } from "./target.ts";

/**
 * The indexes that are made before there are rows: those that reading needs, and those that hold so few of the grants that
 * keeping them costs less than looking for them in the whole table.
 */
const EARLY_INDEXES = [
  "idx_resources_parent_resource_id_v1",
  "idx_entitlements_external_sync_v1",
  "idx_entitlements_resource_id_v1",
  "idx_grants_sync_expansion_v1",
  "idx_grants_sync_needs_expansion_v1",
];

/** A working file that is open, either new or left by an interrupted run. */
export interface Session {
  readonly db: DatabaseSync;
  readonly syncId: string;
  readonly resumed: boolean;
  /** Whether what there is to do is still to be written down. */
  readonly fresh: boolean;
  /** Why what an earlier run had left could not be gone on with. */
  readonly discarded: string | undefined;
  /** What the run that sealed the file found: nothing is left to do but to pack it. */
  readonly sealed: Sealed | undefined;
  /** Runs `body` as one transaction. */
  readonly transaction: (body: () => void) => void;
  close(): void;
  /** Brings what was read onto the disk, so that it outlives the machine. */
  settle(): void;
}

/** Opens the working file: the one that is there where it belongs to the same sync, else a new one. */
export function openSession(
  places: SyncPaths,
  lock: Lock,
  plan: Plan,
  now: number,
  log: Log,
  newId: () => string,
): Session {
  let discarded = whyNot(lock, plan, now);
  const old = lock.get("syncId");
  if (old !== undefined && discarded === undefined) {
    const reopened = discarded ?? reopen(places, lock, old);
    if (typeof reopened !== "string") {
      log.info("going on with the sync that was interrupted", { syncId: old, file: places.work });
      return reopened;
    }
    discarded = reopened;
  }
  const why = old === undefined ? undefined : discarded;
  if (why !== undefined) log.warn("the sync that was interrupted cannot be gone on with: starting afresh", { why });
  return start(places, lock, plan, now, newId(), why);
}

function whyNot(lock: Lock, plan: Plan, now: number): string | undefined {
  const age = now - Number(lock.get("startedAt"));
  if (lock.get("binding") !== plan.binding)
    return "it was started for another org, with other flags or by another version";
  // What one may not read, another may: a snapshot is what one of them sees.
  if (lock.get("sealed") === undefined && lock.get("identity") !== plan.identity)
    return "it was started with other credentials";
  if (!(age < RESUMABLE_MS)) return "it was started more than 24 hours ago";
  if (lock.get("settled") !== "yes" && lock.get("machineRun") !== machineRun()) {
    return "the machine was restarted in the middle of it";
  }
  return undefined;
}

/** Whether the target is what the sealed sync was merged with, or is that sync already. */
function isUnchanged(places: SyncPaths, lock: Lock): boolean {
  const mark = markOf(places.target);
  return mark === lock.get("target") || mark === lock.get("packed");
}

const CORRUPT = "its working file is gone or corrupt";

/** Gives the session of the working file that is there, or why it cannot be gone on with. */
function reopen(places: SyncPaths, lock: Lock, syncId: string): Session | string {
  let db: DatabaseSync | undefined;
  let sealed: Sealed | undefined;
  try {
    db = openWork(places);
    const state = readState(db, syncId);
    const remembered = lock.get("sealed");
    if (state === "sealed" && remembered !== undefined) sealed = JSON.parse(remembered) as Sealed;
    const moved = sealed !== undefined && !isUnchanged(places, lock);
    if (moved || (state !== "reading" && !sealed)) {
      db.close();
      return moved ? "the snapshot that it was to be added to was replaced or removed meanwhile" : CORRUPT;
    }
  } catch (error) {
    db?.close();
    if (!isCorrupt(error)) throw error;
    return CORRUPT;
  }
  lock.set({ settled: "no", machineRun: machineRun() });
  return session(places, lock, db, syncId, { resumed: true, fresh: false, discarded: undefined, sealed });
}

/** How far the working file's sync is; nothing where it is another one or corrupt. */
function readState(db: DatabaseSync, syncId: string): "reading" | "sealed" | undefined {
  // Where nobody can tell whether the machine was restarted, the file has to show that it is whole.
  if (machineRun() === "" && db.prepare("PRAGMA quick_check(1)").get()?.quick_check !== "ok") return undefined;
  if (!db.prepare("SELECT 1 FROM sqlite_master WHERE name = 'v1_sync_runs'").get()) return undefined;
  // A sync makes neither views nor triggers: the file is somebody else's.
  if (db.prepare("SELECT 1 FROM sqlite_master WHERE type NOT IN ('table', 'index')").get()) return undefined;
  const run = db.prepare("SELECT ended_at FROM v1_sync_runs WHERE sync_id = ?").get(syncId);
  return run && (run.ended_at === null ? "reading" : "sealed");
}

function start(
  places: SyncPaths,
  lock: Lock,
  plan: Plan,
  now: number,
  syncId: string,
  discarded: string | undefined,
): Session {
  lock.clear();
  removeWork(places);
  const identity = plan.identity === undefined ? {} : { identity: plan.identity };
  lock.set({
    ...identity,
    syncId,
    binding: plan.binding,
    startedAt: String(now),
    machineRun: machineRun(),
    settled: "no",
  });
  const db = openWork(places);
  const opened = session(places, lock, db, syncId, { resumed: false, fresh: true, discarded, sealed: undefined });
  try {
    opened.transaction(() => {
      createTables(db);
      for (const name of EARLY_INDEXES) makeIndex(db, name);
      db.exec(QUEUE_TABLES);
      db.exec(NOTE_TABLES);
    });
  } catch (error) {
    db.close();
    throw error;
  }
  return opened;
}

function session(
  places: SyncPaths,
  lock: Lock,
  db: DatabaseSync,
  syncId: string,
  rest: Pick<Session, "resumed" | "fresh" | "discarded" | "sealed">,
): Session {
  return {
    db,
    syncId,
    ...rest,
    transaction(body) {
      try {
        db.exec("BEGIN");
        body();
        db.exec("COMMIT");
      } catch (error) {
        if (db.isTransaction) db.exec("ROLLBACK");
        throw databaseFailure(error, places.work);
      }
    },
    close() {
      if (!db.isOpen) return;
      db.exec("PRAGMA temp_store_directory = ''");
      db.close();
    },
    settle() {
      syncFile(places.work);
      lock.set({ settled: "yes" });
    },
  };
}

/** The entry of a sync that has begun, without which its working file counts as empty. */
export function beginRun(db: DatabaseSync, syncId: string, plan: Plan, now: number): void {
  db.prepare("INSERT INTO v1_sync_runs (sync_id, started_at, sync_token, sync_type) VALUES (?, ?, '', ?)").run(
    syncId,
    formatTime(now),
    plan.syncType,
  );
}
