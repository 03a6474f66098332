import type { Grant } from "../model/grant.ts";

/** What a grant or a revocation did. */
export interface Change {
  /** The grants that are there now because of it, or were there already; none after a revocation. */
  readonly grants: readonly Grant[];
  /** It was so already: nothing was changed. */
  readonly already: boolean;
}

/** What a deletion did. */
export interface Removal {
  /** It was gone already: nothing was changed. */
  readonly already: boolean;
}
