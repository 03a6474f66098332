import type { Call } from "../../../baton/connector.ts";
import { type CleanupAccount, cleanupMatch, isNamed } from "../../../baton/leases/cleanup-rules.ts";
import { OPEN_STATES } from "../../../baton/leases/lease.ts";
import type { Ledger } from "../../../baton/leases/ledger.ts";
import type { OktaClient } from "../../../okta/api/client.ts";
import type { PlanAsked, Planned } from "./asked.ts";
import { protectedBecause, usedByLog } from "./protection.ts";

/** What it takes to decide about an account. */
export interface JudgeDeps {
  readonly client: OktaClient;
  readonly ledger: Ledger;
  /** As `https://acme.okta.com`. */
  readonly org: string;
  /** Okta's time. */
  readonly now: () => number;
  /** Whose API token this is; absent: an app's. */
  readonly me: string | undefined;
  /** Whether the connector's filters let a user through; absent: there are none. */
  readonly isInScope?: ((id: string, call: Call) => Promise<boolean>) | undefined;
}

/** What is asked of an account besides the rules. */
export interface Scrutiny {
  /** The ledger's leases, by the ids of who holds them: when the last one ended, infinity where one runs. */
  readonly leases: ReadonlyMap<string, number>;
  /** Whether the system log is asked too. */
  readonly log: boolean;
}

/** When the last lease of each user ended; infinity where one runs. */
export async function lastLeases(ledger: Ledger, org: string): Promise<ReadonlyMap<string, number>> {
  const last = new Map<string, number>();
  for (const { principal, state, ended, ends } of await ledger.list({ org })) {
    if (principal.type !== "user" || state === "failed") continue;
    const at = OPEN_STATES.includes(state) ? Number.POSITIVE_INFINITY : (ended ?? ends);
    last.set(principal.id, Math.max(last.get(principal.id) ?? 0, at));
  }
  return last;
}

/** Decides about one account, by the rules, the ledger, and what Okta says of it now; `undefined`: no rule names it. */
export async function judge(
  { client, now, me, isInScope }: JudgeDeps,
  asked: PlanAsked,
  account: CleanupAccount,
  { leases, log }: Scrutiny,
  call: Call,
): Promise<Planned | undefined> {
  const { id, login } = account;
  const last = leases.get(id);
  const running = last === Number.POSITIVE_INFINITY;
  const match = cleanupMatch(account, asked.rules, running ? undefined : last, now());
  if (match === undefined) return undefined;
  const { reason, unusedMs } = match;
  const left = await leftBecause();
  return { account, reason, ...(left !== undefined && { left }) };

  async function leftBecause(): Promise<string | undefined> {
    if (running) return "a lease of it runs";
    if (id === me) return "it is who asks";
    // By what it is called it might be excluded.
    if (login === "") return "its login is not known";
    if (isNamed([id, login], asked.exclude)) return "it is excluded";
    if (isInScope !== undefined && !(await isInScope(id, call))) return "it is not of --filter-email-domains";
    const guarded = await protectedBecause(client, id, asked.excludeGroups, call);
    if (guarded !== undefined || !log || asked.skipLog || unusedMs === undefined) return guarded;
    return await usedByLog(client, account, unusedMs, now(), call);
  }
}
