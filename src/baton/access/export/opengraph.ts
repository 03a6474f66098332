import type { JsonValue } from "@bufbuild/protobuf";
import { SecretTraitSchema } from "../../../gen/c1/connector/v2/annotation_trait_pb.ts";
import type { Resource } from "../../../gen/c1/connector/v2/resource_pb.ts";
import { find } from "../../model/annotations.ts";
import type { ResourceKey } from "../../model/ids.ts";
import type { StoredGrant } from "../../snapshot/stored-grant.ts";
import { directness } from "../directness.ts";
import { namesOf } from "../names.ts";
import type { ExportForm, ExportSource } from "./form.ts";

/** How a connector's resources and grants are called in a graph: kinds that queries for it know. */
export interface GraphVocabulary {
  /** The kind of all nodes of the source, as `Okta`. */
  readonly sourceKind: string;
  /** The kinds of a resource's node, the most telling first; none: it has no node. */
  nodeKinds(type: string, id: string): readonly string[];
  /** The kind of the node that stands for the whole source, as `Okta_Organization`. */
  readonly organizationKind: string;
  /** The kind of the edge from a principal to what it holds; `undefined`: there is none. */
  edgeKind(grant: Pick<StoredGrant, "entitlementId" | "resource" | "principal">): string | undefined;
  /** The kind of the edge from a principal to the whole source, where what it holds gives power over that. */
  organizationEdgeKind(grant: Pick<StoredGrant, "resource">): string | undefined;
  /** The kind of the edge from a secret's node to the identity that it acts as. */
  secretEdgeKind(type: string, id: string): string | undefined;
}

/** Kinds that a node has at most. Source: BloodHound, OpenGraph schema. */
const MAX_KINDS = 3;

/** BloodHound OpenGraph: nodes for resources, edges for grants that do not follow from others. */
export function opengraph(vocabulary: GraphVocabulary): ExportForm {
  return {
    about: "BloodHound OpenGraph",
    stream: true,
    files: (source) => [{ name: "opengraph.json", write: () => graph(source, vocabulary) }],
  };
}

function* graph({ content, sync, org }: ExportSource, vocabulary: GraphVocabulary): Generator<string> {
  yield `{"metadata":${JSON.stringify({ source_kind: vocabulary.sourceKind })},"graph":{"nodes":[`;
  const whole = { id: org || sync.syncId, kinds: [vocabulary.organizationKind, vocabulary.sourceKind] };
  yield `\n${JSON.stringify({ ...whole, properties: { name: org || sync.syncId } })}`;
  for (const { message } of content.resources(undefined, "id")) {
    const { resourceType = "", resource = "" } = message.id ?? {};
    const kinds = [...vocabulary.nodeKinds(resourceType, resource), vocabulary.sourceKind].slice(0, MAX_KINDS);
    if (kinds.length === 1) continue;
    const properties = { ...propertiesOf(message), okta_domain: org, collected: sync.endedAt ?? sync.startedAt };
    yield `,\n${JSON.stringify({ id: nodeId(org, resourceType, resource), kinds, properties })}`;
  }
  yield '\n],"edges":[';
  let comma = "";
  for (const edge of edges(content, org, whole.id, vocabulary)) {
    // BloodHound refuses a file with an edge that has none (its schema of edges, as of 2026).
    yield `${comma}\n${JSON.stringify({ ...edge, properties: {} })}`;
    comma = ",";
  }
  yield "\n]}}\n";
}

function* edges(
  content: ExportSource["content"],
  org: string,
  whole: string,
  vocabulary: GraphVocabulary,
): Generator<object> {
  const end = (value: string) => ({ match_by: "id", value });
  const node = ({ type, id }: ResourceKey) => end(nodeId(org, type, id));
  for (const { message } of content.resources(undefined, "id")) {
    const { resourceType = "", resource = "" } = message.id ?? {};
    const kind = vocabulary.secretEdgeKind(resourceType, resource);
    const owner = kind && find(message.annotations, SecretTraitSchema)?.identityId;
    if (!owner) continue;
    const to = { type: owner.resourceType, id: owner.resource };
    yield { kind, start: node({ type: resourceType, id: resource }), end: node(to) };
  }
  for (const grant of content.briefGrants()) {
    if (directness(grant) === false || vocabulary.nodeKinds(grant.principal.type, grant.principal.id).length === 0)
      continue;
    const kind = vocabulary.edgeKind(grant);
    if (kind !== undefined) yield { kind, start: node(grant.principal), end: node(grant.resource) };
    const power = vocabulary.organizationEdgeKind(grant);
    if (power !== undefined) yield { kind: power, start: node(grant.principal), end: end(whole) };
  }
}

/** An Okta id is one in its org; ids that all orgs share (a standard role's) get the org's name. */
function nodeId(org: string, type: string, id: string): string {
  return /^00|^0oa|^iam|^cr0/.test(id) ? id : `${id}@${org || type}`;
}

/** Flat properties: keys of `[a-z0-9_-]`, values that are texts, numbers, booleans or lists of texts. */
function propertiesOf(resource: Resource): Record<string, JsonValue> {
  const { name, login, email } = namesOf(resource);
  const properties: Record<string, JsonValue> = { name: name || (resource.id?.resource ?? "") };
  if (login !== "") properties.login = login;
  if (email !== "") properties.email = email;
  if (resource.status?.details) properties.status = resource.status.details;
  for (const [key, value] of Object.entries(resource.profile ?? {})) {
    const flat = key
      .replace(/([a-z0-9])([A-Z])/g, "$1_$2")
      .toLowerCase()
      .replace(/[^a-z0-9_-]/g, "_");
    if (flat in properties || value === null) continue;
    if (typeof value !== "object") properties[flat] = value;
    else if (Array.isArray(value) && value.every((one) => typeof one === "string")) properties[flat] = value;
  }
  return properties;
}
