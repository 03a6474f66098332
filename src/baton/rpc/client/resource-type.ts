import { create } from "@bufbuild/protobuf";
import { type Any, anyIs, anyUnpack } from "@bufbuild/protobuf/wkt";
import { InsertResourceGrantsSchema } from "../../../gen/c1/connector/v2/annotation_grant_pb.ts";
import {
  ChildResourceTypeSchema,
  SkipEntitlementsAndGrantsSchema,
  SkipEntitlementsSchema,
  SkipGrantsSchema,
} from "../../../gen/c1/connector/v2/annotation_resource_tree_pb.ts";
import { TypeScopedGrantsSchema } from "../../../gen/c1/connector/v2/annotation_type_scoped_grants_pb.ts";
import { EntitlementsService } from "../../../gen/c1/connector/v2/entitlement_pb.ts";
import { GrantsService } from "../../../gen/c1/connector/v2/grant_pb.ts";
import {
  type Resource,
  ResourceGetterService,
  ResourceSchema,
  ResourcesService,
  type ResourceType,
} from "../../../gen/c1/connector/v2/resource_pb.ts";
import { Failure, isFailure } from "../../../runtime/failure.ts";
import type {
  AllGrants,
  Call,
  Cursor,
  GrantPage,
  Listed,
  Page,
  Refusal,
  ResourceTypeSupport,
} from "../../connector.ts";
import { has, pack } from "../../model/annotations.ts";
import { grantOfMessage } from "../../model/encode.ts";
import { resourceKey } from "../../model/ids.ts";
import { cursorsOf, pageOf } from "./answered-page.ts";
import type { Channel } from "./channel.ts";
import { createFollow } from "./end-of-list.ts";

/**
 * What a service does with one of its resource types. `targeted`: it reads single resources. `syncs` takes in the id of each
 * sync that is read under it.
 */
export function supportOf(
  type: ResourceType,
  channel: Channel,
  targeted: boolean,
  syncs: Set<string>,
): ResourceTypeSupport {
  const skips = skipsOf(type.annotations);
  const isTypeScoped = has(type.annotations, TypeScopedGrantsSchema);
  const follow = createFollow();

  /** The sync's id, noted to be cleaned up in the end. */
  function within({ syncId = "" }: Call): string {
    if (syncId !== "") syncs.add(syncId);
    return syncId;
  }

  async function list(cursor: Cursor | undefined, call: Call): Promise<Page<Listed>> {
    const { token = "", type: listed = type.id, parent } = (cursor ?? {}) as ListCursor;
    const page = await pageOf(
      channel.read(
        ResourcesService.method.listResources,
        {
          resourceTypeId: listed,
          pageToken: token,
          activeSyncId: within(call),
          ...(parent === undefined ? {} : { parentResourceId: { resourceType: parent[0], resource: parent[1] } }),
        },
        call,
      ),
    );
    const next = follow(["list", within(call), listed, ...(parent ?? [])], token, page);
    return {
      items: page.list.map((resource) => ({ resource, grants: grantsOf(resource) })),
      next: [...(next === "" ? [] : [{ ...cursor, token: next }]), ...page.list.flatMap(childrenOf)],
      ...(page.refused ? { refused: page.refused } : {}),
    };
  }

  function grantsOf(resource: Resource): Cursor[] {
    return skips.grants || skipsOf(resource.annotations).grants ? [] : [{}];
  }

  async function listEntitlements(resource: Resource, cursor: Cursor | undefined, call: Call) {
    if (skipsOf(resource.annotations).entitlements) return { items: [], next: [] };
    const token = tokenOf(cursor);
    const request = { resource, pageToken: token, activeSyncId: within(call) };
    const page = await pageOf(channel.read(EntitlementsService.method.listEntitlements, request, call));
    const next = follow(["entitlements", within(call), idOf(resource)], token, page);
    return {
      items: page.list,
      next: [...cursorsOf(next), ...page.enqueued],
      ...(page.refused ? { refused: page.refused } : {}),
    };
  }

  function grants(resource: Resource, cursor: Cursor | undefined, call: Call): Promise<GrantPage> {
    return grantPage(resource, [], cursor, call);
  }

  /** The grants of the whole type; its resources are not asked one by one. */
  const allGrants: AllGrants = {
    name: `grants of ${type.id}`,
    page(cursor, call) {
      const wholeType = create(ResourceSchema, { id: { resourceType: type.id, resource: type.id } });
      return grantPage(wholeType, [pack(TypeScopedGrantsSchema, {})], cursor, call);
    },
  };

  async function grantPage(
    resource: Resource,
    annotations: Any[],
    cursor: Cursor | undefined,
    call: Call,
  ): Promise<GrantPage> {
    const token = tokenOf(cursor);
    const request = { resource, annotations, pageToken: token, activeSyncId: within(call) };
    try {
      const page = await pageOf(channel.read(GrantsService.method.listGrants, request, call));
      const items = page.list.flatMap((message) => grantOfMessage(message) ?? []);
      const refused = [...(page.refused ?? []), ...nameless(page.list.length - items.length, resource)];
      return {
        items,
        next: [...cursorsOf(follow(["grants", within(call), idOf(resource)], token, page)), ...page.enqueued],
        ...(refused.length === 0 ? {} : { refused }),
        resources: page.list.flatMap(({ annotations, entitlement }) =>
          entitlement?.resource && has(annotations, InsertResourceGrantsSchema) ? [entitlement.resource] : [],
        ),
      };
    } catch (error) {
      throw token !== "" && isFailure(error, "invalidArgument") ? badCursor(error) : error;
    }
  }

  async function get(id: string, call: Call): Promise<Listed | undefined> {
    const request = { resourceId: { resourceType: type.id, resource: id }, activeSyncId: within(call) };
    try {
      const { resource } = await channel.read(ResourceGetterService.method.getResource, request, call);
      return resource && { resource, grants: grantsOf(resource) };
    } catch (error) {
      if (isFailure(error, "notFound")) return undefined;
      throw error;
    }
  }

  return {
    // How a list is asked for is between this client and the service; readers of a snapshot have nothing to do with it.
    type: isTypeScoped
      ? { ...type, annotations: type.annotations.filter((annotation) => !anyIs(annotation, TypeScopedGrantsSchema)) }
      : type,
    async list(cursor, call) {
      try {
        return await list(cursor, call);
      } catch (error) {
        throw tokenOf(cursor) !== "" && isFailure(error, "invalidArgument") ? badCursor(error) : error;
      }
    },
    ...(skips.entitlements ? {} : { listEntitlements }),
    ...(skips.grants ? {} : { grants, ...(isTypeScoped && { allGrants }) }),
    ...(targeted ? { get } : {}),
  };
}

/** The refusals for grants of an answer that do not say what they give to whom. */
function nameless(count: number, { id }: Resource): Refusal[] {
  const [type, one] = [id?.resourceType ?? "", id?.resource ?? ""];
  return Array<Refusal>(count).fill({
    what: `grants of ${type}s`,
    why: "the service's answer holds one without an entitlement or a principal",
    on: `${type} ${one}`,
    passedOver: true,
  });
}

/** Where a list of resources goes on: those of another type below a parent, where it says so. */
type ListCursor = Cursor & {
  readonly token?: string;
  readonly type?: string;
  readonly parent?: readonly [type: string, id: string];
};

/** A resource may say that others are listed below it. */
function childrenOf({ id, annotations }: Resource): Cursor[] {
  if (id === undefined) return [];
  return annotations
    .filter((annotation) => anyIs(annotation, ChildResourceTypeSchema))
    .map((annotation) => ({
      type: anyUnpack(annotation, ChildResourceTypeSchema)?.resourceTypeId ?? "",
      parent: [id.resourceType, id.resource] as const,
    }))
    .filter(({ type }) => type !== "");
}

function skipsOf(annotations: ResourceType["annotations"]): { entitlements: boolean; grants: boolean } {
  const both = has(annotations, SkipEntitlementsAndGrantsSchema);
  return {
    entitlements: both || has(annotations, SkipEntitlementsSchema),
    grants: both || has(annotations, SkipGrantsSchema),
  };
}

function tokenOf(cursor: Cursor | undefined): string {
  return typeof cursor?.token === "string" ? cursor.token : "";
}

function idOf({ id }: Resource): string {
  return resourceKey(id?.resourceType ?? "", id?.resource ?? "");
}

/** A token that the service gave and takes no more: the list starts again. */
function badCursor(cause: Failure): Failure {
  return new Failure({ kind: "badCursor", message: cause.message, cause });
}
