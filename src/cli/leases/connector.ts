import type { Connector } from "../../baton/connector.ts";
import { withLeases } from "../../baton/leases/connector.ts";
import { openLedger } from "../../baton/leases/ledger.ts";
import type { OktaClient } from "../../okta/api/client.ts";
import type { Log } from "../../runtime/log/log.ts";
import { oktaClock } from "./clock.ts";
import { leaseDeps } from "./deps.ts";

/** What a connector is given leases with. */
interface Leasing {
  readonly connector: Connector;
  readonly client: OktaClient;
  readonly org: string;
  readonly ledger: string;
}

/** The connector with the actions of leases and its temporary grants marked, by the ledger that is named. */
export async function leasing(given: Leasing, { log }: { readonly log: Log }): Promise<Connector> {
  const { connector, client, org } = given;
  const ledger = await openLedger(given.ledger, {
    onIdleError: (error) => log.warn("a connection to PostgreSQL broke", { error }),
  });
  return withLeases(
    leaseDeps({ ledger, connector, client, clock: oktaClock(client, connector, log), log, org, actor: "platform" }),
    log,
  );
}
