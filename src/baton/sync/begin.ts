import type { Clock } from "../../runtime/clock.ts";
import type { Log } from "../../runtime/log/log.ts";
import type { Call, Connector, Since } from "../connector.ts";
import { formatTime } from "../snapshot/time.ts";
import { type Base, findBase } from "./incremental/base.ts";
import { noteFull, openChanges } from "./incremental/full.ts";
import { Incremental, withOld } from "./incremental/incremental.ts";
import { carrierOf, DEFAULT_FULL_EVERY, type FullEvery, whyFull } from "./incremental/state.ts";
import type { SyncOptions } from "./options.ts";
import { laneKey, type Plan } from "./plan.ts";
import { Queue } from "./work/queue.ts";
import { beginRun, type Session } from "./work/session.ts";
import { Store } from "./work/store.ts";

/** What {@link writeFirstWork} needs. */
export interface BeginDeps {
  readonly connector: Pick<Connector, "changes" | "noChangesReason">;
  readonly plan: Plan;
  readonly incremental: SyncOptions["incremental"];
  /** The unpacked database of the old snapshot; absent where there is no old snapshot. */
  readonly previous: string | undefined;
  readonly call: Call;
  /** When the sync began, in milliseconds since the Unix epoch. */
  readonly startedAt: number;
  readonly clock: Clock;
  readonly log: Log;
}

/**
 * Writes down, in a new working file, what there is to do: what has changed, where the last sync can be carried over, else
 * everything.
 */
export async function writeFirstWork(session: Session, deps: BeginDeps): Promise<void> {
  const { connector, plan, incremental, call, startedAt, log } = deps;
  const { db, syncId } = session;
  const base = incremental === undefined ? undefined : chooseBase(deps, incremental.fullEvery ?? DEFAULT_FULL_EVERY);
  if (base !== undefined && typeof base !== "string") {
    withOld(db, base.database, () => {
      session.transaction(() => {
        addRun(session, deps);
        Incremental.begin(db, syncId, base, plan, new Queue(db));
      });
    });
    log.info("what has changed since the last sync is read", { base: base.syncId });
    return;
  }
  if (base !== undefined) log.info("everything is read, in place of what has changed", { why: base });
  const since = await openChanges(plan.tracks ? connector : {}, call, log);
  session.transaction(() => {
    addRun(session, deps);
    writeFullWork(session, plan, startedAt, since, base);
  });
}

/**
 * Writes down that everything is to be read; `why`: though only what has changed was asked for. Belongs into a transaction of
 * the caller's.
 */
export function writeFullWork(
  { db, syncId }: Session,
  plan: Plan,
  startedAt: number,
  since: Since | undefined,
  why: string | undefined,
): void {
  const queue = new Queue(db);
  const store = new Store(db, syncId, plan, queue);
  noteFull(db, since, why, startedAt);
  const lanes = new Set(plan.lanes.map(({ key }) => key));
  for (const { operation, key } of plan.lanes) {
    if (operation === "list" || operation === "all grants") queue.add(key, undefined, undefined);
  }
  for (const key of plan.named) {
    if (lanes.has(laneKey("get", key.type))) queue.add(laneKey("get", key.type), undefined, { id: key.id });
    else store.addSkipped(key);
  }
}

/** The sync whose rows can be carried over, and where they are; or why there is none. */
function chooseBase(
  { connector, plan, previous, startedAt }: BeginDeps,
  every: FullEvery,
): (Base & { readonly database: string }) | string {
  if (!plan.tracks) {
    const reason = connector.noChangesReason ?? "the connector does not say what has changed";
    return connector.changes === undefined ? reason : "only a full sync can read what has changed alone";
  }
  if (previous === undefined) return "there is no earlier sync in the file";
  const base = findBase(previous);
  if (typeof base === "string") return base;
  return whyFull(base.state, carrierOf(plan), every, startedAt) ?? { ...base, database: previous };
}

/** Adds the sync's entry and its resource types. */
function addRun({ db, syncId }: Session, { plan, startedAt, clock }: BeginDeps): void {
  beginRun(db, syncId, plan, startedAt);
  const store = new Store(db, syncId, plan, new Queue(db));
  const at = formatTime(clock.now());
  for (const support of plan.types) store.addType(support, at);
}
