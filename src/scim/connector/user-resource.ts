import { personResource } from "../../baton/model/person.ts";
import { jsonObject, text } from "../../baton/model/values.ts";
import type { Resource } from "../../gen/c1/connector/v2/resource_pb.ts";
import { isObject, type Json, type JsonObject } from "../protocol/json.ts";
import { ENTERPRISE_URN, isUrn } from "../protocol/urns.ts";
import type { UserRow } from "../store/users.ts";
import { userDocument } from "../store/users.ts";
import { userType } from "./types.ts";

/** What Okta calls the attributes that SCIM calls otherwise. Source: Okta's default mappings of a SCIM app. */
const NAME_PARTS: Readonly<Record<string, string>> = {
  givenName: "firstName",
  familyName: "lastName",
  middleName: "middleName",
  honorificPrefix: "honorificPrefix",
  honorificSuffix: "honorificSuffix",
};
const ADDRESS_PARTS: Readonly<Record<string, string>> = {
  streetAddress: "streetAddress",
  locality: "city",
  region: "state",
  postalCode: "zipCode",
  country: "countryCode",
  formatted: "postalAddress",
};

/** Attributes that are not taken over under their own names. */
const ELSEWHERE = new Set(["userName", "name", "emails", "phoneNumbers", "addresses", "active", "externalId"]);

/** A pushed user as a resource, with the profile as the API source has it, where it was pushed. */
export function userResource(row: UserRow, id: string): Resource {
  const document = userDocument(row);
  const emails = emailsOf(document);
  const profile = profileOf(document, emails);
  return personResource(userType, {
    id,
    displayName: displayName(profile, row.user_name),
    login: row.user_name,
    emails,
    state: row.active === 1 ? "ENABLED" : "DISABLED",
    // A push says whether somebody is active, and no more of Okta's statuses than that.
    details: row.active === 1 ? "active" : "inactive",
    profile,
  });
}

function profileOf(document: JsonObject, emails: readonly string[]): ReturnType<typeof jsonObject> {
  const profile: JsonObject = {};
  for (const [key, value] of Object.entries(document)) {
    if (!ELSEWHERE.has(key) && !isUrn(key)) profile[key] = value;
  }
  for (const [key, value] of Object.entries(document)) {
    if (!isUrn(key) || !isObject(value)) continue;
    for (const [name, one] of Object.entries(value)) if (!(name in profile)) profile[name] = one;
  }
  const { name, phoneNumbers, addresses } = document;
  Object.assign(profile, renamed(name, NAME_PARTS), renamed(primary(addresses), ADDRESS_PARTS));
  const manager = objectOf(objectOf(document[ENTERPRISE_URN]).manager);
  if (Object.keys(manager).length > 0) {
    profile.manager = text(manager.displayName);
    profile.managerId = text(manager.value);
  }
  const phone = (type: string) =>
    text(objectOf(listOf(phoneNumbers).find((one) => isObject(one) && text(one.type) === type)).value);
  const [mobilePhone, primaryPhone] = [phone("mobile"), phone("work") || text(objectOf(primary(phoneNumbers)).value)];
  if (mobilePhone !== "") profile.mobilePhone = mobilePhone;
  if (primaryPhone !== "") profile.primaryPhone = primaryPhone;
  profile.login = text(document.userName);
  if (emails[0] !== undefined) profile.email = emails[0];
  if (emails[1] !== undefined) profile.secondEmail = emails[1];
  return jsonObject(profile);
}

/** The addresses, the primary one first. */
function emailsOf({ emails }: JsonObject): string[] {
  const all = listOf(emails).filter(isObject);
  const first = primary(emails);
  const values = [first, ...all.filter((one) => one !== first)].map((one) => text(objectOf(one).value));
  return [...new Set(values.filter((value) => value !== ""))];
}

/** The primary value of a multi-valued attribute; else the one of work, else the first. */
function primary(values: Json | undefined): Json | undefined {
  const all = listOf(values).filter(isObject);
  return all.find((one) => one.primary === true) ?? all.find((one) => text(one.type) === "work") ?? all[0];
}

function renamed(from: Json | undefined, names: Readonly<Record<string, string>>): JsonObject {
  const parts = Object.entries(objectOf(from)).flatMap(([key, value]) => {
    const name = Object.hasOwn(names, key) ? names[key] : undefined;
    return name === undefined ? [] : [[name, value] as const];
  });
  return Object.fromEntries(parts);
}

function displayName(profile: ReturnType<typeof jsonObject>, login: string): string {
  const own = text(profile.displayName).trim();
  if (own !== "") return own;
  return `${text(profile.firstName)} ${text(profile.lastName)}`.trim() || login;
}

function objectOf(value: Json | undefined): JsonObject {
  return isObject(value) ? value : {};
}

function listOf(value: Json | undefined): readonly Json[] {
  return Array.isArray(value) ? value : [];
}
