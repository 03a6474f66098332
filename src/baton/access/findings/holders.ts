import type { Holder } from "../../model/evidence.ts";
import { type ResourceKey, resourceKey } from "../../model/ids.ts";
import type { SyncContent } from "../../snapshot/content.ts";
import { directness } from "../directness.ts";

/** Groups within groups are followed so far. */
const MAX_DEPTH = 10;

const MEMBER = /^([^:]+):(.+):member$/s;

interface Building {
  readonly principal: ResourceKey;
  readonly direct: boolean | null;
  readonly via: ResourceKey[][];
  /** The keys of groups that are shown to bring it. */
  readonly shown: Set<string>;
}

/**
 * Who holds an entitlement, themselves or through groups, read group by group: what `AccessGraph.holders` says, for
 * entitlements whose holders are all wanted at once. Their number is what it costs, not how many groups each is in.
 */
export function holdersOf(content: SyncContent, types: ReadonlySet<string>, entitlementId: string): Iterable<Holder> {
  const all = new Map<string, Building>();
  const stated = new Map<string, string[]>();
  const groups: ResourceKey[] = [];
  for (const grant of content.grants({ entitlementId })) {
    const { principal } = grant;
    const key = resourceKey(principal.type, principal.id);
    if (types.has(principal.type)) groups.push(principal);
    all.set(key, { principal, direct: directness(grant), via: [], shown: new Set() });
    const sources = Object.keys(grant.message.sources?.sources ?? {}).filter((id) => id !== entitlementId);
    if (sources.length > 0) stated.set(key, sources);
  }
  for (const group of groups) addMembers(content, types, all, [group], new Set([keyOf(group)]));
  // A group that is stated, and whose members the snapshot does not show, is a reason all the same.
  for (const [key, sources] of stated) {
    const holder = all.get(key)!;
    for (const source of sources) {
      const [, type, id] = MEMBER.exec(source) ?? [];
      if (type === undefined || id === undefined || holder.shown.has(resourceKey(type, id))) continue;
      holder.via.push([{ type, id }]);
    }
  }
  return all.values();
}

/** Adds the members of the last group of a way; the way of a holder begins at the holder, so it is turned round. */
function addMembers(
  content: SyncContent,
  types: ReadonlySet<string>,
  all: Map<string, Building>,
  way: readonly ResourceKey[],
  seen: Set<string>,
): void {
  const group = way.at(-1)!;
  const turned = way.toReversed();
  for (const { principal } of content.holdings({ entitlementId: `${keyOf(group)}:member` })) {
    const key = keyOf(principal);
    if (seen.has(key)) continue;
    seen.add(key);
    const holder = all.get(key) ?? { principal, direct: false, via: [], shown: new Set<string>() };
    all.set(key, holder);
    holder.via.push(turned);
    for (const one of way) holder.shown.add(keyOf(one));
    if (types.has(principal.type) && way.length < MAX_DEPTH) {
      addMembers(content, types, all, [...way, principal], seen);
    }
  }
}

function keyOf({ type, id }: ResourceKey): string {
  return resourceKey(type, id);
}
