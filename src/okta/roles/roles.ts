import type { ResourceTypeSupport } from "../../baton/connector.ts";
import type { Resource } from "../../gen/c1/connector/v2/resource_pb.ts";
import { Failure } from "../../runtime/failure.ts";
import { START } from "../api/paths.ts";
import { idOf } from "../resource/entitlement.ts";
import type { Source } from "../resource/source.ts";
import { roleType } from "../resource/types.ts";
import { roleAccess } from "./access.ts";
import type { RoleHolders } from "./holders.ts";
import { mayBeStandard, roleEntitlements, roleResource, STANDARD_ROLES } from "./resource.ts";
import { unlistedRoles } from "./unlisted.ts";

/** Standard roles: the list costs no call. */
export function roles(source: Source, holders: RoleHolders): ResourceTypeSupport {
  return {
    type: roleType,
    async list() {
      const items = [...STANDARD_ROLES].map(([type, label]) => listed(roleResource(roleType, type, label)));
      return { items, next: [] };
    },
    entitlements: roleEntitlements,
    async grants(resource, cursor, call) {
      const id = idOf(resource);
      if (!STANDARD_ROLES.has(id) && !mayBeStandard(id)) {
        throw new Failure({ kind: "notFound", message: `there is no standard role "${id}"` });
      }
      return holders.of(resource, cursor, call);
    },
    allGrants: holders.all,
    unlisted: unlistedRoles(source, holders),
    ...roleAccess(source),
    async get(id, call) {
      const label = STANDARD_ROLES.get(id);
      if (label !== undefined) return listed(roleResource(roleType, id, label));
      const found = mayBeStandard(id) ? await holders.find(id, call) : undefined;
      return found && listed(found);
    },
  };
}

function listed(resource: Resource) {
  return { resource, grants: [START] };
}
