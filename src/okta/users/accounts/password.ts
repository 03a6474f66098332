import { randomInt } from "node:crypto";
import type { PasswordConstraint } from "../../../gen/c1/connector/v2/resource_pb.ts";
import { Failure } from "../../../runtime/failure.ts";
import { Secret } from "../../../runtime/secrets/secret.ts";

/** The length, in characters, of a password where the caller leaves it open. */
export const DEFAULT_LENGTH = 20;
const MIN_LENGTH = 8;
const MAX_LENGTH = 64;

// Without @: a text with one is taken for a login, in logs and by people.
const SYMBOLS = "!#$%&()*+,-./:;=?[]^_{}~";
const ALPHABET = characters(`ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789${SYMBOLS}`);

/** What Okta's default policy asks for. */
const POLICY = [/[A-Z]/, /[a-z]/, /[0-9]/];
/** What many orgs ask for besides. Constraints of a caller's own may leave no room for it. */
const SYMBOL = /[^A-Za-z0-9]/;

/** Okta looks for parts of a login from this length on. */
const PART = 4;

/** After so many passwords that the policy refuses there is none that it takes, or all but none. */
const TRIES = 10_000;

/** What a random password must be like. */
export interface PasswordDemand {
  /** Characters: 8 to 64, or 0 for a good length. */
  readonly length: number;
  readonly constraints: readonly PasswordConstraint[];
  /** Texts that say who the user is: the login first, then names. */
  readonly about: readonly string[];
}

/**
 * A random password that keeps the constraints and Okta's default policy: an upper and a lower letter, a digit, no part
 * of the login; no part of the user's names either, as orgs often have it. It is drawn evenly from all that do. Throws a
 * {@link Failure} of kind `invalidArgument` that names the field where no password can be like that.
 */
export function randomPassword({ length, constraints, about }: PasswordDemand): Secret {
  const size = lengthOf(length);
  const sets = slots(constraints, size);
  const demanded = constraints.length === 0 ? [...POLICY, SYMBOL] : POLICY;
  const parts = partsOf(about);
  for (let tries = 0; tries < TRIES; tries++) {
    const password = draw(sets);
    const lower = password.toLowerCase();
    if (demanded.every((kind) => kind.test(password)) && !parts.some((part) => lower.includes(part))) {
      return new Secret(password);
    }
  }
  throw invalid(
    "constraints",
    `the constraints leave no room in ${size} characters for an upper letter, a lower letter and a digit ` +
      "without a part of the login, as Okta's default policy asks for",
  );
}

function lengthOf(asked: number): number {
  if (asked === 0) return DEFAULT_LENGTH;
  if (Number.isInteger(asked) && asked >= MIN_LENGTH && asked <= MAX_LENGTH) return asked;
  throw invalid("length", `the length of a random password must be ${MIN_LENGTH} to ${MAX_LENGTH}, not ${asked}`);
}

/** From which characters each one of the password is drawn, before they are shuffled. */
function slots(constraints: readonly PasswordConstraint[], size: number): (readonly string[])[] {
  const least = constraints.reduce((sum, one) => sum + one.minCount, 0);
  if (least > size) {
    throw invalid("constraints", `the constraints ask for ${least} characters, the length of the password is ${size}`);
  }
  const sets = constraints.flatMap(({ charSet, minCount }) => {
    if (minCount > 0 && charSet === "")
      throw invalid("constraints", "the constraints name a char_set without characters");
    return Array.from({ length: minCount }, () => characters(charSet));
  });
  while (sets.length < size) sets.push(ALPHABET);
  return sets;
}

function draw(sets: readonly (readonly string[])[]): string {
  const drawn = sets.map((set) => set[randomInt(set.length)]!);
  for (let at = drawn.length - 1; at > 0; at--) {
    const other = randomInt(at + 1);
    [drawn[at], drawn[other]] = [drawn[other]!, drawn[at]!];
  }
  return drawn.join("");
}

/** What must not be found in a password, in lower case: the login's name and all parts of some length. */
function partsOf(about: readonly string[]): string[] {
  const parts = about.flatMap((text) => text.split(/[\s.\-_#@,+]+/)).filter((part) => part.length >= PART);
  const name = about[0]?.split("@")[0] ?? "";
  return [...parts, name].map((part) => part.toLowerCase()).filter((part) => part !== "");
}

/** Each character of a text once. */
function characters(text: string): readonly string[] {
  return [...new Set(text)];
}

function invalid(field: "length" | "constraints", message: string): Failure {
  return new Failure({ kind: "invalidArgument", message, field: `credential_options.random_password.${field}` });
}
