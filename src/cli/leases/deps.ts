import { randomUUID } from "node:crypto";
import { hostname } from "node:os";
import type { Connector, Cursor } from "../../baton/connector.ts";
import type { Ledger } from "../../baton/leases/ledger.ts";
import type { LeaseDeps } from "../../baton/leases/work.ts";
import type { OktaClient } from "../../okta/api/client.ts";
import { givenAgain } from "../../okta/events/given-again.ts";
import type { Log } from "../../runtime/log/log.ts";
import type { OktaClock } from "./clock.ts";

/** What asking who gave an access again takes of an OAuth app. */
export const LOG_SCOPE = "okta.logs.read";

/** What is known of an org whose leases are worked on. */
export interface LeasesOf {
  readonly ledger: Ledger;
  readonly connector: Connector;
  readonly client: Pick<OktaClient, "list">;
  readonly clock: OktaClock;
  readonly log: Log;
  readonly org: string;
  readonly actor: string;
}

/** What leases of an Okta org are worked on with, besides what makes the changes. */
export function leaseDeps<G extends LeasesOf>(given: G): G & Omit<LeaseDeps, "provisioner"> {
  const { connector, client, clock } = given;
  return {
    ...given,
    learnTime: clock.synchronize,
    holder: `${hostname()}:${process.pid}:${randomUUID().slice(0, 8)}`,
    // In every other state a user may be let in again, with what it holds.
    isDeparted: (status) => status === "DEPROVISIONED",
    givenAgain: (grant, ours, call) => givenAgain(client, grant, { ...ours, now: clock.now() }, call),
    async otherWays({ resource }, call) {
      const rules = connector.types.find(({ type }) => type.id === "group-rule");
      if (resource.type !== "group" || rules === undefined) return [];
      const found: string[] = [];
      for (let cursor: Cursor | undefined = {}; cursor !== undefined; ) {
        const page = await rules.list(cursor.next === undefined ? undefined : cursor, call);
        for (const { resource: rule } of page.items) {
          const groups = rule.profile?.group_ids;
          if (rule.profile?.status !== "ACTIVE" || !Array.isArray(groups) || !groups.includes(resource.id)) continue;
          found.push(`group rule ${rule.id?.resource ?? ""} gives the group to whom it applies to`);
        }
        cursor = page.next[0];
      }
      return found;
    },
  };
}
