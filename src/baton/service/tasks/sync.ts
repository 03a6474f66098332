import { copyFileSync, existsSync, statSync } from "node:fs";
import type { Task, Task_SyncFullTask } from "../../../gen/c1/connectorapi/baton/v1/baton_pb.ts";
import type { Clock } from "../../../runtime/clock.ts";
import { isFailure } from "../../../runtime/failure.ts";
import type { Metrics } from "../../../runtime/metrics/metrics.ts";
import { replaceFileSync } from "../../../runtime/system/files.ts";
import type { Connector, Json } from "../../connector.ts";
import { isWhole, logMissing } from "../../sync/checks/missing.ts";
import type { IncrementalChoice, Selection } from "../../sync/options.ts";
import { sync } from "../../sync/sync.ts";
import { canonical, RESUMABLE_MS } from "../../sync/work/file.ts";
import type { Platform } from "../platform/platform.ts";
import { uploadFile } from "../platform/upload.ts";
import type { Outcome } from "./finish.ts";
import type { TaskLogs } from "./log.ts";
import { malformed, namesResource } from "./tasks.ts";
import type { WorkFolder } from "./work-folder.ts";

/** What decides what sync tasks read, besides the task. */
export interface SyncSettings {
  /** Whatever must be equal for an interrupted sync to be gone on with: org, flags, the program's version. */
  readonly binding: Json;
  /** What the flags select; what a task says goes before it. */
  readonly selection: Selection;
  /** Pages in flight of each (resource type, operation); absent: automatic. */
  readonly workers?: number;
  /** Read nothing: upload an empty finished sync. */
  readonly skipFullSync: boolean;
  /** Leave what cannot be read for ever out, and say so, in place of failing the task. */
  readonly skipUnreadable?: boolean;
  /** The last full snapshot is kept, and only what has changed since is read. */
  readonly incremental?: IncrementalChoice;
}

/** What a sync task is done with. */
export interface SyncTaskDeps {
  readonly connector: Connector;
  readonly settings: SyncSettings;
  readonly folder: WorkFolder;
  readonly platform: Platform;
  readonly hostId: string;
  readonly logs: TaskLogs;
  readonly clock: Clock;
  readonly metrics: Metrics;
}

/**
 * Reads a snapshot and uploads it. What a killed process left of the same task is gone on with; once the task has
 * ended, however it did, nothing of it is left on the disk. A sync that failed may always be tried again.
 */
export async function runSync(
  task: Task,
  asked: Task_SyncFullTask,
  deps: SyncTaskDeps,
  signal: AbortSignal,
): Promise<Outcome> {
  const { folder, logs, settings } = deps;
  if (!["", "sqlite"].includes(asked.storageEngine)) {
    logs.log.warn(
      "the task asks for another storage engine: the snapshot is written with SQLite, which every Baton reader opens",
      {
        taskId: task.id,
        storageEngine: asked.storageEngine,
      },
    );
  }
  const selection = select(asked, settings.selection);
  const expand = !asked.skipExpandGrants;
  const binding = canonical([settings.binding, settings.skipFullSync, selectionJson(selection), expand]);
  try {
    const file = folder.fileOf(task.id, binding);
    const log = folder.logOf(file);
    const body = () => readAndUpload(task.id, file, selection, expand, deps, signal);
    if (task.debug) {
      await logs.record(log, body);
      await uploadFile(log, { ...deps, taskId: task.id, log: logs.log, signal });
    } else {
      await body();
    }
    return { kind: "done" };
  } catch (error) {
    return {
      kind: "failed",
      error: signal.aborted ? signal.reason : error,
      nonRetryable: isFailure(error, "unimplemented"),
    };
  } finally {
    folder.remove(task.id);
  }
}

async function readAndUpload(
  taskId: string,
  file: string,
  selection: Selection,
  expand: boolean,
  { connector, settings, folder, platform, hostId, logs, clock, metrics }: SyncTaskDeps,
  signal: AbortSignal,
): Promise<void> {
  const { log } = logs;
  if (isFinished(file, clock.now())) {
    log.info("the snapshot of an earlier run of the task is there, and is uploaded", { taskId });
  } else {
    const { workers, skipFullSync, binding, skipUnreadable, incremental } = settings;
    const kept =
      incremental && !skipFullSync && isFull(selection)
        ? folder.lastOf(taskId, canonical([binding, selectionJson(selection), expand]))
        : undefined;
    log.info("sync started", { taskId, ...selection, expand, skipFullSync });
    const startedAt = clock.now();
    const result = await sync(skipFullSync ? { ...connector, types: [] } : connector, {
      file: kept ?? file,
      ...(kept !== undefined && incremental && { incremental, keep: 1 }),
      binding,
      selection: skipFullSync ? {} : selection,
      expand,
      ...(workers === undefined ? {} : { workers }),
      ...(skipUnreadable === undefined ? {} : { skipUnreadable }),
      clock,
      signal,
      log,
      onProgress: (progress) => metrics.sync(progress),
    }).catch((error: unknown) => {
      metrics.syncEnded(signal.aborted ? "interrupted" : "failed", clock.now() - startedAt);
      throw error;
    });
    if (kept !== undefined) takeCopy(kept, file);
    if (kept !== undefined && result.increment) metrics.increment(result.increment);
    metrics.syncEnded(isWhole(result) ? "done" : "incomplete", clock.now() - startedAt, result.refused);
    logMissing(log, result.refused, { taskId });
    const { syncId, syncType, resumed, counts, skipped, vanished, fileBytes, pages, increment } = result;
    const more = kept === undefined ? {} : { incremental: increment };
    log.info("sync finished", {
      taskId,
      syncId,
      syncType,
      resumed,
      counts,
      skipped,
      vanished,
      fileBytes,
      pages,
      ...more,
    });
  }
  signal.throwIfAborted();
  await uploadFile(file, { platform, hostId, taskId, clock, log, signal });
}

/** Whether all is selected that a full sync reads. */
function isFull({ resources, skipEntitlementsAndGrants, skipGrants }: Selection): boolean {
  return resources === undefined && skipEntitlementsAndGrants !== true && skipGrants !== true;
}

/** The task's own file: it gets its name only when all of it is on the disk. */
function takeCopy(kept: string, file: string): void {
  const temporary = `${file}.copy`;
  copyFileSync(kept, temporary);
  replaceFileSync(temporary, file);
}

/** Whether a snapshot is finished and not too old: it gets its name only when all of it is on the disk. */
function isFinished(file: string, now: number): boolean {
  return existsSync(file) && now - statSync(file).mtimeMs < RESUMABLE_MS;
}

/** What a task selects, where it says anything, else what the flags do. Throws where it targets what it does not name. */
export function select(asked: Task_SyncFullTask, flags: Selection): Selection {
  const resources = asked.targetedSyncResources.map(({ id }) => {
    if (!namesResource(id)) throw malformed("targeted_sync_resources.id");
    return { type: id.resourceType, id: id.resource };
  });
  const types = asked.syncResourceTypeIds;
  const skips = {
    skipEntitlementsAndGrants: asked.skipEntitlementsAndGrants || (flags.skipEntitlementsAndGrants ?? false),
    skipGrants: asked.skipGrants,
  };
  const named = types.length > 0 ? { types } : {};
  if (asked.targetedSyncResources.length > 0) return { resources, ...named, ...skips };
  if (types.length > 0) return { ...named, ...skips };
  return {
    ...(flags.types === undefined ? {} : { types: flags.types }),
    ...(flags.resources === undefined ? {} : { resources: flags.resources }),
    ...skips,
    // The flag is about the resources that flags name.
    skipGrants: asked.skipGrants || (flags.skipGrants ?? false),
  };
}

function selectionJson({ types, resources, skipEntitlementsAndGrants, skipGrants }: Selection): Json {
  return [
    types ?? null,
    resources?.map(({ type, id }): Json => [type, id]) ?? null,
    skipEntitlementsAndGrants ?? false,
    skipGrants ?? false,
  ];
}
