import { type DescMessage, type MessageShape, toBinary } from "@bufbuild/protobuf";
import {
  type Entitlement,
  EntitlementSchema,
  EntitlementsService,
} from "../../../gen/c1/connector/v2/entitlement_pb.ts";
import { GrantsService } from "../../../gen/c1/connector/v2/grant_pb.ts";
import {
  type Resource,
  ResourceGetterService,
  ResourceSchema,
  ResourcesService,
  type ResourceType,
  ResourceTypeSchema,
  ResourceTypesService,
} from "../../../gen/c1/connector/v2/resource_pb.ts";
import { Failure } from "../../../runtime/failure.ts";
import type { Log } from "../../../runtime/log/log.ts";
import type { AllGrants, Call, Connector, Page, ResourceTypeSupport } from "../../connector.ts";
import type { Grant, Granted } from "../../model/grant.ts";
import { grantId, resourceKey } from "../../model/ids.ts";
import { answerOf } from "../passed-over.ts";
import { encodedGrants } from "./encoded-grants.ts";
import type { PageTokens } from "./page-token.ts";
import { type Section, type ServedPage, SPARSE_WIDTH, servePage } from "./paging.ts";
import { EncodedAnswer, type Served, serve } from "./service.ts";
import { recordOf, scopeOf } from "./source-cache.ts";
import { refuseTypeScopedEntitlements, typeScopedGrants, withTypeScope } from "./type-scope.ts";
import { checkPaged, idIn, optionalId, optionalResourceId, resourceIdIn, resourceIn } from "./validate.ts";

/** The services that read: resource types, resources, entitlements, grants. */
export function readingServices(connector: Connector, tokens: PageTokens, log: Log): Served[] {
  const supports = new Map(connector.types.map((support) => [support.type.id, support]));

  function known(type: string): ResourceTypeSupport {
    const support = supports.get(type);
    if (support) return support;
    throw new Failure({
      kind: "notFound",
      message: `there is no resource type ${JSON.stringify(type)}, or it is not switched on`,
      advice: `there are ${[...supports.keys()].join(", ")}`,
    });
  }

  return [
    serve(ResourceTypesService, {
      async listResourceTypes(request, call) {
        checkPaged(request);
        const types: Section<ResourceType> = {
          read: async () => ({ items: connector.types.map(withTypeScope), next: [] }),
          key: (type) => type.id,
          bytes: sizeOf(ResourceTypeSchema),
        };
        const asked = { ...request, binding: ["types"] };
        return answerOf(await servePage([types], tokens, asked, within(call, request.activeSyncId)), log);
      },
    }),
    serve(ResourcesService, {
      async listResources(request, call) {
        checkPaged(request);
        const type = idIn("resource_type_id", request.resourceTypeId);
        const parent = optionalResourceId("parent_resource_id", request.parentResourceId);
        const binding = ["resources", type, parent?.type ?? "", parent?.id ?? ""];
        const sections = resourceSections(known(type));
        const asked = { ...request, binding };
        return answerOf(await servePage(sections, tokens, asked, within(call, request.activeSyncId)), log);
      },
    }),
    serve(ResourceGetterService, {
      async getResource(request, call) {
        const { type, id } = resourceIdIn("resource_id", request.resourceId);
        optionalResourceId("parent_resource_id", request.parentResourceId);
        optionalId("active_sync_id", request.activeSyncId);
        const support = supports.get(type);
        if (!support?.get) {
          throw new Failure({ kind: "unimplemented", message: `resources of type ${type} cannot be read singly` });
        }
        const found = await support.get(id, within(call, request.activeSyncId));
        if (!found) throw new Failure({ kind: "notFound", message: `there is no ${type} ${JSON.stringify(id)}` });
        return { resource: found.resource };
      },
    }),
    serve(EntitlementsService, {
      async listEntitlements(request, call) {
        checkPaged(request);
        const { type, id } = resourceIn("resource", request.resource);
        const support = known(type);
        refuseTypeScopedEntitlements(request.annotations, type);
        const { resource } = request;
        const entitlements: Section<Entitlement> = {
          read: async (cursor, one) =>
            support.listEntitlements
              ? support.listEntitlements(resource!, cursor, one)
              : { items: support.entitlements?.(resource!) ?? [], next: [] },
          key: (entitlement) => entitlement.id,
          bytes: sizeOf(EntitlementSchema),
        };
        const binding = ["entitlements", type, id];
        const asked = { ...request, binding };
        return answerOf(await servePage([entitlements], tokens, asked, within(call, request.activeSyncId)), log);
      },
      async listStaticEntitlements(request) {
        checkPaged(request);
        known(idIn("resource_type_id", request.resourceTypeId));
        if (request.pageToken !== "") tokens.open(["static entitlements", request.resourceTypeId], request.pageToken);
        return { list: [] };
      },
    }),
    serve(GrantsService, {
      async listGrants(request, call) {
        checkPaged(request);
        const { type, id } = resourceIn("resource", request.resource);
        const support = known(type);
        const { annotations, pageToken } = request;
        const resource = request.resource!;
        const one = within(call, request.activeSyncId);
        const whole = typeScopedGrants(annotations, { type, id }, support);
        if (whole !== undefined) {
          const asked = { ...request, binding: ["grants of type", type] };
          const page = await servePage([grantsOfType(whole, type)], tokens, asked, one);
          return grantsAnswer(page, log);
        }
        const grants: Section<Grant> = {
          read: async (cursor, each) => (await support.grants?.(resource, cursor, each)) ?? { items: [], next: [] },
          key: grantId,
          bytes: grantSize(),
        };
        const binding = ["grants", type, id];
        const { ask, replay, start, scope } = await scopeOf(
          connector,
          support,
          resource,
          annotations,
          one,
          pageToken === "",
        );
        if (ask !== undefined) return { list: [], annotations: [ask] };
        if (replay !== undefined) {
          const nextPageToken = start?.cursors.length ? tokens.seal(binding, start) : "";
          return { list: [], nextPageToken, annotations: [replay] };
        }
        const page = await servePage([grants], tokens, { ...request, binding, start, scope }, one);
        return grantsAnswer(page, log);
      },
    }),
  ];
}

/** A page of grants as an answer, with what is said of its scope. */
function grantsAnswer(page: ServedPage<Grant>, log: Log) {
  const { nextPageToken, annotations } = answerOf({ ...page, list: [] }, log);
  return new EncodedAnswer(encodedGrants(page.list), {
    nextPageToken,
    annotations: [...annotations, ...recordOf(page)],
  });
}

/** All grants of one type, of a reading that may show those of others beside them. */
function grantsOfType({ page }: AllGrants, type: string): Section<Grant> {
  return {
    async read(cursor, call) {
      const { items, next, refused } = await page(cursor, call);
      const own = items.filter(({ granted }) => granted.resource.id?.resourceType === type);
      return { items: own, next, ...(refused && { refused }) };
    },
    key: grantId,
    bytes: grantSize(),
    width: SPARSE_WIDTH,
  };
}

/** A type's list, then what no list shows. */
function resourceSections(support: ResourceTypeSupport): Section<Resource>[] {
  const same = {
    key: ({ id }: Resource) => resourceKey(id?.resourceType ?? "", id?.resource ?? ""),
    bytes: sizeOf(ResourceSchema),
  };
  const listed: Section<Resource> = {
    ...same,
    async read(cursor, call): Promise<Page<Resource>> {
      const page = await support.list(cursor, call);
      return { ...page, items: page.items.map(({ resource }) => resource) };
    },
  };
  const { unlisted } = support;
  return unlisted === undefined
    ? [listed]
    : [listed, { ...same, sparse: true, read: (cursor, call) => unlisted(cursor, call) }];
}

/** The call as part of the sync that the request names, if any. */
function within(call: Call, activeSyncId: string): Call {
  return activeSyncId === "" ? call : { ...call, syncId: activeSyncId };
}

function sizeOf<Desc extends DescMessage>(schema: Desc): (message: MessageShape<Desc>) => number {
  return (message) => toBinary(schema, message).length + 4;
}

/** All grants of an entitlement carry the same resource, so that is measured once. */
function grantSize(): (grant: Grant) => number {
  const sizes = new Map<Granted, number>();
  return ({ granted, principalId, expandable }) => {
    let size = sizes.get(granted);
    if (size === undefined) {
      size = toBinary(ResourceSchema, granted.resource).length + 4 * granted.id.length + 200;
      sizes.set(granted, size);
    }
    return size + 3 * principalId.length + (expandable?.entitlementIds.join("").length ?? 0);
  };
}
