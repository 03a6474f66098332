import type { Call } from "../../../baton/connector.ts";
import { isObject, text } from "../../../baton/model/values.ts";
import { isFailure } from "../../../runtime/failure.ts";
import type { OktaUser } from "../../api/json/objects.ts";
import { segment } from "../../api/paths.ts";
import { nameless } from "../../resource/reading.ts";
import type { Source } from "../../resource/source.ts";
import type { KnownUser } from "../lifecycle.ts";

/**
 * The user who signs in with a login; `undefined` where nobody does. Throws a {@link Failure} of kind `unavailable` where
 * Okta's answer does not say who it is.
 */
export async function userByLogin(source: Source, login: string, call: Call): Promise<KnownUser | undefined> {
  const path = `/api/v1/users/${segment(login)}`;
  try {
    const user = known(await source.client.get<OktaUser>(path, call));
    const theirs = isObject(user?.profile) ? text(user.profile.login) : "";
    if (user === undefined || theirs === "") throw nameless(path, "a user without an id or a login");
    // Okta also finds a user by the part of the login before the @: that is not who was asked for.
    return theirs.toLowerCase() === login.toLowerCase() ? user : undefined;
  } catch (error) {
    if (isFailure(error, "notFound")) return undefined;
    throw error;
  }
}

/** A user of an answer, where it is one. */
export function known(answer: OktaUser | undefined): KnownUser | undefined {
  if (!isObject(answer) || typeof answer.id !== "string" || answer.id === "") return undefined;
  return { ...answer, id: answer.id };
}
