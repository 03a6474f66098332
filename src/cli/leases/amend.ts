import { endLeaseNow, extendLease } from "../../baton/leases/amend.ts";
import type { Lease } from "../../baton/leases/lease.ts";
import { type Ledger, noSuchLease } from "../../baton/leases/ledger.ts";
import { shownTime } from "../../baton/leases/time.ts";
import type { LeaseDeps } from "../../baton/leases/work.ts";
import type { ChangeCall } from "../../baton/provision/audit.ts";
import { scopesForChange } from "../../okta/api/auth/scopes.ts";
import { withChanges } from "../change/session.ts";
import { EXIT, type ExitCode } from "../exit.ts";
import type { FlagValues } from "../flags/flags.ts";
import type { Output } from "../terminal/output.ts";
import { oktaClock } from "./clock.ts";
import { LOG_SCOPE, leaseDeps } from "./deps.ts";
import { openExistingLedger } from "./ledger.ts";
import { endedText, leaseJson } from "./show.ts";

type Amend = (deps: LeaseDeps, lease: Lease, call: ChangeCall) => Promise<Lease>;

/** Moves the end of a lease: by a length of time, or to a time. */
export function extend(id: string, by: { length?: number; until?: number }) {
  return amending(
    id,
    (deps, lease, call) => extendLease(deps, id, by.until ?? lease.ends + by.length!, call),
    (lease) => `Lease ${lease.id} ends ${shownTime(lease.ends)}.\n`,
    "Would move the end of",
  );
}

/** Ends a lease now. */
export function end(id: string) {
  return amending(id, (deps, _, call) => endLeaseNow(deps, id, call), endedText, "Would end");
}

function amending(id: string, amend: Amend, textOf: (lease: Lease) => string, would: string) {
  return async (values: FlagValues, env: NodeJS.ProcessEnv, output: Output): Promise<ExitCode> => {
    const ledger = await openExistingLedger(values, env);
    try {
      const found = await mustFind(ledger, id);
      const type = found.entitlement.slice(0, found.entitlement.indexOf(":"));
      if (values["dry-run"]) {
        output.out(`${would} lease ${id}: ${found.entitlement} of ${found.principal.type}:${found.principal.id}.\n`);
        return EXIT.done;
      }
      return await withChanges(
        { ...values, "sync-reach": true },
        env,
        output,
        [...scopesForChange([type, "group"]), LOG_SCOPE],
        async ({ connector, client, provisioner, log, org, actor, change }) => {
          const clock = oktaClock(client, connector, log);
          const deps = leaseDeps({ ledger, connector, client, provisioner, clock, log, org, actor });
          const lease = await change(async (call) => {
            await clock.synchronize(call.signal);
            return await amend(deps, found, call);
          });
          const json = values.output === "json";
          output.out(json ? `${JSON.stringify(leaseJson(lease, clock.now()), null, 2)}\n` : textOf(lease));
          return EXIT.done;
        },
      );
    } finally {
      await ledger.close();
    }
  };
}

async function mustFind(ledger: Ledger, id: string): Promise<Lease> {
  const found = await ledger.find(id);
  if (found === undefined) throw noSuchLease(id);
  return found;
}
