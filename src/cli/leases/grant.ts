import type { WriteStep } from "../../baton/connector.ts";
import { grantLease } from "../../baton/leases/grant.ts";
import { shownTime } from "../../baton/leases/time.ts";
import { entitlementOf } from "../../baton/provision/keys.ts";
import { scopesForChange } from "../../okta/api/auth/scopes.ts";
import { isFailure } from "../../runtime/failure.ts";
import type { LeaseAsked } from "../change/lease-asked.ts";
import { changeJson, changeText } from "../change/report.ts";
import type { ChangeRequest } from "../change/request.ts";
import { withChanges } from "../change/session.ts";
import { suggested } from "../change/suggestions.ts";
import { EXIT, type ExitCode } from "../exit.ts";
import type { FlagValues } from "../flags/flags.ts";
import type { Output } from "../terminal/output.ts";
import { endsOf } from "./bulk-grant.ts";
import { oktaClock } from "./clock.ts";
import { leaseDeps } from "./deps.ts";
import { openLedgerOf } from "./ledger.ts";
import { leaseJson } from "./show.ts";

/** Grants access until a time: the lease is in the ledger before anything is given. */
export async function grantUntil(
  request: ChangeRequest & { kind: "grant" },
  asked: LeaseAsked,
  values: FlagValues,
  env: NodeJS.ProcessEnv,
  output: Output,
): Promise<ExitCode> {
  const ends = endsOf(asked);
  const type = request.entitlement.slice(0, Math.max(request.entitlement.indexOf(":"), 0));
  return await withChanges(values, env, output, scopesForChange([type]), async (session) => {
    const { connector, client, provisioner, log, org } = session;
    const clock = oktaClock(client, connector, log);
    const ledger = await openLedgerOf(values, env, log);
    try {
      const deps = leaseDeps({ ledger, connector, client, provisioner, clock, log, org, actor: session.actor });
      const planned: WriteStep[] = [];
      const done = await session.change(async (call) => {
        await clock.synchronize(call.signal);
        const { entitlement, principal } = request;
        return await grantLease(
          deps,
          { entitlement, principal, ends, reason: asked.reason, ticket: asked.ticket },
          call,
        );
      }, planned);
      const change = "lease" in done ? done.change : done.planned;
      const end = {
        kind: "grant",
        entitlement: entitlementOf(request.entitlement),
        principal: request.principal,
        change,
      } as const;
      const report = { end, planned: values["dry-run"] ? planned : undefined, names: session.names };
      if (values.output === "json") {
        const lease = "lease" in done ? { lease: leaseJson(done.lease, clock.now()) } : {};
        output.out(`${JSON.stringify({ ...changeJson(report), ...lease }, null, 2)}\n`);
        return EXIT.done;
      }
      output.out(changeText(report));
      if ("lease" in done) {
        const { lease } = done;
        const stays = lease.hadBefore ? "; it was held before, and stays after that" : "";
        output.out(`Lease ${lease.id}, until ${shownTime(lease.ends)}${stays}.\n`);
      }
      return EXIT.done;
    } catch (error) {
      throw isFailure(error) ? suggested(error, request, session) : error;
    } finally {
      await ledger.close();
    }
  });
}
