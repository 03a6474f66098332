import type { Resource } from "../../gen/c1/connector/v2/resource_pb.ts";
import type { Cursor } from "./page.ts";

/** A resource and what is still to be read for its grants: nothing where it is known to have none. */
export interface Listed {
  readonly resource: Resource;
  readonly grants: readonly Cursor[];
  /** How many items a reading of `grants` is to show, where the list says so: what is read is held against it. */
  readonly expected?: readonly Expected[];
  /** How many resources of the type `heldOf` this one holds, where the list says so. */
  readonly held?: number;
  /** When what a reading of `grants` shows last changed, where the list says so, by the other side's clock. */
  readonly changed?: readonly Changed[];
}

/** How many items the reading that begins at a cursor is to show, all its pages together, whatever a filter leaves out. */
export interface Expected {
  readonly cursor: Cursor;
  readonly count: number;
}

/** When what the reading that begins at a cursor shows last changed, in milliseconds since the Unix epoch. */
export interface Changed {
  readonly cursor: Cursor;
  readonly at: number;
}
