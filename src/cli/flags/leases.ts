import type { Settings } from "../../runtime/config/config.ts";
import type { Flag } from "./flag.ts";
import { ACCESS_FLAGS } from "./provision.ts";

/** Where leases are kept: for whatever grants, ends or shows them. */
export const LEASE_STORE_FLAGS = {
  "lease-store": {
    topic: "changes",
    type: "string",
    placeholder: "FILE|postgres://...",
    description:
      "Where leases are kept: a SQLite file (by default baton-leases.db beside the configuration file), or PostgreSQL for several replicas",
  },
} as const satisfies Record<string, Flag>;

const UNTIL = {
  for: { type: "string", placeholder: "TIME", description: "How long, as 30m, 8h or 14d" },
  until: { type: "string", placeholder: "TIME", description: "Until when, as 2026-01-31T18:00:00Z" },
} as const satisfies Settings;

/** The own flags of `grant`. */
export const GRANT_FLAGS = {
  ...ACCESS_FLAGS,
  for: { ...UNTIL.for, description: "Take it away again after this time, as 30m, 8h or 14d; needs --reason" },
  until: { ...UNTIL.until, description: "Take it away again at this time, as 2026-01-31T18:00:00Z; needs --reason" },
  reason: { type: "string", placeholder: "TEXT", description: "With --for or --until: why it is given" },
  ticket: { type: "string", placeholder: "ID", description: "With --for or --until: the ticket that asks for it" },
} as const satisfies Settings;

/** The own flags of `leases`. */
export const LEASES_FLAGS = {
  failing: {
    type: "boolean",
    description: "list: only those that cannot be ended; ends with 1 where there are any",
  },
  all: { type: "boolean", description: "list: also those that have ended" },
  for: { ...UNTIL.for, description: "extend: how much longer than until now, as 30m, 8h or 14d" },
  until: { ...UNTIL.until, description: "extend: the new end, as 2026-01-31T18:00:00Z" },
  follow: { type: "boolean", description: "run: go on with what comes to be due, until Ctrl-C" },
  "alert-after": {
    type: "integer",
    default: 5,
    min: 1,
    max: 1000,
    placeholder: "N",
    description: "run, list: a lease whose end failed so many times in a row is failing",
  },
} as const satisfies Settings;
