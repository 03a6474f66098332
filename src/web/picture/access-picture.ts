import type { Held } from "../../baton/access/held.ts";
import { isAdministrative } from "../../baton/access/reach.ts";
import { type ResourceKey, resourceKey } from "../../baton/model/ids.ts";
import type { AccessGraphPicture, GraphEdge, GraphNode, Kind } from "../api/contract.ts";
import type { NamesCatalog } from "../catalog/names.ts";
import { type Reached, whatRoleReaches } from "./role-reach.ts";
import type { SyncView } from "./sync-view.ts";

/** More nodes than this nobody can look at. */
const MAX_NODES = 150;

interface Building {
  readonly key: ResourceKey;
  layer: number;
  /** What is more dangerous, or leads to it, is shown first. */
  weight: number;
  note: string;
}

/** What leads where from somebody: groups, rules that fill them, what is held, and what roles reach. */
export function accessPicture(
  view: SyncView,
  names: NamesCatalog,
  principal: ResourceKey,
  held: readonly Held[],
): AccessGraphPicture {
  const nodes = new Map<string, Building>();
  const edges = new Map<string, GraphEdge>();
  const node = (key: ResourceKey, layer: number, weight: number, note = ""): string => {
    const name = resourceKey(key.type, key.id);
    const known = nodes.get(name);
    if (known === undefined) nodes.set(name, { key, layer, weight, note });
    else {
      known.weight = Math.max(known.weight, weight);
      if (known.note === "") known.note = note;
    }
    return name;
  };
  const edge = (from: string, to: string, kind: GraphEdge["kind"], label: string, knownBy: GraphEdge["knownBy"]) => {
    const id = JSON.stringify([from, to, kind, label]);
    if (!edges.has(id)) edges.set(id, { from, to, kind, label, knownBy });
  };
  const root = node(principal, 0, Number.POSITIVE_INFINITY);
  for (const one of held) addHeld(one);

  function addHeld({ entitlement, resource, paths }: Held): void {
    const isMembership = entitlement === `${resource.type}:${resource.id}:member`;
    const weight = isAdministrative(resource.type) ? 3 : isMembership ? 1 : 2;
    const label = names.entitlementName(entitlement);
    const to = node(resource, isMembership ? 1 : 2, weight);
    for (const { kind, via, asserted } of paths) {
      const knownBy = kind === "unknown" ? "unknown" : asserted ? "stated" : "deduced";
      if (kind === "rule") {
        const rule = node(via[0]!, 1, weight);
        edge(root, rule, "rule", "may be taken by this rule", "deduced");
        edge(rule, to, "rule", "puts into", "deduced");
        continue;
      }
      let from = root;
      for (const group of via) {
        const next = node(group, 1, weight);
        edge(from, next, "member", "member", knownBy);
        from = next;
      }
      edge(from, to, isMembership ? "member" : "holds", isMembership ? "member" : label, knownBy);
    }
    if (weight === 3) {
      for (const holder of [principal, ...paths.flatMap(({ via }) => via.slice(-1))]) {
        addReach(to, resource, whatRoleReaches(view, names, holder, resource));
      }
    }
  }

  function addReach(role: string, resource: ResourceKey, reached: Reached): void {
    node(resource, 2, 3, reached.note);
    for (const { key, label } of reached.things) {
      edge(role, node(key, 3, 2.5), "reaches", label, "stated");
    }
  }

  const all = [...nodes].sort(([, a], [, b]) => b.weight - a.weight || a.layer - b.layer);
  const kept = new Map(all.slice(0, MAX_NODES));
  const leftOut = new Map<Kind, number>();
  for (const [, { key }] of all.slice(MAX_NODES)) {
    const kind = names.kindOf(key.type);
    leftOut.set(kind, (leftOut.get(kind) ?? 0) + 1);
  }
  return {
    nodes: [...kept].map(
      ([name, one]): GraphNode => ({
        ...names.thing(one.key),
        key: name,
        layer: one.layer,
        privileged: isAdministrative(one.key.type),
        note: one.note,
      }),
    ),
    edges: [...edges.values()].filter(({ from, to }) => from !== to && kept.has(from) && kept.has(to)),
    leftOut: [...leftOut].map(([kind, count]) => ({ kind, count })),
  };
}
