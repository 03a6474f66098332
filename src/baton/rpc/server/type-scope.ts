import type { Any } from "@bufbuild/protobuf/wkt";
import { invalid } from "./validate.ts";

/**
 * Marks that ask for everything of a whole type at once. They belong to requests about types that are annotated with the
 * same. Source: Baton SDK, annotation_type_scoped_grants.proto and annotation_type_scoped_entitlements.proto.
 */
export type TypeScope = "TypeScopedGrants" | "TypeScopedEntitlements";

/**
 * Refuses a request with such a mark, as no type here carries it: what would be answered for a resource of the type's own
 * name is not what the client takes it for. Throws a {@link Failure} of kind `invalidArgument`.
 */
export function refuseTypeScope(scope: TypeScope, annotations: readonly Any[], type: string): void {
  if (annotations.some(({ typeUrl }) => typeUrl.split("/").at(-1) === `c1.connector.v2.${scope}`)) {
    throw invalid("annotations", `carry ${scope}, which the resource type ${JSON.stringify(type)} does not`);
  }
}
