import type { Held } from "../../baton/access/held.ts";
import { rankOf } from "../../baton/access/reach.ts";
import type { NamesCatalog } from "../catalog/names.ts";

/** What is held, as people look for it: what decides over others first, then by name; what has no name comes last. */
export function ranked(held: readonly Held[], names: NamesCatalog): Held[] {
  const places = new Map(held.map((one) => [one, names.find(one.resource)?.n ?? Number.MAX_SAFE_INTEGER]));
  return held.toSorted(
    (a, b) => rankOf(a) - rankOf(b) || places.get(a)! - places.get(b)! || (a.entitlement < b.entitlement ? -1 : 1),
  );
}
