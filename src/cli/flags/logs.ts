import type { Flag } from "./flag.ts";

/** Log settings: every command that logs takes them. */
export const LOG_FLAGS = {
  "log-level": {
    topic: "logs",
    type: "string",
    default: "info",
    choices: ["debug", "info", "warn", "error"],
    placeholder: "LEVEL",
    description: "How much is logged; debug also shows where an error came from",
    platform: "ops",
  },
  "log-level-debug-expires-at": {
    topic: "logs",
    type: "string",
    placeholder: "TIME",
    description: "With --log-level debug: the time from which on it counts as info, as 2026-01-31T08:00:00Z",
    platform: "ops",
  },
  "log-format": {
    topic: "logs",
    type: "string",
    choices: ["json", "console"],
    placeholder: "FORM",
    description: "One JSON object a line, or lines for people; by default console on a terminal, else json",
  },
  "log-path": {
    topic: "logs",
    type: "list",
    placeholder: "PATHS",
    description: "Where logs go: files, stdout or stderr (the default)",
  },
} as const satisfies Record<string, Flag>;
