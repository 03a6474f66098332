import type { Call, JsonObject } from "../../../baton/connector.ts";
import { isObject, text, timestamp } from "../../../baton/model/values.ts";
import { Failure, type FailureOptions } from "../../../runtime/failure.ts";
import type { Source } from "../../resource/source.ts";
import type { KnownUser } from "../lifecycle.ts";
import { userByLogin } from "./by-login.ts";
import { reasonOf } from "./explained.ts";

/** How far the clocks of this machine and of Okta may be apart, in milliseconds, for a time to say anything. */
const SKEW = 120_000;

/** Whose user was found: the one that the lost call made, or one that was there before. */
export interface Found {
  readonly user: KnownUser;
  readonly isOurs: boolean;
}

/** The creation whose answer was lost. */
export interface LostCreation {
  readonly login: string;
  readonly profile: JsonObject;
  /** When it was sent and when it was given up, in milliseconds since the Unix epoch. */
  readonly from: number;
  readonly to: number;
  readonly error: unknown;
}

/**
 * Finds out what became of a creation whose answer was lost, without sending it again. Throws a {@link Failure} that
 * says what exists where nothing does, and where it cannot be told who made what does.
 */
export async function afterLostCreation(source: Source, lost: LostCreation, call: Call): Promise<Found> {
  const start = `Okta's answer to the creation was lost (${reasonOf(lost.error)})`;
  const unknown = (message: string, advice: string, more: Partial<FailureOptions> = {}) =>
    new Failure({
      kind: "unavailable",
      message: `${start}${message}`,
      attempted: "POST /api/v1/users",
      advice,
      cause: lost.error,
      ...more,
    });
  let user: KnownUser | undefined;
  try {
    user = await userByLogin(source, lost.login, call);
  } catch (error) {
    const message = `, and whether the user exists now could not be read: ${reasonOf(error)}`;
    throw unknown(message, "look for the login in Okta before creating it again", { cause: error });
  }
  if (user === undefined) throw unknown("; no user has the login, so nothing was created so far", "try again");
  const recent = isBetween(user.created, lost.from, lost.to);
  const same = holds(user.profile, lost.profile);
  if (recent !== same) {
    throw unknown(
      `; user ${user.id} has the login now (status ${text(user.status) || "unknown"}), but whether this call made it cannot be told`,
      "look at that user in Okta: where it is the right one, nothing is left to create",
      // Clients repeat what is unavailable by themselves, and would then hear no more than that the login is taken.
      { kind: "failedPrecondition" },
    );
  }
  return { user, isOurs: same };
}

/** Whether a profile holds all that was sent; null is what Okta removes, and letters of addresses may change their case. */
export function holds(profile: unknown, sent: JsonObject): boolean {
  const held = isObject(profile) ? profile : {};
  return Object.entries(sent).every(([key, value]) => {
    const one = held[key] ?? null;
    if (typeof one === "string" && typeof value === "string" && (key === "login" || /email$/i.test(key))) {
      return one.toLowerCase() === value.toLowerCase();
    }
    return JSON.stringify(one) === JSON.stringify(value ?? null);
  });
}

/** Whether a time of an answer lies within a span, give or take what clocks may differ. */
export function isBetween(created: unknown, from: number, to: number): boolean {
  const at = timestamp(created);
  const ms = at === undefined ? Number.NaN : Number(at.seconds) * 1000;
  return ms >= from - SKEW && ms <= to + SKEW;
}
