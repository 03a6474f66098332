import type { Flag } from "./flag.ts";

/**
 * Flags of the Baton command line whose capability this version does not have: none. They would be known so that they
 * can be refused by name, as a change that was asked for must never turn into a sync.
 */
export const LATER_FLAGS: Readonly<Record<string, Flag>> = {};
