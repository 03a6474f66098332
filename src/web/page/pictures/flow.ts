import { type SankeyGraph, sankey, sankeyLinkHorizontal } from "d3-sankey";
import type { AdminFlow, AdminRole, Thing } from "../../api/contract.ts";

const ROW = 40;
const BAR = 10;

/** One end of flows: a way to a role, or a role. */
export interface FlowEnd {
  readonly id: string;
  readonly side: "way" | "role";
  readonly kind: AdminFlow["kind"] | "role";
  readonly thing: Thing | null;
}

interface Ribbon {
  readonly source: string;
  readonly target: string;
  readonly value: number;
  readonly flow: AdminFlow;
}

/** A flow picture that is ready to be drawn. */
export interface FlowLayout {
  readonly height: number;
  readonly ends: readonly {
    readonly end: FlowEnd;
    /** Nobody counted twice; `null` where that cannot be told of the flows. */
    readonly people: number | null;
    readonly x: number;
    readonly y: number;
    readonly height: number;
  }[];
  readonly ribbons: readonly { readonly flow: AdminFlow; readonly path: string; readonly width: number }[];
}

/** Lays out who is admin through what: ways at the left, roles at the right, each as high as people go through it. */
export function layOutFlows(flows: readonly AdminFlow[], roles: readonly AdminRole[], width: number): FlowLayout {
  const ends = new Map<string, FlowEnd>();
  const links: Ribbon[] = flows.map((flow) => {
    const way = flow.via === null ? flow.kind : `${flow.via.type}:${flow.via.id}`;
    const source = `way ${way}`;
    const target = `role ${flow.role.type}:${flow.role.id}`;
    ends.set(source, { id: source, side: "way", kind: flow.kind, thing: flow.via });
    ends.set(target, { id: target, side: "role", kind: "role", thing: flow.role });
    // A thin flow is still to be seen and to be pointed at, so that heights follow the square root.
    return { source, target, value: Math.sqrt(Math.max(1, flow.people)), flow };
  });
  const sides = ["way", "role"].map((side) => [...ends.values()].filter((end) => end.side === side).length);
  const height = Math.max(160, Math.max(...sides) * ROW);
  const graph: SankeyGraph<FlowEnd, Ribbon> = sankey<FlowEnd, Ribbon>()
    .nodeId(({ id }) => id)
    .nodeWidth(BAR)
    // Names under one another are 24 high: WCAG 2.2, target size.
    .nodePadding(24)
    .extent([
      [0, 6],
      [width, height - 6],
    ])({ nodes: [...ends.values()], links: links.map((link) => ({ ...link })) });
  const path = sankeyLinkHorizontal<FlowEnd, Ribbon>();
  return {
    height,
    ends: graph.nodes.map((end) => {
      const { x0 = 0, y0 = 0, y1 = 0 } = end;
      return { end, people: peopleOf(end, flows, roles), x: x0, y: y0, height: Math.max(2, y1 - y0) };
    }),
    ribbons: graph.links.map((link) => ({
      flow: link.flow,
      path: path(link) ?? "",
      width: Math.max(1.5, link.width ?? 0),
    })),
  };
}

/** All members of a group hold each of its roles, so that the most of one is how many they are. */
function peopleOf({ side, thing }: FlowEnd, flows: readonly AdminFlow[], roles: readonly AdminRole[]): number | null {
  if (thing === null) return null;
  const is = (other: Thing | null) => other?.type === thing.type && other.id === thing.id;
  if (side === "role") return roles.find(({ role }) => is(role))?.people ?? null;
  return Math.max(0, ...flows.filter(({ via }) => is(via)).map(({ people }) => people));
}
