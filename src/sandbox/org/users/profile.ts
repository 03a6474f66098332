import { invalid } from "../errors.ts";
import { applyRules } from "../groups/rules.ts";
import { userParty } from "../log/parties.ts";
import type { Org } from "../org.ts";
import type { JsonObject, UserEntry } from "../types.ts";
import { baseAttributes } from "./attributes.ts";

const REQUIRED = ["firstName", "lastName", "login", "email"] as const;
/** Attributes that Okta shows as null where they have no value. */
const ALWAYS_SHOWN = ["firstName", "lastName", "mobilePhone", "secondEmail"];
const LENGTHS: Readonly<Record<string, readonly [number, number]>> = {
  firstName: [1, 50],
  lastName: [1, 50],
  email: [5, 100],
  secondEmail: [5, 100],
  login: [5, 100],
  mobilePhone: [0, 100],
  primaryPhone: [0, 100],
  countryCode: [0, 2],
  city: [0, 128],
  state: [0, 128],
  zipCode: [0, 50],
};
const EMAIL = /^[^\s@]+( [^\s@]+)*@[^\s@]+\.[^\s@]+$/;

/**
 * The profile that a user has after a write: `null` removes an attribute, `""` leaves it empty. Throws Okta's
 * validation error, with a cause for each attribute that is wrong, where anything is; then nothing has changed.
 */
export function writtenProfile(org: Org, given: JsonObject, before: JsonObject, self?: UserEntry): JsonObject {
  const causes = new Map<string, string>();
  const after: JsonObject = { ...before };
  for (const [key, value] of Object.entries(given)) {
    if (!org.profileAttributes.has(key)) causes.set(key, "Property name is not part of the user's schema.");
    else if (value === null) delete after[key];
    else after[key] = value;
    const wrong = value === null || causes.has(key) ? undefined : wrongValue(org, key, value);
    if (wrong !== undefined) causes.set(key, wrong);
  }
  for (const key of REQUIRED) {
    const had = before[key] !== undefined && before[key] !== null && before[key] !== "";
    const asked = self === undefined || key in given || had;
    if (asked && !(typeof after[key] === "string" && after[key].trim() !== "")) {
      causes.set(key, "The field cannot be left blank");
    }
  }
  const login = after.login;
  const holder = typeof login === "string" ? org.userByLogin(login) : undefined;
  if (holder !== undefined && holder !== self) {
    causes.set("login", "An object with this field already exists in the current organization");
  }
  if (causes.size > 0) {
    const [first] = causes.keys();
    throw invalid(
      first!,
      [...causes].map(([key, cause]) => `${key}: ${cause}`),
    );
  }
  for (const key of ALWAYS_SHOWN) after[key] ??= null;
  return after;
}

function wrongValue(org: Org, key: string, value: unknown): string | undefined {
  if (!baseAttributes.has(key)) return undefined;
  if (typeof value !== "string") return "The value must be a text.";
  const [least, most] = LENGTHS[key] ?? [0, 4096];
  if (value === "") return undefined;
  if (value.length < least || value.length > most) return `The field must have ${least} to ${most} characters.`;
  const emailNeeded = key === "email" || key === "secondEmail" || (key === "login" && org.loginsAreEmails);
  if (!emailNeeded || EMAIL.test(value)) return undefined;
  return key === "login"
    ? "Username must be in the form of an email address"
    : "Does not match required pattern of an email address";
}

/** Gives a user another profile, and lets the group rules follow. */
export function replaceProfile(org: Org, user: UserEntry, profile: JsonObject): void {
  org.updateUser(user, { profile, lastUpdated: org.now() });
  org.log.record("user.account.update_profile", [userParty(user)]);
  applyRules(org, user);
}

/** Checks a password against Okta's default policy; throws its validation error. */
export function checkPassword(value: unknown, login: string): void {
  const password = typeof value === "string" ? value : "";
  const own = login.split("@")[0]!.toLowerCase();
  const strong = [/[a-z]/, /[A-Z]/, /\d/].every((kind) => kind.test(password));
  if (password.length >= 8 && password.length <= 72 && strong && !password.toLowerCase().includes(own)) return;
  throw invalid("password", [
    "password: Password requirements were not met. Password requirements: at least 8 characters, a lowercase letter, " +
      "an uppercase letter, a number, no parts of your username.",
  ]);
}
