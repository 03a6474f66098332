import type { DatabaseSync } from "node:sqlite";
import { pathToFileURL } from "node:url";
import type { ChangePage, Cursor, Listed } from "../../connector.ts";
import { laneKey, type Plan } from "../plan.ts";
import type { Routes } from "../routes/routes.ts";
import type { Queue, Work } from "../work/queue.ts";
import type { Store } from "../work/store.ts";
import type { Base } from "./base.ts";
import { Carried } from "./carried.ts";
import { Consequences } from "./consequences.ts";
import { copyBase } from "./copy.ts";
import { Decisions } from "./decide.ts";
import { Meta } from "./meta.ts";
import { Named } from "./named.ts";
import { NeedsFull } from "./needs-full.ts";
import { Permissions } from "./permissions.ts";
import { Sample } from "./sample.ts";

/** How many carried-over objects are read again where nobody says. */
export const DEFAULT_SAMPLE = 2;

/** How many resources are asked for by one row of the queue. */
const SOME = 50;

/** How many items a page of a list holds, roughly: to compare what a list costs with single reads. */
const LIST_PAGE = 200;

/** So many counts that are wrong without a sign of it, and this share of what was carried over, are more than chance. */
const MIN_COUNTS = 20;
const COUNTS_SHARE = 0.05;

type Stage = "changes" | "singles" | "lists" | "readings" | "verifying" | "settling" | "done";

/** What {@link Incremental} is made with. */
export interface IncrementalOptions {
  readonly db: DatabaseSync;
  readonly syncId: string;
  readonly plan: Plan;
  readonly queue: Queue;
  readonly store: Store;
  readonly routes: Routes;
  /** How many carried-over objects are read again to see whether they are right. */
  readonly sample: number;
  readonly random: () => number;
}

/**
 * A sync that carries the last one's rows over and reads again what has changed, by the same durable queue: first what the
 * connector names, then single resources and lists, then the readings that follow from both, and from one another; at last
 * a sample of what was not read. Where something is in doubt it throws {@link NeedsFull}.
 */
export class Incremental {
  readonly #options: IncrementalOptions;
  readonly #meta: Meta;
  readonly #named: Named;
  readonly #carried: Carried;
  readonly #decisions: Decisions;
  readonly #consequences: Consequences;
  readonly #sample: Sample;
  readonly #permissions: Permissions;
  readonly #since;

  constructor(options: IncrementalOptions) {
    const { db, syncId, plan, queue, store, routes } = options;
    this.#options = options;
    this.#meta = new Meta(db);
    // Which lists are read again is known when those of what is there are complete.
    routes.ofPart(() => !["changes", "singles", "lists"].includes(meta.get("stage")!));
    const meta = this.#meta;
    this.#permissions = new Permissions(db, meta);
    this.#named = new Named(db, syncId, plan);
    const named = this.#named;
    this.#carried = new Carried(db, syncId, plan, named, meta);
    const at = meta.get("baseAt");
    const since = at === undefined ? undefined : Number(at);
    this.#decisions = new Decisions(db, syncId, plan, { queue, routes, named, meta, since });
    this.#consequences = new Consequences(db, syncId, plan, this.#carried);
    this.#sample = new Sample(db, syncId, plan, { named, meta, decisions: this.#decisions });
    this.#since = db.prepare("INSERT OR REPLACE INTO work_since (part, cursor) VALUES (?, ?)");
    store.carry(this.#carried);
  }

  /** Copies the rows of `base` from the database that is attached as `old`, and writes down what there is to read first. */
  static begin(db: DatabaseSync, syncId: string, base: Base, plan: Plan, queue: Queue): void {
    const meta = new Meta(db);
    meta.set("mode", "incremental");
    meta.set("stage", "changes");
    meta.set("base", base.syncId);
    meta.set("fullAt", String(base.state.fullAt));
    meta.set("runs", String(base.state.runs + 1));
    if (base.state.at !== undefined) meta.set("baseAt", String(base.state.at));
    Permissions.note(meta, base.state.refused ?? []);
    const named = new Named(db, syncId, plan);
    for (const key of copyBase(db, syncId, base, plan)) named.holders(key);
    for (const [type, id] of base.state.unsure) {
      const colon = id.indexOf(":");
      if (type.startsWith("*")) named.add({ what: "holder", type: id.slice(0, colon), id: id.slice(colon + 1) });
      else if (id === "") named.list(type);
      else named.add({ what: "grants", type, id });
    }
    for (const [part, at] of Object.entries(base.state.since))
      queue.add(laneKey("changes", ""), undefined, { part, at });
  }

  /** Stores a page of what has changed. */
  addChanges(work: Work, page: ChangePage, at: string): void {
    const { queue, store } = this.#options;
    const { part } = JSON.parse(work.cursor!) as { part: string };
    for (const read of page.items) this.#named.add(read);
    const newcomer = page.cameIn?.find(({ type, id }) => !this.#carried.isThere(type, id));
    if (newcomer)
      throw new NeedsFull(`${newcomer.type} ${newcomer.id} is in by now, and what it holds is nowhere told`);
    for (const listed of page.listed ?? []) store.addListed(listed, at);
    for (const { type, id } of page.filteredOut ?? []) this.#carried.remove(type, id);
    store.refusals.add(page.refused);
    if (page.blind !== undefined) this.#meta.note("blind", page.blind);
    if (page.at !== undefined) this.#meta.set("at", String(Math.min(page.at, Number(this.#meta.get("at") ?? page.at))));
    if (page.since !== undefined) this.#since.run(part, JSON.stringify(page.since));
    queue.finish(work, page.next === undefined ? [] : [{ part, at: page.next } as Cursor]);
  }

  /** Stores resources that were asked for singly; those that are not there any more go. */
  addSome(work: Work, type: string, ids: readonly string[], listed: readonly Listed[], at: string): void {
    const { queue, store } = this.#options;
    queue.finish(work, []);
    for (const one of listed) store.addListed(one, at);
    const found = new Set(listed.map(({ resource }) => resource.id?.resource));
    for (const id of ids) if (!found.has(id)) this.#carried.remove(type, id);
  }

  /** Has all readings of a resource read again, as what they showed contradicts something else. */
  readAgain(type: string, row: number, key: string, roots: readonly string[]): void {
    this.#meta.add("countMismatches", 1);
    this.#decisions.rereadAll(type, row, key, roots);
  }

  /** Queues what comes next; gives whether there is anything. Belongs into a transaction of the caller's. */
  next(): boolean {
    const { queue } = this.#options;
    while (queue.size() === 0) {
      this.#permissions.checkLost();
      const stage = this.#meta.get("stage") as Stage;
      if (stage === "done" && !this.#decide()) {
        this.#permissions.checkGained();
        return false;
      }
      if (queue.size() > 0) break;
      if (stage !== "done") this.#meta.set("stage", this.#advance(stage));
    }
    return true;
  }

  #advance(stage: Exclude<Stage, "done">): Stage {
    switch (stage) {
      case "changes":
        this.#queueSingles();
        return "singles";
      case "singles":
        this.#queueLists();
        return "lists";
      case "lists":
        this.#sweep();
        return "readings";
      case "readings":
        if (this.#decide()) return "readings";
        this.#judgeCounts();
        if (this.#sample.draw(this.#options.sample, this.#options.random) === 0) return "done";
        this.#queueSingles();
        return "verifying";
      case "verifying":
        this.#sample.compare();
        return "settling";
      case "settling":
        return this.#decide() ? "settling" : "done";
    }
  }

  /** Decides on readings; gives whether there is something to read or to decide because of that. */
  #decide(): boolean {
    const { queue, routes } = this.#options;
    if (routes.isUnderWay) routes.next();
    // What follows from what is still read again is known when it was read.
    if (queue.size() === 0 && !routes.isUnderWay) {
      this.#consequences.next();
      this.#decisions.next();
      if (routes.isWaiting) routes.next();
    }
    return queue.size() > 0 || this.#decisions.isOpen || routes.isWaiting;
  }

  #queueSingles(): void {
    const { plan, queue } = this.#options;
    for (const support of plan.types) {
      const type = support.type.id;
      const ids = this.#named.resources(type).filter((id) => !this.#carried.isSeen(type, id));
      this.#named.forgetResources(type);
      if (ids.length === 0) continue;
      const calls = support.getSome ? Math.ceil(ids.length / SOME) : ids.length;
      const canGet = support.getSome !== undefined || support.get !== undefined;
      if (!canGet || calls >= Math.max(1, this.#carried.count(type) / LIST_PAGE) + 1) {
        this.#named.list(type);
        continue;
      }
      const step = support.getSome ? SOME : 1;
      for (let from = 0; from < ids.length; from += step) {
        queue.add(laneKey("get", type), undefined, { some: ids.slice(from, from + step) });
      }
    }
  }

  #queueLists(): void {
    const { plan, queue } = this.#options;
    const lists = new Set(this.#carried.lists());
    for (const { operation, key, support } of plan.lanes) {
      if (operation === "list" && lists.has(support.type.id)) queue.add(key, undefined, undefined);
      if (operation === "all grants") queue.add(key, undefined, undefined);
    }
  }

  /** What the lists did not show any more goes. */
  #sweep(): void {
    for (const type of this.#carried.lists()) {
      for (const id of this.#carried.unseen(type)) this.#carried.remove(type, id);
    }
    for (const { all } of this.#options.plan.lanes) if (all) this.#carried.sweepHolders(all);
  }

  #judgeCounts(): void {
    const wrong = this.#meta.number("countMismatches");
    const carried = this.#options.plan.types.reduce((sum, { type }) => sum + this.#carried.count(type.id), 0);
    if (wrong < MIN_COUNTS || wrong <= COUNTS_SHARE * carried) return;
    throw new NeedsFull(`${wrong} lists have another size than was stored, and nothing had said so`);
  }
}

/** Attaches the old snapshot's database while `body` runs. */
export function withOld<T>(db: DatabaseSync, database: string, body: () => T): T {
  db.prepare("ATTACH ? AS old").run(`${pathToFileURL(database).href}?mode=ro`);
  try {
    return body();
  } finally {
    db.exec("DETACH old");
  }
}
