import type { GraphEdge } from "../../api/contract.ts";

/** The keys of all nodes that a node is reached from or leads to, with its own. */
export function connected(key: string, edges: readonly GraphEdge[]): Set<string> {
  const found = new Set([key]);
  for (const [near, far] of [
    ["from", "to"],
    ["to", "from"],
  ] as const) {
    let reached = [key];
    while (reached.length > 0) {
      const next = edges.filter((edge) => reached.includes(edge[near])).map((edge) => edge[far]);
      reached = [...new Set(next)].filter((one) => !found.has(one));
      for (const one of reached) found.add(one);
    }
  }
  return found;
}
