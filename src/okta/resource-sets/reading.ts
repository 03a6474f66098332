import { create } from "@bufbuild/protobuf";
import type { Call, Cursor, Page } from "../../baton/connector.ts";
import { pack } from "../../baton/model/annotations.ts";
import { text } from "../../baton/model/values.ts";
import { AppTraitSchema } from "../../gen/c1/connector/v2/annotation_trait_pb.ts";
import { type Resource, ResourceSchema, type ResourceType } from "../../gen/c1/connector/v2/resource_pb.ts";
import { Failure } from "../../runtime/failure.ts";
import type { OktaLinked, OktaResourceSet } from "../api/json/objects.ts";
import { nextCursors, segment } from "../api/paths.ts";
import { identified } from "../resource/readable.ts";
import { inField, readOne, readPage } from "../resource/reading.ts";
import type { Source } from "../resource/source.ts";

/** Source: Okta Management API, List all resource sets. */
export const RESOURCE_SETS = "/api/v1/iam/resource-sets";

export const RESOURCE_SETS_REFUSED = {
  what: "resource sets and their bindings",
  why: "reading them takes an admin role that may view admin roles and, with OAuth, the scope okta.roles.read",
};

/** A resource set, as far as its bindings need it. */
export interface ResourceSet {
  readonly id: string;
  readonly label: string;
  readonly description: string;
}

/** One page of the resource sets. */
export async function readSets(source: Source, cursor: Cursor | undefined, call: Call) {
  const items = inField("resource-sets");
  const page = await readPage<OktaResourceSet>(source, cursor, RESOURCE_SETS, call, { items });
  const found = identified(page.items, "resource sets");
  return { ...found, items: found.items.map(setOf), next: page.next };
}

/** One resource set by its id. */
export async function readSet(source: Source, id: string, call: Call): Promise<ResourceSet | undefined> {
  const found = await readOne<OktaResourceSet>(source, RESOURCE_SETS, id, call);
  return found && setOf({ ...found, id });
}

function setOf(set: OktaResourceSet & { readonly id: string }): ResourceSet {
  return { id: set.id, label: text(set.label), description: text(set.description) };
}

/** One page of the ids of the custom roles that are bound to a resource set: one binding each. */
export async function readBoundRoles(
  source: Source,
  set: string,
  cursor: Cursor | undefined,
  call: Call,
): Promise<Page<string>> {
  const first = `${RESOURCE_SETS}/${segment(set)}/bindings`;
  const page = await readPage<OktaLinked>(source, cursor, first, call, { items: inField("roles") });
  const found = identified(page.items, "bindings of resource sets", `resource set ${set}`);
  return { ...found, items: found.items.map((role) => role.id), next: nextCursors(page.next, cursor) };
}

/** A resource set or one of its bindings as a resource. */
export function setResource(type: ResourceType, id: string, set: Omit<ResourceSet, "id">): Resource {
  return create(ResourceSchema, {
    id: { resourceType: type.id, resource: id },
    displayName: set.label,
    annotations: [pack(AppTraitSchema, {})],
    profile: { id, label: set.label, description: set.description },
  });
}

/** The failure that says that there is no such resource set. */
export function noSuchSet(id: string): Failure {
  return new Failure({ kind: "notFound", message: `there is no resource set ${id}` });
}
