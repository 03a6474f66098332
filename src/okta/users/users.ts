import type { JsonObject } from "@bufbuild/protobuf";
import type { Call, Cursor, Listed, Page, Refusal, ResourceTypeSupport } from "../../baton/connector.ts";
import { personResource } from "../../baton/model/person.ts";
import { isObject, isTooDeep, jsonObject, MAX_JSON_DEPTH, text, timestamp } from "../../baton/model/values.ts";
import type { Resource } from "../../gen/c1/connector/v2/resource_pb.ts";
import type { OktaUser } from "../api/json/objects.ts";
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

/** A page of users, and those on it whom the filter leaves out. */
export interface UserPage extends Page<Listed> {
  readonly filteredOut: readonly string[];
  /** Okta's time when it answered. */
  readonly at?: number;
}

/** One page of a list of users: the one that the cursor names, else that of `first`. */
export async function userPage(
  source: Source,
  cursor: Cursor | undefined,
  first: string,
  call: Call,
): Promise<UserPage> {
  const { principals } = source;
  // Before the request: what is noted of a page that was under way when something changed dies with the change.
  const { takesUser } = principals.filter(call);
  const page = await readPage<OktaUser>(source, cursor, first, call, LEAN);
  const found = identified(page.items, "users");
  const known = readable(found.items, (user) => !principals.usersFiltered || isObject(user.profile), NO_PROFILE);
  const taken = known.items.filter(takesUser);
  const takes = new Set(taken);
  return {
    items: taken.map((user) => listedUser(source, user)),
    next: nextCursors(page.next),
    filteredOut: known.items.filter((user) => !takes.has(user)).map(({ id }) => id),
    ...(page.at !== undefined && { at: page.at }),
    ...allRefused(found, known, deepProfiles(taken)),
  };
}

function listedUser({ options }: Source, user: OktaUser): Listed {
  return { resource: userResource(user, options.skipSecondaryEmails, options.syncReach), grants: [] };
}

/** How many users are asked for at once: their ids stand in the URL. */
const SOME = 50;

/** The URL of users by their ids. Source: Okta Management API, List all users, `filter`. */
function byIds(ids: readonly string[]): string {
  const filter = ids.map((id) => `id eq ${JSON.stringify(id)}`).join(" or ");
  return `/api/v1/users?filter=${encodeURIComponent(filter)}&limit=200`;
}

/** Users: no entitlements of their own. */
export function users(source: Source): ResourceTypeSupport {
  const { principals } = source;
  const listed = (user: OktaUser) => listedUser(source, user);
  return {
    type: userType,
    listsAll: !principals.usersFiltered,
    async list(cursor, call) {
      const { filteredOut, at, ...page } = await userPage(source, cursor, `${USERS}&limit=200`, call);
      const isEmpty = page.items.length === 0 && filteredOut.length === 0 && page.refused === undefined;
      if (cursor?.next === undefined && isEmpty && page.next.length === 0) throw nobody();
      return page;
    },
    async getSome(ids, call) {
      const found: Listed[] = [];
      for (let from = 0; from < ids.length; from += SOME) {
        const first = byIds(ids.slice(from, from + SOME));
        for (let cursor: Cursor | undefined = {}; cursor !== undefined; ) {
          const page: UserPage = await userPage(source, cursor, first, call);
          found.push(...page.items);
          cursor = page.next[0];
        }
      }
      return found;
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

/** A user as a resource: with the whole profile, and what the user trait says of it; `reach`: with the password's age. */
export function userResource(user: OktaUser, skipSecondaryEmails: boolean, reach = false): Resource {
  const details = text(user.status);
  const profile = jsonObject(user.profile);
  const second = skipSecondaryEmails ? "" : text(profile.secondEmail);
  if (skipSecondaryEmails) profile.secondEmail = null;
  profile.c1_okta_raw_user_status = details;
  const passwordChanged = text(user.passwordChanged);
  if (reach && passwordChanged !== "") profile.c1_okta_password_changed = passwordChanged;
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
