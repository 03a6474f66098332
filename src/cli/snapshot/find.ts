import { namesOf } from "../../baton/access/names.ts";
import { findPerson } from "../../baton/access/people.ts";
import { type ResourceKey, resourceKey } from "../../baton/model/ids.ts";
import type { SyncContent } from "../../baton/snapshot/content.ts";
import { didYouMean } from "../../runtime/did-you-mean.ts";
import { Failure } from "../../runtime/failure.ts";

/** How many of several people of one name are named. */
const MAX_NAMED = 5;

/** The user that a person means, by id, login, email or name. Throws a `Failure` of kind `notFound` or `usage`. */
export function userNamed(content: SyncContent, text: string): ResourceKey {
  const found = findPerson(content, text);
  if (found.kind === "one") return { type: "user", id: found.user.id.slice("user:".length) };
  if (found.kind === "several") {
    const logins = found.users.slice(0, MAX_NAMED).map(({ id, message }) => namesOf(message).login || id);
    throw new Failure({
      kind: "usage",
      message: `${found.users.length} users are called ${JSON.stringify(text)}`,
      advice: `name one of them by login or id: ${logins.join(", ")}${found.users.length > MAX_NAMED ? ", ..." : ""}`,
    });
  }
  throw new Failure({
    kind: "notFound",
    message: `the snapshot holds no user ${JSON.stringify(text)}`,
    advice:
      found.suggestion === undefined
        ? "name a user by login, email or id"
        : `did you mean ${found.suggestion}? Users are named by login, email or id`,
  });
}

/** The entitlements that a person means: one by its id, or all of a resource. Throws a `Failure` of kind `notFound`. */
export function entitlementsNamed(content: SyncContent, text: string): string[] {
  if (content.findEntitlement(text) !== undefined) return [text];
  const key = resourceNamed(content, text);
  if (key !== undefined) return [...content.entitlements(key)].map(({ id }) => id);
  const suggestion = didYouMean(text, resourceNames(content));
  throw new Failure({
    kind: "notFound",
    message: `the snapshot holds no entitlement or resource ${JSON.stringify(text)}`,
    advice:
      suggestion === undefined
        ? "write an entitlement as group:00g1abcd:member, a resource as app:0oa1abcd, or its name"
        : `did you mean ${JSON.stringify(suggestion)}?`,
  });
}

/** A resource by `TYPE:ID`, or by its name where it is the only one with entitlements of that name. */
export function resourceNamed(content: SyncContent, text: string): ResourceKey | undefined {
  const colon = text.indexOf(":");
  if (colon > 0) {
    const key = { type: text.slice(0, colon), id: text.slice(colon + 1) };
    if (content.findResource(key.type, key.id) !== undefined) return key;
  }
  const matches: ResourceKey[] = [];
  for (const { id, message } of withEntitlements(content)) {
    if (message.displayName.toLowerCase() !== text.toLowerCase()) continue;
    matches.push({ type: message.id?.resourceType ?? "", id: message.id?.resource ?? id });
  }
  if (matches.length <= 1) return matches[0];
  throw new Failure({
    kind: "usage",
    message: `${matches.length} resources are called ${JSON.stringify(text)}`,
    advice: `name one of them: ${matches
      .slice(0, MAX_NAMED)
      .map(({ type, id }) => resourceKey(type, id))
      .join(", ")}`,
  });
}

function* withEntitlements(content: SyncContent) {
  for (const type of content.typesWithEntitlements()) yield* content.resources(type);
}

function* resourceNames(content: SyncContent): Generator<string> {
  for (const { message } of withEntitlements(content)) if (message.displayName !== "") yield message.displayName;
}
