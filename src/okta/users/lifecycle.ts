import type { Call, Removal } from "../../baton/connector.ts";
import { Failure, isFailure } from "../../runtime/failure.ts";
import type { OktaUser } from "../api/json/objects.ts";
import { segment } from "../api/paths.ts";
import { confirmed } from "../api/writes/confirm.ts";
import { sendRemoval } from "../api/writes/lost-answer.ts";
import { mayHaveHappened } from "../api/writes/write.ts";
import { rawId } from "../resource/raw-id.ts";
import { readOne } from "../resource/reading.ts";
import type { Source } from "../resource/source.ts";
import { mustSeeUsers } from "./visibility.ts";

/** What changing a user's state needs. */
export type UserChanges = Pick<Source, "client" | "clock">;

/** A user as Okta shows it. */
export type KnownUser = OktaUser & { readonly id: string };

/** The state in which a user may be deleted, and in which nothing of it works any more. */
export const DEACTIVATED = "DEPROVISIONED";

/** Tries of a deactivation whose answer was lost, each after a read that shows that it has not happened. */
const TRIES = 3;

const USERS = "/api/v1/users";

/**
 * A user by its id, fresh; `undefined` where there is none. Throws a {@link Failure} of kind `invalidArgument` for a
 * login or whatever else is no id.
 */
export async function readUser(source: UserChanges, id: string, call: Call): Promise<KnownUser | undefined> {
  const found = await readOne<OktaUser>(source, USERS, rawId("user", id), call);
  return found && { ...found, id };
}

/** The failure that says that there is no such user. */
export function noSuchUser(id: string): Failure {
  return new Failure({
    kind: "notFound",
    message: id.includes("@") ? "there is no user with this login" : `there is no user ${id}`,
  });
}

/**
 * The failure that says that something cannot be given to a user, as it is deactivated. `refusal`: what Okta said,
 * where it was asked.
 */
export function isDeactivated(id: string, refusal?: Failure): Failure {
  return new Failure({
    kind: "failedPrecondition",
    message: `user ${id} is deactivated: nothing can be given to it`,
    advice: "activate the user first",
    ...(refusal?.attempted !== undefined && { attempted: refusal.attempted }),
    ...(refusal?.answer !== undefined && { answer: refusal.answer }),
  });
}

/** Throws {@link isDeactivated} where a refusal of Okta's comes of that. What cannot be read explains nothing. */
export async function explainDeactivated(source: UserChanges, refusal: unknown, id: string, call: Call): Promise<void> {
  if (!isFailure(refusal, "invalidArgument") && !isFailure(refusal, "permissionDenied")) return;
  if (await isKnownDeactivated(source, id, call)) throw isDeactivated(id, refusal);
}

/** Whether a user can be read and is deactivated. */
export async function isKnownDeactivated(source: UserChanges, id: string, call: Call): Promise<boolean> {
  try {
    return (await readUser(source, id, call))?.status === DEACTIVATED;
  } catch {
    return false;
  }
}

/**
 * Deletes a user: deactivates it, sees by fresh reads that it is, deletes it and sees that it is gone. Okta answers the
 * deletion of a user that is not deactivated with a mere deactivation, and 204 in both cases. `already`: it was gone
 * before. Throws a {@link Failure}: `unavailable` where the reads do not confirm a step; its message says what is there.
 * Source: Okta Management API, Delete a user.
 */
export async function deleteUser(source: UserChanges, id: string, call: Call): Promise<Removal> {
  return deleteKnown(source, await readUser(source, id, call), call);
}

/** The same for a user that has just been read; `undefined`: nobody was found. */
export async function deleteKnown(source: UserChanges, user: KnownUser | undefined, call: Call): Promise<Removal> {
  if (user === undefined) {
    // To credentials that are shown no users every user looks deleted.
    await mustSeeUsers(source.client, call);
    return { already: true };
  }
  const { id } = user;
  let untouched: boolean;
  try {
    untouched = (await deactivate(source, user, call)).already;
  } catch (error) {
    // Somebody else has deleted it meanwhile.
    if (isFailure(error, "notFound")) return { already: true };
    throw error;
  }
  const removed = await sendRemoval(source, `${USERS}/${segment(id)}?sendEmail=false`, call);
  if (!removed) return { already: untouched };
  if (call.dryRun === true) return { already: false };
  if (await confirmed(async () => (await readUser(source, id, call)) === undefined, source.clock, call)) {
    return { already: false };
  }
  throw new Failure({
    kind: "unavailable",
    message: `user ${id} is deactivated, but Okta still shows it after its deletion`,
    attempted: `DELETE ${USERS}/${id}`,
    advice: "delete it again in a minute: what has been done already is not done twice",
  });
}

/**
 * Deactivates a user, who has just been read, without an email and sees that it has come through. `already`: it was
 * deactivated before, and nothing was sent. Throws a {@link Failure}: `notFound`; `unavailable` where the reads do not
 * confirm it.
 */
export async function deactivate(source: UserChanges, user: KnownUser, call: Call): Promise<{ already: boolean }> {
  if (user.status === DEACTIVATED) return { already: true };
  const { id } = user;
  const path = `${USERS}/${segment(id)}/lifecycle/deactivate?sendEmail=false`;
  for (let tries = 1; ; tries++) {
    try {
      await source.client.send("POST", path, call, { repeatable: false });
      break;
    } catch (error) {
      if (isFailure(error, "notFound")) throw noSuchUser(id);
      const lost = mayHaveHappened(error);
      // Okta refuses it for a user that somebody else has deactivated meanwhile.
      const refused = isFailure(error) && ["invalidArgument", "permissionDenied"].includes(error.kind);
      if (!lost && !refused) throw error;
      const now = await readUser(source, id, call);
      if (now === undefined) throw noSuchUser(id);
      if (now.status === DEACTIVATED) return { already: !lost };
      if (!lost || tries === TRIES) throw error;
    }
  }
  if (call.dryRun === true) return { already: false };
  const isDone = async () => {
    const now = await readUser(source, id, call);
    if (now === undefined) throw noSuchUser(id);
    return now.status === DEACTIVATED;
  };
  if (await confirmed(isDone, source.clock, call)) return { already: false };
  throw new Failure({
    kind: "unavailable",
    message: `Okta accepted the deactivation of user ${id}, but still shows it as it was; nothing else was done`,
    attempted: `POST ${USERS}/${id}/lifecycle/deactivate`,
    advice: "try again in a minute: what has been done already is not done twice",
  });
}
