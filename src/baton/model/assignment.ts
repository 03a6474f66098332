import { create } from "@bufbuild/protobuf";
import { V1IdentifierSchema } from "../../gen/c1/connector/v2/annotation_v1_identifier_pb.ts";
import {
  type Entitlement,
  Entitlement_PurposeValue,
  EntitlementSchema,
} from "../../gen/c1/connector/v2/entitlement_pb.ts";
import type { Resource, ResourceType } from "../../gen/c1/connector/v2/resource_pb.ts";
import { pack } from "./annotations.ts";
import type { Granted } from "./grant.ts";
import { entitlementId, v1EntitlementId } from "./ids.ts";

/** What an entitlement says besides its resource. */
export interface EntitlementTexts {
  readonly displayName: string;
  readonly description: string;
  readonly grantableTo: readonly ResourceType[];
  /** ASSIGNMENT where it is not said. */
  readonly purpose?: Entitlement_PurposeValue;
}

/** The one entitlement of a resource. */
export function assignment(resource: Resource, slug: string, texts: EntitlementTexts): Entitlement {
  const granted = grantedOf(resource, slug);
  return create(EntitlementSchema, {
    resource,
    id: granted.id,
    displayName: texts.displayName,
    description: texts.description,
    grantableTo: [...texts.grantableTo],
    annotations: [pack(V1IdentifierSchema, { id: granted.v1Id })],
    purpose: texts.purpose ?? Entitlement_PurposeValue.ASSIGNMENT,
    slug,
  });
}

/** What the grants of a resource's entitlement share. */
export function grantedOf(resource: Resource, slug: string): Granted {
  const { resourceType = "", resource: id = "" } = resource.id ?? {};
  return {
    id: entitlementId(resourceType, id, slug),
    v1Id: v1EntitlementId(slug === "assigned" ? "role" : "membership", id),
    resource,
  };
}

/** A resource's raw id; `""` where it has none. */
export function idOf(resource: Resource): string {
  return resource.id?.resource ?? "";
}
