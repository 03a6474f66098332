import { didYouMean } from "../../runtime/did-you-mean.ts";
import type { StoredResource, SyncContent } from "../snapshot/content.ts";
import { namesOf } from "./names.ts";

/** The resource type of people. */
const USER = "user";

/** What came of looking for somebody: one, none (with a similar name, if any), or several. */
export type FoundPeople =
  | { readonly kind: "one"; readonly user: StoredResource }
  | { readonly kind: "none"; readonly suggestion: string | undefined }
  | { readonly kind: "several"; readonly users: readonly StoredResource[] };

/**
 * Finds a user by id, login, email (both whatever their case) or display name. An id wins over a login, a login over an
 * email, an email over a name.
 */
export function findPerson(content: SyncContent, text: string): FoundPeople {
  const asked = text.startsWith(`${USER}:`) ? text.slice(USER.length + 1) : text;
  const byId = content.findResource(USER, asked);
  if (byId !== undefined) return { kind: "one", user: byId };
  const logins: string[] = [];
  const likely = rank(content.mentioning(USER, spellings(asked)), asked);
  // Whoever writes a login in another case than it is stored in is worth reading everybody; so are similar names.
  const best = likely.length > 0 ? likely : rank(content.resources(USER), asked, logins);
  if (best.length === 1) return { kind: "one", user: best[0]! };
  if (best.length > 1) return { kind: "several", users: best };
  return { kind: "none", suggestion: didYouMean(asked, logins) };
}

/** The users of the best rank that any of them has; their logins are noted on the way. */
function rank(users: Iterable<StoredResource>, asked: string, logins: string[] = []): StoredResource[] {
  const wanted = asked.toLowerCase();
  const ranks: StoredResource[][] = [[], [], []];
  for (const user of users) {
    const { login, email, name } = namesOf(user.message);
    if (login !== "") logins.push(login);
    const at = [login, email, name].findIndex((one) => one !== "" && one.toLowerCase() === wanted);
    if (at >= 0) ranks[at]!.push(user);
  }
  return ranks.find((one) => one.length > 0) ?? [];
}

/** How a text is most likely stored: as it is, and in lower case. */
function spellings(text: string): string[] {
  return [...new Set([text, text.toLowerCase()])];
}
