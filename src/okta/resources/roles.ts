import type { ResourceTypeSupport } from "../../baton/connector.ts";
import type { Resource } from "../../gen/c1/connector/v2/resource_pb.ts";
import { Failure } from "../../runtime/failure.ts";
import { idOf } from "./entitlements.ts";
import { START } from "./paths.ts";
import { roleAccess } from "./role-access.ts";
import type { RoleHolders } from "./role-holders.ts";
import { mayBeStandard, roleEntitlements, roleResource, STANDARD_ROLES } from "./role-resource.ts";
import type { Source } from "./source.ts";
import { roleType } from "./types.ts";
import { unlistedRoles } from "./unlisted-roles.ts";

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
