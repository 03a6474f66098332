import type { AccessGraph } from "./graph.ts";
import type { Held } from "./held.ts";

/** What decides over others comes first, then what gives access to something, then membership. */
const RANKS: Readonly<Record<string, number>> = {
  role: 0,
  "custom-role": 1,
  "resourceset-binding": 2,
  "resource-set": 3,
  "api-scope": 3,
  app: 4,
};
const UNRANKED = 5;
/** The last rank of what decides over others. */
const LAST_ADMINISTRATIVE = 2;

/** Whether what is held on resources of a type decides over others: admin roles, and bindings of them. */
export function isAdministrative(type: string): boolean {
  return Object.hasOwn(RANKS, type) && RANKS[type]! <= LAST_ADMINISTRATIVE;
}

/** Everything that a principal can reach, administrative access first, then by entitlement. */
export function reachOf(graph: AccessGraph, principal: { readonly type: string; readonly id: string }): Held[] {
  return graph.reach(principal).sort(byRank);
}

/** Orders what is held: what decides over others first. */
export function byRank(a: Held, b: Held): number {
  return rankOf(a) - rankOf(b) || (a.entitlement < b.entitlement ? -1 : a.entitlement > b.entitlement ? 1 : 0);
}

/** The lower, the more what is held lets its holder do. */
export function rankOf({ resource }: Held): number {
  return RANKS[resource.type] ?? UNRANKED;
}
