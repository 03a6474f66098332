/** An account as the rules of a clean-up look at it. Times are milliseconds since the Unix epoch. */
export interface CleanupAccount {
  readonly id: string;
  readonly login: string;
  /** Okta's own word. */
  readonly status: string;
  readonly created?: number | undefined;
  readonly lastLogin?: number | undefined;
  readonly statusChanged?: number | undefined;
}

/** Which accounts are to go. Lengths of time in milliseconds; absent: the rule does not apply. */
export interface CleanupRules {
  readonly inactiveMs?: number | undefined;
  readonly suspendedMs?: number | undefined;
  readonly afterLastLeaseMs?: number | undefined;
}

/** The statuses in which somebody could sign in, or could once something is reset. */
const ENABLED = new Set(["ACTIVE", "PROVISIONED", "RECOVERY", "PASSWORD_EXPIRED", "LOCKED_OUT"]);

/**
 * Why an account is to be deactivated; `undefined` where no rule says so. What is not known speaks for the account.
 * `lastLease`: when the last lease of the user ended, where none runs on.
 */
export function cleanupReason(
  account: CleanupAccount,
  rules: CleanupRules,
  lastLease: number | undefined,
  now: number,
): string | undefined {
  const { status, lastLogin, created, statusChanged } = account;
  const { inactiveMs, suspendedMs, afterLastLeaseMs } = rules;
  const days = (since: number) => Math.floor((now - since) / 86_400_000);
  if (inactiveMs !== undefined && ENABLED.has(status)) {
    const since = Math.max(lastLogin ?? created ?? now, created ?? 0);
    if (now - since >= inactiveMs) {
      return lastLogin === undefined
        ? `never signed in, made ${days(since)} days ago`
        : `no sign-in for ${days(since)} days`;
    }
  }
  if (suspendedMs !== undefined && status === "SUSPENDED" && statusChanged !== undefined) {
    if (now - statusChanged >= suspendedMs) return `suspended for ${days(statusChanged)} days`;
  }
  const canEnd = ENABLED.has(status) || status === "SUSPENDED" || status === "STAGED";
  if (afterLastLeaseMs !== undefined && canEnd && lastLease !== undefined && now - lastLease >= afterLastLeaseMs) {
    return `its last lease ended ${days(lastLease)} days ago`;
  }
  return undefined;
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
