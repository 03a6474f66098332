import type { Settings } from "../../runtime/config/config.ts";
import { LOG_FLAGS } from "./flags.ts";
import { HEALTH_FLAGS } from "./health.ts";

/** The flags of `explore` that are its own. */
export const EXPLORE_OWN_FLAGS = {
  listen: {
    type: "string",
    default: "127.0.0.1:0",
    placeholder: "HOST:PORT",
    description: "Where the page is served; port 0 takes a free one",
  },
  "no-open": { type: "boolean", description: "Print the address only, and do not open it in the browser" },
  sync: {
    type: "string",
    placeholder: "ID",
    description: "The sync in the file to begin with; else the newest finished full one",
  },
  org: { type: "string", placeholder: "HOST", description: "The org's name on the page and in what is exported" },
  file: { type: "string", short: "f", placeholder: "FILE", description: "The snapshot, where it is not named first" },
} as const satisfies Settings;

/** The flags of `explore`. */
export const EXPLORE_FLAGS = { ...EXPLORE_OWN_FLAGS, ...HEALTH_FLAGS, ...LOG_FLAGS } as const satisfies Settings;
