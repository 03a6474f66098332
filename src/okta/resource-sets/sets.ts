import type { GrantPage, ResourceTypeSupport } from "../../baton/connector.ts";
import { nextCursors, START } from "../api/paths.ts";
import { assignment, grantedOf, idOf } from "../resource/entitlement.ts";
import { pageOrRefusal } from "../resource/reading.ts";
import type { Source } from "../resource/source.ts";
import { customRoleType, resourceSetType } from "../resource/types.ts";
import { setAccess } from "./access.ts";
import { RESOURCE_SETS_REFUSED, type ResourceSet, readBoundRoles, readSet, readSets, setResource } from "./reading.ts";

/** Resource sets, and the custom roles that are bound to them. */
export function resourceSets(source: Source): ResourceTypeSupport {
  return {
    type: resourceSetType,
    list(cursor, call) {
      return pageOrRefusal(
        async () => {
          const page = await readSets(source, cursor, call);
          return { ...page, items: page.items.map(listed), next: nextCursors(page.next) };
        },
        RESOURCE_SETS_REFUSED,
        true,
      );
    },
    entitlements: (resource) => [
      assignment(resource, "bindings", {
        displayName: `${resource.displayName} Resource Set Binding`,
        description: `Member of ${resource.displayName} resource-set in Okta`,
        grantableTo: [resourceSetType],
      }),
    ],
    grants(resource, cursor, call) {
      const id = idOf(resource);
      return pageOrRefusal<GrantPage>(
        async () => {
          const page = await readBoundRoles(source, id, cursor, call);
          const granted = grantedOf(resource, "bindings");
          return {
            ...page,
            items: page.items.map((role) => ({
              granted,
              principalType: customRoleType.id,
              principalId: role,
              v1Tail: id,
            })),
            next: page.next,
          };
        },
        { ...RESOURCE_SETS_REFUSED, on: `resource set ${id}` },
      );
    },
    ...setAccess(source),
    async get(id, call) {
      const set = await readSet(source, id, call);
      return set && listed(set);
    },
  };
}

function listed(set: ResourceSet) {
  return { resource: setResource(resourceSetType, set.id, set), grants: [START] };
}
