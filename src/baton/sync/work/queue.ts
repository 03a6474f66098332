import type { DatabaseSync } from "node:sqlite";
import type { Cursor } from "../../connector.ts";

/** The queue's part of the working file. */
export const QUEUE_TABLES = `
  CREATE TABLE work (
    lane TEXT NOT NULL,
    id INTEGER NOT NULL,
    subject INTEGER,
    root TEXT,
    cursor TEXT,
    restarts INTEGER NOT NULL DEFAULT 0,
    deferred INTEGER NOT NULL DEFAULT 0,
    PRIMARY KEY (lane, id)
  ) WITHOUT ROWID`;

/** One page that is still to be read. */
export interface Work {
  readonly lane: string;
  readonly id: number;
  /** The row of the resource whose grants are read. */
  readonly subject: number | undefined;
  /** Where the list that the page is part of starts. */
  readonly root: string | undefined;
  readonly cursor: string | undefined;
  /** How often the list was started again because its cursor was refused. */
  readonly restarts: number;
  /** Whether it failed before and was put off until all else was read. */
  readonly deferred: boolean;
}

/** How many rows of a lane are held in memory: the rest waits in the database. */
const BATCH = 64;

/** The durable queue: what is to be read is a row until what was read is stored, in the same transaction. */
export class Queue {
  readonly #db: DatabaseSync;
  readonly #insert;
  readonly #delete;
  readonly #restart;
  readonly #defer;
  readonly #select;
  readonly #any;
  readonly #dropAll;
  readonly #lanes = new Map<string, { last: number; waiting: number; buffer: Work[] }>();
  #deferred: Work[] = [];
  #nextId: number;

  constructor(db: DatabaseSync) {
    this.#db = db;
    this.#insert = db.prepare("INSERT INTO work (lane, id, subject, root, cursor, restarts) VALUES (?, ?, ?, ?, ?, ?)");
    this.#delete = db.prepare("DELETE FROM work WHERE lane = ? AND id = ?");
    this.#restart = db.prepare("UPDATE work SET cursor = root, restarts = restarts + 1 WHERE lane = ? AND id = ?");
    this.#defer = db.prepare("UPDATE work SET deferred = 1 WHERE lane = ? AND id = ?");
    this.#select = db.prepare(
      "SELECT lane, id, subject, root, cursor, restarts, deferred FROM work WHERE lane = ? AND id > ? ORDER BY id LIMIT ?",
    );
    this.#any = db.prepare("SELECT 1 FROM work WHERE lane = ? LIMIT 1");
    this.#dropAll = db.prepare("DELETE FROM work WHERE lane = ?");
    this.#nextId = ((db.prepare("SELECT max(id) AS last FROM work").get()?.last as number | null) ?? 0) + 1;
    for (const { lane, waiting } of db.prepare("SELECT lane, count(*) AS waiting FROM work GROUP BY lane").iterate()) {
      this.#lane(lane as string).waiting = waiting as number;
    }
  }

  #lane(key: string) {
    let lane = this.#lanes.get(key);
    if (!lane) {
      lane = { last: 0, waiting: 0, buffer: [] };
      this.#lanes.set(key, lane);
    }
    return lane;
  }

  /** How many rows of a lane nobody has taken yet. */
  waiting(key: string): number {
    return this.#lane(key).waiting;
  }

  /** Adds the start of a list. */
  add(lane: string, subject: number | undefined, cursor: Cursor | undefined): void {
    const text = cursor === undefined ? undefined : JSON.stringify(cursor);
    this.#add(lane, subject, text, text, 0);
  }

  #add(
    lane: string,
    subject: number | undefined,
    root: string | undefined,
    cursor: string | undefined,
    restarts: number,
  ) {
    this.#insert.run(lane, this.#nextId++, subject ?? null, root ?? null, cursor ?? null, restarts);
    this.#lane(lane).waiting++;
  }

  /** Takes the oldest row that nobody has taken. It stays in the database until it is {@link finish}ed. */
  take(key: string): Work | undefined {
    const lane = this.#lane(key);
    if (lane.waiting === 0) return undefined;
    if (lane.buffer.length === 0) {
      lane.buffer = this.#select.all(key, lane.last, BATCH).map((row) => ({
        lane: key,
        id: row.id as number,
        subject: (row.subject as number | null) ?? undefined,
        root: (row.root as string | null) ?? undefined,
        cursor: (row.cursor as string | null) ?? undefined,
        restarts: row.restarts as number,
        deferred: row.deferred === 1,
      }));
      lane.last = lane.buffer.at(-1)?.id ?? lane.last;
    }
    const work = lane.buffer.shift();
    if (work) lane.waiting--;
    return work;
  }

  /** Replaces a row by what comes after its page. */
  finish(work: Work, next: readonly Cursor[]): void {
    this.#delete.run(work.lane, work.id);
    for (const cursor of next) this.#add(work.lane, work.subject, work.root, JSON.stringify(cursor), work.restarts);
  }

  /** Lets the list that a page is part of start again. */
  restart(work: Work): void {
    this.#restart.run(work.lane, work.id);
    const lane = this.#lane(work.lane);
    lane.buffer.push({ ...work, cursor: work.root, restarts: work.restarts + 1 });
    lane.waiting++;
  }

  /** Puts a page that failed off until {@link recall}. */
  defer(work: Work): void {
    this.#defer.run(work.lane, work.id);
    this.#deferred.push({ ...work, deferred: true });
  }

  /** Lets the pages that were put off be taken once more; gives how many there are. */
  recall(): number {
    const recalled = this.#deferred;
    this.#deferred = [];
    for (const work of recalled) {
      const lane = this.#lane(work.lane);
      lane.buffer.push(work);
      lane.waiting++;
    }
    return recalled.length;
  }

  /** Whether a lane has rows, taken ones among them. */
  has(key: string): boolean {
    return this.#any.get(key) !== undefined;
  }

  /** Takes all rows of a lane out; what is read for one that was taken is stored as if it were there. */
  drop(key: string): void {
    this.#dropAll.run(key);
    const lane = this.#lane(key);
    lane.buffer = [];
    lane.waiting = 0;
    this.#deferred = this.#deferred.filter((work) => work.lane !== key);
  }

  /** How many rows there are, taken ones among them. */
  size(): number {
    return this.#db.prepare("SELECT count(*) AS size FROM work").get()!.size as number;
  }
}
