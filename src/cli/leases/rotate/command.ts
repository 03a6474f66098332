import type { Settings } from "../../../runtime/config/config.ts";
import type { Command } from "../../command.ts";

/** The own flags of `rotate`. */
export const ROTATE_FLAGS = {
  grace: {
    type: "string",
    default: "24h",
    placeholder: "TIME",
    description: "How long the old key still works once the new one is in its place, as 24h; 0 retires it at once",
  },
  follow: { type: "boolean", description: "With --every: stay, and rotate whenever it is time" },
  every: { type: "string", placeholder: "TIME", description: "Only where the key is older than this, as 90d" },
} as const satisfies Settings;

/** `rotate`, as help and completion know it. */
export const ROTATE_COMMAND: Command = {
  summary: "Give the OAuth app a new key: registered, tried, swapped, the old one retired",
  usage: ["rotate oauth-key [--grace 24h] [--every 90d [--follow]]", "rotate api-token"],
  about: [
    "The key has to be in a file (--okta-private-key PATH); it is replaced by a JWK that names its own id, which goes before --okta-private-key-id. The app needs the scope okta.apps.manage and a role that may change it.",
    "Killed at any step, the key file works; the same command goes on from FILE.rotation. Okta makes no API tokens for programs: rotate api-token says what to do by hand.",
  ],
  examples: ["rotate oauth-key --grace 24h", "rotate oauth-key --every 90d --follow"],
  words: ["oauth-key", "api-token"],
  flags: {
    ...ROTATE_FLAGS,
    output: {
      type: "string",
      short: "o",
      default: "text",
      choices: ["text", "json"],
      placeholder: "FORM",
      description: "The result for people, or as json",
    },
  },
};
