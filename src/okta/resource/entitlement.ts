import * as model from "../../baton/model/assignment.ts";
import type { Granted } from "../../baton/model/grant.ts";
import type { Entitlement } from "../../gen/c1/connector/v2/entitlement_pb.ts";
import type { Resource } from "../../gen/c1/connector/v2/resource_pb.ts";

export { type EntitlementTexts, idOf } from "../../baton/model/assignment.ts";

/** The slugs of the entitlements, by resource type. */
export type Slug = "member" | "access" | "assigned" | "bindings" | "granted" | "owner";

/** The one entitlement of a resource. */
export const assignment: (resource: Resource, slug: Slug, texts: model.EntitlementTexts) => Entitlement =
  model.assignment;

/** What the grants of a resource's entitlement share. */
export const grantedOf: (resource: Resource, slug: Slug) => Granted = model.grantedOf;
