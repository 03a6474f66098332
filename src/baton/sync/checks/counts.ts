import type { DatabaseSync } from "node:sqlite";
import type { Log } from "../../../runtime/log/log.ts";
import type { Cursor, Listed } from "../../connector.ts";
import { laneKey, type Plan } from "../plan.ts";
import type { Queue, Work } from "../work/queue.ts";
import type { Store } from "../work/store.ts";
import { PASS } from "./tables.ts";

/** What a resource says when it is asked again. */
export interface Recount {
  /** Fresh; `undefined` where it is gone, or `"unknown"` where it may not be read. */
  readonly listed: Listed | "unknown" | undefined;
  /** The resources that it holds by the other side's own list, where that was asked for. */
  readonly holdings?: readonly string[] | undefined;
}

/** Has readings of the resource of a row read again, from where they begin. */
export type ReadAgain = (type: string, row: number, key: string, roots: readonly string[]) => void;

interface Row {
  readonly subject: number;
  readonly root: string;
  readonly expected: number;
  readonly seen: number;
  readonly pass: number;
  readonly others: string | null;
  readonly type: string;
  readonly key: string;
}

/** How many ids are named in a message. */
const NAMED = 5;

/**
 * Holds what was read against the counts that lists gave of it. What differs is asked for again: first the count, as the
 * list may have shifted since; then the reading. What differs still is reported.
 */
export class CountChecks {
  readonly #db: DatabaseSync;
  readonly #plan: Plan;
  readonly #queue: Queue;
  readonly #store: Store;
  readonly #log: Log;
  readonly #statements;
  readonly #readAgain = new Set<number>();

  readonly #carriedAgain: ReadAgain | undefined;

  constructor(
    ...[db, syncId, plan, queue, store, log, readAgain]: [DatabaseSync, string, Plan, Queue, Store, Log, ReadAgain?]
  ) {
    this.#carriedAgain = readAgain;
    this.#db = db;
    this.#plan = plan;
    this.#queue = queue;
    this.#store = store;
    this.#log = log;
    this.#statements = prepare(db, syncId);
  }

  /** Queues what is to be asked again, and tells what was asked again in vain. */
  next(flag: (type: string, id: string) => void): void {
    this.#statements.countHeld.run();
    this.#statements.settleEqual.run();
    const repeated = this.#repeated();
    const replaced: Row[] = [];
    for (const row of this.#statements.open.all() as unknown as Row[]) {
      const seen = row.seen - (repeated.get(`${row.subject} ${row.root}`) ?? 0);
      if (row.root === "" && row.pass === PASS.again) this.#judgeHeld(row, flag);
      else if (seen === row.expected) {
        if (row.pass === PASS.again) replaced.push(row);
        this.#set(row, PASS.done, seen);
      } else if (row.pass === PASS.reading) this.#ask(row, seen);
      else this.#tellReading(row, seen);
    }
    if (replaced.length > 0) this.#dropFirstReadings(replaced);
  }

  /** Stores what a resource said when it was asked again. */
  asked(work: Work, recount: Recount): void {
    const { of: root } = JSON.parse(work.cursor!) as { of: string };
    const row = this.#statements.row.get(work.subject!, root) as unknown as Row;
    if (recount.listed === undefined) {
      this.#log.info("a resource vanished while it was read, and is left out", { resource: row.key });
      this.#store.addGone(work);
      return;
    }
    this.#queue.finish(work, []);
    const expected = expectedNow(recount, row);
    this.#statements.expect.run(expected, row.subject, root);
    if (expected === row.seen) {
      this.#log.debug("a count has changed while it was read, and agrees now", { resource: row.key, count: expected });
      this.#set(row, PASS.done, row.seen);
    } else if (root === "") this.#compareHeld(row, expected, recount.holdings);
    else {
      this.#log.warn("a list is read again, as it does not show what is counted", {
        ...{ resource: row.key, counted: expected, shown: row.seen },
      });
      this.#statements.again.run(this.#lastGrant(), row.subject, root);
      this.#statements.forgetPages.run(row.subject, root);
      this.#queue.add(laneKey("grants", row.type), row.subject, JSON.parse(root) as Cursor);
    }
  }

  #ask(row: Row, seen: number): void {
    const support = this.#plan.supports.get(row.type);
    this.#set(row, PASS.asked, seen);
    if (support?.get) this.#queue.add(laneKey("check", row.type), row.subject, { of: row.root });
    else this.#tellReading(row, seen);
  }

  #compareHeld(row: Row, expected: number, holdings: readonly string[] | undefined): void {
    if (holdings === undefined) {
      this.#tellHeld(row, `${expected} are counted, ${row.seen} were read`);
      return;
    }
    const missing = [...this.#missing(row, holdings), ...this.#surplus(row, holdings)];
    if (missing.length === 0) {
      this.#log.debug("a count is wrong by the list of what it counts", { resource: row.key, counted: expected });
      this.#set(row, PASS.done, row.seen);
      return;
    }
    this.#statements.others.run(JSON.stringify(this.#missing(row, holdings)), row.subject, "");
    for (const id of missing) this.#readHoldersAgain(this.#heldType(row), id);
  }

  /** What was carried over, and the other side's own list does not show, is out of date. */
  #surplus(row: Row, holdings: readonly string[]): string[] {
    if (this.#carriedAgain === undefined) return [];
    const type = this.#heldType(row);
    const held = this.#statements.heldBy
      .all(row.key)
      .map(({ resource }) => (resource as string).slice(type.length + 1));
    return held.filter((id) => !holdings.includes(id));
  }

  /** Reads who holds a resource once more, where it is in the sync. */
  #readHoldersAgain(type: string, id: string): void {
    const found = this.#statements.listing.get(`${type}:${id}`);
    if (found === undefined) return;
    const subject = found.id as number;
    if (this.#readAgain.has(subject)) return;
    this.#readAgain.add(subject);
    const key = `${type}:${id}`;
    if (this.#carriedAgain !== undefined) {
      this.#log.info("a list is read again, as another one shows that it has changed", { resource: key });
      this.#carriedAgain(type, subject, key, JSON.parse(found.grants as string) as string[]);
      return;
    }
    this.#log.warn("a list is read again, as it does not show what another one does", { resource: key });
    for (const root of JSON.parse(found.grants as string) as string[]) {
      this.#queue.add(laneKey("grants", type), subject, (JSON.parse(root) ?? undefined) as Cursor | undefined);
    }
  }

  #judgeHeld(row: Row, flag: (type: string, id: string) => void): void {
    const type = this.#heldType(row);
    const missing = this.#missing(row, JSON.parse(row.others!) as string[]);
    this.#set(row, PASS.done, row.seen);
    if (missing.length === 0) return;
    for (const id of missing) if (this.#statements.listing.get(`${type}:${id}`) === undefined) flag(type, id);
    this.#tellHeld(row, `it is listed with ${named(missing)}, which did not show it`);
  }

  #tellHeld(row: Row, why: string): void {
    this.#set(row, PASS.done, row.seen);
    this.#store.refusals.addIncomplete(`which ${this.#heldType(row)}s ${nameOf(row)} has`, why, nameOf(row));
  }

  #tellReading(row: Row, seen: number): void {
    this.#set(row, PASS.done, seen);
    const why = `${row.expected} are counted, ${seen} were shown, also when the list was read again`;
    this.#store.refusals.addIncomplete(`who holds ${nameOf(row)}`, why, nameOf(row));
  }

  /** Those that a principal is not known to hold; who holds what could not be read is reported already. */
  #missing(row: Row, ids: readonly string[]): string[] {
    const type = this.#heldType(row);
    return ids.filter(
      (id) => !this.#statements.isHeld.get(row.key, `${type}:${id}`) && !this.#statements.isUnread.get(`${type} ${id}`),
    );
  }

  #heldType(row: Row): string {
    return this.#plan.supports.get(row.type)?.heldOf ?? "";
  }

  #set(row: Row, pass: number, seen: number): void {
    this.#statements.set.run(pass, seen, row.subject, row.root);
  }

  #lastGrant(): number {
    return (this.#statements.last.get()!.last as number | null) ?? 0;
  }

  /** How many items of readings of several pages were shown more than once, by `subject root`. */
  #repeated(): Map<string, number> {
    const found = new Map<string, number>();
    for (const { subject, root } of this.#statements.manyPages.all()) {
      const { repeated } = this.#statements.repeated.get(subject as number, root as string)!;
      if ((repeated as number) > 0) found.set(`${subject} ${root}`, repeated as number);
    }
    return found;
  }

  /** The second reading agrees with its count: what only the first one showed is out of date. */
  #dropFirstReadings(rows: readonly Row[]): void {
    this.#db.exec(
      "CREATE TEMP TABLE replaced (type TEXT, id TEXT, last INTEGER, PRIMARY KEY (type, id)) WITHOUT ROWID",
    );
    const insert = this.#db.prepare(
      "INSERT OR IGNORE INTO replaced SELECT ?, ?, last FROM work_expected WHERE subject = ? AND root = ?",
    );
    for (const { type, key, subject, root } of rows) insert.run(type, key.slice(type.length + 1), subject, root);
    this.#db.exec(
      `DELETE FROM v1_grants WHERE id IN (SELECT g.id FROM v1_grants AS g CROSS JOIN replaced AS r
         ON r.type = g.resource_type_id AND r.id = g.resource_id WHERE g.id <= r.last)`,
    );
    this.#db.exec("DROP TABLE temp.replaced");
  }
}

function expectedNow({ listed, holdings }: Recount, row: Row): number {
  if (listed === "unknown" || listed === undefined) return row.expected;
  if (row.root === "") return listed.held ?? holdings?.length ?? row.expected;
  const fresh = listed.expected?.find(({ cursor }) => JSON.stringify(cursor) === row.root)?.count;
  // A reading that the fresh resource does not name shows nothing any more.
  return fresh ?? (listed.grants.some((cursor) => JSON.stringify(cursor) === row.root) ? row.expected : 0);
}

const nameOf = ({ type, key }: Row) => `${type} ${key.slice(type.length + 1)}`;

/** Some ids, and how many there are besides. */
export function named(ids: readonly string[]): string {
  const more = ids.length - NAMED;
  return `${ids.slice(0, NAMED).join(", ")}${more > 0 ? ` and ${more} more` : ""}`;
}

function prepare(db: DatabaseSync, syncId: string) {
  const mine = `'${syncId.replaceAll("'", "''")}'`;
  const columns = `e.subject, e.root, e.expected, e.seen, e.pass, e.others, r.resource_type_id AS type, r.external_id AS key
       FROM work_expected AS e JOIN v1_resources AS r ON r.id = e.subject`;
  return {
    countHeld: db.prepare(
      `UPDATE work_expected SET seen = (SELECT count(*) FROM work_held WHERE principal =
         (SELECT external_id FROM v1_resources WHERE id = subject)) WHERE root = '' AND pass = ${PASS.reading}`,
    ),
    settleEqual: db.prepare(
      `UPDATE work_expected SET pass = ${PASS.done} WHERE pass = ${PASS.reading} AND seen = expected AND pages <= 1`,
    ),
    open: db.prepare(`SELECT ${columns} WHERE e.pass IN (${PASS.reading}, ${PASS.again}) ORDER BY e.subject, e.root`),
    row: db.prepare(`SELECT ${columns} WHERE e.subject = ? AND e.root = ?`),
    set: db.prepare("UPDATE work_expected SET pass = ?, seen = ? WHERE subject = ? AND root = ?"),
    expect: db.prepare("UPDATE work_expected SET expected = ? WHERE subject = ? AND root = ?"),
    again: db.prepare(
      `UPDATE work_expected SET pass = ${PASS.again}, seen = 0, pages = 0, last = ? WHERE subject = ? AND root = ?`,
    ),
    others: db.prepare(`UPDATE work_expected SET pass = ${PASS.again}, others = ? WHERE subject = ? AND root = ?`),
    last: db.prepare("SELECT max(id) AS last FROM v1_grants"),
    heldBy: db.prepare("SELECT resource FROM work_held WHERE principal = ?"),
    isHeld: db.prepare("SELECT 1 FROM work_held WHERE principal = ? AND resource = ?"),
    isUnread: db.prepare(`SELECT 1 FROM work_refused WHERE sort = 'unreadable' AND example = ?`),
    listing: db.prepare(
      `SELECT r.id, ifnull(l.grants, '[]') AS grants FROM v1_resources AS r LEFT JOIN work_listed AS l ON l.resource = r.id
         WHERE r.external_id = ? AND r.sync_id = ${mine}`,
    ),
    manyPages: db.prepare(
      `SELECT subject, root FROM work_expected WHERE pages > 1 AND pass IN (${PASS.reading}, ${PASS.again})`,
    ),
    forgetPages: db.prepare("DELETE FROM work_pages WHERE subject = ? AND root = ?"),
    repeated: db.prepare(
      `SELECT count(*) - count(DISTINCT g.external_id) AS repeated FROM work_pages AS p
         CROSS JOIN v1_grants AS g ON g.id BETWEEN p.first AND p.last WHERE p.subject = ? AND p.root = ?`,
    ),
  };
}
