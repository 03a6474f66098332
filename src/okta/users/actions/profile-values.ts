import type { Json, JsonObject } from "../../../baton/connector.ts";
import { invalid, objectIn, textIn } from "../../actions/arguments.ts";
import { kindOf } from "../accounts/profile.ts";

/** The attributes that `update_profile` has an argument of its own for. Source: Okta's default user profile. */
export const NAMED_ATTRIBUTES = [
  "login",
  "email",
  "secondEmail",
  "firstName",
  "lastName",
  "middleName",
  "displayName",
  "title",
  "department",
  "division",
  "organization",
  "employeeNumber",
  "costCenter",
  "userType",
  "primaryPhone",
  "mobilePhone",
  "countryCode",
  "managerId",
] as const;

const NAMED: ReadonlySet<string> = new Set(NAMED_ATTRIBUTES);

/**
 * The attributes that `update_user` is given in `user_profile`: an object, or its JSON as a text. Each is sent as it is:
 * null removes an attribute, an empty text leaves it empty. Throws a `Failure` of kind `invalidArgument`.
 */
export function pushedProfile(args: JsonObject): JsonObject {
  const name = "user_profile";
  let value = args[name];
  if (value === undefined || value === null) throw invalid(name, `${name} is missing`);
  if (typeof value === "string") {
    try {
      value = JSON.parse(value) as Json;
    } catch {
      throw invalid(name, `${name} is a text, but not one of JSON`);
    }
  }
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    throw invalid(name, `${name} must be an object, not ${kindOf(value)}`);
  }
  return checked(value as JsonObject, name);
}

/** The attributes that `update_profile` is given: those with an argument of their own, and others. */
export function namedProfile(args: JsonObject): JsonObject {
  const name = "additionalAttributes";
  const profile: Record<string, Json> = {};
  for (const attribute of NAMED_ATTRIBUTES) {
    const value = textIn(args, attribute);
    if (value !== undefined) profile[attribute] = value;
  }
  const additional = objectIn(args, name);
  for (const key of Object.keys(additional)) {
    if (NAMED.has(key)) throw invalid(name, `${name} may not hold ${key}, which is an argument of its own`);
  }
  return checked({ ...profile, ...additional }, name);
}

function checked(profile: JsonObject, name: string): JsonObject {
  const attributes = Object.entries(profile);
  if (attributes.length === 0) throw invalid(name, "there is no attribute to update");
  for (const [key, value] of attributes) {
    if (!isAttributeValue(value)) {
      throw invalid(
        name,
        `${key} must be a text, a number, true, false, null or a list of texts, not ${kindOf(value)}`.replace(
          /not a list$/,
          "not a list of anything else",
        ),
      );
    }
  }
  return profile;
}

function isAttributeValue(value: Json | undefined): boolean {
  if (value === null) return true;
  if (Array.isArray(value)) return value.every((one) => typeof one === "string");
  return typeof value === "string" || typeof value === "boolean" || Number.isFinite(value);
}
