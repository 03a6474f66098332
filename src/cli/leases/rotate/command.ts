import type { Settings } from "../../../runtime/config/config.ts";
import type { Command } from "../../command.ts";
import { LEASE_STORE_FLAGS } from "../../flags/leases.ts";
import { CHANGE_FLAGS } from "../../flags/provision.ts";

/** The own flags of `rotate`. */
export const ROTATE_FLAGS = {
  grace: {
    type: "string",
    default: "24h",
    placeholder: "TIME",
    description: "How long the old one still works once the new one is in its place, as 24h; 0 retires it at once",
  },
  "new-token-file": {
    type: "string",
    placeholder: "FILE",
    description: "Of api-token: a file that holds the new token, which was made in Okta, and nothing else",
  },
  "password-length": {
    type: "integer",
    min: 8,
    max: 64,
    placeholder: "N",
    description: "Of password: how many characters the new one has",
  },
  "change-at-next-login": {
    type: "boolean",
    description: "Of password: it has to be changed at the next sign-in",
  },
  follow: { type: "boolean", description: "With --every: stay, and rotate whenever it is time" },
  every: { type: "string", placeholder: "TIME", description: "Only where the key is older than this, as 90d" },
} as const satisfies Settings;

/** `rotate`, as help and completion know it. */
export const ROTATE_COMMAND: Command = {
  summary: "Renew the app's key, the API token, or passwords of accounts made here",
  usage: [
    "rotate oauth-key [--grace 24h] [--every 90d [--follow]]",
    "rotate api-token --new-token-file FILE [--grace 24h]",
    "rotate password USER --encrypt-to KEY",
  ],
  about: [
    "The key has to be in a file (--okta-private-key PATH); it is replaced by a JWK that names its own id, which goes before --okta-private-key-id. The app needs the scope okta.apps.manage and a role that may change it.",
    "Okta makes no API tokens for programs: make the new one by hand, and put it into a file. It is tried, put into the configuration file in place of the old one, and after --grace the old one revokes itself: run the same again then.",
    "Killed at any step, what the file holds works; the same command goes on from FILE.rotation.",
    "rotate password gives a user (an id or a login) that create-account made a random password, printed only encrypted to --encrypt-to. The ledger (--lease-store) says which accounts those are; while a lease of the user is active, nothing is done.",
  ],
  examples: [
    "rotate oauth-key --grace 24h",
    "rotate oauth-key --every 90d --follow",
    "rotate api-token --new-token-file new-token",
    "rotate password ada@acme.com --encrypt-to age1...",
  ],
  words: ["oauth-key", "api-token", "password"],
  flags: {
    ...ROTATE_FLAGS,
    ...LEASE_STORE_FLAGS,
    ...CHANGE_FLAGS,
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
