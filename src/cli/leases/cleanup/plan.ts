import pLimit from "p-limit";
import type { Call } from "../../../baton/connector.ts";
import type { CleanupAccount } from "../../../baton/leases/cleanup-rules.ts";
import { Failure, isFailure } from "../../../runtime/failure.ts";
import type { ChangeSession } from "../../change/session.ts";
import { accountsInOkta, idsInSnapshot, readAccount } from "./accounts.ts";
import type { PlanAsked, Planned } from "./asked.ts";
import { type JudgeDeps, judge, lastLeases } from "./judge.ts";

/** How many accounts are looked at side by side. */
const CONCURRENCY = 8;

/** As many accounts as are looked up in the system log, whose limit is low; more are not, where more than may go anyway. */
const MAX_LOG_LOOKS = 200;

/** What a clean-up would do. */
export interface Plan {
  readonly planned: readonly Planned[];
  /** How many accounts were looked at. */
  readonly seen: number;
  /** Names to be left, without a `*`, that no account has. */
  readonly unknownNames: readonly string[];
  /** Whether the log was left out, as there are too many accounts: fewer would go. */
  readonly isLogLeftOut: boolean;
  /** How many accounts could not be looked at. */
  readonly unread: number;
}

/** The accounts that the rules name, each as Okta shows it now. */
export async function planOf(session: ChangeSession, deps: JudgeDeps, asked: PlanAsked): Promise<Plan> {
  const { client } = deps;
  const leases = await lastLeases(deps.ledger, deps.org);
  const limit = pLimit(CONCURRENCY);
  const names = new Set(asked.exclude.filter((name) => !name.includes("*")).map((name) => name.toLowerCase()));
  let seen = 0;
  let unread = 0;
  /** One that cannot be read holds up no other, and is left. */
  const orLeft = async (account: CleanupAccount, look: () => Promise<Planned | undefined>) => {
    try {
      return await look();
    } catch (error) {
      if (isFailure(error, "notFound")) return undefined;
      if (!isOfOne(error)) throw error;
      unread += 1;
      return { account, reason: "not known", left: `it cannot be looked at: ${error.message}` };
    }
  };
  const take = (id: string, read: () => Promise<CleanupAccount | undefined>, call: Call) => {
    seen += 1;
    return limit(() =>
      orLeft({ id, login: "", status: "" }, async () => {
        const account = await read();
        for (const name of [id, account?.login ?? ""]) names.delete(name.toLowerCase());
        return account && (await judge(deps, asked, account, { leases, log: false }, call));
      }),
    );
  };
  const isPlanned = (one: Planned | undefined): one is Planned => one !== undefined;
  const judged = await session.change(async (call) => {
    const asking: Promise<Planned | undefined>[] = [];
    if (asked.file === undefined) {
      for await (const account of accountsInOkta(client, call))
        asking.push(take(account.id, async () => account, call));
    } else {
      for (const id of await idsInSnapshot(asked.file))
        asking.push(take(id, () => readAccount(client, id, call), call));
    }
    return (await Promise.all(asking)).filter(isPlanned);
  });
  const isFew = judged.filter(({ left }) => left === undefined).length <= Math.max(asked.max, MAX_LOG_LOOKS);
  const again = async (one: Planned) =>
    one.left !== undefined || !isFew
      ? one
      : await orLeft(one.account, () =>
          session.change((call) => judge(deps, asked, one.account, { leases, log: true }, call)),
        );
  const planned = (await Promise.all(judged.map((one) => limit(again, one)))).filter(isPlanned);
  const isLogLeftOut = !isFew && !asked.skipLog;
  return { planned, seen, unread, isLogLeftOut, unknownNames: asked.file === undefined ? [...names] : [] };
}

/** Whether a failure is about one account, so that others may go on. */
export function isOfOne(error: unknown): error is Failure {
  return isFailure(error) && error.kind !== "cancelled" && error.kind !== "unauthenticated";
}

/** Refuses a clean-up of more accounts than may go at once: a rule or a clock that is wrong takes many. */
export function mustBeFew(count: number, seen: number, { max, maxShare }: PlanAsked, done = "deactivated"): void {
  const allowed = Math.min(max, Math.floor(seen * maxShare));
  if (count <= allowed) return;
  throw new Failure({
    kind: "failedPrecondition",
    message: `${count} of ${seen} accounts would be ${done}, and ${allowed} may be at once: nothing was done`,
    advice: "look at cleanup plan; raise --max and --max-share where all of them are meant",
  });
}
