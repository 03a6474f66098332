/** An account as the rules of a clean-up look at it. Times are milliseconds since the Unix epoch; absent: not known. */
export interface CleanupAccount {
  readonly id: string;
  /** `""`: not known. */
  readonly login: string;
  /** Okta's own word. */
  readonly status: string;
  readonly created?: number | undefined;
  readonly activated?: number | undefined;
  /** `null`: never. */
  readonly lastLogin?: number | null | undefined;
  readonly statusChanged?: number | undefined;
}

/** Which accounts are to go. Lengths of time in milliseconds; absent: the rule does not apply. */
export interface CleanupRules {
  readonly inactiveMs?: number | undefined;
  readonly suspendedMs?: number | undefined;
  readonly afterLastLeaseMs?: number | undefined;
}

/** A rule that names an account. */
export interface CleanupMatch {
  /** Why, for people. */
  readonly reason: string;
  /** For how long nobody may have used the account for the rule to hold, in milliseconds; absent: it does not matter. */
  readonly unusedMs?: number;
}

const DAY_MS = 86_400_000;

/** The statuses in which somebody could sign in, or could once something is reset. */
const ENABLED = new Set(["ACTIVE", "PROVISIONED", "RECOVERY", "PASSWORD_EXPIRED", "LOCKED_OUT"]);

/**
 * The rule that names an account; `undefined` where none does. What is not known speaks for the account, as does whatever
 * somebody did with it: a sign-in, an activation, a change of its status.
 * `lastLease`: when the last lease of the user ended, where none runs on.
 */
export function cleanupMatch(
  account: CleanupAccount,
  rules: CleanupRules,
  lastLease: number | undefined,
  now: number,
): CleanupMatch | undefined {
  const { status, statusChanged } = account;
  const { inactiveMs, suspendedMs, afterLastLeaseMs } = rules;
  const days = (since: number) => Math.floor((now - since) / DAY_MS);
  const used = lastUse(account);
  if (inactiveMs !== undefined && ENABLED.has(status) && used !== undefined && now - used.at >= inactiveMs) {
    return { reason: used.reason(days(used.at)), unusedMs: inactiveMs };
  }
  if (suspendedMs !== undefined && status === "SUSPENDED" && statusChanged !== undefined) {
    if (now - statusChanged >= suspendedMs) return { reason: `suspended for ${days(statusChanged)} days` };
  }
  const canEnd = ENABLED.has(status) || status === "SUSPENDED" || status === "STAGED";
  if (afterLastLeaseMs === undefined || !canEnd || lastLease === undefined || used === undefined) return undefined;
  if (now - Math.max(lastLease, used.at) < afterLastLeaseMs) return undefined;
  return {
    reason: `its last lease ended ${days(lastLease)} days ago, and nobody has used it since`,
    unusedMs: afterLastLeaseMs,
  };
}

/** Why an account is to be deactivated; `undefined` where no rule says so. See {@link cleanupMatch}. */
export function cleanupReason(...asked: Parameters<typeof cleanupMatch>): string | undefined {
  return cleanupMatch(...asked)?.reason;
}

/** When an account was last used, and what that was; `undefined` where it is not known. */
function lastUse({ created, activated, lastLogin, statusChanged }: CleanupAccount) {
  if (lastLogin === undefined || (lastLogin === null && created === undefined)) return undefined;
  const made = Math.max(created ?? Number.NEGATIVE_INFINITY, activated ?? Number.NEGATIVE_INFINITY);
  const changed = statusChanged ?? Number.NEGATIVE_INFINITY;
  const at = Math.max(lastLogin ?? made, made, changed);
  const reason = (days: number) => {
    if (lastLogin === null) return at === created ? `never signed in, made ${days} days ago` : neverSince(days);
    return at === lastLogin
      ? `no sign-in for ${days} days`
      : `no sign-in, and its status is the same, for ${days} days`;
  };
  return { at, reason };
}

function neverSince(days: number): string {
  return `never signed in, and its status is the same for ${days} days`;
}

/** Whether a text is named by a list of ids, logins and patterns with `*`. */
export function isNamed(texts: readonly string[], patterns: readonly string[]): boolean {
  return patterns.some((pattern) => {
    const literal = pattern
      .toLowerCase()
      .replace(/[.+?^${}()|[\]\\]/g, "\\$&")
      .replaceAll("*", ".*");
    return texts.some((text) => new RegExp(`^${literal}$`).test(text.toLowerCase()));
  });
}
