import type { Call } from "./call.ts";
import type { Cursor } from "./page.ts";

/**
 * How it is proved, without reading it again, that what a sort of readings showed is still so: for clients over the network
 * that keep what they were shown. Whatever cannot be proved is read.
 */
export interface Revalidation {
  /** What is in each cursor that such a reading begins at. */
  readonly cursor: Cursor;
  /** Names what one resource's reading shows, the same in each sync; at most 256 bytes. */
  scope(id: string): string;
  /** Where a resource's grants are read from in this sync; no reading of this sort: there is nothing to prove. */
  starts(id: string, call: Call): readonly Cursor[];
  /** Whether anything may be proved of a resource in this sync at all; costs no request. */
  isProvable(id: string, call: Call): boolean;
  /** What a reading that begins after this call can be held against in a later sync; `undefined`: nothing. */
  validator(id: string, call: Call): Promise<string | undefined>;
  /** Whether what was read under the validator of an earlier sync is still so, as far as this sync knows the other side. */
  isUnchanged(id: string, validator: string, call: Call): Promise<boolean>;
}

/** What has to be the same for anything of an earlier sync to be used again. At most 256 bytes each. */
export interface SourceCache {
  /** How scopes, validators and rows are made. */
  readonly generation: string;
  /** A digest of all that decides what can be seen: the org, the settings, the credentials. */
  readonly fingerprint: string;
}
