import type { DatabaseSync } from "node:sqlite";
import { isFailure } from "../../../runtime/failure.ts";
import type { Log } from "../../../runtime/log/log.ts";
import type { Call, Listed, ResourceTypeSupport } from "../../connector.ts";
import type { Plan } from "../plan.ts";
import type { Queue, Work } from "../work/queue.ts";
import type { Store } from "../work/store.ts";
import { CountChecks, type ReadAgain, type Recount } from "./counts.ts";
import { type Ids, ListChecks } from "./lists.ts";
import { isAnsweredWithFailure } from "./unreadable.ts";

/** What {@link Checks} needs. */
export interface ChecksOptions {
  readonly db: DatabaseSync;
  readonly syncId: string;
  readonly plan: Plan;
  readonly queue: Queue;
  readonly store: Store;
  readonly log: Log;
  /** Has all readings of a resource read again, where rows were carried over: what they showed goes. */
  readonly readAgain?: ReadAgain | undefined;
}

/**
 * Holds what a full sync has read against what else is known of it, once everything is read: counts, other lists, the
 * last sync. It costs no call where nothing contradicts.
 */
export class Checks {
  readonly #plan: Plan;
  readonly #queue: Queue;
  readonly #counts: CountChecks;
  readonly #lists: ListChecks;

  constructor({ db, syncId, plan, queue, store, log, readAgain }: ChecksOptions) {
    this.#plan = plan;
    this.#queue = queue;
    this.#counts = new CountChecks(db, syncId, plan, queue, store, log, readAgain);
    this.#lists = new ListChecks(db, syncId, plan, queue, store, log);
  }

  /** Whether the lists are still to be held against those of the last sync. */
  get wantsBefore(): boolean {
    return this.#plan.syncType === "full" && this.#lists.isFirst;
  }

  /** Queues what is to be asked again; gives whether there is anything. Belongs into a transaction of the caller's. */
  next(before: Ids): boolean {
    if (this.#plan.syncType !== "full") return false;
    if (this.#lists.isFirst) this.#lists.first(before);
    this.#counts.next((type, id) => this.#lists.flag(type, id));
    this.#lists.next();
    return this.#queue.size() > 0;
  }

  /** Asks again; gives what is to be stored of the answer. */
  async read(support: ResourceTypeSupport, id: string, work: Work, call: Call): Promise<(at: string) => void> {
    const cursor = JSON.parse(work.cursor!) as { of?: string; probe?: string };
    if (cursor.probe !== undefined) {
      const listed = await ask(() => support.get!(cursor.probe!, call));
      return (at) => this.#lists.probed(work, support.type.id, listed === "unknown" ? undefined : listed, at);
    }
    const listed = await ask(() => support.get!(id, call));
    const holdings = cursor.of === "" && support.holdings ? await ask(() => support.holdings!(id, call)) : undefined;
    const recount: Recount = { listed, ...(Array.isArray(holdings) && { holdings }) };
    return () => this.#counts.asked(work, recount);
  }
}

/** Asks for one object; what may not be read, or fails for ever, is not known. */
async function ask<T extends Listed | readonly string[]>(
  read: () => Promise<T | undefined>,
): Promise<T | "unknown" | undefined> {
  try {
    return await read();
  } catch (error) {
    if (isFailure(error, "notFound")) return undefined;
    if (isAnsweredWithFailure(error)) return "unknown";
    throw error;
  }
}
