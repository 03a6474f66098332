import { ApiError } from "../api-error.ts";
import { addMember } from "../groups/members.ts";
import { applyRules } from "../groups/rules.ts";
import type { EventType } from "../log/messages.ts";
import { userParty } from "../log/parties.ts";
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
  readonly event: EventType;
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
    event: "user.lifecycle.activate",
    refusal: () => new ApiError(403, "E0000016", "Activation failed because the user is already active"),
  },
  deactivate: {
    to: () => "DEPROVISIONED",
    event: "user.lifecycle.deactivate",
    refusal: wrongStatus("deactivated"),
  },
  reactivate: {
    from: ["PROVISIONED", "RECOVERY"],
    to: () => "PROVISIONED",
    event: "user.lifecycle.reactivate",
    refusal: () => new ApiError(403, "E0000038", "This operation is not allowed in the user's current status."),
  },
  suspend: {
    from: ["ACTIVE"],
    to: () => "SUSPENDED",
    event: "user.lifecycle.suspend",
    refusal: missingParameter,
  },
  unsuspend: {
    from: ["SUSPENDED"],
    to: () => "ACTIVE",
    event: "user.lifecycle.unsuspend",
    refusal: missingParameter,
  },
  unlock: {
    from: ["LOCKED_OUT"],
    to: () => "ACTIVE",
    event: "user.account.unlock",
    refusal: () => new ApiError(403, "E0000032", "Unlock is not allowed for this user."),
  },
  reset_password: {
    from: ["ACTIVE", "PASSWORD_EXPIRED", "LOCKED_OUT", "RECOVERY"],
    to: () => "RECOVERY",
    event: "user.account.reset_password",
    refusal: () => new ApiError(403, "E0000038", "This operation is not allowed in the user's current status."),
  },
  expire_password: {
    from: ["ACTIVE", "PASSWORD_EXPIRED", "LOCKED_OUT", "RECOVERY"],
    to: () => "PASSWORD_EXPIRED",
    event: "user.account.expire_password",
    refusal: () => new ApiError(403, "E0000038", "This operation is not allowed in the user's current status."),
  },
};

/** Whether a user needs nothing more to sign in: it has a password, or signs in elsewhere. */
export function canSignIn(user: UserEntry): boolean {
  const { credentials } = user.record;
  const provider = credentials?.provider as { type?: string } | undefined;
  return credentials?.password !== undefined || provider?.type === "FEDERATION" || provider?.type === "SOCIAL";
}

/** Whether a user's state is one that the transition starts from. */
export function canTransit(user: UserEntry, transition: Transition): boolean {
  const { status } = user.record;
  return RULES[transition].from?.includes(status) ?? status !== "DEPROVISIONED";
}

/**
 * Takes a user through a transition. Throws as Okta refuses it where the user's state is not one that the transition
 * starts from. Deactivation takes the user's groups, apps and roles away; activation gives Everyone back.
 */
export function transit(org: Org, user: UserEntry, transition: Transition): void {
  const rule = RULES[transition];
  if (!canTransit(user, transition)) throw rule.refusal();
  const { status: before, credentials } = user.record;
  const status = rule.to(user);
  setStatus(org, user, status);
  if (transition === "activate") org.updateUser(user, { activated: org.now() });
  if (status === "DEPROVISIONED" && credentials !== undefined) {
    const { password: _, ...kept } = credentials;
    org.updateUser(user, { credentials: kept });
  }
  org.log.record(rule.event, [userParty(user)]);
  if (status === "DEPROVISIONED") stripUser(org, user);
  if (before !== "DEPROVISIONED") return;
  if (org.everyone !== undefined) addMember(org, org.everyone, user);
  applyRules(org, user);
}

/** Puts a user into a state, whatever the one before. */
export function setStatus(org: Org, user: UserEntry, status: string): void {
  const now = org.now();
  const changed = user.record.status === status ? {} : { status, statusChanged: now };
  org.updateUser(user, { ...changed, lastUpdated: now });
}
