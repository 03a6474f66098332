import type { Granted } from "../../baton/model/grant.ts";
import type { Resource } from "../../gen/c1/connector/v2/resource_pb.ts";
import { grantedOf, type Slug } from "./entitlement.ts";

/** What the grants of a resource share, made once for each: grants of many resources follow each other in turn. */
export function createGrantedOf(slug: Slug): (resource: Resource) => Granted {
  const known = new WeakMap<Resource, Granted>();
  return (resource) => {
    let granted = known.get(resource);
    if (granted === undefined) {
      granted = grantedOf(resource, slug);
      known.set(resource, granted);
    }
    return granted;
  };
}
