import type { GraphEdge, GraphNode } from "../../api/contract.ts";

/** Nodes that stand under one another, and what they are to the one that is asked about. */
export interface PictureColumn {
  readonly label: string;
  readonly nodes: readonly GraphNode[];
}

/**
 * Sorts a graph into columns by what its nodes are: the one that is asked about, beside the rules that fill groups; the
 * groups that it is in, by their distance; what it and they hold; what is only reached by roles. What is in two is in the
 * first of them.
 */
export function columnsOf(nodes: readonly GraphNode[], edges: readonly GraphEdge[]): PictureColumn[] {
  const ends = (kind: GraphEdge["kind"], end: "from" | "to") =>
    new Set(edges.filter((edge) => edge.kind === kind).map((edge) => edge[end]));
  const [rules, entered, held, reached] = [
    ends("rule", "from"),
    ends("member", "to"),
    ends("holds", "to"),
    ends("reaches", "to"),
  ];
  const isFirst = ({ key, layer }: GraphNode) => layer === 0 || rules.has(key);
  const isGroup = (node: GraphNode) => !isFirst(node) && node.kind === "group" && entered.has(node.key);
  // Who is a member of something else than a group, as of a role's binding, holds that.
  const isHeld = (node: GraphNode) => !isFirst(node) && !isGroup(node) && (held.has(node.key) || entered.has(node.key));
  const isReached = (node: GraphNode) => !isFirst(node) && !isGroup(node) && !isHeld(node);
  const distances = [...new Set(nodes.filter(isGroup).map(({ layer }) => layer))].toSorted((a, b) => a - b);
  return [
    { label: "", nodes: nodes.filter(isFirst) },
    ...distances.map((distance, at) => ({
      label: at === 0 ? "Member of" : "Member through that of",
      nodes: nodes.filter((node) => isGroup(node) && node.layer === distance),
    })),
    { label: "Holds", nodes: nodes.filter(isHeld) },
    { label: reached.size > 0 ? "Reached by roles" : "Leads to", nodes: nodes.filter(isReached) },
  ].filter((column) => column.nodes.length > 0);
}
