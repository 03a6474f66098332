import { type ResourceKey, resourceKey } from "../model/ids.ts";
import type { AccessGraph } from "./graph.ts";
import type { Path } from "./held.ts";

/**
 * What would become of an entitlement that a principal holds through a group, if the group went: `loses` it, `keeps` it
 * another way, or `unknown`, where it may be held directly as well and nobody said so.
 */
export interface Consequence {
  readonly principal: ResourceKey;
  readonly entitlement: string;
  readonly resource: ResourceKey;
  readonly outcome: "loses" | "keeps" | "unknown";
  /** How it would still be held. */
  readonly otherwise: readonly Path[];
}

/**
 * What its members (and the group itself) would lose or keep if a group went away, entitlement by entitlement. The
 * membership itself is not listed: that everybody loses.
 */
export function* withoutGroup(graph: AccessGraph, group: ResourceKey): Generator<Consequence> {
  const removed = resourceKey(group.type, group.id);
  const without = (path: Path) => !path.via.some(({ type, id }) => resourceKey(type, id) === removed);
  for (const given of graph.content.grants({ principal: group })) {
    const { entitlementId, resource } = given;
    yield { principal: group, entitlement: entitlementId, resource, outcome: "loses", otherwise: [] };
    for (const member of graph.members(group)) {
      const held = graph.why(member, entitlementId);
      if (held === undefined) continue;
      const otherwise = held.paths.filter((path) => (path.kind === "direct" || path.kind === "group") && without(path));
      const outcome = otherwise.length > 0 ? "keeps" : held.direct === null ? "unknown" : "loses";
      yield { principal: member, entitlement: entitlementId, resource, outcome, otherwise };
    }
  }
}
