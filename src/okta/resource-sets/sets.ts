import type { JsonObject } from "@bufbuild/protobuf";
import type { Call, GrantPage, Listed, Page, ResourceTypeSupport } from "../../baton/connector.ts";
import { nextCursors, START } from "../api/paths.ts";
import { assignment, grantedOf, idOf } from "../resource/entitlement.ts";
import { allRefused } from "../resource/readable.ts";
import { pageOrRefusal } from "../resource/reading.ts";
import type { Source } from "../resource/source.ts";
import { customRoleType, resourceSetType } from "../resource/types.ts";
import { setAccess } from "./access.ts";
import { contentsOf } from "./contents.ts";
import { RESOURCE_SETS_REFUSED, type ResourceSet, readBoundRoles, readSet, readSets, setResource } from "./reading.ts";

/** Resource sets, and the custom roles that are bound to them. */
export function resourceSets(source: Source): ResourceTypeSupport {
  /** The set, with what it holds where that is read. */
  async function withContents(set: ResourceSet, call: Call): Promise<Page<Listed>> {
    if (source.options.syncReach !== true) return { items: [listed(set)], next: [] };
    const { items, ...rest } = await contentsOf(source, set.id, call);
    return { ...rest, items: [listed(set, items[0])] };
  }

  return {
    type: resourceSetType,
    list(cursor, call) {
      return pageOrRefusal(
        async () => {
          const page = await readSets(source, cursor, call);
          const whole = await Promise.all(page.items.map((set) => withContents(set, call)));
          const items = whole.flatMap((one) => one.items);
          return { items, next: nextCursors(page.next), ...allRefused(page, ...whole) };
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
      return set && (await withContents(set, call)).items[0];
    },
  };
}

function listed(set: ResourceSet, more: JsonObject = {}): Listed {
  const resource = setResource(resourceSetType, set.id, set);
  Object.assign(resource.profile!, more);
  return { resource, grants: [START] };
}
