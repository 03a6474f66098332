import { create, type DescMessage, type JsonObject, type Message } from "@bufbuild/protobuf";
import { GrantExpandableSchema } from "../../gen/c1/connector/v2/annotation_grant_pb.ts";
import { type Entitlement, EntitlementSchema } from "../../gen/c1/connector/v2/entitlement_pb.ts";
import { type Grant, GrantSchema } from "../../gen/c1/connector/v2/grant_pb.ts";
import { type Resource, ResourceSchema, ResourceTypeSchema } from "../../gen/c1/connector/v2/resource_pb.ts";
import { INSIGHT_TYPE } from "../model/insight.ts";
import { comparableJson } from "../model/json.ts";
import type { SyncContent } from "../snapshot/content.ts";
import { CONTENT_TABLES, type ContentTable } from "../snapshot/schema.ts";
import type { Stored } from "../snapshot/stored.ts";
import { StoredGrant } from "../snapshot/stored-grant.ts";

/** One row in which two syncs differ. */
export interface Difference {
  readonly table: ContentTable;
  /** The row's external id. */
  readonly id: string;
  readonly change: "added" | "removed" | "changed";
  /** The row as it was; absent where it was added. */
  readonly before?: Stored<DescMessage>;
  /** The row as it is; absent where it was removed. */
  readonly after?: Stored<DescMessage>;
}

/** How two syncs are compared. */
export interface CompareOptions {
  /**
   * Compare the copies too that rows carry of other rows: an entitlement's resource, a grant's entitlement and
   * principal. Without it one renamed group is one change, not one for each of its members.
   */
  readonly copies?: boolean;
}

/**
 * In what two syncs, of one snapshot or of two, differ: table by table, by external id. Reads both side by side, so
 * that memory does not grow with them. Order and encoding of what means the same do not count.
 */
export function* compareSyncs(
  before: SyncContent,
  after: SyncContent,
  options: CompareOptions = {},
): Generator<Difference> {
  for (const table of CONTENT_TABLES) {
    for (const [old, now] of pairs(before.rows(table), after.rows(table))) {
      if (!old) yield { table, id: now!.id, change: "added", after: now! };
      else if (!now) yield { table, id: old.id, change: "removed", before: old };
      else if (differ(table, old, now, options))
        yield { table, id: now.id, change: "changed", before: old, after: now };
    }
  }
}

/** A row of any of the tables. */
export type Row = Stored<DescMessage>;

function* pairs(left: Generator<Row>, right: Generator<Row>): Generator<[Row | undefined, Row | undefined]> {
  try {
    let a = left.next();
    let b = right.next();
    while (!a.done || !b.done) {
      const order = a.done ? 1 : b.done ? -1 : compareUtf8(a.value.id, b.value.id);
      yield [order <= 0 ? (a.value as Row) : undefined, order >= 0 ? (b.value as Row) : undefined];
      if (order <= 0) a = left.next();
      if (order >= 0) b = right.next();
    }
  } finally {
    left.return(undefined);
    right.return(undefined);
  }
}

/** SQLite orders texts by their UTF-8 bytes, JavaScript by their UTF-16 units. */
function compareUtf8(a: string, b: string): number {
  return a === b ? 0 : Buffer.compare(Buffer.from(a), Buffer.from(b));
}

function differ(table: ContentTable, before: Row, after: Row, options: CompareOptions): boolean {
  const expansion = (row: Row) => (row instanceof StoredGrant ? (row.expansion ?? undefined) : undefined);
  if (sameBytes(before.data, after.data) && sameBytes(expansion(before), expansion(after))) return false;
  return JSON.stringify(comparable(table, before, options)) !== JSON.stringify(comparable(table, after, options));
}

function sameBytes(a: Uint8Array | undefined, b: Uint8Array | undefined): boolean {
  return a === b || (a !== undefined && b !== undefined && Buffer.compare(a, b) === 0);
}

/** What of a row is compared, as JSON. */
export function comparable(table: ContentTable, row: Row, { copies = false }: CompareOptions = {}): JsonObject {
  const message: Message = row.message;
  switch (table) {
    case "v1_resource_types":
      return comparableJson(ResourceTypeSchema, message as never);
    case "v1_resources":
      return comparableJson(ResourceSchema, withoutMoment(message as Resource));
    case "v1_entitlements": {
      const entitlement = message as Entitlement;
      const bare = copies ? entitlement : { ...entitlement, ...idOf("resource", entitlement.resource) };
      return comparableJson(EntitlementSchema, bare);
    }
    case "v1_grants": {
      const json = comparableJson(GrantSchema, copies ? (message as Grant) : bareGrant(message as Grant));
      const expandable = row instanceof StoredGrant ? row.expandable : undefined;
      return expandable ? { ...json, expandable: comparableJson(GrantExpandableSchema, expandable) } : json;
    }
  }
}

/** What a finding says of time changes with every sync, and says nothing new. */
function withoutMoment(resource: Resource): Resource {
  if (resource.id?.resourceType !== INSIGHT_TYPE) return resource;
  const { id, displayName, profile } = resource;
  const { severity = null } = profile ?? {};
  return create(ResourceSchema, { ...(id && { id }), displayName, profile: { severity } });
}

/** A grant whose copies are cut down to ids; who holds what still stands in them. */
function bareGrant(grant: Grant): Grant {
  const { id = "", resource } = grant.entitlement ?? {};
  const entitlement = create(EntitlementSchema, { id, ...idOf("resource", resource) });
  return { ...grant, entitlement, ...idOf("principal", grant.principal) };
}

function idOf<Key extends string>(key: Key, resource: Resource | undefined): { [K in Key]?: Resource } {
  const id = resource?.id;
  return { [key]: create(ResourceSchema, id ? { id } : {}) } as { [K in Key]?: Resource };
}
