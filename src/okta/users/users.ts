import type { JsonObject } from "@bufbuild/protobuf";
import type { Refusal, ResourceTypeSupport } from "../../baton/connector.ts";
import { personResource } from "../../baton/model/person.ts";
import type { Resource } from "../../gen/c1/connector/v2/resource_pb.ts";
import type { OktaUser } from "../api/json/objects.ts";
import { isObject, isTooDeep, jsonObject, MAX_JSON_DEPTH, text, timestamp } from "../api/json/values.ts";
import { nextCursors } from "../api/paths.ts";
import { allRefused, identified, readable } from "../resource/readable.ts";
import { readOne, readPage } from "../resource/reading.ts";
import type { Source } from "../resource/source.ts";
import { userType } from "../resource/types.ts";
import { deleteUser } from "./lifecycle.ts";
import { nobody, USERS } from "./visibility.ts";

/** Makes Okta leave out what is not used, which makes pages lighter and faster. */
const LEAN = {
  contentType: 'application/json; okta-response="omitCredentials,omitCredentialsLinks,omitTransitioningToStatus"',
};

const NO_PROFILE = {
  what: "users",
  why: "Okta's answer holds one without a profile, which the filter of users is about",
};

/** Users whose profile is in the snapshot without what lies too deep in it. */
function deepProfiles(users: readonly OktaUser[]): { refused: readonly Refusal[] } {
  const what = `parts of profiles nested deeper than ${MAX_JSON_DEPTH} levels`;
  const why = "a snapshot with them could not be read by every program";
  const deep = users.filter(({ profile }) => isTooDeep(profile));
  return { refused: deep.map((user) => ({ what, why, on: `user ${text(user.id)}`, passedOver: true })) };
}

/** Users: no entitlements of their own. */
export function users(source: Source): ResourceTypeSupport {
  const { principals, options } = source;
  const listed = (user: OktaUser) => ({ resource: userResource(user, options.skipSecondaryEmails), grants: [] });
  return {
    type: userType,
    listsAll: !principals.usersFiltered,
    async list(cursor, call) {
      const { takesUser } = principals.filter(call);
      const page = await readPage<OktaUser>(source, cursor, `${USERS}&limit=200`, call, LEAN);
      if (cursor?.next === undefined && page.items.length === 0 && page.next === undefined) throw nobody();
      const found = identified(page.items, "users");
      const known = readable(found.items, (user) => !principals.usersFiltered || isObject(user.profile), NO_PROFILE);
      const taken = known.items.filter(takesUser);
      return {
        items: taken.map(listed),
        next: nextCursors(page.next),
        ...allRefused(found, known, deepProfiles(taken)),
      };
    },
    async get(id, call) {
      const { takesUser } = principals.filter(call);
      const user = await readOne<OktaUser>(source, "/api/v1/users", id, call);
      return user !== undefined && takesUser(user) ? listed(user) : undefined;
    },
    remove: (id, call) => deleteUser(source, id, call),
  };
}

/** The raw statuses of users who have been activated, and may sign in or could once they have reset something. */
export const ENABLED = new Set(["ACTIVE", "PROVISIONED", "RECOVERY", "PASSWORD_EXPIRED", "LOCKED_OUT"]);
/** Those of users who may not. */
export const DISABLED = new Set(["STAGED", "SUSPENDED", "DEPROVISIONED"]);

/** A user as a resource: with the whole profile, and what the user trait says of it. */
export function userResource(user: OktaUser, skipSecondaryEmails: boolean): Resource {
  const details = text(user.status);
  const profile = jsonObject(user.profile);
  const second = skipSecondaryEmails ? "" : text(profile.secondEmail);
  if (skipSecondaryEmails) profile.secondEmail = null;
  profile.c1_okta_raw_user_status = details;
  return personResource(userType, {
    id: text(user.id),
    displayName: displayName(profile),
    login: text(profile.login),
    emails: [text(profile.email), second],
    state: stateOf(details),
    details,
    profile,
    lastLogin: timestamp(user.lastLogin),
    createdAt: timestamp(user.created),
  });
}

function displayName(profile: JsonObject): string {
  const own = text(profile.displayName);
  if (own.trim() !== "") return own;
  const { firstName, lastName } = profile;
  const first = typeof firstName === "string" ? firstName : "unknown";
  return `${first} ${typeof lastName === "string" ? lastName : "unknown"}`;
}

/** What a raw status means; what Okta may add one day is not guessed at. */
function stateOf(raw: string): "ENABLED" | "DISABLED" | "UNSPECIFIED" {
  if (ENABLED.has(raw)) return "ENABLED";
  return DISABLED.has(raw) ? "DISABLED" : "UNSPECIFIED";
}
