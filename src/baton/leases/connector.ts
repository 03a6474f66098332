import type { Log } from "../../runtime/log/log.ts";
import type { Connector } from "../connector.ts";
import { leaseActions, withoutAudit } from "./actions.ts";
import { markLeases } from "./marks.ts";
import type { LeaseDeps } from "./work.ts";

/** The same connector with the actions of leases, and with its temporary grants marked. Closing it closes the ledger. */
export function withLeases(deps: Omit<LeaseDeps, "provisioner">, log: Log): Connector {
  const { connector, ledger, org } = deps;
  const actions = leaseActions({ ...deps, provisioner: withoutAudit(deps) });
  return {
    ...markLeases(connector, ledger, org, log),
    actions: [...(connector.actions ?? []), ...actions],
    async close() {
      await ledger.close();
      await connector.close?.();
    },
  };
}
