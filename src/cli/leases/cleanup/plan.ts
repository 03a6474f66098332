import type { Call } from "../../../baton/connector.ts";
import { type CleanupAccount, type CleanupRules, cleanupReason, isNamed } from "../../../baton/leases/cleanup-rules.ts";
import { OPEN_STATES } from "../../../baton/leases/lease.ts";
import type { Ledger } from "../../../baton/leases/ledger.ts";
import type { OktaClient } from "../../../okta/api/client.ts";
import { Failure, isFailure } from "../../../runtime/failure.ts";
import { accountsInOkta, idsInSnapshot, protectedBecause, readAccount } from "./accounts.ts";

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
}

/** An account that a rule names. `left`: why it is left all the same. */
export interface Planned {
  readonly account: CleanupAccount;
  readonly reason: string;
  readonly left?: string;
}

/** What is known to decide about one account again, right before it is changed. */
export type Judge = (account: CleanupAccount, call: Call) => Promise<Planned | undefined>;

/** Decides about accounts, by the rules, the ledger, and what Okta says of them now. */
export async function judgeOf(
  asked: PlanAsked,
  client: OktaClient,
  ledger: Ledger,
  org: string,
  now: () => number,
  call: Call,
): Promise<Judge> {
  const lastLease = new Map<string, number>();
  for (const { principal, state, ended, ends } of await ledger.list({ org })) {
    if (principal.type !== "user" || state === "failed") continue;
    const at = OPEN_STATES.includes(state) ? Number.POSITIVE_INFINITY : (ended ?? ends);
    lastLease.set(principal.id, Math.max(lastLease.get(principal.id) ?? 0, at));
  }
  const me = await ownId(client, call);
  return async (account, own) => {
    const { id, login } = account;
    const last = lastLease.get(id);
    const running = last === Number.POSITIVE_INFINITY;
    const reason = cleanupReason(account, asked.rules, running ? undefined : last, now());
    if (reason === undefined) return undefined;
    const left = running
      ? "a lease of it runs"
      : id === me
        ? "it is who asks"
        : isNamed([id, login], asked.exclude)
          ? "it is excluded"
          : await protectedBecause(client, id, asked.excludeGroups, own);
    return { account, reason, ...(left !== undefined && { left }) };
  };
}

/** The accounts that the rules name, each read from Okta, and how many were looked at. */
export async function planOf(asked: PlanAsked, client: OktaClient, judge: Judge, call: Call) {
  const planned: Planned[] = [];
  let seen = 0;
  const take = async (account: CleanupAccount | undefined) => {
    seen += 1;
    const one = account && (await judge(account, call));
    if (one !== undefined) planned.push(one);
  };
  if (asked.file === undefined) for await (const account of accountsInOkta(client, call)) await take(account);
  else for (const id of await idsInSnapshot(asked.file)) await take(await readAccount(client, id, call));
  return { planned, seen };
}

/** Refuses a clean-up of more accounts than may go at once: a rule or a clock that is wrong takes many. */
export function mustBeFew(count: number, seen: number, { max, maxShare }: PlanAsked): void {
  const allowed = Math.min(max, Math.floor(seen * maxShare));
  if (count <= allowed) return;
  throw new Failure({
    kind: "failedPrecondition",
    message: `${count} of ${seen} accounts would be deactivated, and ${allowed} may be at once: nothing was done`,
    advice: "look at cleanup plan; raise --max and --max-share where all of them are meant",
  });
}

async function ownId(client: OktaClient, call: Call): Promise<string | undefined> {
  try {
    const { id } = await client.get<{ id?: unknown }>("/api/v1/users/me", call);
    return typeof id === "string" ? id : undefined;
  } catch (error) {
    // An OAuth app is no user.
    if (isFailure(error)) return undefined;
    throw error;
  }
}
