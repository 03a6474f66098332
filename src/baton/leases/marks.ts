import { GrantMetadataSchema } from "../../gen/c1/connector/v2/annotation_grant_pb.ts";
import type { Log } from "../../runtime/log/log.ts";
import type { AllGrants, Connector, GrantPage, ResourceTypeSupport } from "../connector.ts";
import { pack } from "../model/annotations.ts";
import { wireGrant } from "../model/encode.ts";
import type { Grant } from "../model/grant.ts";
import { type Lease, type LeaseOutcome, OPEN_STATES } from "./lease.ts";
import type { Ledger } from "./ledger.ts";
import { shownTime } from "./time.ts";

/** How long what the ledger says is good for marking, in milliseconds. */
const MARKS_TTL_MS = 5_000;

/** Outcomes of leases after which the access is there only because somebody else gave it again. */
const TAKEN: ReadonlySet<string> = new Set<LeaseOutcome>(["revoked", "absent", "given-again"]);

/** By entitlement and principal: the lease that the access is there for, or the last one that has ended. */
type Marks = ReadonlyMap<string, ReadonlyMap<string, Lease>>;

/**
 * The same connector, whose grants say which of them are temporary: a `GrantMetadata` with `lease_id` and `lease_ends`.
 * Access that is there again after a lease had taken it says so (`given_again`, with `lease_ended`), and is logged once.
 */
export function markLeases(connector: Connector, ledger: Ledger, org: string, log: Log): Connector {
  let marks: { readonly at: number; readonly of: Promise<Marks> } | undefined;
  const reported = new Set<string>();
  const current = (): Promise<Marks> => {
    const now = performance.now();
    if (marks === undefined || now - marks.at > MARKS_TTL_MS) marks = { at: now, of: marksOf(ledger, org) };
    return marks.of;
  };

  const marked = async <P extends GrantPage>(page: P): Promise<P> => {
    const items = await markedGrants(page.items);
    return items === page.items ? page : { ...page, items };
  };

  const markedGrants = async (grants: readonly Grant[]): Promise<readonly Grant[]> => {
    const known = await current();
    if (known.size === 0) return grants;
    let changed = false;
    const items = grants.map((grant) => {
      const lease = known.get(grant.granted.id)?.get(`${grant.principalType}:${grant.principalId}`);
      if (lease === undefined || lease.hadBefore) return grant;
      changed = true;
      if (lease.state === "ended" && !reported.has(lease.id)) {
        reported.add(lease.id);
        log.warn("access that a lease took away is there again: somebody else gave it", {
          ...{ lease: lease.id, entitlement: lease.entitlement },
          principal: `${lease.principal.type}:${lease.principal.id}`,
        });
      }
      return withLease(grant, lease);
    });
    return changed ? items : grants;
  };

  const shared = new Map<AllGrants, AllGrants>();
  const markedType = (support: ResourceTypeSupport): ResourceTypeSupport => {
    const { allGrants, otherRoute, grants, grantsTo, grant } = support;
    if (allGrants !== undefined && !shared.has(allGrants)) {
      shared.set(allGrants, { ...allGrants, page: async (...args) => marked(await allGrants.page(...args)) });
    }
    const all = allGrants && shared.get(allGrants);
    return {
      ...support,
      ...(grants && { grants: async (...args) => marked(await grants(...args)) }),
      // What is granted without an end and is there already is there for the lease only: whoever asked is told.
      ...(grant && {
        grant: async (...args) => {
          const change = await grant(...args);
          return change.already ? { ...change, grants: await markedGrants(change.grants) } : change;
        },
      }),
      ...(grantsTo && { grantsTo: async (...args) => marked(await grantsTo(...args)) }),
      ...(all && { allGrants: all }),
      ...(otherRoute && {
        otherRoute: { ...otherRoute, page: async (...args) => marked(await otherRoute.page(...args)) },
      }),
    };
  };
  return { ...connector, types: connector.types.map(markedType) };
}

async function marksOf(ledger: Ledger, org: string): Promise<Marks> {
  const marks = new Map<string, Map<string, Lease>>();
  // In the order of their ends: of several, the one that ends last counts, and one that runs counts before any that ended.
  for (const lease of await ledger.list({ org })) {
    const isOpen = OPEN_STATES.includes(lease.state);
    if (!isOpen && !TAKEN.has(lease.outcome ?? "")) continue;
    const of = marks.get(lease.entitlement) ?? new Map<string, Lease>();
    marks.set(lease.entitlement, of);
    const key = `${lease.principal.type}:${lease.principal.id}`;
    const before = of.get(key);
    if (before !== undefined && OPEN_STATES.includes(before.state) && !isOpen) continue;
    of.set(key, lease);
  }
  return marks;
}

function withLease(grant: Grant, lease: Lease): Grant {
  const message = wireGrant(grant);
  const ended = lease.state === "ended";
  const metadata = ended
    ? { lease_id: lease.id, lease_ended: shownTime(lease.ended ?? lease.ends), given_again: true }
    : { lease_id: lease.id, lease_ends: shownTime(lease.ends) };
  const annotations = [...message.annotations, pack(GrantMetadataSchema, { metadata })];
  return { ...grant, message: { ...message, annotations } };
}
