import type { Log } from "../../runtime/log/log.ts";
import type { Connector } from "../connector.ts";
import { leaseActions, withoutAudit } from "./actions.ts";
import { type AccountDeps, recordedAccounts } from "./made-accounts.ts";
import { markLeases } from "./marks.ts";
import { guardedRotation } from "./passwords.ts";
import type { LeaseDeps } from "./work.ts";

/** The same connector, whose accounts are written down, and which replaces the passwords of those that it has made. */
export function withAccounts(connector: Connector, deps: AccountDeps): Connector {
  const credentials = guardedRotation(connector, deps);
  return {
    ...connector,
    ...(connector.accounts && { accounts: recordedAccounts(connector.accounts, deps) }),
    ...(credentials && { credentials }),
  };
}

/** The same connector with the actions of leases, and with its temporary grants marked. Closing it closes the ledger. */
export function withLeases(deps: Omit<LeaseDeps, "provisioner">, log: Log): Connector {
  const { connector, ledger, org } = deps;
  const actions = leaseActions({ ...deps, provisioner: withoutAudit(deps) });
  return {
    ...withAccounts(markLeases(connector, ledger, org, log), deps),
    actions: [...(connector.actions ?? []), ...actions],
    async close() {
      await ledger.close();
      await connector.close?.();
    },
  };
}
