import type { DatabaseSync } from "node:sqlite";
import { isFailure } from "../../../runtime/failure.ts";
import type { Log } from "../../../runtime/log/log.ts";
import type { Call, Connector, Since } from "../../connector.ts";
import { CONTENT_TABLES } from "../../snapshot/schema.ts";
import type { Increment } from "../options.ts";
import type { Known } from "./leave.ts";
import { Meta } from "./meta.ts";
import type { Carrier } from "./state.ts";

/**
 * The place from which changes are read, taken before everything is read; `undefined` where the connector has none, or cannot say it now:
 * the sync is good without it, and the next one reads everything again.
 */
export async function openChanges(
  { changes }: Pick<Connector, "changes">,
  call: Call,
  log: Log,
): Promise<Since | undefined> {
  if (changes === undefined) return undefined;
  try {
    return await changes.open(call);
  } catch (error) {
    if (!isFailure(error) || call.signal.aborted || error.kind === "unauthenticated") throw error;
    log.debug("from where on changes are told is not known", { why: error.message });
    return undefined;
  }
}

/** Notes that a sync reads everything, and the place from which changes are read after it. */
export function noteFull(db: DatabaseSync, since: Since | undefined, why: string | undefined, now: number): void {
  const meta = new Meta(db);
  meta.set("mode", "full");
  if (why !== undefined) meta.set("why", why);
  meta.set("fullAt", String(now));
  if (since?.at !== undefined) meta.set("at", String(since.at));
  const insert = db.prepare("INSERT INTO work_since (part, cursor) VALUES (?, ?)");
  for (const [part, cursor] of Object.entries(since?.parts ?? {})) insert.run(part, JSON.stringify(cursor));
}

/** Forgets all that a sync has stored and noted but its entry and its resource types. */
export function clearSync(db: DatabaseSync, syncId: string): void {
  for (const table of CONTENT_TABLES) {
    if (table !== "v1_resource_types") db.prepare(`DELETE FROM ${table} WHERE sync_id = ?`).run(syncId);
  }
  const notes = db.prepare("SELECT name FROM sqlite_master WHERE type = 'table' AND name LIKE 'work%'").all();
  for (const { name } of notes) db.exec(`DELETE FROM ${name}`);
}

/** What the working file knows of the state that the sync leaves. */
export function knownOf(db: DatabaseSync, carrier: Carrier): Known {
  const meta = new Meta(db);
  const at = meta.get("at");
  return {
    ...carrier,
    fullAt: meta.number("fullAt"),
    runs: meta.number("runs"),
    ...(at !== undefined && { at: Number(at) }),
  };
}

/** How a sync was made, for its result. */
export function incrementOf(db: DatabaseSync): Increment {
  const meta = new Meta(db);
  const [why, base] = [meta.get("why"), meta.get("base")];
  return {
    mode: meta.get("mode") === "incremental" ? "incremental" : "full",
    ...(why !== undefined && { why }),
    ...(base !== undefined && { base }),
    runs: meta.number("runs"),
    readAgain: meta.number("readAgain"),
    removed: meta.number("removed"),
    sampled: meta.number("sampled"),
    sampleMismatches: meta.number("sampleMismatches"),
    countMismatches: meta.number("countMismatches"),
    blind: meta.list("blind"),
  };
}
