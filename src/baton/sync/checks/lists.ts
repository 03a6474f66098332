import type { DatabaseSync } from "node:sqlite";
import type { Log } from "../../../runtime/log/log.ts";
import type { Listed, ResourceTypeSupport } from "../../connector.ts";
import { resourceKey } from "../../model/ids.ts";
import { laneKey, type Plan } from "../plan.ts";
import { makeIndex } from "../seal/prune.ts";
import type { Queue, Work } from "../work/queue.ts";
import type { Store } from "../work/store.ts";
import { named } from "./counts.ts";
import { PASS } from "./tables.ts";

/** How many resources that a list did not show are asked for singly. */
const MAX_PROBES = 10;

/** What a list may lack for being read while it shifted: fewer than so many, or less than this share of what it shows. */
const MIN_JUDGED = 3;
const JUDGED_SHARE = 0.1;

/** Ids of resources, by type. */
export type Ids = ReadonlyMap<string, readonly string[]>;

/**
 * Holds the lists of resources against what should be on them: what the last sync had, and who holds something. What a
 * list does not show and is there all the same is taken in singly; where much is missing, the list is read again, and what
 * it does not show then is reported.
 */
export class ListChecks {
  readonly #db: DatabaseSync;
  readonly #plan: Plan;
  readonly #queue: Queue;
  readonly #store: Store;
  readonly #log: Log;
  readonly #statements;

  constructor(db: DatabaseSync, syncId: string, plan: Plan, queue: Queue, store: Store, log: Log) {
    this.#db = db;
    this.#plan = plan;
    this.#queue = queue;
    this.#store = store;
    this.#log = log;
    this.#statements = prepare(db, syncId);
  }

  /** Whether the lists have not been looked at yet. */
  get isFirst(): boolean {
    return this.#statements.any.get() === undefined;
  }

  /** Looks at the lists: `before` is what the last sync had. */
  first(before: Ids): void {
    const dangling = this.#dangling();
    for (const support of this.#plan.types) {
      const type = support.type.id;
      const lost = (before.get(type) ?? []).filter((id) => !this.#isListed(type, id));
      const ids = [...new Set([...lost, ...(dangling.get(type) ?? [])])].sort();
      this.#statements.start.run(type);
      if (ids.length > 0) this.#probe(support, ids);
    }
  }

  /** Queues the lists that are to be read again, and tells of those that were in vain. */
  next(): void {
    for (const { type, pass, missing } of this.#statements.open.all()) {
      const ids = JSON.parse(missing as string) as string[];
      const of = type as string;
      if (pass === PASS.asked) {
        this.#log.warn("a list is read again, as it does not show what is there", { list: of, missing: named(ids) });
        this.#statements.set.run(PASS.again, missing as string, of);
        this.#queue.add(laneKey("list", of), undefined, undefined);
        continue;
      }
      const still = ids.filter((id) => !this.#isListed(of, id));
      this.#statements.set.run(PASS.done, missing as string, of);
      if (still.length === 0) continue;
      const why = `it does not show ${named(still)}, also when it was read again, though they are there`;
      this.#store.refusals.addIncomplete(`the list of resources of type ${of}`, why, `${of} ${still[0]}`);
    }
  }

  /** Something is known to be there that the list did not show: the list is to be read again, once. */
  flag(type: string, id: string): void {
    const row = this.#statements.row.get(type);
    if (row === undefined || (row.pass as number) >= PASS.again) return;
    const ids = [...new Set([...(JSON.parse(row.missing as string) as string[]), id])].sort();
    this.#statements.set.run(PASS.asked, JSON.stringify(ids), type);
  }

  /** Stores what came of asking for a resource that its list did not show. */
  probed(work: Work, type: string, listed: Listed | undefined, at: string): void {
    const { probe, judge } = JSON.parse(work.cursor!) as { probe: string; judge: boolean };
    this.#queue.finish(work, []);
    if (listed === undefined) return;
    if (judge) {
      this.flag(type, probe);
      return;
    }
    this.#log.warn("a resource that its list did not show is there, and is taken in", { type, id: probe });
    this.#store.addListed(listed, at);
  }

  #probe(support: ResourceTypeSupport, ids: readonly string[]): void {
    const type = support.type.id;
    const listed = this.#statements.count.get(type)!.n as number;
    if (!support.get) {
      // What cannot be asked for singly may just be gone, unless everything is.
      if (listed === 0) for (const id of ids) this.flag(type, id);
      return;
    }
    const judge = ids.length > MAX_PROBES || (ids.length >= MIN_JUDGED && ids.length > JUDGED_SHARE * listed);
    const step = Math.max(1, ids.length / MAX_PROBES);
    for (let at = 0; at < ids.length; at += step) {
      this.#queue.add(laneKey("check", type), undefined, { probe: ids[Math.floor(at)]!, judge });
    }
  }

  #isListed(type: string, id: string): boolean {
    return this.#statements.isListed.get(resourceKey(type, id)) !== undefined;
  }

  /** Who holds something, of the types whose lists show everybody, and is on no list. */
  #dangling(): Map<string, string[]> {
    const found = new Map<string, string[]>();
    const types = this.#plan.types.filter(({ listsAll }) => listsAll).map(({ type }) => type.id);
    if (types.length === 0) return found;
    // Sealing the sync takes the same index: made now, it gives each principal once.
    makeIndex(this.#db, "idx_grants_principal_id_v1");
    for (const { type, id } of this.#statements.dangling.iterate(JSON.stringify(types))) {
      found.set(type as string, [...(found.get(type as string) ?? []), id as string]);
    }
    return found;
  }
}

function prepare(db: DatabaseSync, syncId: string) {
  const mine = `'${syncId.replaceAll("'", "''")}'`;
  return {
    any: db.prepare("SELECT 1 FROM work_relisted LIMIT 1"),
    start: db.prepare(`INSERT INTO work_relisted (type, pass, missing) VALUES (?, ${PASS.reading}, '[]')`),
    row: db.prepare("SELECT pass, missing FROM work_relisted WHERE type = ?"),
    open: db.prepare(`SELECT type, pass, missing FROM work_relisted WHERE pass IN (${PASS.asked}, ${PASS.again})`),
    set: db.prepare("UPDATE work_relisted SET pass = ?, missing = ? WHERE type = ?"),
    count: db.prepare(`SELECT count(*) AS n FROM v1_resources WHERE resource_type_id = ? AND sync_id = ${mine}`),
    // A resource that only its grants show is on no list, and is taken in when the sync is sealed.
    isListed: db.prepare(
      `SELECT 1 FROM v1_resources WHERE external_id = ?1 AND sync_id = ${mine}
         UNION ALL SELECT 1 FROM work_found WHERE external_id = ?1`,
    ),
    dangling: db.prepare(
      `SELECT type, id FROM (SELECT DISTINCT principal_resource_type_id AS type, principal_resource_id AS id FROM v1_grants
           WHERE principal_resource_type_id IN (SELECT value FROM json_each(?))) AS g
         WHERE NOT EXISTS (
           SELECT 1 FROM v1_resources AS r WHERE r.external_id = g.type || ':' || g.id AND r.sync_id = ${mine})`,
    ),
  };
}
