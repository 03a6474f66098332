import { randomUUID } from "node:crypto";
import { mkdtempSync, rmSync } from "node:fs";
import { join } from "node:path";
import type { SnapshotReader, SyncRun } from "../../baton/snapshot/reader.ts";
import type { SyncStats } from "../../baton/snapshot/stats.ts";
import { Failure } from "../../runtime/failure.ts";
import { tempFolder } from "../../runtime/temp-folder.ts";
import { forgetFile, openDatabase } from "../catalog/database.ts";
import { ListedChanges } from "../changes/listed.ts";
import type { JobRunner } from "../jobs/job.ts";
import { Background } from "./background.ts";
import { SyncView } from "./sync-view.ts";

/** How many syncs are kept ready to be looked at: each takes some 30 bytes a grant on the disk. */
const MAX_VIEWS = 4;
/** Of so many pairs of syncs what changed is kept. */
const MAX_CHANGES = 4;

/** A snapshot as the page looks at it: one sync at a time, with what was worked out of it. */
export class Picture {
  readonly reader: SnapshotReader;
  readonly #jobs: JobRunner;
  readonly #folder: string;
  /** The one that was used last comes last. */
  readonly #views = new Map<string, SyncView>();
  readonly #changes = new Map<string, Background<ListedChanges>>();
  readonly #counted = new Map<string, SyncStats>();
  /** The sync that is looked at where none is named. */
  readonly #current: string | undefined;

  /** `sync`: looked at where no other is asked for. Throws a `notFound` {@link Failure} where the file does not hold it. */
  constructor(reader: SnapshotReader, jobs: JobRunner, sync?: string) {
    this.reader = reader;
    this.#jobs = jobs;
    this.#current = sync ?? (reader.current() ?? reader.newestFinished())?.syncId;
    if (this.#current !== undefined) reader.content(this.#current);
    this.#folder = mkdtempSync(join(tempFolder(), "baton-page-"));
  }

  /** The id of the sync that is looked at where none is named. */
  get current(): string | undefined {
    return this.#current;
  }

  /** One sync. Throws a `notFound` {@link Failure} where the file does not hold it. */
  view(id: string | undefined): SyncView {
    const wanted = id ?? this.#current;
    const run = this.reader.syncs().find(({ syncId }) => syncId === wanted);
    if (run === undefined) {
      throw new Failure({
        kind: "notFound",
        message: wanted === undefined ? "the file holds no sync to look at" : `the file holds no sync ${wanted}`,
      });
    }
    const known = this.#views.get(run.syncId);
    const view = known ?? new SyncView({ run, reader: this.reader, jobs: this.#jobs, folder: this.#folder });
    this.#views.delete(run.syncId);
    this.#views.set(run.syncId, view);
    for (const [syncId, old] of this.#views) {
      if (this.#views.size <= MAX_VIEWS) break;
      if (old.busy) continue;
      // Answers under way, and changes that name its things, may still use it: it is closed once nobody does.
      this.#views.delete(syncId);
    }
    return view;
  }

  /** Begins to work out what will be asked for first. */
  prepare(): void {
    if (this.#current === undefined) return;
    // What fails is said where it is asked for.
    this.view(this.#current)
      .findings.value()
      .catch(() => {});
  }

  /** The finished full syncs of the file, oldest first. */
  finished(): readonly SyncRun[] {
    return this.reader.syncs().filter(({ type, endedAt }) => type === "full" && endedAt !== undefined);
  }

  /** The finished full sync before another; `undefined` where the file holds none. */
  before(run: SyncRun): SyncRun | undefined {
    const all = this.finished();
    const at = all.findIndex(({ syncId }) => syncId === run.syncId);
    return at === -1 ? all.at(-1) : all[at - 1];
  }

  /** What changed between two syncs. */
  changes(from: SyncRun, to: SyncRun): Background<ListedChanges> {
    const key = `${from.syncId} ${to.syncId}`;
    const known = this.#changes.get(key);
    if (known !== undefined) return known;
    for (const [old, background] of this.#changes) {
      if (this.#changes.size < MAX_CHANGES) break;
      if (background.state === "working") continue;
      this.#changes.delete(old);
    }
    const made = new Background(async () => {
      const names = await this.view(to.syncId).names.value();
      const out = join(this.#folder, `${randomUUID()}.db`);
      await this.#jobs.run({ kind: "changes", from: from.syncId, to: to.syncId, out });
      const db = openDatabase(out);
      forgetFile(out);
      return new ListedChanges(db, names);
    });
    this.#changes.set(key, made);
    return made;
  }

  /** Counts of a sync: its writer's, or else our own. */
  stats(run: SyncRun): SyncStats {
    const counted = run.stats ?? this.#counted.get(run.syncId) ?? this.reader.content(run.syncId).counts();
    this.#counted.set(run.syncId, counted);
    return counted;
  }

  /** Ends what is worked out and removes what was. The reader stays open. */
  async close(): Promise<void> {
    await this.#jobs.close();
    for (const { ready } of this.#changes.values()) ready?.close();
    for (const view of this.#views.values()) view.close();
    this.#views.clear();
    rmSync(this.#folder, { recursive: true, force: true });
  }
}
