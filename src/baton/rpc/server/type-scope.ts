import type { Any } from "@bufbuild/protobuf/wkt";
import { TypeScopedEntitlementsSchema } from "../../../gen/c1/connector/v2/annotation_type_scoped_entitlements_pb.ts";
import { TypeScopedGrantsSchema } from "../../../gen/c1/connector/v2/annotation_type_scoped_grants_pb.ts";
import type { ResourceType } from "../../../gen/c1/connector/v2/resource_pb.ts";
import type { AllGrants, ResourceTypeSupport } from "../../connector.ts";
import { has, pack } from "../../model/annotations.ts";
import type { ResourceKey } from "../../model/ids.ts";
import { invalid } from "./validate.ts";

/*
 * Marks that ask for everything of a whole type at once. They belong to requests about types that are annotated with the
 * same. Source: Baton SDK, annotation_type_scoped_grants.proto and annotation_type_scoped_entitlements.proto.
 */

/** A type as it is listed: grants that are read for the whole type say so. */
export function withTypeScope({ type, allGrants }: ResourceTypeSupport): ResourceType {
  if (allGrants === undefined) return type;
  return { ...type, annotations: [...type.annotations, pack(TypeScopedGrantsSchema, {})] };
}

/**
 * What reads the grants of a whole type, where the request asks for that. Throws a {@link Failure} of kind `invalidArgument`
 * for a type that is not annotated: what would be answered for a resource of the type's own name is not what the client
 * takes it for.
 */
export function typeScopedGrants(
  annotations: readonly Any[],
  { type, id }: ResourceKey,
  { allGrants }: ResourceTypeSupport,
): AllGrants | undefined {
  if (!has(annotations, TypeScopedGrantsSchema)) return undefined;
  if (allGrants === undefined) throw refused("TypeScopedGrants", type);
  if (id !== type)
    throw invalid("resource.id.resource", `is ${JSON.stringify(id)}; with TypeScopedGrants it is the type`);
  return allGrants;
}

/** Refuses a request for the entitlements of a whole type, as no type here is annotated so. */
export function refuseTypeScopedEntitlements(annotations: readonly Any[], type: string): void {
  if (has(annotations, TypeScopedEntitlementsSchema)) throw refused("TypeScopedEntitlements", type);
}

function refused(mark: string, type: string) {
  return invalid("annotations", `carry ${mark}, which the resource type ${JSON.stringify(type)} does not`);
}
