import type { Call } from "../../../baton/connector.ts";
import type { Clock } from "../../../runtime/clock.ts";
import { Failure, isFailure } from "../../../runtime/failure.ts";
import type { OktaClient } from "../client.ts";
import { confirmed, notShown } from "./confirm.ts";
import { mayHaveHappened } from "./write.ts";

/** A change that is sent once, and what tells whether it has been made. */
export interface SentOnce<T> {
  send(): Promise<T | undefined>;
  /** Looks afresh whether the change shows: what it made, or `undefined`. */
  look(): Promise<T | undefined>;
  /** What is so while it has not been made, as `app 0oa1 is not assigned to user 00u1`. */
  readonly otherwise: string;
}

/**
 * Makes a change that must not be sent twice. Where its answer is lost the change is looked for instead: if it is there,
 * all is well; if it is not, a {@link Failure} of kind `unavailable` says so.
 */
export async function sendOnce<T>({ send, look, otherwise }: SentOnce<T>): Promise<T | undefined> {
  try {
    return await send();
  } catch (error) {
    if (!mayHaveHappened(error)) throw error;
    const lost = error as Failure;
    const parts = {
      kind: "unavailable",
      ...(lost.attempted !== undefined && { attempted: lost.attempted }),
      ...(lost.answer !== undefined && { answer: lost.answer }),
    } as const;
    let found: T | undefined;
    try {
      found = await look();
    } catch (cause) {
      throw new Failure({
        ...parts,
        message: `the answer was lost (${lost.message}), and what is there now could not be read: it may have been done`,
        advice: "try again: what has been done already is not done twice",
        cause,
      });
    }
    if (found !== undefined) return found;
    throw new Failure({
      ...parts,
      message: `the answer was lost (${lost.message}); ${otherwise} now`,
      advice: "try again: what has been done already is not done twice",
      cause: lost,
    });
  }
}

/**
 * Sends a `DELETE`, again where its answer is lost. Answers whether this removed it: not so where Okta does not find it
 * at the first try. Where no answer comes at all, `isThere` looks; without it the reads that follow have to tell.
 */
export async function sendRemoval(
  { client }: { readonly client: Pick<OktaClient, "send"> },
  path: string,
  call: Call,
  isThere?: () => Promise<boolean>,
): Promise<boolean> {
  let repeated = false;
  const onRepeat = () => {
    repeated = true;
  };
  try {
    await client.send("DELETE", path, call, { repeatable: true, onRepeat });
  } catch (error) {
    if (isFailure(error, "notFound")) return repeated;
    if (!mayHaveHappened(error) || (await isThere?.())) throw error;
  }
  return true;
}

/** A removal, and what tells whether it has been made. */
export interface VerifiedRemoval {
  readonly path: string;
  /** Looks afresh whether what is removed is still there. */
  readonly isThere: () => Promise<boolean>;
  /** What is so while it is, as `app 0oa1 is still assigned to user 00u1`. */
  readonly still: string;
}

/**
 * Sends a `DELETE` and sees that it has come through: whatever stands between here and Okta may answer 204 as well.
 * Answers whether this removed it. Throws a {@link Failure} of kind `unavailable` where what is removed stays.
 */
export async function removeAndVerify(
  source: { readonly client: Pick<OktaClient, "send">; readonly clock: Clock },
  { path, isThere, still }: VerifiedRemoval,
  call: Call,
): Promise<boolean> {
  const removed = await sendRemoval(source, path, call, isThere);
  if (!removed || call.dryRun === true) return removed;
  if (await confirmed(async () => !(await isThere()), source.clock, call)) return true;
  throw notShown(`DELETE ${path.replace(/\?.*$/, "")}`, still);
}
