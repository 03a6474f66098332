import { AccessGraph } from "../../baton/access/graph.ts";
import type { SnapshotReader } from "../../baton/snapshot/reader.ts";
import { parseTime } from "../../baton/snapshot/time.ts";
import { Failure } from "../../runtime/failure.ts";
import type { JournalRecord } from "../journal-records.ts";
import type { Review } from "../review.ts";

/** What a later sync says of access that was to go. */
export interface LaterSync {
  /** Was not proved before, and is gone. */
  readonly proved: number;
  /** Is still there, or there again. */
  readonly refuted: number;
  /** The sync does not know the holder or the resource as it could not read everything: nothing is said of them. */
  readonly unknown: number;
}

/**
 * Holds what was to go against a sync that began after the decision: what is not there any more is proved, what is, is
 * refuted, also where it was proved before and came back. Throws a {@link Failure} where the sync is too old, is not a full
 * one, or could not read everything.
 */
export async function proveByLaterSync(review: Review, reader: SnapshotReader, by: string): Promise<LaterSync> {
  const { state } = review;
  const sync = reader.current();
  if (sync?.endedAt === undefined) throw unfit(`${reader.path} holds no finished full sync`);
  const began = parseTime(sync.startedAt) ?? 0;
  const content = reader.content(sync.syncId);
  const missing = content.missing();
  const graph = new AccessGraph(content);
  const proof = { file: "", sha256: reader.sha256 };
  const records: JournalRecord[] = [];
  const found = { proved: 0, refuted: 0, unknown: 0 };
  let judged = 0;
  for (const item of state.items.values()) {
    const remediated = state.remediated(item.id);
    if (remediated === undefined) continue;
    // What the sync read before anything was done about it shows nothing.
    if (began <= Date.parse(remediated.time)) continue;
    judged++;
    const held = graph.why(item.principal, item.entitlement.id);
    if (held !== undefined) {
      found.refuted++;
      if (remediated.status === "SUCCESS" || remediated.proof?.sha256 !== reader.sha256) {
        const what =
          remediated.status === "SUCCESS" ? "it came back: a later sync shows it" : "a later sync still shows it";
        records.push({
          kind: "remediated",
          time: review.time(),
          item: item.id,
          status: remediated.status === "SUCCESS" ? "ERROR" : remediated.status,
          what: `${what}; ${item.remedy.what || "look at who gave it again"}`,
          proof,
          by,
        });
      }
    } else if (missing === undefined || missing.length > 0) {
      if (remediated.status !== "SUCCESS") found.unknown++;
    } else if (remediated.status !== "SUCCESS") {
      found.proved++;
      records.push({
        kind: "remediated",
        time: review.time(),
        item: item.id,
        status: "SUCCESS",
        what: "a later sync does not show it any more",
        proof,
        by,
      });
    }
  }
  if (judged === 0 && [...state.items.keys()].some((id) => state.remediated(id) !== undefined)) {
    throw unfit(`the sync in ${reader.path} began before anything was carried out`);
  }
  await review.add(records);
  return found;
}

function unfit(message: string): Failure {
  return new Failure({ kind: "failedPrecondition", message, advice: "sync again, and give that file" });
}
