import type { Json, JsonObject } from "../../../baton/connector.ts";
import { isEmail } from "../../../baton/model/email.ts";
import { Failure } from "../../../runtime/failure.ts";

/** What a profile asks for. */
export interface WantedAccount {
  /** The profile as Okta takes it. */
  readonly profile: JsonObject;
  readonly login: string;
  /** Stays staged. */
  readonly createInactive: boolean;
  readonly sendActivationEmail: boolean;
  readonly passwordChangeOnLogin: boolean;
  /** Another identity provider signs the user in. */
  readonly federated: boolean;
}

/** The attributes that have a key of their own in a profile. */
const OWN_KEY = new Set(["firstName", "lastName", "email", "login"]);

/**
 * Reads a profile; null counts as absent, and keys that mean nothing here are passed over. Throws a {@link Failure} of
 * kind `invalidArgument` that names the key where one that is there cannot be understood, inert or not.
 */
export function readProfile(given: JsonObject): WantedAccount {
  const email = required(given, "email");
  if (!isEmail(email)) throw invalid("email", "email is not an email address");
  const login = textOf(given, "login") || email;
  const named = { firstName: required(given, "first_name"), lastName: required(given, "last_name"), email, login };
  return {
    profile: { ...named, ...additionalOf(given) },
    login,
    createInactive: booleanOf(given, "create_inactive", false),
    sendActivationEmail: booleanOf(given, "send_activation_email", true),
    passwordChangeOnLogin: booleanOf(given, "password_change_on_login_required", false),
    federated: isFederated(given),
  };
}

/** What a value is, in words for a message. */
export function kindOf(value: Json | undefined): string {
  if (value === null || value === undefined) return "nothing";
  if (Array.isArray(value)) return "a list";
  return typeof value === "string" ? "a text" : typeof value === "object" ? "an object" : `a ${typeof value}`;
}

function required(given: JsonObject, key: string): string {
  const value = textOf(given, key);
  if (value === undefined || value.trim() === "")
    throw invalid(key, `the profile has no ${key}, which every account needs`);
  return value;
}

function textOf(given: JsonObject, key: string): string | undefined {
  const value = given[key] ?? undefined;
  if (value !== undefined && typeof value !== "string")
    throw invalid(key, `${key} must be a text, not ${kindOf(value)}`);
  return value;
}

const TRUE = new Set(["1", "t", "T", "true", "True", "TRUE"]);
const FALSE = new Set(["0", "f", "F", "false", "False", "FALSE"]);

function booleanOf(given: JsonObject, key: string, otherwise: boolean): boolean {
  const value = given[key] ?? otherwise;
  if (typeof value === "boolean") return value;
  if (typeof value !== "string") throw invalid(key, `${key} must be true or false, not ${kindOf(value)}`);
  if (!TRUE.has(value) && !FALSE.has(value)) throw invalid(key, `${key} must be true or false, not "${value}"`);
  return TRUE.has(value);
}

function isFederated(given: JsonObject): boolean {
  const value = textOf(given, "provider_type")?.trim().toUpperCase() ?? "";
  if (value === "FEDERATION") return true;
  if (value === "" || value === "OKTA") return false;
  throw invalid("provider_type", `provider_type must be OKTA or FEDERATION, not "${given.provider_type}"`);
}

function additionalOf(given: JsonObject): JsonObject {
  const value = given.additionalAttributes ?? {};
  if (typeof value !== "object" || Array.isArray(value)) {
    throw invalid("additionalAttributes", `additionalAttributes must be an object, not ${kindOf(value)}`);
  }
  for (const key of Object.keys(value)) {
    if (OWN_KEY.has(key))
      throw invalid("additionalAttributes", `additionalAttributes may not hold ${key}, which has a key of its own`);
  }
  return value as JsonObject;
}

function invalid(key: string, message: string): Failure {
  return new Failure({ kind: "invalidArgument", message, field: `account_info.profile.${key}` });
}
