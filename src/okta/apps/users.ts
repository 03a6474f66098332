import type { Call } from "../../baton/connector.ts";
import { HeldOtherwise } from "../../baton/model/held-otherwise.ts";
import { isObject, text } from "../../baton/model/values.ts";
import { Failure, isFailure } from "../../runtime/failure.ts";
import type { OktaAppUser } from "../api/json/objects.ts";
import { principalOf, segment } from "../api/paths.ts";
import { confirmed, notShown } from "../api/writes/confirm.ts";
import { sendOnce, sendRemoval } from "../api/writes/lost-answer.ts";
import { readOne } from "../resource/reading.ts";
import type { Source } from "../resource/source.ts";
import { DEACTIVATED, isDeactivated, noSuchUser, readUser } from "../users/lifecycle.ts";
import { mustBeActive, readApp } from "./state.ts";

const usersOf = (app: string) => `/api/v1/apps/${segment(app)}/users`;

/** A user's assignment to an app, fresh; `undefined` where there is none, or no such app or user. */
function readAssignment(source: Source, app: string, user: string, call: Call): Promise<OktaAppUser | undefined> {
  return readOne<OktaAppUser>(source, usersOf(app), user, call);
}

/**
 * Assigns an app to a user, whose name in the app is the user's email. Answers whether it was so already: a user who has
 * the app through a group has it. Source: Okta Management API, Assign an application user.
 */
export async function assignUser(source: Source, app: string, id: string, call: Call): Promise<boolean> {
  if ((await readAssignment(source, app, id, call)) !== undefined) return true;
  const user = await readUser(source, id, call);
  if (user === undefined) throw noSuchUser(id);
  if (user.status === DEACTIVATED) throw isDeactivated(id);
  if (call.dryRun === true) mustBeActive(await readApp(source, app, call));
  const email = isObject(user.profile) ? text(user.profile.email) : "";
  const body = { id, scope: "USER", ...(email !== "" && { credentials: { userName: email } }) };
  let made: OktaAppUser | undefined;
  try {
    made = await sendOnce({
      send: () => source.client.send<OktaAppUser>("POST", usersOf(app), call, { body, repeatable: false }),
      look: () => readAssignment(source, app, id, call),
      otherwise: `app ${app} is not assigned to user ${id}`,
    });
  } catch (error) {
    await explain(source, error, app, call);
    throw error;
  }
  // The answer that names the user is the proof; any other is looked into.
  if (call.dryRun === true || made?.id === id) return false;
  const isThere = async () => (await readAssignment(source, app, id, call)) !== undefined;
  if (await confirmed(isThere, source.clock, call)) return false;
  throw notShown(`POST ${usersOf(app)}`, `app ${app} is still not assigned to user ${id}`);
}

/** Throws what is better known of a refusal: that there is no such app, or that it is not active. */
async function explain(source: Source, error: unknown, app: string, call: Call): Promise<void> {
  if (!isFailure(error) || !["notFound", "permissionDenied", "invalidArgument"].includes(error.kind)) return;
  let found: Awaited<ReturnType<typeof readApp>>;
  try {
    found = await readApp(source, app, call);
  } catch (cause) {
    if (isFailure(cause, "notFound")) throw cause;
    return;
  }
  mustBeActive(found);
}

/**
 * Takes an app from a user; answers whether it was so already, as where there is no such app. Throws a {@link Failure}
 * of kind `failedPrecondition` where the user has it through a group, too, or still: then only the group can lose it.
 * Source: Okta Management API, Unassign an application user; its `E0000046` as others report it.
 */
export async function unassignUser(source: Source, app: string, id: string, call: Call): Promise<boolean> {
  const before = await readAssignment(source, app, id, call);
  if (before === undefined) {
    // Of an app that is gone nothing is left to take away.
    if ((await readUser(source, id, call)) === undefined) throw noSuchUser(id);
    return true;
  }
  if (before.scope === "GROUP") throw throughGroup(app, id, before, "");
  try {
    if (!(await sendRemoval(source, `${usersOf(app)}/${segment(id)}`, call))) return true;
  } catch (error) {
    if (isFailure(error) && error.answer?.code === GROUPS_GIVE_IT) throw heldByGroups(app, id, error);
    throw error;
  }
  if (call.dryRun === true) return false;
  let after: OktaAppUser | undefined;
  const isGone = async () => {
    after = await readAssignment(source, app, id, call);
    return after?.scope !== "USER";
  };
  if (!(await confirmed(isGone, source.clock, call))) {
    throw notShown(`DELETE ${usersOf(app)}/${id}`, `app ${app} is still assigned to user ${id}`);
  }
  if (after !== undefined) throw throughGroup(app, id, after, "the user's own assignment has been removed, but ");
  return false;
}

/** What Okta refuses with where a group of the user has the app: it then takes not even the user's own assignment. */
const GROUPS_GIVE_IT = "E0000046";

function heldByGroups(app: string, user: string, cause: Failure): Failure {
  return new Failure({
    kind: "failedPrecondition",
    message: `user ${user} has app ${app} directly and through a group: Okta takes neither while the group gives it`,
    advice: "take the user out of the group, or the app from the group, and revoke it again",
    ...(cause.attempted !== undefined && { attempted: cause.attempted }),
    ...(cause.answer !== undefined && { answer: cause.answer }),
    cause,
  });
}

function throughGroup(app: string, user: string, held: OktaAppUser, before: string): Failure {
  const group = principalOf(held._links?.group?.href);
  const named = group?.type === "group" ? `group ${group.id}` : "a group";
  const grant = group?.type === "group" ? `app:${app}:access:group:${group.id}` : "the app's assignment to the group";
  return new HeldOtherwise([named], {
    message: `${before}user ${user} has app ${app} through ${named}, and keeps it as long as the group has it`,
    advice: `take the user out of the group, or revoke ${grant}`,
  });
}
