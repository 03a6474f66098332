import { existsSync, statSync } from "node:fs";
import { type Clock, systemClock } from "../../runtime/clock.ts";
import { type Log, silentLog } from "../../runtime/log/log.ts";
import type { Call, Connector } from "../connector.ts";
import { newSyncId } from "../model/ids.ts";
import { pack } from "../snapshot/container/container.ts";
import { formatTime } from "../snapshot/time.ts";
import { writeFirstWork, writeFullWork } from "./begin.ts";
import { Checks } from "./checks/checks.ts";
import type { ReadAgain } from "./checks/counts.ts";
import { lastResources } from "./checks/last-resources.ts";
import type { Ids } from "./checks/lists.ts";
import { databaseFailure } from "./failures.ts";
import { clearSync, knownOf, openChanges } from "./incremental/full.ts";
import { NeedsFull } from "./incremental/needs-full.ts";
import { openIncremental } from "./incremental/open.ts";
import { carrierOf } from "./incremental/state.ts";
import type { SyncOptions, SyncResult, Timing } from "./options.ts";
import { makePlan, type Plan } from "./plan.ts";
import type { Progress, SyncPhase } from "./progress.ts";
import { cancelled, Reader } from "./reader.ts";
import { keepResumable } from "./resumable.ts";
import { Routes } from "./routes/routes.ts";
import { type Previous, removePrevious, unpackPrevious } from "./seal/previous.ts";
import { type Sealed, seal } from "./seal/seal.ts";
import { removeTorn, removeWork, resolvePaths, type SyncPaths } from "./work/file.ts";
import { type Lock, takeLock } from "./work/lock.ts";
import { Queue } from "./work/queue.ts";
import { openSession, type Session } from "./work/session.ts";
import { Store } from "./work/store.ts";
import { checkReplaceable, markOf, targetChanged } from "./work/target.ts";

export type { Counts, Refused, Selection, SyncOptions, SyncResult, SyncType, Timing } from "./options.ts";
export type { LaneProgress, Operation, Progress, SyncPhase } from "./progress.ts";

/**
 * Reads what a connector shows into a snapshot file. An interrupted sync leaves its working file behind, and the next
 * call with the same binding and selection goes on with it (see `resumable`); the old snapshot stays whole until
 * the new one is in its place. Throws a {@link Failure} of kind `usage` for an unknown resource type or a folder that
 * is not there, `notASnapshot` or `newerSnapshot` for what is in the way (before the connector is called),
 * `failedPrecondition` where another process is at it, `cancelled` where a signal stopped it, `resourceExhausted` where
 * the disk is full, and whatever the connector throws.
 */
export async function sync(connector: Connector, options: SyncOptions): Promise<SyncResult> {
  const plan = makePlan(connector, options);
  const places = resolvePaths(options.file, options.tempDir);
  checkReplaceable(places.target);
  const guard = places.targetLock === places.lock ? undefined : takeLock(places.targetLock, places.target);
  let lock: Lock | undefined;
  let keep = true;
  try {
    lock = takeLock(places.lock, places.target);
    removeTorn(places);
    const run = new Run(connector, options, plan, places, lock);
    try {
      const result = await run.run();
      removeWork(places);
      keep = false;
      return result;
    } catch (error) {
      keep = run.leave(error);
      if (!keep) removeWork(places);
      throw error;
    }
  } finally {
    lock?.release(!keep);
    // Nothing is kept in it: where the sync is gone on with, the lock beside the working file says so.
    guard?.release(true);
  }
}

/** One call of {@link sync}, with the lock held. */
class Run {
  readonly #connector: Connector;
  readonly #options: SyncOptions;
  readonly #plan: Plan;
  readonly #places: SyncPaths;
  readonly #lock: Lock;
  readonly #clock: Clock;
  readonly #log: Log;
  readonly #startedAt: number;
  readonly #timings: Partial<Record<SyncPhase, Timing>> = {};
  #phase: SyncPhase = "reading";
  #session: Session | undefined;
  #reader: Reader | undefined;
  #previous: Previous | undefined;

  constructor(...[connector, options, plan, places, lock]: [Connector, SyncOptions, Plan, SyncPaths, Lock]) {
    this.#connector = connector;
    this.#options = options;
    this.#plan = plan;
    this.#places = places;
    this.#lock = lock;
    this.#clock = options.clock ?? systemClock;
    this.#log = options.log ?? silentLog;
    this.#startedAt = this.#clock.now();
  }

  async run(): Promise<SyncResult> {
    const { signal } = this.#options;
    let session: Session | undefined;
    let sealed: Sealed | undefined;
    try {
      session = openSession(this.#places, this.#lock, this.#plan, this.#startedAt, this.#log, () =>
        newSyncId(this.#clock),
      );
      this.#session = session;
      if (!session.sealed) this.#previous = await this.#unpackPrevious();
      await this.#options.beforeReading?.();
      sealed = session.sealed ?? (await this.#fill(session));
    } catch (error) {
      throw databaseFailure(error, this.#places.work);
    } finally {
      session?.close();
    }
    await this.#measure("packing", async () => {
      if (signal?.aborted) throw cancelled();
      await pack(this.#places.work, this.#places.target, {
        ...(signal ? { signal } : {}),
        beforeRename: (temporary) => this.#beforeRename(temporary),
      }).catch((error: unknown) => {
        throw signal?.aborted ? cancelled() : error;
      });
    });
    return {
      syncId: session.syncId,
      syncType: this.#plan.syncType,
      resumed: session.resumed,
      ...(session.discarded === undefined ? {} : { discarded: session.discarded }),
      ...sealed,
      fileBytes: statSync(this.#places.target).size,
      pages: this.#reader?.pages ?? 0,
      timings: this.#timings,
    };
  }

  async #unpackPrevious(): Promise<Previous> {
    const { signal } = this.#options;
    return unpackPrevious(this.#places, signal).catch((error: unknown) => {
      throw signal?.aborted ? cancelled() : error;
    });
  }

  /** Makes sure that nothing that the new snapshot does not hold is replaced. */
  #beforeRename(temporary: string): void {
    const mark = markOf(this.#places.target);
    if (mark !== this.#lock.get("target") && mark !== this.#lock.get("packed")) {
      throw targetChanged(this.#places.target);
    }
    // What this process can no longer say of itself once it was killed after the rename.
    this.#lock.set({ packed: markOf(temporary) });
  }

  /** Reads what there is to read, and seals it. */
  async #fill(session: Session): Promise<Sealed> {
    if (session.fresh) {
      await writeFirstWork(session, {
        connector: this.#connector,
        plan: this.#plan,
        incremental: this.#options.incremental,
        previous: this.#previous?.there ? this.#places.previous : undefined,
        call: this.#callOf(session),
        startedAt: this.#startedAt,
        clock: this.#clock,
        log: this.#log,
      });
    }
    const store = await this.#measure("reading", () => this.#readAll(session));
    return this.#measure("sealing", () => this.#seal(session, store));
  }

  /** Reads what there is to read; everything, where what has changed turns out not to be enough. */
  async #readAll(session: Session): Promise<Store> {
    for (;;) {
      const queue = new Queue(session.db);
      const store = new Store(session.db, session.syncId, this.#plan, queue);
      try {
        await this.#read(session, queue, store);
        return store;
      } catch (error) {
        if (!(error instanceof NeedsFull)) throw error;
        this.#log.info("everything is read, in place of what has changed", { why: error.message });
        this.#connector.forget?.(session.syncId);
        const since = await openChanges(this.#connector, this.#callOf(session), this.#log);
        session.transaction(() => {
          clearSync(session.db, session.syncId);
          writeFullWork(session, this.#plan, this.#startedAt, since, error.message);
        });
      }
    }
  }

  #callOf(session: Session): Call {
    const { stop, signal } = this.#options;
    const signals = [stop, signal].filter((one) => one !== undefined);
    return { syncId: session.syncId, signal: AbortSignal.any(signals) };
  }

  /** Says whether the next call can go on with what is there, and remembers it for `resumable`. */
  leave(error: unknown): boolean {
    const session = this.#session;
    const pages = this.#reader?.pages ?? 0;
    removePrevious(this.#places);
    // A working file that could not even be opened may be opened the next time.
    if (!session) return existsSync(this.#places.work);
    if (pages === 0 && !session.resumed) return false;
    try {
      session.settle();
    } catch (cause) {
      // The failure that stopped the sync is the one to tell; what was read stays good until the machine restarts.
      this.#log.debug("what was read could not be brought onto the disk", { why: String(cause) });
    }
    keepResumable(error, { syncId: session.syncId, workFile: this.#places.work, pages });
    this.#log.info("what was read is kept: the same command goes on where this one stopped", {
      file: this.#places.work,
      pages,
    });
    return true;
  }

  async #read(session: Session, queue: Queue, store: Store): Promise<void> {
    const { workers, stop, signal } = this.#options;
    const { db, syncId } = session;
    const routes = new Routes(db, syncId, this.#plan, queue, this.#log);
    const parts = { plan: this.#plan, queue, store, routes };
    const incremental = openIncremental(session, parts, this.#options.incremental);
    store.route(routes);
    const readAgain: ReadAgain | undefined = incremental && ((...of) => incremental.readAgain(...of));
    const checks = new Checks({ db, syncId, plan: this.#plan, queue, store, log: this.#log, readAgain });
    this.#reader = new Reader({
      lanes: this.#plan.lanes,
      supports: this.#plan.supports,
      routes,
      queue,
      store,
      transaction: session.transaction,
      workers: workers !== undefined && workers < 0 ? undefined : workers,
      call: { syncId: session.syncId, dropsUnlisted: this.#plan.syncType === "full" },
      skipUnreadable: this.#options.skipUnreadable,
      clock: this.#clock,
      log: this.#log,
      stop,
      signal,
      time: () => formatTime(this.#clock.now()),
      onStored: () => this.#reportProgress(),
      checks,
      changes: this.#connector.changes,
      incremental,
      onRead: () => {
        let again = false;
        if (incremental) {
          session.transaction(() => {
            again = incremental.next();
          });
        }
        if (again) return true;
        const before: Ids = checks.wantsBefore ? this.#before() : new Map();
        let more = false;
        session.transaction(() => {
          more = checks.next(before);
        });
        return more;
      },
    });
    this.#reportProgress();
    await this.#reader.run();
  }

  /** The resources of the last sync that the target holds. */
  #before(): Ids {
    return this.#previous?.there ? lastResources(this.#places.previous) : new Map();
  }

  async #seal(session: Session, store: Store): Promise<Sealed> {
    const { target } = this.#places;
    // A target that was replaced while pages were read is merged as it is now.
    const unpacked = this.#previous;
    const merged = unpacked?.mark === markOf(target) ? unpacked : await this.#unpackPrevious();
    const sealed = await seal({
      db: session.db,
      syncId: session.syncId,
      plan: this.#plan,
      store,
      previous: merged.there ? { database: this.#places.previous, snapshot: target } : undefined,
      keep: this.#options.keep ?? 2,
      state: () => knownOf(session.db, carrierOf(this.#plan)),
      clock: this.#clock,
      log: this.#log,
      expanding: (body) => {
        const done = this.#begun("expanding");
        body();
        done();
        this.#enter("sealing");
      },
      check: () => {
        if (this.#options.stop?.aborted || this.#options.signal?.aborted) throw cancelled();
      },
      remember: (sealed) => this.#lock.set({ sealed: JSON.stringify(sealed), target: merged.mark }),
    });
    removePrevious(this.#places);
    return sealed;
  }

  #enter(phase: SyncPhase): void {
    this.#phase = phase;
    this.#reportProgress();
  }

  #reportProgress(): void {
    const progress: Progress = {
      phase: this.#phase,
      startedAt: this.#startedAt,
      lanes: this.#options.onProgress ? (this.#reader?.progress() ?? []) : [],
    };
    this.#options.onProgress?.(progress);
  }

  async #measure<T>(phase: SyncPhase, body: () => Promise<T>): Promise<T> {
    const done = this.#begun(phase);
    try {
      return await body();
    } finally {
      done();
    }
  }

  /** Enters a phase; what it gives ends it, and notes what it took. */
  #begun(phase: SyncPhase): () => void {
    this.#enter(phase);
    const start = this.#clock.now();
    const cpu = process.cpuUsage();
    return () => {
      const { user, system } = process.cpuUsage(cpu);
      this.#timings[phase] = { ms: this.#clock.now() - start, cpuMs: Math.round((user + system) / 1000) };
    };
  }
}
