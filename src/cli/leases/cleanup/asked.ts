import type { CleanupAccount, CleanupRules } from "../../../baton/leases/cleanup-rules.ts";

/** What is planned with. */
export interface PlanAsked {
  readonly rules: CleanupRules;
  /** Ids, logins and patterns with `*` of accounts that are never touched. */
  readonly exclude: readonly string[];
  readonly excludeGroups: readonly string[];
  /** The snapshot that names the accounts; absent: the org. */
  readonly file: string | undefined;
  readonly max: number;
  /** The part of all accounts that may go at once, from 0 to 1. */
  readonly maxShare: number;
  /** The system log is not asked whether an account is in use. */
  readonly skipLog: boolean;
}

/** An account that a rule names. `left`: why it is left all the same. */
export interface Planned {
  readonly account: CleanupAccount;
  readonly reason: string;
  readonly left?: string;
}
