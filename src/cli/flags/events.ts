import type { Settings } from "../../runtime/config/config.ts";
import type { Flag } from "./flag.ts";

/** Flags that print the events of the system log. */
export const EVENT_FLAGS = {
  "event-feed": {
    topic: "events",
    type: "boolean",
    description: "Print the events of the system log, one JSON object a line, in place of a sync",
  },
  "event-feed-id": {
    topic: "events",
    type: "string",
    placeholder: "ID",
    description: "The feed to read; there is one, baton_feed_event",
  },
  "event-feed-start-at": {
    topic: "events",
    type: "string",
    placeholder: "TIME",
    description: "Only events from this time on, as 2026-01-31T08:00:00Z; a day ago where no cursor is given",
  },
  "event-feed-cursor": {
    topic: "events",
    type: "string",
    placeholder: "CURSOR",
    description: "Go on where an earlier run ended, by the cursor that it printed",
  },
  "event-feed-cursor-file": {
    topic: "events",
    type: "string",
    placeholder: "FILE",
    description: "Keep the cursor in this file: go on where it says, and write it after each page",
  },
  follow: {
    topic: "events",
    type: "boolean",
    description: "Go on with what happens, until Ctrl-C",
  },
  "follow-interval": {
    topic: "events",
    type: "integer",
    default: 10,
    min: 1,
    max: 3600,
    placeholder: "SECONDS",
    description: "How often --follow asks Okta when there is nothing new",
  },
} as const satisfies Record<string, Flag>;

/** The flags of `events`, by the short names that they have there. */
export const EVENTS_FLAGS = {
  since: EVENT_FLAGS["event-feed-start-at"],
  cursor: EVENT_FLAGS["event-feed-cursor"],
  "cursor-file": EVENT_FLAGS["event-feed-cursor-file"],
  follow: EVENT_FLAGS.follow,
  "follow-interval": EVENT_FLAGS["follow-interval"],
} as const satisfies Settings;
