import type { Entitlement } from "../../../gen/c1/connector/v2/entitlement_pb.ts";
import type { ResourceId } from "../../../gen/c1/connector/v2/resource_pb.ts";
import { Failure } from "../../../runtime/failure.ts";
import { parseEntitlementId, type ResourceKey } from "../../model/ids.ts";

/** Bytes that an id may have. Source: the Baton contract. */
const MAX_ID_BYTES = 1024;
/** Bytes that a page token may have. Source: the Baton contract. */
export const MAX_PAGE_TOKEN_BYTES = 1 << 20;
/** Items that a page of a list may be asked for. Source: the Baton contract. */
const MAX_PAGE_SIZE = 250;

/** A request's field that is not what it must be. */
export function invalid(field: string, must: string): Failure {
  return new Failure({ kind: "invalidArgument", message: `${field} ${must}`, field });
}

/** An id of 1 to 1,024 bytes. */
export function idIn(field: string, value: string): string {
  const length = Buffer.byteLength(value);
  if (length === 0) throw invalid(field, "is missing");
  if (length > MAX_ID_BYTES) throw invalid(field, `has ${length} bytes; ${MAX_ID_BYTES} is the most`);
  return value;
}

/** An id that may be left out. */
export function optionalId(field: string, value: string): string | undefined {
  return value === "" ? undefined : idIn(field, value);
}

/** A resource's id with both its parts. */
export function resourceIdIn(field: string, id: ResourceId | undefined): ResourceKey {
  if (id === undefined) throw invalid(field, "is missing");
  return { type: idIn(`${field}.resource_type`, id.resourceType), id: idIn(`${field}.resource`, id.resource) };
}

/** A resource's id that may be left out. */
export function optionalResourceId(field: string, id: ResourceId | undefined): ResourceKey | undefined {
  return id === undefined ? undefined : resourceIdIn(field, id);
}

/** The id within a resource that a request must have. */
export function resourceIn(field: string, resource: { readonly id?: ResourceId | undefined } | undefined): ResourceKey {
  if (resource === undefined) throw invalid(field, "is missing");
  return resourceIdIn(`${field}.id`, resource.id);
}

/** An entitlement with its resource, and the slug that its id names. */
export function entitlementIn(field: string, entitlement: Entitlement | undefined): ResourceKey & { slug: string } {
  if (entitlement === undefined) throw invalid(field, "is missing");
  const resource = resourceIn(`${field}.resource`, entitlement.resource);
  const id = idIn(`${field}.id`, entitlement.id);
  let parts: ReturnType<typeof parseEntitlementId> | undefined;
  try {
    parts = parseEntitlementId(id);
  } catch {
    throw invalid(`${field}.id`, "is not of the form <type>:<id>:<slug>");
  }
  if (parts.type !== resource.type || parts.id !== resource.id) {
    throw invalid(`${field}.id`, `names another resource than ${field}.resource`);
  }
  return { ...resource, slug: parts.slug };
}

/** What requests for a page have in common. */
export interface Paged {
  readonly pageSize: number;
  readonly pageToken: string;
  readonly activeSyncId: string;
}

/** Checks what a request for a page says of it. */
export function checkPaged(request: Paged): void {
  checkPageSize(request.pageSize, MAX_PAGE_SIZE);
  if (Buffer.byteLength(request.pageToken) > MAX_PAGE_TOKEN_BYTES) throw invalid("page_token", "is longer than 1 MiB");
  optionalId("active_sync_id", request.activeSyncId);
}

/** Checks how many items are asked for; 0 leaves it to the server. */
export function checkPageSize(size: number, most: number): void {
  if (size > most) throw invalid("page_size", `is ${size}; ${most} is the most`);
}
