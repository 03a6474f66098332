import { describe, expect, it } from "vitest";
import type { GraphEdge, GraphNode } from "../../../src/web/api/contract.ts";
import { columnsOf } from "../../../src/web/page/pictures/columns.ts";
import { connected } from "../../../src/web/page/pictures/connected.ts";
import { layOut, MAX_IN_LAYER, NODE_WIDTH } from "../../../src/web/page/pictures/layers.ts";

const node = (key: string, layer: number): GraphNode => {
  const [type = "", id = ""] = key.split(":");
  return {
    key,
    type,
    id,
    name: id,
    kind: type === "group" ? "group" : "other",
    known: true,
    layer,
    privileged: false,
    note: "",
  };
};
const edge = (from: string, to: string): GraphEdge => {
  const kind = from.startsWith("rule:")
    ? "rule"
    : to.startsWith("group:")
      ? "member"
      : from.startsWith("role:")
        ? "reaches"
        : "holds";
  return { from, to, kind, label: "", knownBy: "stated" };
};

const NODES = [
  node("user:u", 0),
  ...["a", "b"].map((id) => node(`group:${id}`, 1)),
  ...["x", "y"].map((id) => node(`app:${id}`, 2)),
];
const EDGES = [
  edge("user:u", "group:a"),
  edge("user:u", "group:b"),
  edge("group:a", "app:y"),
  edge("group:b", "app:x"),
];

describe("a picture of paths", () => {
  it("stands in columns without one node on another, and with as few crossings as there need be", () => {
    const { nodes, edges, width } = layOut(NODES, EDGES, false);
    expect(new Set(nodes.map(({ x, y }) => `${x} ${y}`)).size).toBe(NODES.length);
    expect(Math.max(...nodes.map(({ x }) => x + NODE_WIDTH))).toBe(width);
    expect(edges).toHaveLength(EDGES.length);
    const y = new Map(nodes.map(({ node: { key }, y }) => [key, y]));
    expect(y.get("group:a")! < y.get("group:b")!).toBe(y.get("app:y")! < y.get("app:x")!);
  });

  it("has a column for what each is: rules beside whom one asks about, groups, what is held, what is reached", () => {
    const more = [node("rule:r", 1), node("role:own", 1), node("app:far", 2)];
    const lines = [edge("rule:r", "group:a"), edge("user:u", "role:own"), edge("role:own", "app:far")];
    const columns = columnsOf([...NODES, ...more], [...EDGES, ...lines]);
    expect(columns.map(({ label, nodes }) => [label, ...nodes.map(({ key }) => key)])).toEqual([
      ["", "user:u", "rule:r"],
      ["Member of", "group:a", "group:b"],
      ["Holds", "app:x", "app:y", "role:own"],
      ["Reached by roles", "app:far"],
    ]);
  });

  it("is bounded, says so, and draws all of it when asked", () => {
    const many = [node("user:u", 0), ...Array.from({ length: 100 }, (_, at) => node(`app:${at}`, 1))];
    const lines = many.slice(1).map(({ key }) => edge("user:u", key));
    const bounded = layOut(many, lines, false);
    expect(bounded.nodes).toHaveLength(1 + MAX_IN_LAYER);
    expect(bounded.hidden).toBe(100 - MAX_IN_LAYER);
    expect(bounded.edges).toHaveLength(MAX_IN_LAYER);
    expect(layOut(many, lines, true)).toMatchObject({ hidden: 0 });
  });

  it("draws lines to nodes that are not there for nobody", () => {
    expect(layOut(NODES, [...EDGES, edge("group:a", "app:gone")], false).edges).toHaveLength(EDGES.length);
  });

  it("knows what a node is reached from and leads to, in circles too", () => {
    expect(connected("group:a", EDGES)).toEqual(new Set(["group:a", "user:u", "app:y"]));
    expect(connected("group:a", [...EDGES, edge("app:y", "group:a")]).size).toBe(3);
  });
});
