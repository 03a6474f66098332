import type { Clock } from "../../runtime/clock.ts";
import { type Failure, isFailure } from "../../runtime/failure.ts";
import type { Log } from "../../runtime/log/log.ts";
import type { Call, Cursor, PageSubject, ResourceTypeSupport } from "../connector.ts";
import { isAnsweredWithFailure, MAX_UNREADABLE, resourceSubject, unreadable } from "./checks/unreadable.ts";
import { contradiction } from "./checks/vanished.ts";
import type { Lane } from "./plan.ts";
import type { Queue, Work } from "./work/queue.ts";
import type { Store } from "./work/store.ts";

/** How often one list is started again because its cursor was refused, before the sync gives up. */
const MAX_RESTARTS = 3;
/** How long is waited, at first, before what is answered as not found and is there is read again, in milliseconds. */
const PAUSE_MS = 250;

/** Failures that are about the list that was asked for: another one may show the same. */
const OF_THE_ROUTE: ReadonlySet<string> = new Set([
  "notFound",
  "unimplemented",
  "invalidArgument",
  "failedPrecondition",
  "badCursor",
]);

/** What {@link outcomeOfFailure} needs. */
export interface FailedPageDeps {
  readonly supports: ReadonlyMap<string, ResourceTypeSupport>;
  readonly queue: Queue;
  readonly store: Store;
  /** Leaves a resource whose grants cannot be read for ever as not readable. */
  readonly skipUnreadable?: boolean | undefined;
  readonly clock: Clock;
  readonly log: Log;
}

/**
 * What a failed page means: a list that starts again, a resource that has vanished, or one that stays unread. Gives what
 * notes that, which belongs into a transaction of the caller's. Throws what ends the sync.
 */
export async function outcomeOfFailure(
  deps: FailedPageDeps,
  lane: Lane,
  work: Work,
  failure: unknown,
  call: Call,
): Promise<() => void> {
  const { queue, store, log } = deps;
  if (isFailure(failure, "badCursor") && work.restarts < MAX_RESTARTS) {
    log.warn("a list starts again because its cursor was refused", { list: lane.key, why: failure.message });
    return () => store.restart(work);
  }
  if (lane.operation === "held") return await giveUpRoute(deps, lane, work, failure, call);
  const ofResource = lane.operation === "grants" || lane.operation === "entitlements";
  const against =
    ofResource && isFailure(failure, "notFound") && (await whyNotGone(deps, lane.support, work, failure, call));
  if (against === undefined) {
    log.info("a resource vanished while it was read, and is left out", { list: lane.key, why: String(failure) });
    return () => store.addGone(work);
  }
  if (against !== false && work.restarts < MAX_RESTARTS) {
    log.warn("a list is read again, as it is answered as not found", { list: lane.key, why: against.message });
    return () => store.restart(work);
  }
  const error = against === false ? failure : against;
  const subject = deps.skipUnreadable ? subjectOf(store, lane, work) : undefined;
  const { refusals } = store;
  if (subject === undefined || !isAnsweredWithFailure(error) || refusals.countUnreadable() >= MAX_UNREADABLE) {
    throw error;
  }
  const refusal = unreadable(subject, error);
  if (work.deferred) return () => store.addUnreadable(work, refusal);
  // What fails in an outage may be readable once all else has been read.
  log.warn("a list is put off, as it could not be read", { what: refusal.what, why: refusal.why });
  return () => queue.defer(work);
}

/** Where a principal is gone, nothing is missing; where it does not show what it holds, all is read as it is listed. */
async function giveUpRoute(
  deps: FailedPageDeps,
  { support, key }: Lane,
  work: Work,
  failure: unknown,
  call: Call,
): Promise<() => void> {
  const { queue, store, log, supports } = deps;
  const principals = supports.get(support.otherRoute!.principal)!;
  if (isFailure(failure, "notFound") && (await whyNotGone(deps, principals, work, failure, call)) === undefined) {
    log.info("a principal vanished before it was asked what it holds", { list: key, why: failure.message });
    return () => queue.finish(work, []);
  }
  const isAnswered = isFailure(failure) && OF_THE_ROUTE.has(failure.kind);
  if (!isAnswered && !isAnsweredWithFailure(failure)) throw failure;
  return () => store.giveUpRoute(work, support.type.id, failure.message);
}

/** The one object that a page is asked of, and that the sync can go on without. */
function subjectOf(store: Store, { operation, support, all }: Lane, work: Work): PageSubject | undefined {
  if (operation === "grants" || operation === "entitlements") {
    return work.subject === undefined ? undefined : resourceSubject(support.type.id, store.subject(work.subject));
  }
  const cursor: Cursor | undefined = work.cursor === undefined ? undefined : JSON.parse(work.cursor);
  if (cursor === undefined) return undefined;
  if (operation === "all grants") return all?.subjectOf?.(cursor);
  return operation === "list" ? support.subjectOf?.(cursor) : undefined;
}

/** What speaks against it that the resource of a page is gone. Waits a little before the page is read again. */
async function whyNotGone(
  { store, clock }: FailedPageDeps,
  support: ResourceTypeSupport,
  work: Work,
  notFound: Failure,
  call: Call,
): Promise<Failure | undefined> {
  if (work.subject === undefined) return undefined;
  const id = store.subject(work.subject).id?.resource ?? "";
  const against = await contradiction(support, id, notFound, call);
  if (against !== undefined) await clock.sleep(PAUSE_MS * 2 ** work.restarts, call.signal);
  return against;
}
