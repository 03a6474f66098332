import { create } from "@bufbuild/protobuf";
import type { Call, Cursor, GrantPage, Page, ResourceTypeSupport } from "../../baton/connector.ts";
import { pack } from "../../baton/model/annotations.ts";
import { AppTraitSchema } from "../../gen/c1/connector/v2/annotation_trait_pb.ts";
import { type Resource, ResourceSchema, type ResourceType } from "../../gen/c1/connector/v2/resource_pb.ts";
import { assignment, grantedOf, idOf } from "./entitlements.ts";
import type { OktaLinked, OktaResourceSet } from "./okta-json.ts";
import { following, START, segment } from "./paths.ts";
import { inField, readOne, readPage, unlessRefused, withIds } from "./reading.ts";
import type { Source } from "./source.ts";
import { customRoleType, resourceSetType } from "./types.ts";
import { text } from "./values.ts";

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

/** Resource sets, and the custom roles that are bound to them. */
export function resourceSets(source: Source): ResourceTypeSupport {
  return {
    type: resourceSetType,
    list(cursor, call) {
      return unlessRefused(
        async () => {
          const page = await readSets(source, cursor, call);
          return { items: page.items.map(listed), next: following(page.next) };
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
      return unlessRefused<GrantPage>(
        async () => {
          const page = await readBoundRoles(source, id, cursor, call);
          const granted = grantedOf(resource, "bindings");
          return {
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
    async get(id, call) {
      const set = await readSet(source, id, call);
      return set && listed(set);
    },
  };
}

function listed(set: ResourceSet) {
  return { resource: setResource(resourceSetType, set.id, set), grants: [START] };
}

/** One page of the resource sets. */
export async function readSets(source: Source, cursor: Cursor | undefined, call: Call) {
  const items = inField<OktaResourceSet>("resource-sets");
  const page = await readPage<OktaResourceSet>(source, cursor, RESOURCE_SETS, call, { items });
  return { items: withIds(source, page.items).map(setOf), next: page.next };
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
  return { items: withIds(source, page.items).map((role) => role.id), next: following(page.next, cursor) };
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
