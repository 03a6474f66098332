import { existsSync } from "node:fs";
import type { Accounts } from "../../baton/connector.ts";
import { withAccounts } from "../../baton/leases/connector.ts";
import type { Ledger } from "../../baton/leases/ledger.ts";
import { recordedAccounts } from "../../baton/leases/made-accounts.ts";
import type { Provisioner } from "../../baton/provision/provisioner.ts";
import type { FlagValues } from "../flags/flags.ts";
import { oktaClock } from "../leases/clock.ts";
import { ledgerLocation, openExistingLedger, openLedgerOf } from "../leases/ledger.ts";
import type { ChangeRequest } from "./request.ts";
import type { ChangeSession } from "./session.ts";

/**
 * Gives `use` what makes a change: for accounts, with the ledger that says which of them this program has made. One that is
 * made is written down where the ledger is named or there already, or where a password is made for it.
 */
export async function withAccountLedger<T>(
  request: ChangeRequest,
  session: ChangeSession,
  values: FlagValues,
  env: NodeJS.ProcessEnv,
  use: (provisioner: Provisioner) => Promise<T>,
): Promise<T> {
  const { connector, client, log, org, actor } = session;
  const { accounts } = connector;
  const deps = { org, clock: oktaClock(client, connector, log), log, actor };
  let open: Ledger | undefined;
  try {
    if (request.kind === "rotate") {
      open = await openExistingLedger(values, env);
      return await use(session.provisionerFor(withAccounts(connector, { ...deps, ledger: open })));
    }
    if (request.kind !== "createAccount" || accounts === undefined) return await use(session.provisioner);
    // Opened when it comes to it: what is refused before leaves no file behind.
    const create: Accounts["create"] = async (profile, password, call) => {
      const isNamed = values["lease-store"] !== undefined;
      const isWritten = isNamed || password.kind === "random" || existsSync(ledgerLocation(values, env));
      if (!isWritten || call.dryRun === true) return await accounts.create(profile, password, call);
      try {
        open = await openLedgerOf(values, env, log);
      } catch (error) {
        if (isNamed) throw error;
        log.warn("that the account is made cannot be written down: its password cannot be rotated later", { error });
        return await accounts.create(profile, password, call);
      }
      return await recordedAccounts(accounts, { ...deps, ledger: open }).create(profile, password, call);
    };
    return await use(session.provisionerFor({ ...connector, accounts: { ...accounts, create } }));
  } finally {
    await open?.close();
  }
}
