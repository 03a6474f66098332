import type { Resource } from "../../gen/c1/connector/v2/resource_pb.ts";
import type { Call } from "./call.ts";
import type { GrantPage } from "./grants.ts";
import type { Cursor } from "./page.ts";

/** The lists that a sync has read so far. */
export interface ReadLists {
  /** Whether a type's list was read to its end, or is not read in this sync at all. */
  isComplete(type: string): boolean;
  /** The resources of a type that were listed so far. */
  resources(type: string): Iterable<Resource>;
  /** Those of them that are to be read: of a sync that reads only what has changed, a part; else all. */
  toRead(type: string): Iterable<Resource>;
}

/** By which route a sort of readings is made. */
export interface RouteChoice {
  /** Principals that are asked what they hold, by their ids, in this order; none: every reading is made as it is listed. */
  readonly principals: readonly string[];
  /** Resources whose readings are made as they are listed all the same, by their ids. */
  readonly resources: readonly string[];
}

/** A page of what a principal holds. */
export interface HeldPage extends GrantPage {
  /** Why this route cannot be relied on: then all is read as it is listed. */
  readonly contradicted?: string;
}

/**
 * A second route to what a sort of readings shows: in place of asking each resource who holds it, principals are asked what
 * they hold, where that ends sooner. It shows the same grants, to the byte.
 */
export interface OtherRoute {
  /** The sort of readings that it stands in for: what is in each cursor that such a reading begins at. */
  readonly cursor: Cursor;
  /** The type of the principals that are asked. */
  readonly principal: string;
  /** The entitlement whose grants to them it shows. */
  readonly slug: string;
  /** Chooses once the lists that it takes are complete; `undefined`: not yet. Asked again as lists become complete. */
  choose(lists: ReadLists, call: Pick<Call, "syncId">): RouteChoice | undefined;
  /**
   * One page of what a principal holds. `resourceOf` gives the resource of an id, the same object each time, as the grants
   * are to name it; `undefined` where this route is not asked for it, and the grant is left out. Throws what `grants` throws.
   */
  page(
    principal: Resource,
    cursor: Cursor | undefined,
    resourceOf: (id: string) => Resource | undefined,
    call: Call,
  ): Promise<HeldPage>;
  /** How many resources a principal holds, where it says so: it is not asked where so many were shown already. */
  countOf?(principal: Resource): number | undefined;
}
