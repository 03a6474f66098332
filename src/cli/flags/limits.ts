import type { Flag } from "./flag.ts";

/** How much of Okta a sync may take at a time. */
export const LIMIT_FLAGS = {
  "rate-limit-share": {
    topic: "limits",
    type: "number",
    default: 0.8,
    min: 0.01,
    max: 1,
    placeholder: "PART",
    description: "The part of each of Okta's rate limits that this program may use; the rest is left to others",
  },
  workers: {
    topic: "limits",
    type: "integer",
    default: -1,
    min: -1,
    max: 64,
    isClamped: true,
    placeholder: "N",
    description: "How many lists are read side by side, 64 at most: 0 in turn, -1 as the machine and the limits allow",
  },
  "parallel-sync": {
    topic: "limits",
    type: "boolean",
    description: "The same as --workers -1",
  },
  "http-timeout-seconds": {
    topic: "limits",
    type: "integer",
    default: 300,
    min: 1,
    max: 1800,
    placeholder: "SECONDS",
    description: "How long one request may take",
    platform: "ops",
  },
  cache: {
    topic: "limits",
    type: "boolean",
    default: true,
    description: "Taken so that existing manifests work; no answer of Okta is kept longer than one sync",
  },
  "cache-tti": {
    topic: "limits",
    type: "integer",
    default: 60,
    min: 0,
    placeholder: "SECONDS",
    description: "Taken with --cache, and without effect like it",
  },
  "cache-ttl": {
    topic: "limits",
    type: "integer",
    default: 300,
    min: 0,
    placeholder: "SECONDS",
    description: "Taken with --cache, and without effect like it",
  },
} as const satisfies Record<string, Flag>;
