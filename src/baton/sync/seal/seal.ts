import type { DatabaseSync } from "node:sqlite";
import { setImmediate } from "node:timers/promises";
import { pathToFileURL } from "node:url";
import type { Clock } from "../../../runtime/clock.ts";
import type { Log } from "../../../runtime/log/log.ts";
import type { ResourceKey } from "../../model/ids.ts";
import { withMissing } from "../../snapshot/missing.ts";
import { type ContentTable, createIndexes } from "../../snapshot/schema.ts";
import { formatTime } from "../../snapshot/time.ts";
import { CHECK_TABLE_NAMES } from "../checks/tables.ts";
import { expandGrants } from "../expansion/expand.ts";
import { renewEmbedded } from "../incremental/embedded.ts";
import { incrementOf } from "../incremental/full.ts";
import { type Known, stateOf } from "../incremental/leave.ts";
import { writeState } from "../incremental/state.ts";
import { INCREMENTAL_TABLE_NAMES } from "../incremental/tables.ts";
import type { Counts, Increment, Refused } from "../options.ts";
import type { Plan } from "../plan.ts";
import { recordText } from "../read-record.ts";
import { ROUTE_TABLE_NAMES } from "../routes/tables.ts";
import { INDEXING_CACHE_KIB, READING_CACHE_KIB, setCache } from "../work/file.ts";
import { decodeResource } from "../work/resource-row.ts";
import type { Store } from "../work/store.ts";
import { copyHistory, type Kept } from "./history.ts";
import { addInsights, type Judged } from "./insights.ts";
import { dropDangling, dropDuplicates, dropVanished, makeIndex } from "./prune.ts";

/** Share of unused pages above which the database is rewritten without them. */
const MAX_UNUSED_SHARE = 0.2;

const WORK_TABLES = [
  "work",
  "work_listed",
  "work_found",
  "work_gone",
  "work_related",
  "work_skipped",
  "work_indirect",
  "work_refused",
  ...CHECK_TABLE_NAMES,
  ...INCREMENTAL_TABLE_NAMES,
  ...ROUTE_TABLE_NAMES,
];

/** What {@link seal} needs. */
export interface SealDeps {
  readonly db: DatabaseSync;
  readonly syncId: string;
  readonly plan: Plan;
  readonly store: Store;
  /** The old snapshot's database, and what to call it in messages. */
  readonly previous: { readonly database: string; readonly snapshot: string } | undefined;
  readonly keep: number;
  /** What a sync that tracks changes leaves for the next one, besides what is in its tables. */
  readonly state: () => Known;
  readonly clock: Clock;
  readonly log: Log;
  /** Runs the expansion, as a phase of its own. */
  readonly expanding: (body: () => void) => void;
  /** Throws where somebody wants the sync to stop. */
  readonly check: () => void;
  /** Keeps what was found where the working file's end does not take it along. */
  readonly remember: (sealed: Sealed) => void;
}

/** What a sealed sync holds, and what it does not. */
export interface Sealed {
  readonly counts: Counts;
  readonly refused: readonly Refused[];
  readonly skipped: readonly { readonly type: string; readonly id: string }[];
  readonly vanished: number;
  readonly leftOut: number;
  readonly increment?: Increment;
  readonly judged?: Judged;
}

/**
 * Turns the working file into the database of a snapshot: in one transaction, so that a process that is killed finds
 * everything as it was and seals again.
 */
export async function seal(deps: SealDeps): Promise<Sealed> {
  const { db, previous } = deps;
  if (previous) db.prepare("ATTACH ? AS old").run(`${pathToFileURL(previous.database).href}?mode=ro`);
  db.exec("BEGIN");
  let sealed: Sealed;
  try {
    sealed = await sealRows(deps);
    deps.remember(sealed);
    db.exec("COMMIT");
  } catch (error) {
    if (db.isTransaction) db.exec("ROLLBACK");
    throw error;
  }
  if (previous) db.exec("DETACH old");
  const pages = (name: string) => Object.values(db.prepare(`PRAGMA ${name}`).get()!)[0] as number;
  if (pages("freelist_count") > MAX_UNUSED_SHARE * pages("page_count")) db.exec("VACUUM");
  return sealed;
}

async function sealRows(deps: SealDeps): Promise<Sealed> {
  const { db, syncId, plan, previous, log } = deps;
  const full = plan.syncType === "full";
  const step = async () => {
    // Between two steps the process answers its heartbeats and signals.
    await setImmediate();
    deps.check();
  };
  await step();
  const keep = full ? deps.keep - 1 : deps.keep;
  const kept = previous && copyHistory(db, previous.snapshot, syncId, keep, deps.clock.now());
  await step();
  addFound(deps);
  const gone = vanishedKeys(db);
  const vanished = dropVanished(db, syncId);
  setCache(db, INDEXING_CACHE_KIB);
  const leftOut = dropDangling(db, syncId, full, gone);
  await step();
  const repeated = dropDuplicates(db, syncId);
  if (repeated > 0) log.debug("grants were read more than once", { repeated });
  await step();
  if (plan.tracks) renewEmbedded(db, syncId);
  const state = plan.tracks ? writeState(stateOf(db, syncId, plan, deps.state())) : "";
  makeIndex(db, "idx_grants_entitlement_sync_grant_v1");
  if (plan.expand) {
    deps.expanding(() => {
      makeIndex(db, "idx_grants_entitlement_id_principal_id_v1");
      setCache(db, READING_CACHE_KIB);
      const { added, merged } = expandGrants(db, syncId, formatTime(deps.clock.now()));
      log.debug("grants are expanded", { added, merged });
    });
    await step();
  }
  setCache(db, INDEXING_CACHE_KIB);
  createIndexes(db);
  await step();
  const refused = readRefused(db);
  const judged = judgeRows(deps, refused.map(missingText));
  await step();
  const counts = count(db, syncId, kept?.copied);
  kept?.addRuns();
  const skipped = db.prepare("SELECT type, id FROM work_skipped ORDER BY type, id").all() as unknown as ResourceKey[];
  const partial = plan.syncType === "partial";
  const token = partial ? recordText(plan, { skipped, vanished: gone, missing: refused.length > 0 }) : state;
  endRun(deps, counts, kept?.newestFull ?? "", withMissing(token, refused.map(missingText)));
  const { resources, entitlements, grants } = counts;
  const sealed: Sealed = {
    counts: { resources, entitlements, grants },
    refused,
    skipped,
    vanished,
    leftOut,
    // Where a connector reports no changes, that is said only to those who asked for them.
    ...((plan.tracks || incrementOf(db).why !== undefined) && { increment: incrementOf(db) }),
    ...(judged !== undefined && { judged }),
  };
  for (const table of WORK_TABLES) db.exec(`DROP TABLE ${table}`);
  return sealed;
}

/** Adds what is dangerous, where that is wanted and all is there that rules look at. */
function judgeRows({ db, syncId, plan, clock, log }: SealDeps, missing: readonly string[]): Judged | undefined {
  const { rules, syncType, grants, types } = plan;
  if (rules === undefined || syncType !== "full" || !grants || types.length === 0) return undefined;
  const judged = addInsights(db, syncId, rules, missing, clock.now());
  log.info("what was read is judged; what could not be judged is not known, not fine", {
    ...{ findings: judged.findings, rules: rules.length, notJudged: judged.notJudged },
  });
  return judged;
}

/** Adds the resources that only their grants showed, and that no list did. */
function addFound({ db, syncId, plan, store, clock }: SealDeps): void {
  const at = formatTime(clock.now());
  const insert = db.prepare(
    `INSERT INTO v1_resources (resource_type_id, external_id, data, sync_id, discovered_at)
       VALUES (?, ?, ?, ?, ?) ON CONFLICT DO NOTHING`,
  );
  const taken = db.prepare("INSERT INTO work_taken (external_id) VALUES (?)");
  const held = db.prepare("SELECT 1 FROM v1_grants WHERE resource_type_id = ? AND resource_id = ? AND sync_id = ?");
  const found = db.prepare("SELECT external_id, type, data, carried FROM work_found");
  for (const { external_id, type, data, carried } of found.iterate()) {
    // One of the last sync's that nobody showed in this one is there as long as somebody holds it.
    const id = (external_id as string).slice((type as string).length + 1);
    if (carried === 1 && held.get(type as string, id, syncId) === undefined) continue;
    const { changes } = insert.run(type as string, external_id as string, data as Uint8Array, syncId, at);
    const support = plan.supports.get(type as string);
    if (changes > 0) taken.run(external_id as string);
    if (changes === 0 || !support || plan.syncType !== "full") continue;
    store.addEntitlements(support, decodeResource(data), at);
  }
}

function vanishedKeys(db: DatabaseSync): Set<string> {
  const rows = db.prepare("SELECT external_id FROM v1_resources WHERE id IN (SELECT subject FROM work_gone)").all();
  return new Set(rows.map((row) => row.external_id as string));
}

/** Counts the sync's rows: all but the copied ones. That is what an index of the types can tell, without the rows. */
function count(db: DatabaseSync, syncId: string, copied: Kept["copied"] | undefined): Counts & { types: number } {
  const by = (table: Exclude<ContentTable, "v1_resource_types">): Record<string, number> => {
    const { first, last } = copied?.[table] ?? { first: 0, last: -1 };
    const rows = db
      .prepare(
        `SELECT resource_type_id AS type, count(*) AS n FROM ${table} WHERE id NOT BETWEEN ? AND ? GROUP BY resource_type_id ORDER BY 1`,
      )
      .all(first, last);
    return Object.fromEntries(rows.map(({ type, n }) => [type as string, n as number]));
  };
  const { types } = db.prepare("SELECT count(*) AS types FROM v1_resource_types WHERE sync_id = ?").get(syncId)!;
  return {
    types: types as number,
    resources: by("v1_resources"),
    entitlements: by("v1_entitlements"),
    grants: by("v1_grants"),
  };
}

/** Writes the sync's own entry anew, after those of the syncs that are kept: readers take the last one for the newest. */
function endRun(deps: SealDeps, counts: Counts & { types: number }, newestFull: string, token: string): void {
  const { db, syncId, plan, clock } = deps;
  const sum = (by: Readonly<Record<string, number>>) => Object.values(by).reduce((total, n) => total + n, 0);
  const stats = {
    resource_types: counts.types,
    resources: sum(counts.resources),
    entitlements: sum(counts.entitlements),
    grants: sum(counts.grants),
    resources_by_resource_type: counts.resources,
    grants_by_resource_type: counts.grants,
    entitlements_by_resource_type: counts.entitlements,
  };
  const { started_at } = db.prepare("SELECT started_at FROM v1_sync_runs WHERE sync_id = ?").get(syncId)!;
  db.prepare("DELETE FROM v1_sync_runs WHERE sync_id = ?").run(syncId);
  db.prepare(
    `INSERT INTO v1_sync_runs (sync_id, started_at, ended_at, sync_token, sync_type, parent_sync_id, supports_diff,
       grants_backfilled, stats) VALUES (?, ?, ?, ?, ?, ?, ?, 1, ?)`,
  ).run(
    syncId,
    started_at as string,
    formatTime(clock.now()),
    token,
    plan.syncType,
    plan.syncType === "partial" ? newestFull : "",
    plan.expand ? 1 : 0,
    JSON.stringify(stats),
  );
}

/** What could not be read, and why, as one text. */
function missingText({ what, why }: Refused): string {
  return `${what}: ${why}`;
}

function readRefused(db: DatabaseSync): Refused[] {
  return db
    .prepare("SELECT sort, what, why, count, example, request FROM work_refused ORDER BY sort, what, why")
    .all()
    .map(({ sort, what, why, count, example, request }) => ({
      ...(sort === "refused" ? {} : { sort: sort as NonNullable<Refused["sort"]> }),
      what: what as string,
      why: why as string,
      count: count as number,
      ...(example === null ? {} : { on: example as string }),
      ...(request === null ? {} : { requestId: request as string }),
    }));
}
