import type { DatabaseSync } from "node:sqlite";
import type { ResourceKey } from "../../model/ids.ts";
import type { Plan } from "../plan.ts";
import type { Carried } from "./carried.ts";
import { CoveredGrants, readingsOf, type Subject } from "./readings.ts";

/**
 * What follows from readings that were read again: whoever came to a resource that passes on what it holds (a group, its
 * apps), or left it, may have got or lost that. Belongs into a transaction of the caller's.
 */
export class Consequences {
  readonly #plan: Plan;
  readonly #carried: Carried;
  readonly #covered: CoveredGrants;
  readonly #statements;

  constructor(db: DatabaseSync, syncId: string, plan: Plan, carried: Carried) {
    this.#plan = plan;
    this.#carried = carried;
    this.#covered = new CoveredGrants(db, syncId);
    const of = `r.resource_type_id AS type, r.external_id AS key`;
    const mine = `sync_id = '${syncId.replaceAll("'", "''")}'`;
    this.#statements = {
      reread: db.prepare(
        `SELECT w.resource AS row, w.reading, ${of} FROM work_reread AS w JOIN v1_resources AS r ON r.id = w.resource WHERE w.passed = 0`,
      ),
      before: db.prepare("SELECT type, id FROM work_before WHERE resource = ? AND reading = ?"),
      one: db.prepare(
        `SELECT w.resource AS row, w.reading, w.type AS ptype, w.id AS pid, w.held, ${of} FROM work_one AS w
           JOIN v1_resources AS r ON r.id = w.resource WHERE w.passed = 0`,
      ),
      holds: db.prepare(
        `SELECT 1 FROM v1_grants WHERE resource_type_id = ? AND resource_id = ? AND principal_resource_type_id = ?
           AND principal_resource_id = ? AND ${mine}`,
      ),
      passed: db.prepare("UPDATE work_reread SET passed = 1 WHERE passed = 0"),
      passedOne: db.prepare("UPDATE work_one SET passed = 1 WHERE passed = 0"),
      forget: db.prepare("DELETE FROM work_before"),
    };
  }

  /** Names what follows from all that was read again since the last time. */
  next(): void {
    for (const row of this.#statements.reread.all()) {
      const subject = subjectOf(row);
      const support = this.#plan.supports.get(subject.type);
      const reading = support && readingsOf(support)[row.reading as number];
      if (support?.passesOn === undefined || reading === undefined || reading.holds !== undefined) continue;
      const before = this.#statements.before.all(subject.row, row.reading as number) as unknown as ResourceKey[];
      const after = this.#covered.holders(subject, reading);
      this.#carried.passOn(support, subject, differing(before, after));
    }
    for (const row of this.#statements.one.all()) {
      const subject = subjectOf(row);
      const support = this.#plan.supports.get(subject.type);
      const principal = { type: row.ptype as string, id: row.pid as string };
      const holds = this.#statements.holds.get(subject.type, subject.id, principal.type, principal.id) !== undefined;
      if (support && holds !== (row.held === 1)) this.#carried.passOn(support, subject, [principal]);
    }
    this.#statements.passed.run();
    this.#statements.passedOne.run();
    this.#statements.forget.run();
  }
}

function subjectOf(row: Record<string, unknown>): Subject {
  const type = row.type as string;
  return { row: row.row as number, type, id: (row.key as string).slice(type.length + 1) };
}

/** Those that are in one list only. */
function differing(before: readonly ResourceKey[], after: readonly ResourceKey[]): ResourceKey[] {
  const keys = (list: readonly ResourceKey[]) => new Map(list.map((one) => [`${one.type}:${one.id}`, one]));
  const [old, now] = [keys(before), keys(after)];
  return [...[...old].filter(([key]) => !now.has(key)), ...[...now].filter(([key]) => !old.has(key))].map(
    ([, one]) => one,
  );
}
