import { create, type JsonObject } from "@bufbuild/protobuf";
import type { Refusal, ResourceTypeSupport } from "../../baton/connector.ts";
import { pack } from "../../baton/model/annotations.ts";
import { RawIdSchema } from "../../gen/c1/connector/v2/annotation_raw_id_pb.ts";
import {
  UserTrait_AccountType,
  UserTrait_Status_Status,
  UserTraitSchema,
} from "../../gen/c1/connector/v2/annotation_trait_pb.ts";
import { V1IdentifierSchema } from "../../gen/c1/connector/v2/annotation_v1_identifier_pb.ts";
import { type Resource, ResourceSchema, Status_ResourceStatus } from "../../gen/c1/connector/v2/resource_pb.ts";
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

/** The attributes that hold employee ids, in lower case. */
const EMPLOYEE_IDS = new Set([
  "employeenumber",
  "employeeid",
  "employeeidnumber",
  "employee_number",
  "employee_id",
  "employee_idnumber",
]);

/** A user as a resource: with the whole profile, and what the user trait says of it. */
export function userResource(user: OktaUser, skipSecondaryEmails: boolean): Resource {
  const id = text(user.id);
  const details = text(user.status);
  const profile = jsonObject(user.profile);
  const trait = userTrait(user, profile, skipSecondaryEmails);
  if (skipSecondaryEmails) profile.secondEmail = null;
  profile.c1_okta_raw_user_status = details;
  const createdAt = timestamp(user.created);
  return create(ResourceSchema, {
    id: { resourceType: userType.id, resource: id },
    displayName: displayName(profile),
    annotations: [trait, pack(V1IdentifierSchema, { id }), pack(RawIdSchema, { id })],
    profile,
    status: { status: Status_ResourceStatus[stateOf(details)], details },
    ...(createdAt && { createdAt }),
  });
}

function userTrait(user: OktaUser, profile: JsonObject, skipSecondaryEmails: boolean) {
  const emails = [];
  const email = text(profile.email);
  if (email !== "") emails.push({ address: email, isPrimary: true });
  const second = text(profile.secondEmail);
  if (second !== "" && !skipSecondaryEmails) emails.push({ address: second, isPrimary: false });
  const login = text(profile.login);
  const parts = login.split("@");
  const details = text(user.status);
  const lastLogin = timestamp(user.lastLogin);
  return pack(UserTraitSchema, {
    emails,
    // Deprecated in favour of the resource's own, which says the same; readers of either are served.
    status: { status: UserTrait_Status_Status[stateOf(details)], details },
    accountType: UserTrait_AccountType.HUMAN,
    login,
    loginAliases: parts.length === 2 && parts[0] !== "" ? [parts[0]!] : [],
    employeeIds: employeeIds(profile),
    ...(lastLogin && { lastLogin }),
  });
}

function displayName(profile: JsonObject): string {
  const own = text(profile.displayName);
  if (own.trim() !== "") return own;
  const { firstName, lastName } = profile;
  const first = typeof firstName === "string" ? firstName : "unknown";
  return `${first} ${typeof lastName === "string" ? lastName : "unknown"}`;
}

function employeeIds(profile: JsonObject): string[] {
  const ids = Object.keys(profile)
    .filter((key) => EMPLOYEE_IDS.has(key.toLowerCase()))
    .map((key) => text(profile[key]))
    .filter((id) => id.trim() !== "");
  return [...new Set(ids)];
}

/** What a raw status means; what Okta may add one day is not guessed at. */
function stateOf(raw: string): "ENABLED" | "DISABLED" | "UNSPECIFIED" {
  if (ENABLED.has(raw)) return "ENABLED";
  return DISABLED.has(raw) ? "DISABLED" : "UNSPECIFIED";
}
