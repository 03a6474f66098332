import type { Call } from "../../../baton/connector.ts";
import { text } from "../../../baton/model/values.ts";
import { Failure, isFailure } from "../../../runtime/failure.ts";
import { backoffMs } from "../../api/http/retry.ts";
import { segment } from "../../api/paths.ts";
import { confirmed, notShown } from "../../api/writes/confirm.ts";
import { lookAhead } from "../../api/writes/look-ahead.ts";
import { mayHaveHappened } from "../../api/writes/write.ts";
import { type KnownUser, noSuchUser, readUser, type UserChanges } from "../lifecycle.ts";
import { ENABLED } from "../users.ts";
import { wasAbandoned } from "./explained.ts";

/** A change of a user's state, and the states in which it has come about. Source: Okta Management API, User Lifecycle. */
interface Transition {
  readonly path: string;
  readonly reached: ReadonlySet<string>;
}

const TRANSITIONS = {
  /** Without an email. */
  activate: { path: "activate?sendEmail=false", reached: ENABLED },
  suspend: { path: "suspend", reached: new Set(["SUSPENDED"]) },
  unsuspend: { path: "unsuspend", reached: ENABLED },
} as const satisfies Record<string, Transition>;

/** Tries of one change whose answer is lost, each after a read that shows that nothing came of the one before. */
const TRIES = 5;

/**
 * Takes a user, whose state has just been read, into another one, and sees by a read that it is there: Okta's answer does
 * not show the user. Throws a {@link Failure} where the state is not reached.
 */
export async function transit(
  source: UserChanges,
  id: string,
  transition: keyof typeof TRANSITIONS,
  call: Call,
): Promise<void> {
  const wanted = TRANSITIONS[transition].reached;
  const isReached = async (own: Call) => wanted.has(text((await readUser(source, id, own))?.status));
  const ahead = lookAhead(isReached, call);
  await sendTransition(source, id, transition, ahead.call);
  if (call.dryRun === true || (await ahead.shown())) return;
  const { reached, user } = await seen(source, id, transition, call);
  if (!reached) throw notReached(id, transition, text(user.status));
}

/**
 * Sends the change. Where an answer is lost or Okta refuses, the state that the user is in now is read: it may be the
 * wanted one, and only what is seen not to have happened is sent again. Throws the last `Failure` where it is not.
 */
export async function sendTransition(
  source: UserChanges,
  id: string,
  transition: keyof typeof TRANSITIONS,
  call: Call,
): Promise<void> {
  const { path, reached } = TRANSITIONS[transition];
  for (let tries = 1; ; tries++) {
    try {
      await source.client.send("POST", `/api/v1/users/${segment(id)}/lifecycle/${path}`, call, { repeatable: false });
      return;
    } catch (error) {
      if (!isFailure(error) || wasAbandoned(error) || isFailure(error, "unauthenticated")) throw error;
      const status = await statusOf(source, id, call);
      if (reached.has(status)) return;
      if (!mayHaveHappened(error) || status === "" || tries === TRIES) throw error;
      await pause(source, tries, error, call);
    }
  }
}

/** The user as it is seen after a change, and whether the state that the change leads to shows. */
export async function seen(
  source: UserChanges,
  id: string,
  transition: keyof typeof TRANSITIONS,
  call: Call,
): Promise<{ readonly reached: boolean; readonly user: KnownUser }> {
  let user: KnownUser | undefined;
  const isReached = async () => {
    user = await readUser(source, id, call);
    if (user === undefined) throw noSuchUser(id);
    return TRANSITIONS[transition].reached.has(text(user.status));
  };
  const reached = await confirmed(isReached, source.clock, call);
  return { reached, user: user! };
}

/** The failure that says that Okta took a change and still shows the user in another state. */
export function notReached(id: string, transition: keyof typeof TRANSITIONS, status: string): Failure {
  return notShown(`POST /api/v1/users/${id}/lifecycle/${transition}`, `user ${id} is still ${status || "as it was"}`);
}

async function pause({ clock }: UserChanges, tries: number, error: Failure, call: Call): Promise<void> {
  const ms = backoffMs(tries, Math.random);
  if (call.deadline !== undefined && clock.now() + ms >= call.deadline) throw error;
  try {
    await clock.sleep(ms, call.signal);
  } catch {
    throw new Failure({ kind: "cancelled", message: `the call was cancelled after ${error.message}`, cause: error });
  }
}

/** The state that a user is in; `""` where it is not known. */
async function statusOf(source: UserChanges, id: string, call: Call): Promise<string> {
  try {
    return text((await readUser(source, id, call))?.status);
  } catch {
    return "";
  }
}
