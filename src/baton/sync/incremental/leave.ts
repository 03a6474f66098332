import type { DatabaseSync } from "node:sqlite";
import type { Cursor } from "../../connector.ts";
import type { Plan } from "../plan.ts";
import { refusedIn } from "./permissions.ts";
import { CoveredGrants, isReadSingly, readingsOf, sortOf, usualRoot } from "./readings.ts";
import type { Carrier, State } from "./state.ts";

/** What of a state is not in the rows and tables of the working file. */
export type Known = Carrier & Pick<State, "fullAt" | "runs" | "at">;

/**
 * What a sync leaves for the next one. Belongs into the transaction that seals it, when duplicates and what refers to nobody
 * are gone and the grants are not expanded yet.
 */
export function stateOf(db: DatabaseSync, syncId: string, plan: Plan, known: Known): State {
  const rows = (sql: string) => db.prepare(sql).all();
  const since = rows("SELECT part, cursor FROM work_since").map(({ part, cursor }) => [
    part as string,
    JSON.parse(cursor as string) as Cursor,
  ]);
  return {
    ...known,
    since: Object.fromEntries(since),
    whole: db.prepare("SELECT 1 FROM work_refused WHERE sort <> 'refused'").get() === undefined,
    shown: [...shownByRows(db, syncId, plan), ...shownByHolders(db, syncId, plan)],
    unsure: rows("SELECT type, id, root FROM work_unsure").map(({ type, id, root }) => [
      type as string,
      id as string,
      root as string,
    ]),
    refused: refusedIn(db),
    found: rows("SELECT external_id FROM work_taken").map(({ external_id }) => external_id as string),
  };
}

type Shown = State["shown"][number];

/** What readings of single resources showed, where that is not the number of rows, or no row says that they were read. */
function* shownByRows(db: DatabaseSync, syncId: string, plan: Plan): Generator<Shown> {
  const covered = new CoveredGrants(db, syncId);
  const seen = db.prepare("SELECT seen FROM work_expected WHERE subject = ? AND root = ? AND pages + pass > 0");
  const carried = db.prepare("SELECT reading, total, root FROM work_shown WHERE type = ? AND id = ?");
  const resources = db.prepare(
    `SELECT r.id AS row, r.external_id AS key, l.grants FROM v1_resources AS r LEFT JOIN work_listed AS l ON l.resource = r.id
       WHERE r.resource_type_id = ? AND r.sync_id = ? ORDER BY r.id`,
  );
  for (const support of plan.types) {
    if (!isReadSingly(plan, support)) continue;
    const type = support.type.id;
    const readings = readingsOf(support);
    for (const row of resources.all(type, syncId)) {
      const id = (row.key as string).slice(type.length + 1);
      const subject = { row: row.row as number, type, id };
      if (row.grants === null) {
        for (const { reading, total, root } of carried.all(type, id)) {
          const entry = [type, id, reading as number, total as number] as const;
          yield root === null ? entry : [...entry, root as string];
        }
        continue;
      }
      for (const root of JSON.parse(row.grants as string) as string[]) {
        const sort = sortOf(support, root);
        if (sort < 0) continue;
        const usual = root === usualRoot(readings[sort]!);
        const count = covered.count(subject, readings[sort]!);
        const total = (seen.get(subject.row, root)?.seen as number | undefined) ?? count;
        if (count > 0 && count === total && usual) continue;
        yield usual ? [type, id, sort, total] : [type, id, sort, total, root];
      }
    }
  }
}

/** Principals whose grants a reading of whole types showed to be none. */
function* shownByHolders(db: DatabaseSync, syncId: string, plan: Plan): Generator<Shown> {
  const covered = new CoveredGrants(db, syncId);
  const all = new Map(plan.lanes.flatMap(({ all }) => (all ? [[all.name, all] as const] : [])));
  for (const { name, type, id } of db.prepare("SELECT name, type, id FROM work_holder").all()) {
    const holds = all.get(name as string)?.covers?.resources ?? [];
    const subject = { row: 0, type: type as string, id: id as string };
    if (covered.count(subject, { cursor: {}, pageSize: 1, holds }) > 0) continue;
    yield [`*${name}`, `${type}:${id}`, 0, 0];
  }
}
