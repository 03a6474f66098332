import type { Flag } from "./flag.ts";

/** Flags that turn snapshots into others, without Okta. Names as the Baton command lines have them. */
export const COMPACT_FLAGS = {
  "compact-syncs": {
    topic: "sync",
    type: "boolean",
    description: "Make one snapshot of a base and the partial syncs after it, without asking Okta",
  },
  "compact-file-paths": {
    topic: "sync",
    type: "list",
    placeholder: "FILES",
    description: "With --compact-syncs: the snapshots, the base first, then the partial ones in their order",
  },
  "compact-sync-ids": {
    topic: "sync",
    type: "list",
    placeholder: "IDS",
    description: "With --compact-syncs: the sync to take of each of these files, in the same order; else the newest",
  },
  "compact-output-path": {
    topic: "sync",
    type: "string",
    placeholder: "DIR",
    description: "With --compact-syncs: the folder that gets compacted-<sync id>.c1z",
  },
  "diff-syncs": {
    topic: "sync",
    type: "boolean",
    description: "Add to --file a partial sync of what one sync in it has and another has not, without asking Okta",
  },
  "base-sync-id": {
    topic: "sync",
    type: "string",
    placeholder: "ID",
    description: "With --diff-syncs: the older sync",
  },
  "applied-sync-id": {
    topic: "sync",
    type: "string",
    placeholder: "ID",
    description: "With --diff-syncs: the newer sync",
  },
} as const satisfies Record<string, Flag>;

const REFUSED = "Known so that it can be refused with the reason";

/** Flags of the Baton command lines that ask for what this connector does not have. */
export const REFUSED_FLAGS = {
  "create-ticket": { topic: "original", type: "boolean", description: REFUSED },
  "bulk-create-ticket": { topic: "original", type: "boolean", description: REFUSED },
  "get-ticket": { topic: "original", type: "boolean", description: REFUSED },
  "list-ticket-schemas": { topic: "original", type: "boolean", description: REFUSED },
  "ticket-template-path": { topic: "original", type: "string", placeholder: "FILE", description: REFUSED },
  "bulk-ticket-template-path": { topic: "original", type: "string", placeholder: "FILE", description: REFUSED },
  "ticket-id": { topic: "original", type: "string", placeholder: "ID", description: REFUSED },
  "list-resource-actions": { topic: "original", type: "string", placeholder: "TYPE", description: REFUSED },
  "invoke-resource-action": { topic: "original", type: "string", placeholder: "NAME", description: REFUSED },
  "invoke-resource-action-resource-type": {
    topic: "original",
    type: "string",
    placeholder: "TYPE",
    description: REFUSED,
  },
  "invoke-resource-action-args": {
    topic: "original",
    type: "string",
    isJson: true,
    placeholder: "JSON",
    description: REFUSED,
  },
  "external-resource-c1z": { topic: "original", type: "string", placeholder: "FILE", description: REFUSED },
  "external-resource-entitlement-id-filter": {
    topic: "original",
    type: "string",
    placeholder: "ID",
    description: REFUSED,
  },
  "external-resource-traits": { topic: "original", type: "list", placeholder: "TRAITS", description: REFUSED },
} as const satisfies Record<string, Flag>;

/** Flags of the Baton command lines that decide nothing here. */
export const PASSED_OVER_FLAGS = {
  "session-store-maximum-size": {
    topic: "original",
    type: "integer",
    default: 15_728_640,
    min: 0,
    placeholder: "BYTES",
    description: "Taken so that existing manifests work; means nothing, as nothing is kept between syncs",
    platform: "ops",
  },
} as const satisfies Record<string, Flag>;
