import type { Flag } from "./flag.ts";

/** Flags of syncs that read only what has changed. */
export const INCREMENTAL_FLAGS = {
  incremental: {
    topic: "incremental",
    type: "boolean",
    description: "Read only what has changed since the last full sync in the file; everything, where that cannot be",
  },
  "verify-sample": {
    topic: "incremental",
    type: "integer",
    default: 2,
    min: 0,
    max: 10_000,
    placeholder: "N",
    description: "With --incremental: how many objects that were not read are read all the same, and compared",
  },
  "full-every": {
    topic: "incremental",
    type: "string",
    default: "24h",
    placeholder: "TIME",
    description: "With --incremental: how often everything is read, as 24h or 7d; or after how many syncs, as 10",
  },
  watch: {
    topic: "incremental",
    type: "boolean",
    description: "Stay, and keep the file current: --incremental again and again",
  },
  every: {
    topic: "incremental",
    type: "string",
    default: "5m",
    placeholder: "TIME",
    description: "With --watch: how long after the start of one sync the next one starts, as 5m",
  },
} as const satisfies Record<string, Flag>;
