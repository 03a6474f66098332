import type { GraphEdge, GraphNode } from "../../api/contract.ts";
import { columnsOf } from "./columns.ts";

/** Sizes of the picture, in pixels. */
export const NODE_WIDTH = 186;
export const NODE_HEIGHT = 30;
const COLUMN = NODE_WIDTH + 64;
const ROW = 38;
const HEAD = 30;
const AROUND = 22;

/** So many nodes of a layer are drawn before somebody asks for all. */
export const MAX_IN_LAYER = 24;

/** A node with its place. */
export interface Placed {
  readonly node: GraphNode;
  readonly x: number;
  readonly y: number;
}

/** A picture of layers that is ready to be drawn. */
export interface Layout {
  readonly width: number;
  readonly height: number;
  readonly heads: readonly { readonly label: string; readonly x: number }[];
  readonly nodes: readonly Placed[];
  readonly edges: readonly { readonly edge: GraphEdge; readonly path: string }[];
  /** How many nodes are not drawn. */
  readonly hidden: number;
}

/**
 * Places a graph in columns, each node near those that it is joined with, so that few lines cross (the barycentre
 * of its neighbours, in a few sweeps). `all`: every node, however high the picture gets.
 */
export function layOut(nodes: readonly GraphNode[], edges: readonly GraphEdge[], all: boolean): Layout {
  const sorts = columnsOf(nodes, edges);
  const columns = sorts.map((sort) => (all ? sort.nodes : sort.nodes.slice(0, MAX_IN_LAYER)));
  const drawn = new Set(columns.flat().map(({ key }) => key));
  const joined = edges.filter(({ from, to }) => drawn.has(from) && drawn.has(to));
  const sorted = untangled(columns, joined);
  const most = Math.max(1, ...sorted.map((column) => column.length));
  const height = HEAD + most * ROW;
  // Lines within the first column go around its left.
  const left = sorted[0]!.length > 1 ? AROUND : 0;
  const places = new Map<string, Placed>();
  for (const [at, column] of sorted.entries()) {
    const top = ((most - column.length) * ROW) / 2;
    // The way in stays in sight, however high the picture is.
    const start = Math.min(top, 190);
    for (const [row, node] of column.entries()) {
      places.set(node.key, { node, x: left + at * COLUMN, y: HEAD + start + row * ROW });
    }
  }
  return {
    width: left + (sorted.length - 1) * COLUMN + NODE_WIDTH,
    height,
    heads: sorts.map(({ label }, at) => ({ label, x: left + at * COLUMN })),
    nodes: [...places.values()],
    edges: joined.map((edge) => ({ edge, path: curve(places.get(edge.from)!, places.get(edge.to)!) })),
    hidden: nodes.length - drawn.size,
  };
}

function untangled(columns: readonly (readonly GraphNode[])[], edges: readonly GraphEdge[]): GraphNode[][] {
  const neighbours = new Map<string, string[]>();
  for (const { from, to } of edges) {
    neighbours.set(from, [...(neighbours.get(from) ?? []), to]);
    neighbours.set(to, [...(neighbours.get(to) ?? []), from]);
  }
  const place = new Map<string, number>();
  const note = (column: readonly GraphNode[]) => {
    for (const [at, { key }] of column.entries()) place.set(key, (at + 0.5) / column.length);
  };
  columns.forEach(note);
  let current = columns.map((column) => [...column]);
  for (let sweep = 0; sweep < 4; sweep++) {
    current = current.map((column) => {
      const weight = new Map(
        column.map(({ key }) => {
          const near = (neighbours.get(key) ?? []).map((one) => place.get(one)!);
          return [key, near.length === 0 ? place.get(key)! : near.reduce((sum, one) => sum + one) / near.length];
        }),
      );
      const sorted = column.toSorted((a, b) => weight.get(a.key)! - weight.get(b.key)!);
      note(sorted);
      return sorted;
    });
  }
  return current;
}

/** A line from the right of one to the left of the other; within a column or backwards, around. */
function curve(from: Placed, to: Placed): string {
  const y1 = from.y + NODE_HEIGHT / 2;
  const y2 = to.y + NODE_HEIGHT / 2;
  if (from.x < to.x) {
    const [x1, x2] = [from.x + NODE_WIDTH, to.x];
    const bend = Math.min(60, (x2 - x1) / 2);
    return `M${x1} ${y1}C${x1 + bend} ${y1} ${x2 - bend} ${y2} ${x2} ${y2}`;
  }
  const [x1, x2] = [from.x, to.x + (from.x === to.x ? 0 : NODE_WIDTH)];
  const bend = from.x === to.x ? -36 : 0;
  return `M${x1} ${y1}C${x1 - 36} ${y1} ${x2 + (bend || 36)} ${y2} ${x2} ${y2}`;
}
