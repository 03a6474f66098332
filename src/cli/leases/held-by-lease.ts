import { existsSync } from "node:fs";
import { accessKey, type Lease, OPEN_STATES } from "../../baton/leases/lease.ts";
import type { ResourceKey } from "../../baton/model/ids.ts";
import { type EntitlementKey, entitlementText } from "../../baton/provision/keys.ts";
import type { Log } from "../../runtime/log/log.ts";
import { isPostgres } from "../../runtime/state/state.ts";
import type { FlagValues } from "../flags/flags.ts";
import { ledgerLocation, openLedgerOf } from "./ledger.ts";

/** Somebody's access in an org. */
interface Held {
  readonly entitlement: EntitlementKey;
  readonly principal: ResourceKey;
  readonly org: string;
}

/**
 * The lease for which access is there that was asked for without an end: it is taken away at the lease's. `undefined`:
 * there is none, or no ledger that says so.
 */
export async function heldByLease(
  { entitlement, principal, org }: Held,
  values: Pick<FlagValues, "lease-store">,
  env: NodeJS.ProcessEnv,
  log: Log,
): Promise<Lease | undefined> {
  const location = ledgerLocation(values, env);
  if (!isPostgres(location) && !existsSync(location)) return undefined;
  try {
    const ledger = await openLedgerOf(values, env, log);
    try {
      const access = accessKey(org, entitlementText(entitlement), principal);
      if (!(await ledger.isOurs(access))) return undefined;
      return (await ledger.ofAccess(access)).filter(({ state }) => OPEN_STATES.includes(state)).sort(byEnd)[0];
    } finally {
      await ledger.close();
    }
  } catch (error) {
    log.warn("whether the access is there for a lease only could not be looked up", { error });
    return undefined;
  }
}

/** The one that ends last first. */
function byEnd(one: Lease, other: Lease): number {
  return other.ends - one.ends;
}
