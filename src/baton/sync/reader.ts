import type { Clock } from "../../runtime/clock.ts";
import { Failure, isFailure } from "../../runtime/failure.ts";
import type { Log } from "../../runtime/log/log.ts";
import type { Call, Changes, Cursor, GrantPage, Listed, Page, PageSubject, ResourceTypeSupport } from "../connector.ts";
import type { Checks } from "./checks/checks.ts";
import { isAnsweredWithFailure, MAX_UNREADABLE, resourceSubject, unreadable } from "./checks/unreadable.ts";
import { contradiction, MAX_QUIET_VANISHED } from "./checks/vanished.ts";
import type { Incremental } from "./incremental/incremental.ts";
import type { PartCursor } from "./incremental/state.ts";
import type { Lane } from "./plan.ts";
import type { LaneProgress } from "./progress.ts";
import type { Routes } from "./routes/routes.ts";
import type { Queue, Work } from "./work/queue.ts";
import type { Store } from "./work/store.ts";

/** How often one list is started again because its cursor was refused, before the sync gives up. */
const MAX_RESTARTS = 3;
/** How long is waited, at first, before what is answered as not found and is there is read again, in milliseconds. */
const PAUSE_MS = 250;
/** How long pages in flight are waited for once the sync is to stop, in milliseconds. */
const GRACE_MS = 5_000;
/** Pages in flight of each lane, where nobody says: enough to hide latency, few enough to stay small. */
const AUTOMATIC_WORKERS = 10;

/** Failures that are about the list that was asked for: another one may show the same. */
const OF_THE_ROUTE: ReadonlySet<string> = new Set([
  "notFound",
  "unimplemented",
  "invalidArgument",
  "failedPrecondition",
  "badCursor",
]);

/** What {@link Reader} needs. */
export interface ReaderDeps {
  readonly lanes: readonly Lane[];
  readonly supports: ReadonlyMap<string, ResourceTypeSupport>;
  readonly queue: Queue;
  readonly store: Store;
  /** What can be read by another route than it is listed; absent where rows were carried over. */
  readonly routes?: Routes | undefined;
  /** Runs `body` as one transaction. */
  readonly transaction: (body: () => void) => void;
  readonly workers: number | undefined;
  readonly call: Omit<Call, "signal">;
  /** Leaves a resource whose grants cannot be read for ever as not readable. */
  readonly skipUnreadable?: boolean | undefined;
  readonly clock: Clock;
  readonly log: Log;
  readonly stop?: AbortSignal | undefined;
  readonly signal?: AbortSignal | undefined;
  /** Told the present time's text for `discovered_at`. */
  readonly time: () => string;
  readonly onStored?: () => void;
  /** Tells what has changed, for a sync that reads only that, which stores it. */
  readonly changes?: Changes | undefined;
  readonly incremental?: Incremental | undefined;
  /** Asks again where lists contradict each other. */
  readonly checks?: Checks;
  /** Called when the queue is empty; gives whether there is something in it again. */
  readonly onRead?: () => boolean;
}

interface State {
  readonly lane: Lane;
  pages: number;
  items: number;
  inFlight: number;
}

/** A page that was read, as what is to be stored of it. */
type Outcome = (at: string) => void;

/** Reads all that the queue names, side by side, and stores each page as it comes. */
export class Reader {
  readonly #deps: ReaderDeps;
  readonly #states: readonly State[];
  readonly #abort = new AbortController();
  readonly #done = Promise.withResolvers<void>();
  #outcomes: Outcome[] = [];
  #inFlight = 0;
  #flushing = false;
  #stopping = false;
  #ended = false;
  #failure: unknown;
  pages = 0;

  constructor(deps: ReaderDeps) {
    this.#deps = deps;
    this.#states = deps.lanes.map((lane) => ({ lane, pages: 0, items: 0, inFlight: 0 }));
  }

  /** How far each lane is that has had something to do. */
  progress(): LaneProgress[] {
    return this.#states
      .map(({ lane, pages, items, inFlight }) => ({
        name: lane.name,
        operation: lane.operation,
        pages,
        items,
        queued: this.#deps.queue.waiting(lane.key) + inFlight,
        inFlight,
      }))
      .filter(({ pages, queued }) => pages > 0 || queued > 0);
  }

  /**
   * Resolves when the queue is empty. Rejects with the first failure, or with one of kind `cancelled`, once the pages in
   * flight are stored or given up; whatever is not stored is still in the queue.
   */
  async run(): Promise<void> {
    const { stop, signal } = this.#deps;
    const onStop = () => this.#halt(cancelled());
    const onSignal = () => this.#give(cancelled());
    stop?.addEventListener("abort", onStop, { once: true });
    signal?.addEventListener("abort", onSignal, { once: true });
    try {
      if (signal?.aborted) onSignal();
      else if (stop?.aborted) onStop();
      this.#pump();
      await this.#done.promise;
      const vanished = this.#deps.store.countGone();
      if (vanished > MAX_QUIET_VANISHED) {
        this.#deps.log.warn("many resources vanished while they were read, and are left out", { count: vanished });
      }
    } finally {
      stop?.removeEventListener("abort", onStop);
      signal?.removeEventListener("abort", onSignal);
    }
  }

  #pump(): void {
    if (this.#ended) return;
    try {
      if (!this.#stopping) this.#startAll();
    } catch (error) {
      this.#halt(error);
    }
    if (this.#inFlight > 0 || this.#outcomes.length > 0) return;
    try {
      if (!this.#stopping && this.#hasMore()) {
        this.#pump();
        return;
      }
    } catch (error) {
      this.#give(error);
      return;
    }
    this.#end();
  }

  /** Whether there is more: pages that were put off, or lists that contradict each other and are asked for once more. */
  #hasMore(): boolean {
    return this.#deps.queue.recall() > 0 || this.#hasRoutes() || this.#deps.onRead?.() === true;
  }

  #hasRoutes(): boolean {
    const { routes, queue, transaction } = this.#deps;
    if (!routes?.isWaiting) return false;
    transaction(() => routes.next());
    return queue.size() > 0;
  }

  #startAll(): void {
    const { workers } = this.#deps;
    for (const state of this.#states) {
      const width = workers === 0 ? 1 : (workers ?? AUTOMATIC_WORKERS);
      while (state.inFlight < width && !(workers === 0 && this.#inFlight > 0)) {
        const work = this.#take(state.lane);
        if (!work) break;
        this.#start(state, work);
      }
    }
  }

  #take(lane: Lane): Work | undefined {
    const { queue, store, transaction } = this.#deps;
    for (;;) {
      const work = queue.take(lane.key);
      if (!work || !(store.isGone(work.subject) || this.#isMet(lane, work))) return work;
      transaction(() => queue.finish(work, []));
    }
  }

  /** Whether a principal need not be asked, as all that it holds was shown already. */
  #isMet({ operation, support }: Lane, { subject, cursor }: Work): boolean {
    if (operation !== "held" || subject === undefined || cursor !== undefined) return false;
    return this.#deps.routes!.isMet(support.type.id, this.#deps.store.subject(subject));
  }

  #start(state: State, work: Work): void {
    state.inFlight++;
    this.#inFlight++;
    this.#read(state, work)
      .catch((error: unknown): Promise<Outcome | undefined> => this.#excuse(state.lane, work, error))
      .catch((error: unknown): undefined => void this.#halt(error))
      .then((outcome) => {
        if (this.#ended) return;
        this.#outcomes.push((at) => {
          state.inFlight--;
          this.#inFlight--;
          outcome?.(at);
        });
        if (this.#flushing) return;
        this.#flushing = true;
        // Pages that arrive in one turn of the event loop share a transaction.
        setImmediate(() => this.#flush());
      });
  }

  async #read(state: State, work: Work): Promise<Outcome> {
    const { store } = this.#deps;
    const { operation, support, all } = state.lane;
    const call: Call = { ...this.#deps.call, signal: this.#abort.signal };
    const cursor: Cursor | undefined = work.cursor === undefined ? undefined : JSON.parse(work.cursor);
    switch (operation) {
      case "list": {
        const page: Page<Listed> = await support.list(cursor, call);
        return (at) => this.#store(state, page.items.length, () => store.addList(work, page, at));
      }
      case "changes": {
        const { part, at: from } = cursor as PartCursor;
        const page = await this.#deps.changes!.page(part, from, call);
        return (at) => {
          this.#store(state, page.items.length + (page.listed?.length ?? 0), () =>
            this.#deps.incremental!.addChanges(work, page, at),
          );
        };
      }
      case "one": {
        const principal = cursor as { type: string; id: string };
        const page = await support.grantsTo!(store.subject(work.subject!), principal, call);
        return (at) => this.#store(state, page.items.length, () => store.addOne(work, page, at));
      }
      case "get": {
        const { some } = cursor as { some?: readonly string[] };
        if (some !== undefined) {
          const found = await getSome(support, some, call);
          return (at) => {
            this.#store(state, some.length, () => {
              this.#deps.incremental!.addSome(work, support.type.id, some, found, at);
            });
          };
        }
        const { id, related } = cursor as { id: string; related?: boolean };
        const listed = await support.get!(id, call).catch((error: unknown) => {
          if (isFailure(error, "notFound")) return undefined;
          throw error;
        });
        const key = { type: support.type.id, id };
        return (at) => this.#store(state, 1, () => store.addSingle(work, key, related === true, listed, at));
      }
      case "check": {
        const id = work.subject === undefined ? "" : (store.subject(work.subject).id?.resource ?? "");
        const outcome = await this.#deps.checks!.read(support, id, work, call);
        return (at) => this.#store(state, 1, () => outcome(at));
      }
      case "held": {
        const type = support.type.id;
        const resourceOf = this.#deps.routes!.resourceOf(type);
        const page = await support.otherRoute!.page(store.subject(work.subject!), cursor, resourceOf, call);
        return (at) => this.#store(state, page.items.length, () => store.addHeld(work, page, type, at));
      }
      case "entitlements": {
        const page = await support.listEntitlements!(store.subject(work.subject!), cursor, call);
        return (at) => this.#store(state, page.items.length, () => store.addEntitlementPage(work, page, at));
      }
      default: {
        const page: GrantPage = all
          ? await all.page(cursor, call)
          : await support.grants!(store.subject(work.subject!), cursor, call);
        return (at) => this.#store(state, page.items.length, () => store.addGrants(work, page, at, all));
      }
    }
  }

  #store(state: State, items: number, body: () => void): void {
    body();
    state.pages++;
    state.items += items;
    this.pages++;
  }

  /** What a failed page means: a list that starts again, a resource that has vanished, or the end of the sync. */
  async #excuse(lane: Lane, work: Work, failure: unknown): Promise<Outcome | undefined> {
    const { queue, store, log } = this.#deps;
    if (this.#abort.signal.aborted) return undefined;
    if (isFailure(failure, "badCursor") && work.restarts < MAX_RESTARTS) {
      log.warn("a list starts again because its cursor was refused", { list: lane.key, why: failure.message });
      return () => store.restart(work);
    }
    if (lane.operation === "held") return await this.#giveUpRoute(lane, work, failure);
    const ofResource = lane.operation === "grants" || lane.operation === "entitlements";
    const against =
      ofResource && isFailure(failure, "notFound") && (await this.#contradiction(lane.support, work, failure));
    if (against === undefined) {
      log.info("a resource vanished while it was read, and is left out", { list: lane.key, why: String(failure) });
      return () => store.addGone(work);
    }
    if (against !== false && work.restarts < MAX_RESTARTS) {
      log.warn("a list is read again, as it is answered as not found", { list: lane.key, why: against.message });
      return () => store.restart(work);
    }
    const error = against === false ? failure : against;
    const subject = this.#deps.skipUnreadable ? this.#subjectOf(lane, work) : undefined;
    if (subject !== undefined && isAnsweredWithFailure(error) && store.refusals.countUnreadable() < MAX_UNREADABLE) {
      const refusal = unreadable(subject, error);
      // What fails in an outage may be readable once all else has been read.
      if (!work.deferred) {
        log.warn("a list is put off, as it could not be read", { what: refusal.what, why: refusal.why });
        return () => queue.defer(work);
      }
      return () => store.addUnreadable(work, refusal);
    }
    this.#halt(error);
    return undefined;
  }

  /** Where a principal is gone, nothing is missing; where it does not show what it holds, all is read as it is listed. */
  async #giveUpRoute({ support, key }: Lane, work: Work, failure: unknown): Promise<Outcome | undefined> {
    const { queue, store, log, supports } = this.#deps;
    const type = support.type.id;
    const principals = supports.get(support.otherRoute!.principal)!;
    if (isFailure(failure, "notFound") && (await this.#contradiction(principals, work, failure)) === undefined) {
      log.info("a principal vanished before it was asked what it holds", { list: key, why: failure.message });
      return () => queue.finish(work, []);
    }
    const isAnswered = isFailure(failure) && OF_THE_ROUTE.has(failure.kind);
    if (isAnswered || isAnsweredWithFailure(failure)) {
      return () => store.giveUpRoute(work, type, failure.message);
    }
    this.#halt(failure);
    return undefined;
  }

  /** The one object that a page is asked of, and that the sync can go on without. */
  #subjectOf({ operation, support, all }: Lane, work: Work): PageSubject | undefined {
    if (operation === "grants" || operation === "entitlements") {
      return work.subject === undefined
        ? undefined
        : resourceSubject(support.type.id, this.#deps.store.subject(work.subject));
    }
    const cursor: Cursor | undefined = work.cursor === undefined ? undefined : JSON.parse(work.cursor);
    if (cursor === undefined) return undefined;
    if (operation === "all grants") return all?.subjectOf?.(cursor);
    return operation === "list" ? support.subjectOf?.(cursor) : undefined;
  }

  /** What speaks against it that the resource of a page is gone. Waits a little before the page is read again. */
  async #contradiction(support: ResourceTypeSupport, work: Work, notFound: Failure): Promise<Failure | undefined> {
    if (work.subject === undefined) return undefined;
    const { signal } = this.#abort;
    const id = this.#deps.store.subject(work.subject).id?.resource ?? "";
    const against = await contradiction(support, id, notFound, { ...this.#deps.call, signal });
    if (against !== undefined) await this.#deps.clock.sleep(PAUSE_MS * 2 ** work.restarts, signal);
    return against;
  }

  #flush(): void {
    this.#flushing = false;
    if (this.#ended) return;
    const outcomes = this.#outcomes;
    this.#outcomes = [];
    try {
      const at = this.#deps.time();
      this.#deps.transaction(() => {
        for (const outcome of outcomes) outcome(at);
        if (this.#deps.routes?.isWaiting) this.#deps.routes.next();
      });
      this.#deps.onStored?.();
    } catch (error) {
      this.#give(error);
    }
    this.#pump();
  }

  /** Starts nothing more, and waits for the pages in flight, but not for ever. */
  #halt(failure: unknown): void {
    this.#failure ??= failure;
    if (this.#stopping) return;
    this.#stopping = true;
    const wait = new AbortController();
    this.#done.promise.catch(() => {}).finally(() => wait.abort());
    this.#deps.clock.sleep(GRACE_MS, wait.signal).then(
      () => this.#give(failure),
      () => {},
    );
    // A caller that is not in #pump itself has nobody else to notice that nothing is in flight.
    setImmediate(() => this.#pump());
  }

  /** Ends at once. */
  #give(failure: unknown): void {
    this.#failure ??= failure;
    this.#stopping = true;
    this.#end();
  }

  #end(): void {
    if (this.#ended) return;
    this.#ended = true;
    if (this.#failure === undefined) {
      this.#done.resolve();
      return;
    }
    this.#abort.abort(this.#failure);
    this.#done.reject(this.#failure);
  }
}

/** Several resources, by one call or by single ones; those that are not there are left out. */
async function getSome(support: ResourceTypeSupport, ids: readonly string[], call: Call): Promise<readonly Listed[]> {
  if (support.getSome) return support.getSome(ids, call);
  const found: Listed[] = [];
  for (const id of ids) {
    const listed = await support.get!(id, call).catch((error: unknown) => {
      if (isFailure(error, "notFound")) return undefined;
      throw error;
    });
    if (listed) found.push(listed);
  }
  return found;
}

/** That somebody stopped the sync. */
export function cancelled(): Failure {
  return new Failure({
    kind: "cancelled",
    message: "the sync was interrupted; what it read is kept",
    advice: "run the same command again to go on where it stopped",
  });
}
