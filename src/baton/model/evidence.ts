import type { Resource } from "../../gen/c1/connector/v2/resource_pb.ts";
import type { ResourceKey } from "./ids.ts";

/** Who holds what: a grant without what it copies. */
export interface Holding {
  readonly entitlementId: string;
  /** The resource to which the entitlement belongs. */
  readonly resource: ResourceKey;
  readonly principal: ResourceKey;
}

/** Somebody who holds an entitlement, and how. */
export interface Holder {
  readonly principal: ResourceKey;
  /** Held itself (`true`), only through something else (`false`), or not known (`null`). */
  readonly direct: boolean | null;
  /** The ways through groups, each from the holder on. */
  readonly via: readonly (readonly ResourceKey[])[];
}

/** What of a snapshot rules may ask for. Lists are read row by row. */
export interface Evidence {
  /** The moment that ages are counted to, in milliseconds since the Unix epoch. */
  readonly now: number;
  /** Whether the snapshot has the resource type: that it holds none is another question. */
  hasType(type: string): boolean;
  /** The resources of a type, with their ids. */
  resources(type: string): Iterable<{ readonly key: ResourceKey; readonly resource: Resource }>;
  find(key: ResourceKey): Resource | undefined;
  /** What the resource is called: its name, or its id where it has none. */
  name(key: ResourceKey): string;
  /** The grants of an entitlement or to a principal (or to all of a type), as they stand in the snapshot. */
  grants(filter: {
    readonly entitlementId?: string;
    readonly principal?: ResourceKey;
    readonly principalType?: string;
  }): Iterable<Holding>;
  /** How many grants of an entitlement there are, to principals of one type where it is given. */
  count(entitlementId: string, principalType?: string): number;
  /** Ids of the entitlements with a slug, of a type. */
  entitlements(type: string, slug: string): Iterable<{ readonly id: string; readonly resource: ResourceKey }>;
  /** Who holds an entitlement, themselves or as members of a group that does; such groups are listed too. */
  holders(entitlementId: string): Iterable<Holder>;
  /** What could not be read of the other side; `undefined` where the snapshot does not say. */
  readonly missing: readonly string[] | undefined;
}
