import { existsSync } from "node:fs";
import { defaultLedger, type Ledger, openLedger } from "../../baton/leases/ledger.ts";
import { Failure } from "../../runtime/failure.ts";
import type { Log } from "../../runtime/log/log.ts";
import { addressOf } from "../../runtime/state/postgres.ts";
import { isPostgres } from "../../runtime/state/state.ts";
import { configFiles } from "../../runtime/system/folders.ts";
import type { FlagValues } from "../flags/flags.ts";

type StoreFlags = Pick<FlagValues, "lease-store">;

/** Where the ledger is that the settings name; by default beside the configuration file. */
export function ledgerLocation(values: StoreFlags, env: NodeJS.ProcessEnv): string {
  const config = env.BATON_CONFIG_PATH || configFiles().find((file) => existsSync(file));
  return values["lease-store"] ?? defaultLedger(config);
}

/** Opens the ledger, made where it is missing. */
export function openLedgerOf(values: StoreFlags, env: NodeJS.ProcessEnv, log: Log): Promise<Ledger> {
  return openLedger(ledgerLocation(values, env), {
    onIdleError: (error) => log.warn("a connection to PostgreSQL broke", { error }),
  });
}

/** Opens the ledger to look into. Throws a `Failure` of kind `notFound` where there is none. */
export async function openExistingLedger(values: StoreFlags, env: NodeJS.ProcessEnv): Promise<Ledger> {
  const location = ledgerLocation(values, env);
  if (!isPostgres(location) && !existsSync(location)) {
    throw new Failure({
      kind: "notFound",
      message: `there is no ledger of leases ${location}`,
      advice: "give --lease-store the file or address that the leases were granted with",
    });
  }
  return await openLedger(location);
}

/** What a ledger is called, without a password. */
export function ledgerName(location: string): string {
  return isPostgres(location) ? `PostgreSQL at ${addressOf(location)}` : location;
}
