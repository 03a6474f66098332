import { closeSync, mkdtempSync, openSync, rmSync } from "node:fs";
import { type FileHandle, open, rm } from "node:fs/promises";
import { join } from "node:path";
import type { DatabaseSync } from "node:sqlite";
import { type Clock, systemClock } from "../../runtime/clock.ts";
import { Failure } from "../../runtime/failure.ts";
import { tempFolder } from "../../runtime/temp-folder.ts";
import { openSnapshotFile } from "./container/check.ts";
import { inspect, type UnpackOptions, unpackInto } from "./container/container.ts";
import { diskFailure } from "./container/disk.ts";
import { SyncContent } from "./content.ts";
import { refuseCorrupt } from "./corrupt.ts";
import { type Keeping, keepingIn, openKept } from "./kept/open.ts";
import { prepareLookups } from "./lookups.ts";
import type { SyncStats } from "./stats.ts";
import { parseTime } from "./time.ts";
import { checkSchema, openUntrusted, openUntrustedCopy } from "./untrusted.ts";

const WEEK_MS = 7 * 24 * 60 * 60 * 1000;

/** One sync of a snapshot, as `v1_sync_runs` describes it. Times are texts as in the file. */
export interface SyncRun {
  readonly syncId: string;
  /** `full`, `partial`, `resources_only`; others exist. */
  readonly type: string;
  readonly startedAt: string;
  /** Absent while it runs. */
  readonly endedAt: string | undefined;
  /** The full sync that a partial one adds to; `""` where there is none. */
  readonly parentSyncId: string;
  /** Whether expansion was done. */
  readonly expanded: boolean;
  /** What its writer counted; absent while it runs, and in files of older writers. */
  readonly stats: SyncStats | undefined;
}

/** How a snapshot is opened. */
export interface OpenOptions extends UnpackOptions {
  /** The folder for the unpacked database; the system's where it is not given. */
  readonly tempDir?: string;
  readonly clock?: Clock;
  /** Where the unpacked database is kept for the next who opens the same file; without it, none is. */
  readonly keeping?: Keeping | undefined;
}

/**
 * Opens a snapshot to ask it questions: the one way for whatever shows a person what is in a snapshot. The unpacked copy
 * of a large one is kept (in the user's cache folder, or in `tempDir` where it is given), so that whoever opens it next
 * need not wait; `noCache` leaves nothing behind. Throws as {@link openSnapshot} does.
 */
export function openForQuestions(
  path: string,
  { noCache = false, tempDir }: { readonly noCache?: boolean; readonly tempDir?: string | undefined } = {},
): Promise<SnapshotReader> {
  const keeping = noCache ? undefined : keepingIn(tempDir);
  return openSnapshot(path, { keeping, ...(tempDir === undefined ? {} : { tempDir }) });
}

/**
 * Opens a snapshot for reading. Throws a {@link Failure} that says what is wrong: `notFound`, `notASnapshot`,
 * `newerSnapshot`, `resourceExhausted` (larger than allowed, or no room to unpack it).
 */
export async function openSnapshot(path: string, options: OpenOptions = {}): Promise<SnapshotReader> {
  const clock = options.clock ?? systemClock;
  const kept = options.keeping && (await openKept(path, options.keeping, clock.now()));
  if (kept !== undefined) return new SnapshotReader(path, kept, clock);
  if ((await inspect(path)) === "absent") {
    throw new Failure({ kind: "notFound", message: `there is no snapshot at ${path}`, advice: "check --file" });
  }
  const { db, writer, folder, file } = await openCopy(options.tempDir ?? tempFolder());
  try {
    const sha256 = await unpackFrom(path, file, folder, options);
    checkSchema(db, path);
    prepareLookups(writer, path);
    return new SnapshotReader(path, { db, sha256, folder }, clock);
  } catch (error) {
    db.close();
    await rm(folder, { recursive: true, force: true });
    throw error;
  } finally {
    writer.close();
    await file.close();
  }
}

async function unpackFrom(path: string, file: FileHandle, folder: string, options: UnpackOptions): Promise<string> {
  const source = await openSnapshotFile(path);
  try {
    return await unpackInto(source, path, file, folder, options);
  } finally {
    await source.close();
  }
}

/** An unpacked copy: what is read from it, what completes it before, and the file that it is unpacked into. */
interface Copy {
  readonly db: DatabaseSync;
  readonly writer: DatabaseSync;
  readonly folder: string;
  readonly file: FileHandle;
}

/**
 * Opens an empty database and takes its name away before anything is written to it: where the system lets go of an open
 * file's name, nothing of the copy, which holds personal data, outlives the process, however that ends.
 */
async function openCopy(parent: string): Promise<Copy> {
  let folder: string | undefined;
  try {
    folder = mkdtempSync(join(parent, "baton-"));
    const path = join(folder, "snapshot.db");
    closeSync(openSync(path, "wx", 0o600));
    const file = await open(path, "r+");
    try {
      const [db, writer] = refuseCorrupt(() => [openUntrusted(path), openUntrustedCopy(path)], path);
      try {
        rmSync(folder, { recursive: true, force: true });
      } catch {
        // The name stays until the reader is closed.
      }
      return { db, writer, folder, file };
    } catch (error) {
      await file.close();
      throw error;
    }
  } catch (error) {
    if (folder !== undefined) rmSync(folder, { recursive: true, force: true });
    throw diskFailure(error, "write", parent);
  }
}

/** What a snapshot was unpacked into. */
interface Unpacked {
  readonly db: DatabaseSync;
  readonly sha256: string;
  /** A temporary folder that is removed when the reader is closed. */
  readonly folder?: string;
}

/** Reads a snapshot. Close it when done: that removes the unpacked copy, where it is not kept. */
export class SnapshotReader {
  readonly path: string;
  /** SHA-256 of the file that was read, in hex. */
  readonly sha256: string;
  readonly #db: DatabaseSync;
  readonly #folder: string | undefined;
  readonly #clock: Clock;
  readonly #syncs: readonly SyncRun[];

  /** Use {@link openSnapshot}. */
  constructor(path: string, { db, sha256, folder }: Unpacked, clock: Clock) {
    this.path = path;
    this.sha256 = sha256;
    this.#db = db;
    this.#folder = folder;
    this.#clock = clock;
    this.#syncs = refuseCorrupt(() => db.prepare("select * from v1_sync_runs order by id").all()).map(syncRun);
  }

  /** All syncs in the file, in the order in which they were begun. */
  syncs(): readonly SyncRun[] {
    return this.#syncs;
  }

  /** The sync that readers show: the newest finished full one, else an unfinished one of the last week. */
  current(): SyncRun | undefined {
    const full = this.#syncs.filter(({ endedAt, type }) => endedAt !== undefined && type === "full");
    if (full.length > 0) return newest(full, ({ endedAt }) => endedAt);
    const since = this.#clock.now() - WEEK_MS;
    const running = this.#syncs.filter(
      ({ endedAt, startedAt }) => endedAt === undefined && (parseTime(startedAt) ?? 0) >= since,
    );
    return newest(running, ({ startedAt }) => startedAt);
  }

  /** The newest finished sync of any type, which is what the `baton` command line shows. */
  newestFinished(): SyncRun | undefined {
    return newest(
      this.#syncs.filter(({ endedAt }) => endedAt !== undefined),
      ({ endedAt }) => endedAt,
    );
  }

  /** What a sync holds: the {@link current} one where none is named. Throws a `notFound` {@link Failure} without any. */
  content(syncId: string | undefined = this.current()?.syncId): SyncContent {
    if (syncId === undefined || !this.#syncs.some((sync) => sync.syncId === syncId)) {
      throw new Failure({
        kind: "notFound",
        message: syncId === undefined ? `${this.path} holds no full sync` : `${this.path} holds no sync ${syncId}`,
      });
    }
    return new SyncContent(this.#db, syncId);
  }

  /** Removes the unpacked copy, where it is not kept. Nothing can be read afterwards. */
  async close(): Promise<void> {
    if (this.#db.isOpen) this.#db.close();
    if (this.#folder !== undefined) await rm(this.#folder, { recursive: true, force: true });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }
}

function syncRun(row: Record<string, unknown>): SyncRun {
  return {
    syncId: String(row.sync_id),
    type: String(row.sync_type ?? "full"),
    startedAt: String(row.started_at),
    endedAt: row.ended_at === null ? undefined : String(row.ended_at),
    parentSyncId: String(row.parent_sync_id ?? ""),
    expanded: row.supports_diff === 1,
    stats: readStats(row.stats),
  };
}

/** Files of older writers have counts of other shapes or none: they count for nothing then. */
function readStats(text: unknown): SyncStats | undefined {
  try {
    const stats = JSON.parse(String(text));
    return typeof stats?.resources === "number" ? stats : undefined;
  } catch {
    return undefined;
  }
}

/** Of syncs at the same time the one that was begun later. */
function newest(syncs: readonly SyncRun[], at: (sync: SyncRun) => string | undefined): SyncRun | undefined {
  return syncs.reduce<SyncRun | undefined>(
    (best, sync) => (best && (at(best) ?? "") > (at(sync) ?? "") ? best : sync),
    undefined,
  );
}
