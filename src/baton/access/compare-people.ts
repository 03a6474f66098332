import type { ResourceKey } from "../model/ids.ts";
import type { AccessGraph } from "./graph.ts";
import type { Held } from "./held.ts";
import { byRank } from "./reach.ts";

/** An entitlement beside who of two holds it; absent where one does not. */
export interface SideBySide {
  readonly entitlement: string;
  readonly left: Held | undefined;
  readonly right: Held | undefined;
}

/** What two principals can reach, side by side: what only one of them has and what both have, by rank. */
export function compareReach(graph: AccessGraph, left: ResourceKey, right: ResourceKey): SideBySide[] {
  const lefts = new Map(graph.reach(left).map((held) => [held.entitlement, held]));
  const rights = new Map(graph.reach(right).map((held) => [held.entitlement, held]));
  return [...new Map([...lefts, ...rights]).values()]
    .sort(byRank)
    .map(({ entitlement }) => ({ entitlement, left: lefts.get(entitlement), right: rights.get(entitlement) }));
}
