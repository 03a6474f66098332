import type { DatabaseSync } from "node:sqlite";
import type { Cursor, Reading, ResourceTypeSupport } from "../../connector.ts";
import { laneKey, type Plan } from "../plan.ts";
import type { Routes } from "../routes/routes.ts";
import type { Queue } from "../work/queue.ts";
import type { Meta } from "./meta.ts";
import type { Named } from "./named.ts";
import { CoveredGrants, isOfSort, isReadSingly, readingsOf, type Subject, usualRoot } from "./readings.ts";

/** How far before the last sync's beginning a clock is taken for a change since, in milliseconds: seconds have no halves. */
const OVERLAP_MS = 120_000;

/** What is known of a reading that was carried over. */
interface Known {
  readonly total: number;
  readonly root: string;
}

/**
 * Decides, of each resource that was listed or named, which of its readings are read again: what was named, what was
 * never read, what has another size than was read, and what has changed by its clock. Where only the grants of few
 * principals were named and the list is long, those are asked for one by one. Everything here belongs into a transaction
 * of the caller's.
 */
export class Decisions {
  readonly #plan: Plan;
  readonly #queue: Queue;
  readonly #routes: Routes;
  readonly #named: Named;
  readonly #meta: Meta;
  readonly #since: number | undefined;
  readonly #covered: CoveredGrants;
  readonly #statements;

  constructor(
    db: DatabaseSync,
    syncId: string,
    plan: Plan,
    parts: {
      readonly queue: Queue;
      readonly routes: Routes;
      readonly named: Named;
      readonly meta: Meta;
      /** The other side's time when the last sync began. */
      readonly since: number | undefined;
    },
  ) {
    this.#plan = plan;
    this.#queue = parts.queue;
    this.#routes = parts.routes;
    this.#named = parts.named;
    this.#meta = parts.meta;
    this.#since = parts.since;
    this.#covered = new CoveredGrants(db, syncId);
    this.#statements = prepare(db, syncId);
  }

  /** Whether it takes fewer calls to ask the principals that were named of a sort of readings than to read each list again. */
  #asksAtOnce(support: ResourceTypeSupport, reading: Reading): boolean {
    if (support.grantsToAtOnce !== true) return false;
    const { principals, resources } = this.#named.countOf(support, reading);
    return principals < resources;
  }

  /** Decides what is open; what waits for single grants to be read is decided the next time. */
  next(): void {
    const waiting: number[] = [];
    for (const row of this.#statements.undecided.all()) {
      const type = row.type as string;
      const subject: Subject = { row: row.row as number, type, id: (row.key as string).slice(type.length + 1) };
      const support = this.#plan.supports.get(type);
      if (support === undefined || !isReadSingly(this.#plan, support)) continue;
      if (this.#resource(support, subject, row.grants as string | null)) waiting.push(subject.row);
    }
    this.#statements.decided.run();
    for (const row of waiting) this.#statements.wait.run(row);
  }

  /** Whether there is something to decide. */
  get isOpen(): boolean {
    return this.#statements.any.get() !== undefined;
  }

  /** Decides on a resource's readings; gives whether one waits for single grants. */
  #resource(support: ResourceTypeSupport, subject: Subject, grants: string | null): boolean {
    let waits = false;
    readingsOf(support).forEach((reading, sort) => {
      if (this.#statements.isReread.get(subject.row, sort)) return;
      const known = this.#known(subject, reading, sort);
      // Of a resource that no list showed in this sync what was named is read from where it began before.
      const roots = grants === null ? [known?.root ?? usualRoot(reading)] : (JSON.parse(grants) as string[]);
      const root = roots.find((one) => isOfSort(reading, one));
      if (root === undefined) {
        if (known !== undefined) this.#forget(support, subject, sort);
      } else if (known?.root !== root || this.#named.isWhole(support, subject.id, reading)) {
        this.reread(support, subject, sort, root);
      } else if (this.#asks(support, subject, sort, root, known)) waits = true;
    });
    return waits;
  }

  /** Asks for the grants of principals that were named, or reads all; gives whether there is something to wait for. */
  #asks(support: ResourceTypeSupport, subject: Subject, sort: number, root: string, known: Known): boolean {
    const reading = readingsOf(support)[sort]!;
    const principals = this.#named
      .principals(support, subject.id, reading)
      .filter(({ type, id }) => this.#statements.isAsked.get(subject.row, sort, type, id) === undefined);
    if (principals.length === 0) {
      this.#judge(support, subject, sort, root, known);
      return false;
    }
    const there = principals.filter(({ type, id }) => this.#statements.isThere.get(`${type}:${id}`) !== undefined);
    const pages = Math.max(1, Math.ceil(known.total / reading.pageSize));
    const isShorter = there.length < pages || this.#asksAtOnce(support, reading);
    if (there.length > 0 && (support.grantsTo === undefined || !isShorter)) {
      this.reread(support, subject, sort, root);
      return false;
    }
    this.#statements.count.run(subject.row, sort, root, known.total, this.#covered.count(subject, reading));
    for (const { type, id } of principals) {
      const held = this.#statements.holds.get(subject.type, subject.id, type, id) !== undefined;
      this.#statements.asked.run(subject.row, sort, type, id, held ? 1 : 0);
      // What somebody who is gone held costs no call.
      this.#statements.drop.run(subject.type, subject.id, type, id);
    }
    for (const { type, id } of there) {
      this.#meta.add("readAgain", 1);
      this.#queue.add(laneKey("one", subject.type), subject.row, { type, id });
    }
    return true;
  }

  /** Holds what is known of a reading against its size and its clock. */
  #judge(support: ResourceTypeSupport, subject: Subject, sort: number, root: string, known: Known): void {
    const reading = readingsOf(support)[sort]!;
    const expected = this.#statements.expected.get(subject.row, root)?.expected as number | undefined;
    const counted = this.#statements.counted.get(subject.row, sort);
    if (counted !== undefined) {
      // Single grants were read: where the size is right by now, nothing else has changed.
      const total = (counted.total as number) + this.#covered.count(subject, reading) - (counted.rows as number);
      if (expected !== undefined && total !== expected) this.reread(support, subject, sort, root);
      else this.#statements.keep.run(total, subject.row, root);
      return;
    }
    const clock = this.#statements.clock.get(subject.row, root)?.at as number | undefined;
    const isChanged = clock !== undefined && (this.#since === undefined || clock >= this.#since - OVERLAP_MS);
    const isOther = expected !== undefined && expected !== known.total;
    if (isOther && !isChanged) this.#meta.add("countMismatches", 1);
    if (isOther || isChanged) this.reread(support, subject, sort, root);
    else this.#statements.keep.run(known.total, subject.row, root);
  }

  /** Reads a sort of readings of a resource again: what it showed goes, and is read from where it begins. */
  reread(support: ResourceTypeSupport, subject: Subject, sort: number, root: string): void {
    this.#forget(support, subject, sort);
    this.#meta.add("readAgain", 1);
    this.#statements.restart.run(subject.row, root);
    const cursor = (JSON.parse(root) ?? undefined) as Cursor | undefined;
    if (this.#routes.park(subject.type, subject.row, cursor)) return;
    this.#queue.add(laneKey("grants", subject.type), subject.row, cursor);
  }

  /** Reads all of a resource's readings again, once in a sync; gives whether that is so. */
  rereadAll(type: string, row: number, key: string, roots: readonly string[]): void {
    const support = this.#plan.supports.get(type);
    if (support === undefined || !isReadSingly(this.#plan, support)) return;
    const subject = { row, type, id: key.slice(type.length + 1) };
    readingsOf(support).forEach((reading, sort) => {
      const root = roots.find((one) => isOfSort(reading, one));
      if (root !== undefined) this.reread(support, subject, sort, root);
    });
  }

  #forget(support: ResourceTypeSupport, subject: Subject, sort: number): void {
    const reading = readingsOf(support)[sort]!;
    if (support.passesOn !== undefined && reading.holds === undefined) {
      for (const { type, id } of this.#covered.holders(subject, reading)) {
        this.#statements.before.run(subject.row, sort, type, id);
      }
    }
    this.#unhold(subject, reading);
    this.#covered.delete(subject, reading);
    this.#statements.forgetShown.run(subject.type, subject.id, sort);
    this.#statements.reread.run(subject.row, sort);
  }

  /** The check of counts forgets who holds the resource: who does is read again. */
  #unhold(subject: Subject, reading: Reading): void {
    if (reading.holds !== undefined) return;
    for (const support of this.#plan.types) {
      const isShown = reading.principals?.includes(support.type.id) ?? true;
      if (support.heldOf !== subject.type || !isShown) continue;
      this.#statements.unhold.run(`${subject.type}:${subject.id}`, `${support.type.id}:`, `${support.type.id};`);
    }
  }

  #known(subject: Subject, reading: Reading, sort: number): Known | undefined {
    const shown = this.#statements.shown.get(subject.type, subject.id, sort);
    if (shown !== undefined) {
      return { total: shown.total as number, root: (shown.root as string | null) ?? usualRoot(reading) };
    }
    const rows = this.#covered.count(subject, reading);
    return rows === 0 ? undefined : { total: rows, root: usualRoot(reading) };
  }
}

function prepare(db: DatabaseSync, syncId: string) {
  const mine = `sync_id = '${syncId.replaceAll("'", "''")}'`;
  return {
    undecided: db.prepare(
      `SELECT r.id AS row, r.resource_type_id AS type, r.external_id AS key, l.grants FROM work_undecided AS u
         JOIN v1_resources AS r ON r.id = u.resource LEFT JOIN work_listed AS l ON l.resource = r.id ORDER BY r.id`,
    ),
    any: db.prepare("SELECT 1 FROM work_undecided LIMIT 1"),
    decided: db.prepare("DELETE FROM work_undecided"),
    wait: db.prepare("INSERT OR IGNORE INTO work_undecided (resource) VALUES (?)"),
    isReread: db.prepare("SELECT 1 FROM work_reread WHERE resource = ? AND reading = ?"),
    reread: db.prepare("INSERT OR REPLACE INTO work_reread (resource, reading, passed) VALUES (?, ?, 0)"),
    expected: db.prepare("SELECT expected FROM work_expected WHERE subject = ? AND root = ?"),
    keep: db.prepare("UPDATE work_expected SET seen = ?, pass = 3 WHERE subject = ? AND root = ?"),
    restart: db.prepare("UPDATE work_expected SET seen = 0, pages = 0, pass = 0 WHERE subject = ? AND root = ?"),
    clock: db.prepare("SELECT at FROM work_clock WHERE resource = ? AND root = ?"),
    shown: db.prepare("SELECT total, root FROM work_shown WHERE type = ? AND id = ? AND reading = ?"),
    forgetShown: db.prepare("DELETE FROM work_shown WHERE type = ? AND id = ? AND reading = ?"),
    isThere: db.prepare(`SELECT 1 FROM v1_resources WHERE external_id = ? AND ${mine}`),
    isAsked: db.prepare("SELECT 1 FROM work_one WHERE resource = ? AND reading = ? AND type = ? AND id = ?"),
    asked: db.prepare("INSERT OR IGNORE INTO work_one (resource, reading, type, id, held) VALUES (?, ?, ?, ?, ?)"),
    counted: db.prepare("SELECT total, rows FROM work_counted WHERE resource = ? AND reading = ?"),
    count: db.prepare(
      "INSERT OR IGNORE INTO work_counted (resource, reading, root, total, rows) VALUES (?, ?, ?, ?, ?)",
    ),
    before: db.prepare("INSERT OR IGNORE INTO work_before (resource, reading, type, id) VALUES (?, ?, ?, ?)"),
    holds: db.prepare(
      `SELECT 1 FROM v1_grants WHERE resource_type_id = ? AND resource_id = ? AND principal_resource_type_id = ?
         AND principal_resource_id = ? AND ${mine}`,
    ),
    drop: db.prepare(
      `DELETE FROM v1_grants WHERE resource_type_id = ? AND resource_id = ? AND principal_resource_type_id = ?
         AND principal_resource_id = ? AND ${mine}`,
    ),
    unhold: db.prepare("DELETE FROM work_held WHERE resource = ? AND principal >= ? AND principal < ?"),
  };
}
