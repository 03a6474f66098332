import { type ResourceKey, resourceKey } from "../model/ids.ts";
import type { StoredGrant } from "../snapshot/stored-grant.ts";
import { directness } from "./directness.ts";
import { groupOf, isMembership, memberOf } from "./membership.ts";
import type { GroupRules } from "./rules.ts";

/**
 * One way in which a principal holds an entitlement: `direct` (itself), `group` (as a member of `via`, the innermost
 * group last), `rule` (a rule, in `via`, may have put it there: never certain), or `unknown` (the other side lists the
 * principal, and nothing in the snapshot explains it).
 */
export interface Path {
  readonly kind: "direct" | "group" | "rule" | "unknown";
  /** From the principal to what holds the entitlement. Empty where the principal holds it itself. */
  readonly via: readonly ResourceKey[];
  /** The other side states it so; otherwise it follows from what it states of the group. */
  readonly asserted: boolean;
}

/** Something that a principal holds, with every way in which it does. */
export interface Held {
  readonly entitlement: string;
  /** The resource to which the entitlement belongs. */
  readonly resource: ResourceKey;
  readonly principal: ResourceKey;
  /** Held itself (`true`), only through something else (`false`), or not known (`null`). */
  readonly direct: boolean | null;
  readonly paths: readonly Path[];
}

const NONE: ReadonlySet<string> = new Set();

/** Something that a principal holds while the ways in which it does are gathered. */
export interface UnfinishedHeld {
  readonly grant: StoredGrant;
  readonly principal: ResourceKey;
  readonly direct: boolean | null;
  readonly paths: Path[];
  /** The groups through which the other side states that it is held. */
  readonly stated: ReadonlySet<string>;
}

/** Adds what a grant to the principal itself says to `held`, which is by entitlement. */
export function addOwnGrant(
  held: Map<string, UnfinishedHeld>,
  grant: StoredGrant,
  principal: ResourceKey,
  rules: GroupRules,
): void {
  const direct = directness(grant);
  const { sources } = grant;
  const stated: ReadonlySet<string> =
    sources.length === 0 ? NONE : new Set(sources.filter((id) => id !== grant.entitlementId));
  const paths: Path[] = direct === true ? [{ kind: "direct", via: [], asserted: true }] : [];
  if (isMembership(grant)) {
    for (const rule of rules.feeding(grant.resource, principal)) {
      paths.push({ kind: "rule", via: [rule], asserted: false });
    }
  }
  held.set(grant.entitlementId, { grant, principal, direct, paths, stated });
}

/** Adds to `held`, which is by entitlement, what the principal holds by a grant to the last group of `via`. */
export function addGroupGrant(
  held: Map<string, UnfinishedHeld>,
  grant: StoredGrant,
  principal: ResourceKey,
  via: readonly ResourceKey[],
): void {
  let building = held.get(grant.entitlementId);
  if (building === undefined) {
    building = { grant, principal, direct: false, paths: [], stated: new Set() };
    held.set(grant.entitlementId, building);
  }
  const asserted = building.stated.has(memberOf(via.at(-1)!));
  building.paths.push({ kind: "group", via, asserted });
}

/** All ways that were gathered, in one order; `unknown` where there is none. */
export function finishHeld({ grant, principal, direct, paths: found, stated }: UnfinishedHeld): Held {
  const { entitlementId, resource } = grant;
  const shown = new Set(found.flatMap(({ via }) => (via.length > 0 ? [memberOf(via.at(-1)!)] : [])));
  const paths = [...found];
  // A group that is stated, and whose members the snapshot does not show, is a reason all the same.
  for (const source of stated) {
    const group = shown.has(source) ? undefined : groupOf(source);
    if (group !== undefined) paths.push({ kind: "group", via: [group], asserted: true });
  }
  // Where nothing explains what is not known to be direct, that is what is to be said.
  const all: readonly Path[] = paths.length > 0 ? paths.sort(byGroup) : [{ kind: "unknown", via: [], asserted: true }];
  return { entitlement: entitlementId, resource, principal, direct, paths: all };
}

/** One order, in whatever way the paths were found: what leads through nothing, then by what it leads through. */
function byGroup(a: Path, b: Path): number {
  const key = ({ via }: Path) => via.map(({ type, id }) => resourceKey(type, id)).join(" ");
  return key(a) < key(b) ? -1 : 1;
}
