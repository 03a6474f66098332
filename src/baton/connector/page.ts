import type { Json } from "./json.ts";

/**
 * Where a list goes on: plain JSON, small, and complete, so that any process can go on from it. Its shape belongs to
 * the resource type that made it.
 */
export type Cursor = { readonly [key: string]: Json | undefined };

/** One page of a list. `next`: empty means done; several cursors fan out and may be read side by side. */
export interface Page<T> {
  readonly items: readonly T[];
  readonly next: readonly Cursor[];
  /** What the other side refused to show on this page: a reader must never take "not readable" for "nobody". */
  readonly refused?: readonly Refusal[];
}

/** Something that is missing from what was read while the sync went on: an access that was refused, unless `sort` says else. */
export interface Refusal {
  /**
   * `unreadable`: the other side fails whenever it is asked for this one object. `incomplete`: what was read contradicts
   * what the other side says elsewhere.
   */
  readonly sort?: "unreadable" | "incomplete";
  /** What is missing from the snapshot, as `admin roles of groups`: the same text for every object of that sort. */
  readonly what: string;
  /** Why, and what would help: the missing scope or admin role. */
  readonly why: string;
  /** The object it was refused for, as `group 00g1`. */
  readonly on?: string;
  /** The other side's request id. */
  readonly requestId?: string;
  /**
   * Over gRPC the page is served without it and marked, where any other refusal fails the call: clients of the contract
   * are used to find nothing in its place, or it is one item of a page whose others are good.
   */
  readonly passedOver?: boolean;
}

/** The one object that a page is asked of, though the page belongs to a list of many. */
export interface PageSubject {
  /** What is missing where the page cannot be read, as `which admin roles user 00u1 holds`. */
  readonly what: string;
  /** The object, as `user 00u1`. */
  readonly on: string;
}
