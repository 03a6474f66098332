import { AccessGraph } from "../../baton/access/graph.ts";
import type { SyncContent } from "../../baton/snapshot/content.ts";
import type { SnapshotReader } from "../../baton/snapshot/reader.ts";
import { parseTime } from "../../baton/snapshot/time.ts";
import { Failure } from "../../runtime/failure.ts";
import type { Remediated } from "../journal-records.ts";
import type { Item } from "../population/item.ts";
import { isOwned, ownerOf } from "../population/secrets.ts";
import type { Review } from "../review.ts";

/** What a later sync says of access that was to go. */
export interface LaterSync {
  /** Was not proved before, and is gone. */
  readonly proved: number;
  /** Is still there, or there again. */
  readonly refuted: number;
  /** Not proved before, and the sync does not tell: it could not read everything, or began before it was decided or done. */
  readonly unknown: number;
}

/**
 * Holds what is to go against a sync that began after it was decided or done: what is not there any more is proved, what is,
 * is refuted, also where it was proved before and came back. A sync that was held against it before says the same again, and
 * an older one nothing. Throws a {@link Failure} where the sync is too old for all of it, is not a full one, or is of another
 * org.
 */
export async function proveByLaterSync(review: Review, reader: SnapshotReader, by: string): Promise<LaterSync> {
  const { state } = review;
  const sync = reader.current();
  if (sync?.endedAt === undefined) throw unfit(`${reader.path} holds no finished full sync`);
  const began = parseTime(sync.startedAt) ?? 0;
  const content = reader.content(sync.syncId);
  const toGo = [...state.items.values()].filter((item) => state.remediationOf(item) !== "NONE");
  const shown = toGo.filter(({ id }) => state.isShownBy(id, began));
  if (shown.length === 0 && toGo.length > 0) {
    throw unfit(
      `the sync in ${reader.path} began before anything was carried out, or before a later one that was held against it`,
    );
  }
  if (shown.length > 0 && !shown.some((item) => isKnown(content, item))) {
    throw unfit(`${reader.path} knows none of the people and resources of this review: it is of another org`);
  }
  const isWhole = content.missing()?.length === 0;
  const types = new Set(content.typesWithEntitlements());
  const graph = new AccessGraph(content);
  const records: Remediated[] = [];
  const found = { proved: 0, refuted: 0, unknown: 0 };
  const add = (item: Item, status: Remediated["status"], what: string) => {
    const proof = { file: "", sha256: reader.sha256 };
    const syncStartedAt = new Date(began).toISOString();
    records.push({ kind: "remediated", time: review.time(), item: item.id, status, what, proof, syncStartedAt, by });
  };
  for (const item of shown) {
    const before = state.remediated(item.id);
    const holder = isOwned(item.paths) ? ownerOf(content, item.principal) : item.principal;
    if (holder !== undefined && graph.why(holder, item.entitlement.id) !== undefined) {
      found.refuted++;
      if (before?.status === "SUCCESS") add(item, "ERROR", `it came back: a later sync shows it; ${todo(item)}`);
      else if (before !== undefined && before.proof?.sha256 !== reader.sha256)
        add(item, before.status, `a later sync still shows it; ${todo(item)}`);
    } else if (before?.status !== "SUCCESS") {
      // Without the other access of its type, that an access is not there shows that it was not asked for.
      // Without the other secrets, that one is not there shows that they were not asked for.
      const isTold = !isOwned(item.paths) || content.findResourceType(item.principal.type) !== undefined;
      if (!isWhole || !types.has(item.resource.type) || !isTold) found.unknown++;
      else {
        found.proved++;
        add(item, "SUCCESS", "a later sync does not show it any more");
      }
    }
  }
  for (const { id } of toGo) {
    if (state.remediated(id)?.status !== "SUCCESS" && !state.isShownBy(id, began)) found.unknown++;
  }
  await review.add(records);
  return found;
}

function isKnown(content: SyncContent, { principal, resource }: Item): boolean {
  return [principal, resource].some(({ type, id }) => content.findResource(type, id) !== undefined);
}

function todo({ remedy }: Item): string {
  return remedy.what || "look at who gave it again";
}

function unfit(message: string): Failure {
  return new Failure({ kind: "failedPrecondition", message, advice: "sync again, and give that file" });
}
