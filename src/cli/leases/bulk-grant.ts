import type { Change } from "../../baton/connector.ts";
import { grantLease } from "../../baton/leases/grant.ts";
import { lengthOf, timeOf } from "../../baton/leases/time.ts";
import type { ChangeCall } from "../../baton/provision/audit.ts";
import type { BulkChange } from "../../baton/provision/bulk.ts";
import { entitlementText } from "../../baton/provision/keys.ts";
import type { LeaseAsked } from "../change/lease-asked.ts";
import type { ChangeSession } from "../change/session.ts";
import type { FlagValues } from "../flags/flags.ts";
import { oktaClock } from "./clock.ts";
import { leaseDeps } from "./deps.ts";
import { openLedgerOf } from "./ledger.ts";

/** Grants many accesses until the same time, each with a lease of its own. */
export interface BulkLeases {
  grant(change: BulkChange, call: ChangeCall): Promise<Change>;
  close(): Promise<void>;
}

/** When leases end that are asked for with `--for` or `--until`. Throws a `Failure` of kind `invalidArgument`. */
export function endsOf(asked: LeaseAsked): number | { readonly lengthMs: number } {
  return asked.for === undefined ? timeOf(asked.until ?? "", "--until") : { lengthMs: lengthOf(asked.for, "--for") };
}

/** Opens the ledger for a list of grants that are to end. */
export async function openBulkLeases(
  session: ChangeSession,
  asked: LeaseAsked,
  values: FlagValues,
  env: NodeJS.ProcessEnv,
): Promise<BulkLeases> {
  const ends = endsOf(asked);
  const { reason, ticket } = asked;
  const { connector, client, log } = session;
  const ledger = await openLedgerOf(values, env, log);
  const deps = leaseDeps({ ...session, ledger, clock: oktaClock(client, connector, log) });
  return {
    async grant({ entitlement, principal }, call) {
      const wanted = { entitlement: entitlementText(entitlement), principal, ends, reason, ticket };
      const done = await grantLease(deps, wanted, call);
      return "lease" in done ? done.change : done.planned;
    },
    close: () => ledger.close(),
  };
}
