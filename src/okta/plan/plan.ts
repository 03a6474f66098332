import type { Call } from "../../baton/connector.ts";
import { Failure } from "../../runtime/failure.ts";
import type { OktaClient } from "../api/client.ts";
import { inField } from "../resource/reading.ts";
import { USERS } from "../users/visibility.ts";
import { estimateOf, limitsOf, type Planned } from "./estimate.ts";
import { Prober } from "./probe.ts";
import type { PlanReport } from "./report.ts";
import { type OrgSize, sizeOf } from "./size.ts";

/** What decides how many calls a sync takes, as its settings say. */
export interface PlanSettings {
  /** The part of each rate limit that a sync may use. */
  readonly share: number;
  /** Requests that a sync has under way at once. */
  readonly concurrency: number;
  readonly syncInactiveApps: boolean;
  readonly syncCustomRoles: boolean;
  readonly syncSecrets: boolean;
  readonly syncReach?: boolean;
  readonly usersFiltered?: boolean;
}

/** How many objects there are of what costs one call each. */
export interface Counted {
  readonly resourceSets: number;
  readonly customRoles: number;
}

/** What a sync with these settings would read. */
export function plannedOf(settings: PlanSettings, latencyMs: number, counted: Counted): Planned {
  const { share, concurrency, syncCustomRoles, syncReach = false, syncSecrets, usersFiltered = false } = settings;
  return {
    ...{ share, concurrency, latencyMs, usersFiltered, secrets: syncSecrets, resourceSets: counted.resourceSets },
    customRoles: syncCustomRoles || syncReach,
    ...(syncReach && { reach: { customRoles: counted.customRoles } }),
  };
}

/**
 * What a full sync of an org would take, by bucket, from its lists of groups and apps: some calls, and nothing is written.
 * Throws a {@link Failure} where users, groups or apps cannot be listed.
 */
export async function planSync(
  client: OktaClient,
  settings: PlanSettings,
  clock: ConstructorParameters<typeof Prober>[2],
  call: Call,
): Promise<PlanReport> {
  const prober = new Prober(client, call, clock);
  const roles = settings.syncCustomRoles || settings.syncReach === true;
  const [users, apps, sets, customRoles] = await Promise.all([
    prober.list(`${USERS}&limit=1`),
    prober.list("/api/v1/apps?limit=1"),
    roles ? prober.list("/api/v1/iam/resource-sets", { items: inField("resource-sets") }) : undefined,
    settings.syncReach ? prober.list("/api/v1/iam/roles", { items: inField("roles") }) : undefined,
  ]);
  for (const needed of [users, apps]) if (needed.outcome !== "read") throw needed.failure;
  const size = await sizeOf(prober, apps, !settings.syncInactiveApps);
  if (size === undefined) throw noGroups();
  const count = (probe: typeof sets) => (probe?.outcome === "read" ? probe.items.length : 0);
  const planned = plannedOf(settings, prober.typicalMs, {
    resourceSets: count(sets),
    customRoles: count(customRoles),
  });
  return reportOf(client, size, planned);
}

function reportOf(client: OktaClient, size: OrgSize, planned: Planned): PlanReport {
  const sync = estimateOf(size, planned, client.buckets());
  return {
    org: client.origin.url,
    rateLimitShare: planned.share,
    limits: limitsOf(client.buckets(), sync.callsByPattern, planned.share),
    sync,
    calls: client.stats().calls,
  };
}

function noGroups(): Failure {
  return new Failure({
    kind: "permissionDenied",
    message: "the groups of the org are not readable: without them nothing can be said of a sync",
    advice: "run baton-okta doctor, which says what is missing",
  });
}
