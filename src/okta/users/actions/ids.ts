import type { Call, JsonObject } from "../../../baton/connector.ts";
import { resourceIdIn } from "../../actions/arguments.ts";
import { rawId } from "../../resource/raw-id.ts";
import type { Source } from "../../resource/source.ts";
import { userType } from "../../resource/types.ts";
import { userByLogin } from "../accounts/by-login.ts";
import { type KnownUser, readUser } from "../lifecycle.ts";

/** The id or the login that an argument names a user by. Throws `invalidArgument` for what can be neither. */
export function userNameIn(args: JsonObject, name: string): string {
  const named = resourceIdIn(args, name, userType.id);
  return isLogin(named) ? named : rawId(userType.id, named);
}

/**
 * A user by its id or its login, fresh; `undefined` where there is none. Okta finds users by the part of a login before
 * the `@` too: that is not who was named.
 */
export async function findUser(source: Source, named: string, call: Call): Promise<KnownUser | undefined> {
  return isLogin(named) ? userByLogin(source, named, call) : readUser(source, named, call);
}

/** Whether an id has the form that Okta gives the ids of users, which no login has. */
export function isOktaUserId(id: string): boolean {
  return /^00u[0-9A-Za-z]{17}$/.test(id);
}

function isLogin(named: string): boolean {
  return /^[^\s/\\?#]+@[^\s/\\?#]+$/.test(named) && !/\p{Cc}/u.test(named);
}
