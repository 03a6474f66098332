import { expect, it } from "vitest";
import { runHere } from "../../../cli/in-process.ts";
import { goldenPath } from "../../model/golden.ts";

type Properties = Record<string, unknown> | null;
interface Endpoint {
  readonly match_by?: unknown;
  readonly value?: unknown;
  readonly kind?: unknown;
}
interface Edge {
  readonly start: Endpoint;
  readonly end: Endpoint;
  readonly kind: unknown;
  readonly properties?: Properties;
}
interface Node {
  readonly id: unknown;
  readonly kinds: unknown;
  readonly properties?: Properties;
}

/** What may be a value: a text, number or truth value, or a list of one of these kinds. */
function isValue(value: unknown): boolean {
  const primitive = (one: unknown) => ["string", "number", "boolean"].includes(typeof one);
  if (!Array.isArray(value)) return primitive(value);
  return value.every(primitive) && new Set(value.map((one) => typeof one)).size <= 1;
}

/** In what properties, an edge and a node do not hold against the schemas with which BloodHound takes uploads. */
function propertyProblems(properties: Properties | undefined): string[] {
  return Object.entries(properties ?? {}).flatMap(([name, value]) => (isValue(value) ? [] : [`property ${name}`]));
}

function edgeProblems(edge: Edge): string[] {
  const ends = [edge.start, edge.end].flatMap((end) => [
    ...(["id", "name"].includes(String(end.match_by ?? "id")) ? [] : ["match_by"]),
    ...(typeof end.value === "string" ? [] : ["value"]),
    ...(end.kind === undefined || typeof end.kind === "string" ? [] : ["kind of an end"]),
  ]);
  const kind = typeof edge.kind === "string" && /^[A-Za-z0-9_]+$/.test(edge.kind) ? [] : ["kind"];
  return [...ends, ...kind, ...("properties" in edge ? [] : ["no properties"]), ...propertyProblems(edge.properties)];
}

function nodeProblems(node: Node): string[] {
  const kinds =
    Array.isArray(node.kinds) && node.kinds.length > 0 && node.kinds.every((kind) => typeof kind === "string");
  return [
    ...(typeof node.id === "string" ? [] : ["id"]),
    ...(kinds ? [] : ["kinds"]),
    ...propertyProblems(node.properties),
  ];
}

async function graph(): Promise<{ nodes: Node[]; edges: Edge[] }> {
  const { stdout } = await runHere(["snapshot", "export", goldenPath("reference.c1z"), "--format", "opengraph"]);
  return JSON.parse(stdout).graph;
}

it("holds against the schemas with which BloodHound takes uploads", async () => {
  const { nodes, edges } = await graph();
  expect([nodes.length > 50, edges.length > 50]).toEqual([true, true]);
  expect([...new Set(nodes.flatMap(nodeProblems))]).toEqual([]);
  expect([...new Set(edges.flatMap(edgeProblems))]).toEqual([]);
});

it("is judged by checks that refuse what does not", async () => {
  const { nodes, edges } = await graph();
  const [node, edge] = [nodes[0]!, edges[0]!];
  const { properties: _, ...bare } = edge;
  expect(edgeProblems(bare)).toEqual(["no properties"]);
  expect(edgeProblems({ ...edge, kind: "Has Role" })).toEqual(["kind"]);
  expect(edgeProblems({ ...edge, end: { match_by: "guess", value: 5 } })).toEqual(["match_by", "value"]);
  expect(nodeProblems({ ...node, properties: { nested: { a: 1 } } })).toEqual(["property nested"]);
  expect(nodeProblems({ ...node, properties: { mixed: [1, "a"] } })).toEqual(["property mixed"]);
});
