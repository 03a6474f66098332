import { mkdirSync } from "node:fs";
import { join } from "node:path";
import pLimit from "p-limit";
import { parseEntitlementId } from "../../baton/model/ids.ts";
import type { GrantKey } from "../../baton/provision/keys.ts";
import { type FailureKind, isFailure } from "../../runtime/failure.ts";
import { PROOFS_FOLDER, type Remediated } from "../journal-records.ts";
import type { Item } from "../population/item.ts";
import { canonicalJson, sha256 } from "../record/canonical.ts";
import { writeWhole } from "../record/files.ts";
import type { Review } from "../review.ts";

/** An answer of the other side, as it is kept. */
export interface AnswerRead {
  readonly request: string;
  readonly status: number;
  readonly requestId: string;
  readonly sha256: string;
  /** What it said, where it is text and not too long. */
  readonly body: string;
}

/** What the other side shows of an access. `false`: it is not held; `through`: not by itself, but another way. */
export interface Reading {
  readonly held: boolean | "through";
  readonly what: string;
  readonly answers: readonly AnswerRead[];
}

/** How access is taken away and looked at. */
export interface RemediationDeps {
  /** Takes a grant away. Throws a `Failure`. */
  revoke(grant: GrantKey): Promise<{ readonly already: boolean }>;
  /** Reads what the other side shows of a grant. Throws a `Failure` where that cannot be known. */
  read(grant: GrantKey): Promise<Reading>;
  /** Whether an access is what the others are taken away with: it goes last. */
  isOwn?(item: Item): boolean;
  readonly by: string;
  readonly concurrency: number;
  /** Aborted: no further item is begun. */
  readonly stop: AbortSignal;
  readonly onItem?: (item: Item, record: Remediated) => void;
}

/** What is to be done, before it is. */
export interface ApplyPlan {
  /** To be taken away. */
  readonly revoke: readonly Item[];
  /** Begun before, and how it ended is not known: read first. */
  readonly unknown: readonly Item[];
  /** Something else has to change. */
  readonly manual: readonly Item[];
  /** Of these, those that nobody answered, and no answer means that they go. */
  readonly unanswered: number;
  readonly done: number;
}

/** What `apply` has to do by now. What failed before is tried again. */
export function planOf({ state }: Review): ApplyPlan {
  const revoke: Item[] = [];
  const unknown: Item[] = [];
  const manual: Item[] = [];
  let unanswered = 0;
  let done = 0;
  for (const item of state.items.values()) {
    if (state.effective(item) !== "REVOKE") continue;
    const status = state.remediationOf(item);
    if (state.isRevoking(item.id)) unknown.push(item);
    else if (status === "SUCCESS" || status === "MANUAL") {
      done++;
      continue;
    } else if (item.remedy.how === "manual") manual.push(item);
    else revoke.push(item);
    if (state.decided(item.id) === undefined) unanswered++;
  }
  return { revoke, unknown, manual, unanswered, done };
}

/** How many ended how. */
export interface Applied {
  readonly success: number;
  readonly manual: number;
  readonly error: number;
  /** Not begun, as it was told to stop. */
  readonly stopped: number;
}

/**
 * Carries out what was decided. Before a revocation is sent it is on the disk that it will be, and afterwards what the other
 * side shows. What was begun and never heard of is read first: nothing is sent again that is gone.
 */
export async function applyReview(review: Review, deps: RemediationDeps): Promise<Applied> {
  const { revoke, unknown, manual } = planOf(review);
  const applied = { success: 0, manual: 0, error: 0, stopped: 0 };
  mkdirSync(join(review.folder, PROOFS_FOLDER), { recursive: true, mode: 0o700 });
  // The journal has one end: records are added one after the other.
  let writing: Promise<unknown> = Promise.resolve();
  const add: Review["add"] = (records) => {
    const next = writing.then(() => review.add(records));
    writing = next.catch(() => {});
    return next;
  };
  const end = async (all: readonly (readonly [Item, Ended])[]) => {
    const time = review.time();
    const records = all.map(
      ([item, ended]): Remediated => ({ kind: "remediated", time, item: item.id, by: deps.by, ...ended }),
    );
    await add(records);
    for (const [i, record] of records.entries()) {
      applied[record.status === "SUCCESS" ? "success" : record.status === "MANUAL" ? "manual" : "error"]++;
      deps.onItem?.(all[i]![0], record);
    }
  };
  for (let at = 0; at < manual.length; at += MANUAL_AT_ONCE) {
    const some = manual.slice(at, at + MANUAL_AT_ONCE);
    if (deps.stop.aborted) applied.stopped += some.length;
    else await end(some.map((item) => [item, { status: "MANUAL", what: item.remedy.what, proof: null }]));
  }
  const limit = pLimit(deps.concurrency);
  let broken: unknown;
  const one = (item: Item, isBegun: boolean) =>
    limit(async () => {
      if (deps.stop.aborted || broken !== undefined) {
        applied.stopped++;
        return;
      }
      try {
        const ended = await carryOut(review, item, isBegun, add, deps);
        if (ended === undefined) applied.stopped++;
        else await end([[item, ended]]);
      } catch (error) {
        broken ??= error;
      }
    });
  const isOwn = (item: Item) => deps.isOwn?.(item) === true;
  for (const isLast of [false, true]) {
    const begun = unknown.filter((item) => isOwn(item) === isLast);
    const fresh = revoke.filter((item) => isOwn(item) === isLast);
    await Promise.all([...begun.map((item) => one(item, true)), ...fresh.map((item) => one(item, false))]);
  }
  if (broken !== undefined) throw broken;
  return applied;
}

/** What only has to be noted is noted together, so many at once. */
const MANUAL_AT_ONCE = 1_000;

/** The fact that the other side, or this program, does not do it at all: trying again would not help. */
const BY_HAND: ReadonlySet<FailureKind> = new Set(["failedPrecondition", "unimplemented", "invalidArgument"]);

type Ended = Pick<Remediated, "status" | "what" | "proof">;

/** `undefined`: it was stopped, and how it ended is to be read the next time. */
async function carryOut(
  review: Review,
  item: Item,
  isBegun: boolean,
  add: Review["add"],
  deps: RemediationDeps,
): Promise<Ended | undefined> {
  const grant = grantOf(item);
  try {
    if (isBegun) {
      const found = await deps.read(grant);
      if (found.held !== true) return await proved(review, item, found, "taken away by a run that was cut off");
    } else {
      await add([{ kind: "revoking", time: review.time(), item: item.id, by: deps.by }]);
    }
    const { already } = await deps.revoke(grant).catch((error: unknown) => {
      // Who held it, or what it was of, is not there any more: what is read next shows whether it went with that.
      if (isFailure(error, "notFound")) return { already: true };
      throw error;
    });
    return await proved(review, item, await deps.read(grant), already ? "was gone already" : "taken away");
  } catch (error) {
    if (!isFailure(error) || error.kind === "unauthenticated" || error.kind === "internal") throw error;
    if (error.kind === "cancelled") return undefined;
    const what = error.advice === undefined ? error.message : `${error.message}; ${error.advice}`;
    return { status: BY_HAND.has(error.kind) ? "MANUAL" : "ERROR", what, proof: null };
  }
}

/** Keeps what was read, and says what it shows. */
async function proved(review: Review, item: Item, { held, what, answers }: Reading, done: string): Promise<Ended> {
  // What was read before stays as it is: a record of the journal vouches for it.
  const before = review.state.proofs(item.id);
  const file = `${PROOFS_FOLDER}/${item.id}${before === 0 ? "" : `-${before + 1}`}.json`;
  const reading = {
    item: item.id,
    entitlement: item.entitlement.id,
    principal: `${item.principal.type}:${item.principal.id}`,
  };
  const text = `${canonicalJson({ ...reading, readAt: review.time(), held, what, answers: answers as never })}\n`;
  await writeWhole(join(review.folder, file), [text]);
  const proof = { file, sha256: sha256(text) };
  if (held === true) return { status: "ERROR", what: `it is still shown: ${what}`, proof };
  if (held === "through") return { status: "MANUAL", what: `${done} where it was held directly; ${what}`, proof };
  // A group keeps it, which the snapshot showed and no single reading of a grant does.
  const kept = item.paths.some((path) => path.startsWith("group "));
  return kept
    ? { status: "MANUAL", what: `${done}; ${item.remedy.what}`, proof }
    : { status: "SUCCESS", what: done, proof };
}

/** The grant that an item is. */
export function grantOf(item: Item): GrantKey {
  const { type, id, slug } = parseEntitlementId(item.entitlement.id);
  return { resource: { type, id }, slug, principal: { type: item.principal.type, id: item.principal.id } };
}
