import { createHash } from "node:crypto";
import type { DatabaseSync } from "node:sqlite";
import type { Plan } from "../plan.ts";
import type { Decisions } from "./decide.ts";
import type { Meta } from "./meta.ts";
import type { Named } from "./named.ts";
import { NeedsFull } from "./needs-full.ts";
import { CoveredGrants, isOfSort, isReadSingly, readingsOf, type Subject } from "./readings.ts";

/** Lists longer than this are not read again as a sample: their sizes are compared in each sync. */
const MAX_SAMPLED_ROWS = 1000;

/** How often it is tried to find an object for the sample, for each that is wanted. */
const TRIES = 20;

/** So many mismatches, and this share of the sample, are more than chance. */
const MIN_JUDGED = 2;
const JUDGED_SHARE = 0.1;

/**
 * Reads a random sample of what was carried over again, and compares. What differs is right by then, as it was read again.
 * Everything here belongs into a transaction of the caller's.
 */
export class Sample {
  readonly #plan: Plan;
  readonly #named: Named;
  readonly #meta: Meta;
  readonly #decisions: Decisions;
  readonly #covered: CoveredGrants;
  readonly #statements;

  constructor(
    db: DatabaseSync,
    syncId: string,
    plan: Plan,
    parts: { readonly named: Named; readonly meta: Meta; readonly decisions: Decisions },
  ) {
    this.#plan = plan;
    this.#named = parts.named;
    this.#meta = parts.meta;
    this.#decisions = parts.decisions;
    this.#covered = new CoveredGrants(db, syncId);
    const mine = `sync_id = '${syncId.replaceAll("'", "''")}'`;
    this.#statements = {
      last: db.prepare(`SELECT max(id) AS last FROM v1_resources WHERE ${mine}`),
      at: db.prepare(
        `SELECT r.id AS row, r.resource_type_id AS type, r.external_id AS key, l.grants, s.resource IS NOT NULL AS seen
           FROM v1_resources AS r LEFT JOIN work_listed AS l ON l.resource = r.id LEFT JOIN work_seen AS s ON s.resource = r.id
           WHERE r.id >= ? AND ${mine} ORDER BY r.id LIMIT 1`,
      ),
      isReread: db.prepare(
        `SELECT 1 FROM work_reread WHERE resource = ?1 AND reading = ?2
           UNION ALL SELECT 1 FROM work_one WHERE resource = ?1 AND reading = ?2`,
      ),
      keep: db.prepare("INSERT OR IGNORE INTO work_sample (resource, reading, rows) VALUES (?, ?, ?)"),
      sampled: db.prepare(
        `SELECT s.resource AS row, s.reading, s.rows, r.resource_type_id AS type, r.external_id AS key FROM work_sample AS s
           JOIN v1_resources AS r ON r.id = s.resource`,
      ),
      clear: db.prepare("DELETE FROM work_sample"),
    };
  }

  /** Draws the sample and has it read again; gives how many objects it has. */
  draw(size: number, random: () => number): number {
    const last = (this.#statements.last.get()!.last as number | null) ?? 0;
    const drawn = new Set<string>();
    for (let tries = 0; drawn.size < size && tries < size * TRIES; tries++) {
      const row = this.#statements.at.get(1 + Math.floor(random() * last));
      if (row === undefined) continue;
      const type = row.type as string;
      const subject = { row: row.row as number, type, id: (row.key as string).slice(type.length + 1) };
      const name = this.#take(subject, row.grants as string | null, row.seen === 1, random);
      if (name !== undefined) drawn.add(name);
    }
    this.#meta.add("sampled", drawn.size);
    return drawn.size;
  }

  #take(subject: Subject, grants: string | null, seen: boolean, random: () => number): string | undefined {
    const support = this.#plan.supports.get(subject.type);
    if (support === undefined) return undefined;
    if (!isReadSingly(this.#plan, support)) {
      if (seen || (support.getSome === undefined && support.get === undefined) || support.allGrants) return undefined;
      this.#named.add({ what: "resource", type: subject.type, id: subject.id });
      return `${subject.row}`;
    }
    const readings = readingsOf(support);
    const sort = Math.floor(random() * readings.length);
    const root = (JSON.parse(grants ?? "[]") as string[]).find((one) => isOfSort(readings[sort]!, one));
    if (root === undefined || this.#statements.isReread.get(subject.row, sort) !== undefined) return undefined;
    if (this.#covered.count(subject, readings[sort]!) > MAX_SAMPLED_ROWS) return undefined;
    this.#statements.keep.run(subject.row, sort, this.#rowsOf(subject, sort));
    this.#decisions.reread(support, subject, sort, root);
    return `${subject.row} ${sort}`;
  }

  /** Compares what was read with what was carried over. Throws {@link NeedsFull} where more than chance differs. */
  compare(): void {
    for (const row of this.#statements.sampled.all()) {
      const type = row.type as string;
      const subject = { row: row.row as number, type, id: (row.key as string).slice(type.length + 1) };
      if (this.#rowsOf(subject, row.reading as number) !== row.rows) this.#meta.add("sampleMismatches", 1);
    }
    this.#statements.clear.run();
    const [sampled, mismatches] = [this.#meta.number("sampled"), this.#meta.number("sampleMismatches")];
    if (mismatches < MIN_JUDGED || mismatches <= JUDGED_SHARE * sampled) return;
    throw new NeedsFull(
      `${mismatches} of ${sampled} objects that were read again as a sample had changed, and nothing had said so`,
    );
  }

  /** Names what a reading shows, whatever the order. */
  #rowsOf(subject: Subject, sort: number): string {
    const reading = readingsOf(this.#plan.supports.get(subject.type)!)[sort]!;
    const rows = this.#covered.rows(subject, reading).map(({ external_id, data }) => {
      return `${external_id} ${createHash("sha256").update(data).digest("base64")}`;
    });
    return createHash("sha256")
      .update([...new Set(rows)].sort().join("\n"))
      .digest("base64");
  }
}
