import type {
  Call,
  Connector,
  Cursor,
  GrantPage,
  Listed,
  Page,
  Refusal,
  ResourceTypeSupport,
} from "../../../src/baton/connector.ts";
import { wireGrant } from "../../../src/baton/model/encode.ts";
import { grantId, resourceKey } from "../../../src/baton/model/ids.ts";
import { comparableJson } from "../../../src/baton/model/json.ts";
import { EntitlementSchema } from "../../../src/gen/c1/connector/v2/entitlement_pb.ts";
import { GrantSchema } from "../../../src/gen/c1/connector/v2/grant_pb.ts";
import { ResourceSchema, ResourceTypeSchema } from "../../../src/gen/c1/connector/v2/resource_pb.ts";

/** What a connector shows of an org, in the form of the golden files. */
export interface Walked {
  readonly resource_types: Record<string, unknown>;
  readonly resources: Record<string, unknown>;
  readonly entitlements: Record<string, unknown>;
  readonly grants: Record<string, unknown>;
  readonly refused: Refusal[];
}

export const call = (parts: Partial<Call> = {}): Call => ({ signal: new AbortController().signal, ...parts });

/** Every page of a list, whatever way its cursors fan out. Cursors go through JSON, as they do in a queue. */
export async function pages<P extends Page<unknown>>(
  read: (cursor: Cursor | undefined) => Promise<P>,
  starts: readonly (Cursor | undefined)[] = [undefined],
): Promise<P[]> {
  const found: P[] = [];
  const queue = [...starts];
  while (queue.length > 0) {
    const cursor = queue.shift();
    const page = await read(cursor);
    found.push(page);
    queue.push(...page.next.map((next) => JSON.parse(JSON.stringify(next)) as Cursor));
  }
  return found;
}

export async function listAll(type: ResourceTypeSupport, how: Call = call()): Promise<Listed[]> {
  return (await pages((cursor) => type.list(cursor, how))).flatMap((page) => page.items);
}

/**
 * Reads everything. `all`: as a sync does, with `allGrants` and the cursors that the lists gave; otherwise as a client
 * over gRPC does, one resource after the other and from the start.
 */
export async function walk(connector: Connector, how: Call = call(), all = true): Promise<Walked> {
  const walked: Walked = { resource_types: {}, resources: {}, entitlements: {}, grants: {}, refused: [] };
  const seen = new Set<unknown>();
  const take = (found: readonly GrantPage[]) => {
    for (const page of found) {
      walked.refused.push(...(page.refused ?? []));
      for (const resource of page.resources ?? []) add(walked, resource, undefined);
      for (const grant of page.items) walked.grants[grantId(grant)] = comparableJson(GrantSchema, wireGrant(grant));
    }
  };
  for (const type of connector.types) {
    walked.resource_types[type.type.id] = comparableJson(ResourceTypeSchema, type.type);
    const list = await pages((cursor) => type.list(cursor, how));
    walked.refused.push(...list.flatMap((page) => page.refused ?? []));
    for (const listed of list.flatMap((page) => page.items)) add(walked, listed.resource, type);
    if (all && type.allGrants) {
      if (!seen.has(type.allGrants)) take(await pages((cursor) => type.allGrants!.page(cursor, how)));
      seen.add(type.allGrants);
      continue;
    }
    for (const { resource, grants } of list.flatMap((page) => page.items)) {
      if (type.grants) take(await pages((cursor) => type.grants!(resource, cursor, how), all ? grants : [undefined]));
    }
  }
  return walked;
}

function add(walked: Walked, resource: Listed["resource"], type: ResourceTypeSupport | undefined): void {
  const key = resourceKey(resource.id?.resourceType ?? "", resource.id?.resource ?? "");
  walked.resources[key] = comparableJson(ResourceSchema, resource);
  for (const entitlement of type?.entitlements?.(resource) ?? []) {
    walked.entitlements[entitlement.id] = comparableJson(EntitlementSchema, entitlement);
  }
}
