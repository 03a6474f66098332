import { Failure } from "../../runtime/failure.ts";
import type { Call } from "../connector.ts";
import { MAX_QUIET_VANISHED } from "./checks/vanished.ts";
import { type FailedPageDeps, outcomeOfFailure } from "./failed-page.ts";
import type { Lane } from "./plan.ts";
import type { LaneProgress } from "./progress.ts";
import { type ReadWorkDeps, readWork } from "./read-work.ts";
import type { Work } from "./work/queue.ts";

/** How long pages in flight are waited for once the sync is to stop, in milliseconds. */
const GRACE_MS = 5_000;
/** Pages in flight of each lane, where nobody says: enough to hide latency, few enough to stay small. */
const AUTOMATIC_WORKERS = 10;

/** What {@link Reader} needs. */
export interface ReaderDeps extends ReadWorkDeps, FailedPageDeps {
  readonly lanes: readonly Lane[];
  /** Runs `body` as one transaction. */
  readonly transaction: (body: () => void) => void;
  readonly workers: number | undefined;
  readonly call: Omit<Call, "signal">;
  readonly stop?: AbortSignal | undefined;
  readonly signal?: AbortSignal | undefined;
  /** Called with the present time's text for `discovered_at`. */
  readonly time: () => string;
  readonly onStored?: () => void;
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

  async #read(state: State, work: Work): Promise<Outcome | undefined> {
    const call: Call = { ...this.#deps.call, signal: this.#abort.signal };
    try {
      const { items, store } = await readWork(this.#deps, state.lane, work, call);
      return (at) => {
        store(at);
        state.pages++;
        state.items += items;
        this.pages++;
      };
    } catch (error) {
      return call.signal.aborted ? undefined : await outcomeOfFailure(this.#deps, state.lane, work, error, call);
    }
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

/** The failure that says that somebody stopped the sync. */
export function cancelled(): Failure {
  return new Failure({
    kind: "cancelled",
    message: "the sync was interrupted; what it read is kept",
    advice: "run the same command again to go on where it stopped",
  });
}
