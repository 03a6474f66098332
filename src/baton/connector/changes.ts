import type { ResourceKey } from "../model/ids.ts";
import type { Call } from "./call.ts";
import type { Listed } from "./listed.ts";
import type { Cursor, Refusal } from "./page.ts";

/**
 * What is to be read again: a resource; a whole list; grants (of one resource or of all of a type, all of them or those of
 * one sort of reading, or those to one principal); what a principal holds in readings of whole types (or what any holds);
 * all that a principal held so far; what those hold who held a resource (or any of a type); or everything, and why.
 */
export type ToRead =
  | { readonly what: "resource"; readonly type: string; readonly id: string }
  | { readonly what: "list"; readonly type: string }
  | {
      readonly what: "grants";
      readonly type: string;
      readonly id?: string;
      readonly reading?: Cursor;
      readonly principal?: ResourceKey;
    }
  | { readonly what: "holder"; readonly type: string; readonly id?: string }
  | { readonly what: "holdings"; readonly type: string; readonly id: string }
  | { readonly what: "holders"; readonly type: string; readonly id?: string }
  | { readonly what: "everything"; readonly why: string };

/** The place from which changes are read. Plain JSON, kept in the snapshot. */
export interface Since {
  /** The parts of it, which are read side by side: the cursor of each, by name. */
  readonly parts: Readonly<Record<string, Cursor>>;
  /** The other side's time when it was taken, in milliseconds since the Unix epoch, where it is known. */
  readonly at?: number;
}

/** One page of what has changed. */
export interface ChangePage {
  readonly items: readonly ToRead[];
  /** Resources that the page itself shows, fresh. */
  readonly listed?: readonly Listed[];
  /** Resources that are there and are left out by a filter now. */
  readonly filteredOut?: readonly ResourceKey[];
  /** Resources of `listed` that were there before, and may not have been in: a filter let them through only now. */
  readonly cameIn?: readonly ResourceKey[];
  /** The page after this one; absent where this was the last. */
  readonly next?: Cursor;
  /** Where the part goes on in the next sync; there on the last page. */
  readonly since?: Cursor;
  /** The other side's time when the page was answered, where it is known. */
  readonly at?: number;
  /** What could not be seen, and what it costs: it is read again instead. Reported in the result. */
  readonly blind?: string;
  readonly refused?: readonly Refusal[];
}

/** What has changed on the other side: for syncs that read only that. */
export interface Changes {
  /** The place from which changes are to be read: asked for before a full sync begins, so that what changes while it runs is seen later. */
  open(call: Call): Promise<Since>;
  /** One page of what has changed since. Repeats are harmless. */
  page(part: string, cursor: Cursor, call: Call): Promise<ChangePage>;
}
