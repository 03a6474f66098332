import type { Resource } from "../../gen/c1/connector/v2/resource_pb.ts";
import type { Grant } from "../model/grant.ts";
import type { ResourceKey } from "../model/ids.ts";
import type { Call } from "./call.ts";
import type { Cursor, Page, PageSubject } from "./page.ts";

/** A page of grants. `resources`: ones that only their grants show (a role outside the fixed table, say). */
export interface GrantPage extends Page<Grant> {
  /** How many items the other side showed on this page, where a filter left some out; the number of `items` if absent. */
  readonly total?: number;
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
  /** What the page at a cursor is asked of; `undefined` where that is no single object. */
  subjectOf?(cursor: Cursor): PageSubject | undefined;
  /** Whose grants the page at a cursor shows, where it shows all those of one principal that the whole reading shows. */
  holderAt?(cursor: Cursor): ResourceKey | undefined;
  /** The types of resources, and of principals, whose grants it shows, all of them. */
  readonly covers?: { readonly resources: readonly string[]; readonly principals: readonly string[] };
}

/**
 * Which grants the readings that begin at such cursors show, all of them: a stored one that such a reading does not show
 * any more is no more.
 */
export interface Reading {
  /** What is in each cursor that such a reading begins at; `{}`: any. */
  readonly cursor: Cursor;
  /** It shows only grants to principals of these types; absent: all. */
  readonly principals?: readonly string[];
  /** It shows what the resource itself holds, as a principal, of these types; absent: who holds the resource. */
  readonly holds?: readonly string[];
  /** How many items a page holds at most. */
  readonly pageSize: number;
}
