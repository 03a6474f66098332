import { ApiError } from "../../http/route.ts";
import { addMember } from "../groups/members.ts";
import type { Org } from "../org.ts";
import type { UserEntry } from "../types.ts";
import { stripUser } from "./removal.ts";

/** What can be done to a user's state. */
export type Transition =
  | "activate"
  | "deactivate"
  | "reactivate"
  | "suspend"
  | "unsuspend"
  | "unlock"
  | "reset_password"
  | "expire_password";

interface Rule {
  /** States that it can start from; absent: every state but `DEPROVISIONED`. */
  readonly from?: readonly string[];
  readonly to: (user: UserEntry) => string;
  /** Okta's event type, and what the log says. */
  readonly event: readonly [string, string];
  readonly refusal: () => ApiError;
}

const wrongStatus = (what: string) => () =>
  new ApiError(400, "E0000001", "Api validation failed: user", [
    `user: The user's status does not allow it to be ${what}.`,
  ]);

/** `E0000028` where a state does not fit, as seen of suspending. */
const missingParameter = () => new ApiError(400, "E0000028", "The request is missing a required parameter.");

const RULES: Readonly<Record<Transition, Rule>> = {
  activate: {
    from: ["STAGED", "DEPROVISIONED"],
    to: (user) => (canSignIn(user) ? "ACTIVE" : "PROVISIONED"),
    event: ["user.lifecycle.activate", "Activate Okta user"],
    refusal: () => new ApiError(403, "E0000016", "Activation failed because the user is already active"),
  },
  deactivate: {
    to: () => "DEPROVISIONED",
    event: ["user.lifecycle.deactivate", "Deactivate Okta user"],
    refusal: wrongStatus("deactivated"),
  },
  reactivate: {
    from: ["PROVISIONED", "RECOVERY"],
    to: () => "PROVISIONED",
    event: ["user.lifecycle.reactivate", "Reactivate Okta user"],
    refusal: () => new ApiError(403, "E0000038", "This operation is not allowed in the user's current status."),
  },
  suspend: {
    from: ["ACTIVE"],
    to: () => "SUSPENDED",
    event: ["user.lifecycle.suspend", "Suspend Okta user"],
    refusal: missingParameter,
  },
  unsuspend: {
    from: ["SUSPENDED"],
    to: () => "ACTIVE",
    event: ["user.lifecycle.unsuspend", "Unsuspend Okta user"],
    refusal: missingParameter,
  },
  unlock: {
    from: ["LOCKED_OUT"],
    to: () => "ACTIVE",
    event: ["user.account.unlock", "Unlock user account"],
    refusal: () => new ApiError(403, "E0000032", "Unlock is not allowed for this user."),
  },
  reset_password: {
    from: ["ACTIVE", "PASSWORD_EXPIRED", "LOCKED_OUT", "RECOVERY"],
    to: () => "RECOVERY",
    event: ["user.account.reset_password", "Fired when the user's password is reset"],
    refusal: () => new ApiError(403, "E0000038", "This operation is not allowed in the user's current status."),
  },
  expire_password: {
    from: ["ACTIVE", "PASSWORD_EXPIRED", "LOCKED_OUT", "RECOVERY"],
    to: () => "PASSWORD_EXPIRED",
    event: ["user.account.expire_password", "Expire a user's password"],
    refusal: () => new ApiError(403, "E0000038", "This operation is not allowed in the user's current status."),
  },
};

/** Whether a user needs nothing more to sign in: it has a password, or signs in elsewhere. */
export function canSignIn(user: UserEntry): boolean {
  const { credentials } = user.record;
  const provider = credentials?.provider as { type?: string } | undefined;
  return credentials?.password !== undefined || provider?.type === "FEDERATION" || provider?.type === "SOCIAL";
}

/**
 * Takes a user through a transition, and answers the event type and message for the log. Throws as Okta refuses it
 * where the user's state is not one that the transition starts from. Deactivation takes the user's groups, apps and
 * roles away; activation gives Everyone back.
 */
export function transit(org: Org, user: UserEntry, transition: Transition): readonly [string, string] {
  const rule = RULES[transition];
  const { record } = user;
  const fits = rule.from?.includes(record.status) ?? record.status !== "DEPROVISIONED";
  if (!fits) throw rule.refusal();
  const status = rule.to(user);
  const returning = record.status === "DEPROVISIONED";
  setStatus(org, user, status);
  if (transition === "activate") record.activated = record.lastUpdated;
  if (status === "DEPROVISIONED") {
    delete record.credentials?.password;
    stripUser(org, user);
  }
  if (returning && org.everyone !== undefined) addMember(org, org.everyone, user);
  return rule.event;
}

/** Puts a user into a state, whatever the one before. */
export function setStatus(org: Org, user: UserEntry, status: string): void {
  const { record } = user;
  const now = org.now();
  if (record.status !== status) record.statusChanged = now;
  record.status = status;
  record.lastUpdated = now;
  org.userChanged(user);
}
