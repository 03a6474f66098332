import { create } from "@bufbuild/protobuf";
import { type Any, anyIs, anyUnpack } from "@bufbuild/protobuf/wkt";
import { ExternalLinkSchema } from "../../../gen/c1/connector/v2/annotation_external_link_pb.ts";
import { InsertResourceGrantsSchema } from "../../../gen/c1/connector/v2/annotation_grant_pb.ts";
import {
  ChildResourceTypeSchema,
  SkipEntitlementsAndGrantsSchema,
  SkipEntitlementsSchema,
  SkipGrantsSchema,
} from "../../../gen/c1/connector/v2/annotation_resource_tree_pb.ts";
import {
  EnqueuePageTokensSchema,
  TypeScopedGrantsSchema,
} from "../../../gen/c1/connector/v2/annotation_type_scoped_grants_pb.ts";
import { Capability, ConnectorService } from "../../../gen/c1/connector/v2/connector_pb.ts";
import { EntitlementsService } from "../../../gen/c1/connector/v2/entitlement_pb.ts";
import { GrantsService } from "../../../gen/c1/connector/v2/grant_pb.ts";
import {
  type Resource,
  ResourceGetterService,
  ResourceSchema,
  ResourcesService,
  type ResourceType,
  ResourceTypesService,
} from "../../../gen/c1/connector/v2/resource_pb.ts";
import { Failure, isFailure } from "../../../runtime/failure.ts";
import { PageChains } from "../../../runtime/page-chains.ts";
import type {
  AllGrants,
  Call,
  Connector,
  Cursor,
  GrantPage,
  Listed,
  Page,
  Refusal,
  ResourceTypeSupport,
} from "../../connector.ts";
import { find, has, pack } from "../../model/annotations.ts";
import { grantOfMessage } from "../../model/encode.ts";
import { resourceKey } from "../../model/ids.ts";
import { passedOverIn } from "../passed-over.ts";
import { RefusedPage } from "../refused-page.ts";
import { type Channel, type ChannelOptions, openChannel } from "./channel.ts";

/** So many pages without an item in a row are no list any more; a filter may leave all of a page out. */
const MAX_EMPTY_PAGES = 5_000;

/** Milliseconds that a farewell may take. */
const CLEANUP_TIMEOUT_MS = 5_000;

/**
 * A connector behind a network: any program that serves the contract. It reads; what it may change is not offered. The
 * service is asked at once who it is and which resource types it has. Throws a {@link Failure}.
 */
export async function connectRemote(options: ChannelOptions, call: Call): Promise<Connector> {
  const channel = openChannel(options);
  try {
    const { metadata } = await channel.read(ConnectorService.method.getMetadata, {}, call);
    const types = await readTypes(channel, call);
    const targeted = new Set(
      (metadata?.capabilities?.resourceTypeCapabilities ?? [])
        .filter(({ capabilities }) => capabilities.includes(Capability.TARGETED_SYNC))
        .map(({ resourceType }) => resourceType?.id ?? ""),
    );
    const externalUrl = find(metadata?.annotations ?? [], ExternalLinkSchema)?.url;
    const syncs = new Set<string>();
    return {
      metadata: {
        displayName: metadata?.displayName ?? "",
        description: metadata?.description ?? "",
        ...(externalUrl ? { externalUrl } : {}),
      },
      changesUntold:
        "a connector over gRPC does not tell what has changed; give --incremental where Okta itself is read",
      types: types.map((type) => supportOf(type, channel, targeted.has(type.id), syncs)),
      async validate(one) {
        await channel.read(ConnectorService.method.validate, {}, one);
      },
      async close() {
        // What the service keeps for a sync it may forget; that it could not be told is no failure.
        const bye: Call = {
          signal: AbortSignal.timeout(CLEANUP_TIMEOUT_MS),
          deadline: options.clock.now() + CLEANUP_TIMEOUT_MS,
        };
        await Promise.allSettled(
          [...syncs].map((activeSyncId) => channel.read(ConnectorService.method.cleanup, { activeSyncId }, bye)),
        );
        channel.close();
      },
    };
  } catch (error) {
    channel.close();
    throw error;
  }
}

async function readTypes(channel: Channel, call: Call): Promise<ResourceType[]> {
  const types: ResourceType[] = [];
  const follow = createFollow();
  for (let pageToken = ""; ; ) {
    const page = await channel.read(ResourceTypesService.method.listResourceTypes, { pageToken }, call);
    types.push(...page.list);
    pageToken = follow(["types"], pageToken, page);
    if (pageToken === "") return types;
  }
}

function supportOf(type: ResourceType, channel: Channel, targeted: boolean, syncs: Set<string>): ResourceTypeSupport {
  const skips = skipsOf(type.annotations);
  const isTypeScoped = has(type.annotations, TypeScopedGrantsSchema);
  const follow = createFollow();

  /** The sync's id, noted for the farewell. */
  function within({ syncId = "" }: Call): string {
    if (syncId !== "") syncs.add(syncId);
    return syncId;
  }

  async function list(cursor: Cursor | undefined, call: Call): Promise<Page<Listed>> {
    const { token = "", type: listed = type.id, parent } = (cursor ?? {}) as ListCursor;
    const page = await shown(
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
    const page = await shown(channel.read(EntitlementsService.method.listEntitlements, request, call));
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
      const page = await shown(channel.read(GrantsService.method.listGrants, request, call));
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

/** A page, or what the service says of one that it was refused: the list goes on after it. */
async function shown<P extends AnsweredPage>(
  read: Promise<P>,
): Promise<Pick<P, "list" | "nextPageToken"> & { enqueued: readonly Cursor[]; refused?: readonly Refusal[] }> {
  try {
    const { list, nextPageToken, annotations } = await read;
    const refused = passedOverIn(annotations);
    const enqueued = (find(annotations, EnqueuePageTokensSchema)?.pageTokens ?? []).flatMap(cursorsOf);
    return { list, nextPageToken, enqueued, ...(refused.length === 0 ? {} : { refused }) };
  } catch (error) {
    if (!(error instanceof RefusedPage)) throw error;
    return { list: [], nextPageToken: error.nextPageToken, enqueued: [], refused: [error.refusal] };
  }
}

/** That grants of an answer do not say what they give to whom. */
function nameless(count: number, { id }: Resource): Refusal[] {
  const [type, one] = [id?.resourceType ?? "", id?.resource ?? ""];
  return Array<Refusal>(count).fill({
    what: `grants of ${type}s`,
    why: "the service's answer holds one without an entitlement or a principal",
    on: `${type} ${one}`,
    passedOver: true,
  });
}

interface AnsweredPage {
  readonly list: readonly unknown[];
  readonly nextPageToken: string;
  readonly annotations: Resource["annotations"];
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

function cursorsOf(token: string): Cursor[] {
  return token === "" ? [] : [{ token }];
}

function idOf({ id }: Resource): string {
  return resourceKey(id?.resourceType ?? "", id?.resource ?? "");
}

/** A page as far as its end counts. A page that was refused is not empty. */
interface Paged {
  readonly list: readonly unknown[];
  readonly nextPageToken: string;
  readonly refused?: readonly Refusal[];
}

/**
 * Makes what gives the token of the page after `page`, which came for `token`; `""` after the last. Throws a
 * {@link Failure} of kind `internal` where the list would never end.
 */
function createFollow(): (list: readonly string[], token: string, page: Paged) => string {
  const chains = new PageChains(MAX_EMPTY_PAGES);
  return (list, token, page) => {
    const placeOf = (at: string) => JSON.stringify([...list, at]);
    const next = page.nextPageToken === "" ? undefined : placeOf(page.nextPageToken);
    const isEmpty = page.list.length === 0 && page.refused === undefined;
    const endless = chains.follow(placeOf(token), next, isEmpty);
    if (endless === undefined) return page.nextPageToken;
    const why =
      page.nextPageToken === token
        ? "a page with that page's own token"
        : endless === "cycle"
          ? "a page with the token of one that came before"
          : `${MAX_EMPTY_PAGES} empty pages in a row, and the token of yet another`;
    throw new Failure({ kind: "internal", message: `the service answered ${why}: the list would never end` });
  };
}

/** A token that the service gave and takes no more: the list starts again. */
function badCursor(cause: Failure): Failure {
  return new Failure({ kind: "badCursor", message: cause.message, cause });
}
