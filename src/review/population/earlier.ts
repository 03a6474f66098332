import type { EarlierDecision } from "./item.ts";

/** What an earlier, closed review says of its items. */
export interface EarlierReview {
  readonly name: string;
  /** The hash of its last record. */
  readonly sha256: string;
  readonly decisions: ReadonlyMap<string, { readonly state: string; readonly decision: EarlierDecision }>;
}
