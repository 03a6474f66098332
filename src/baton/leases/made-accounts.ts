import KSUID from "ksuid";
import { Failure, isFailure } from "../../runtime/failure.ts";
import type { Accounts, JsonObject } from "../connector.ts";
import type { MadeAccountTable } from "./accounts-schema.ts";
import type { Ledger } from "./ledger.ts";
import type { LeaseDeps } from "./work.ts";

/** What accounts are written down with. */
export type AccountDeps = Pick<LeaseDeps, "ledger" | "org" | "clock" | "actor" | "log">;

/** How far the times of the ledger and of the other side may be apart, and how long a creation may take, in milliseconds. */
const SKEW_MS = 120_000;
const MAX_DURATION_MS = 900_000;

/** What says that no account was made. */
const NOT_MADE = ["usage", "invalidArgument", "permissionDenied", "unauthenticated", "unimplemented"] as const;

/**
 * The same creation of accounts, written down: before it is sent and how it ended, so that it is known later which accounts
 * this program has made, also where it dies in between.
 */
export function recordedAccounts(accounts: Accounts, deps: AccountDeps): Accounts {
  const { ledger, org, clock, actor, log } = deps;
  const settle = async (id: string, set: Partial<MadeAccountTable>) => {
    const changes = { ...set, changed: clock.now() };
    await ledger.store
      .write((trx) => trx.updateTable("made_account").set(changes).where("id", "=", id).execute())
      .catch((error) => log.warn("how the creation of an account ended could not be written down", { error }));
  };
  return {
    ...accounts,
    async create(profile, password, call) {
      if (call.dryRun === true) return await accounts.create(profile, password, call);
      const at = clock.now();
      const row: MadeAccountTable = {
        ...{ id: KSUID.randomSync(at).string, org, login: loginIn(profile), account: null, actor, at },
        ...{ state: "making", changed: at, rotated: null, rotating_until: 0 },
      };
      await ledger.store.write((trx) => trx.insertInto("made_account").values(row).execute());
      try {
        const done = await accounts.create(profile, password, call);
        const account = done.resource.id?.resource ?? "";
        const isMade = done.outcome === "created" && account !== "";
        await settle(row.id, isMade ? { state: "made", account } : { state: "not-made" });
        return done;
      } catch (error) {
        // Of whatever else it is not known; when the account that has the login was made tells it later.
        const isNone = NOT_MADE.some((kind) => isFailure(error, kind));
        await settle(row.id, isNone ? { state: "not-made" } : {});
        throw error;
      }
    },
  };
}

function loginIn(profile: JsonObject): string {
  const given = [profile.login, profile.email].find((text) => typeof text === "string" && text !== "");
  return typeof given === "string" ? given : "";
}

/** An account as the other side shows it. */
export interface ShownAccount {
  readonly id: string;
  readonly login: string;
  /** When it was made, in milliseconds since the Unix epoch, where it is known. */
  readonly created: number | undefined;
}

/**
 * What is written down of the creation of an account; `undefined` where this program has not made it as far as the ledger
 * knows. A creation that was cut short is settled by when the account was made.
 */
export async function madeAccount(
  ledger: Ledger,
  org: string,
  { id, login, created }: ShownAccount,
): Promise<MadeAccountTable | undefined> {
  const rows = await ledger.store.db
    .selectFrom("made_account")
    .selectAll()
    .where("org", "=", org)
    .where("state", "!=", "not-made")
    .execute();
  const known = rows.find(({ account }) => account === id);
  if (known !== undefined || created === undefined) return known;
  const open = rows.find(({ account, at, changed, state, login: asked }) => {
    if (account !== null || state !== "making" || asked.toLowerCase() !== login.toLowerCase()) return false;
    const until = changed === at ? at + MAX_DURATION_MS : changed + SKEW_MS;
    return created >= at - SKEW_MS && created <= until;
  });
  if (open === undefined) return undefined;
  const made = { account: id, state: "made" };
  await ledger.store.write((trx) => trx.updateTable("made_account").set(made).where("id", "=", open.id).execute());
  return { ...open, ...made };
}

/** The failure that says that an account was not made by this program, as far as is known. */
export function notMade(id: string): Failure {
  return new Failure({
    kind: "failedPrecondition",
    message: `account ${id} was not made by this program, as far as its ledger knows: its password is left as it is`,
    advice: "only accounts that were made with the same --lease-store are given new passwords; reset others in Okta",
  });
}
