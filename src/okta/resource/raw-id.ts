import { Failure } from "../../runtime/failure.ts";

/** What an id never holds: it would name another path, or is what Okta takes in place of an id (a login, a label). */
const FOREIGN = /[\s/\\?#%@:]|\p{Cc}/u;

/** Words that Okta's paths take in an id's place: `me` is whoever asks. */
const WORDS = new Set(["", ".", "..", "me"]);

/**
 * Checks that an id is an id and not something else that Okta would look up: what is changed must be what was named.
 * Throws a {@link Failure} of kind `invalidArgument`; `what` names the object, as `user`.
 */
export function rawId(what: string, id: string): string {
  if (WORDS.has(id) || FOREIGN.test(id)) {
    throw new Failure({
      kind: "invalidArgument",
      // A login stands in no message.
      message: id.includes("@") ? `a login is not the id of a ${what}` : `"${id}" is not the id of a ${what}`,
      advice: `give the ${what}'s Okta id as it is, not a name, login or path`,
    });
  }
  return id;
}
