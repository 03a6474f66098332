import type { Entitlement } from "../gen/c1/connector/v2/entitlement_pb.ts";
import type { Resource, ResourceType } from "../gen/c1/connector/v2/resource_pb.ts";
import type { Grant } from "./model/grant.ts";

/** A JSON value. */
export type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json | undefined };

/**
 * Where a list goes on: plain JSON, small, and complete, so that any process can go on from it. Its shape belongs to
 * the resource type that made it.
 */
export type Cursor = { readonly [key: string]: Json | undefined };

/** What every call carries down to each request it makes. */
export interface Call {
  readonly signal: AbortSignal;
  /** When the caller stops waiting, in milliseconds since the Unix epoch. */
  readonly deadline?: number;
  /** The sync that this call is part of. What is remembered between calls is remembered under this id only. */
  readonly syncId?: string;
  /**
   * The caller itself leaves out grants whose principal no list showed, as a full sync does when it ends. The connector
   * need not find out, one by one, which principals a filter leaves out.
   */
  readonly dropsUnlisted?: boolean;
  /** Told what each answer said of the rate limit. */
  readonly observe?: (seen: RateLimit) => void;
}

/** What an answer said of the rate limit that applies to it. */
export interface RateLimit {
  /** Requests a window. */
  readonly limit: number;
  /** Requests left in this window. */
  readonly remaining: number;
  /** When the window ends, in milliseconds since the Unix epoch, by the server's clock. */
  readonly resetAt: number;
}

/** One page of a list. `next`: empty means done; several cursors fan out and may be read side by side. */
export interface Page<T> {
  readonly items: readonly T[];
  readonly next: readonly Cursor[];
  /** What the other side refused to show on this page: a reader must never take "not readable" for "nobody". */
  readonly refused?: readonly Refusal[];
}

/** An access that was refused while the sync went on. */
export interface Refusal {
  /** What is missing from the snapshot, as `admin roles of groups`: the same text for every object of that sort. */
  readonly what: string;
  /** Why, and what would help: the missing scope or admin role. */
  readonly why: string;
  /** The object it was refused for, as `group 00g1`. */
  readonly on?: string;
  /** The other side's request id. */
  readonly requestId?: string;
}

/** A resource and what is still to be read for its grants: nothing where it is known to have none. */
export interface Listed {
  readonly resource: Resource;
  readonly grants: readonly Cursor[];
}

/** A page of grants. `resources`: ones that only their grants show (a role outside the fixed table, say). */
export interface GrantPage extends Page<Grant> {
  readonly resources?: readonly Resource[];
}

/**
 * The grants of a whole resource type (or of several that share this object) where that is cheaper than reading them
 * one resource at a time.
 */
export interface AllGrants {
  /** Names the reading in logs, progress and the durable queue. */
  readonly name: string;
  page(cursor: Cursor | undefined, call: Call): Promise<GrantPage>;
}

/** What a connector can do with one resource type. What is absent it cannot do; capabilities are derived from this. */
export interface ResourceTypeSupport {
  readonly type: ResourceType;
  /** One page of the type's resources. Throws a {@link Failure} of kind `badCursor` where the cursor is refused. */
  list(cursor: Cursor | undefined, call: Call): Promise<Page<Listed>>;
  /** The entitlements of a resource, made without any call to the other side. */
  entitlements?(resource: Resource): Entitlement[];
  /**
   * One page of a resource's grants. The resource may be nothing but its id; a cursor of `Listed.grants` or of an
   * earlier page says where to read, `undefined` means: all there is, from the start. Throws a {@link Failure} of kind
   * `notFound` where the resource is gone. Not called in a sync where `allGrants` is there.
   */
  grants?(resource: Resource, cursor: Cursor | undefined, call: Call): Promise<GrantPage>;
  readonly allGrants?: AllGrants;
  /** One resource, fresh, with what is to be read for its grants; `undefined` where it is not there or filtered out. */
  get?(id: string, call: Call): Promise<Listed | undefined>;
}

/** Who a connector is. */
export interface ConnectorMetadata {
  readonly displayName: string;
  readonly description: string;
  /** Where a person finds what the connector reads, as `https://acme.okta.com`. */
  readonly externalUrl?: string;
}

/** The contract: the syncer, the gRPC server, the provisioner and service mode all work against this. */
export interface Connector {
  readonly metadata: ConnectorMetadata;
  /** The resource types that are switched on, in a fixed order. */
  readonly types: readonly ResourceTypeSupport[];
  /** Proves that the credentials work. Throws a {@link Failure} that says what is wrong. */
  validate(call: Call): Promise<void>;
  /** Frees connections. */
  close?(): Promise<void>;
}
