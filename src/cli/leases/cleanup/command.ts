import type { Settings } from "../../../runtime/config/config.ts";
import type { Command } from "../../command.ts";
import { LEASE_STORE_FLAGS } from "../../flags/leases.ts";
import { CHANGE_FLAGS } from "../../flags/provision.ts";

const { "encrypt-to": _, ...HOW } = CHANGE_FLAGS;

/** The own flags of `cleanup`. */
export const CLEANUP_FLAGS = {
  inactive: { type: "string", placeholder: "TIME", description: "Accounts without a sign-in for so long, as 90d" },
  suspended: {
    type: "string",
    placeholder: "TIME",
    description: "Accounts that have been suspended for so long, as 30d",
  },
  "after-last-lease": {
    type: "string",
    placeholder: "TIME",
    description: "Accounts whose last lease ended so long ago, as 30d",
  },
  delete: {
    type: "boolean",
    description: "apply: also delete what a clean-up deactivated longer ago than --undo-window",
  },
  "undo-window": {
    type: "string",
    default: "30d",
    placeholder: "TIME",
    description: "How long an account stays deactivated before --delete deletes it",
  },
  exclude: {
    type: "list",
    placeholder: "NAMES",
    description: "Accounts that are never touched: ids, logins, or patterns as svc-*; break-glass accounts belong here",
  },
  "exclude-file": { type: "string", placeholder: "FILE", description: "A file of such names, one a line" },
  "exclude-group": { type: "list", placeholder: "IDS", description: "Groups whose members are never touched" },
  "skip-log": {
    type: "boolean",
    description:
      "Do not look in the system log whether an account is in use, as by an app (where okta.logs.read cannot be had)",
  },
  max: {
    type: "integer",
    default: 25,
    min: 0,
    max: 100_000,
    placeholder: "N",
    description: "Do nothing where more accounts than this would be deactivated, or deleted",
  },
  "max-share": {
    type: "number",
    default: 0.1,
    min: 0,
    max: 1,
    placeholder: "PART",
    description: "Do nothing where more than this part of all accounts would be deactivated, or deleted",
  },
} as const satisfies Settings;

/** `cleanup`, as help and completion know it. */
export const CLEANUP_COMMAND: Command = {
  summary: "Deactivate accounts that nobody uses, by rules, and undo it",
  usage: [
    "cleanup plan [-f FILE] --inactive 90d --suspended 30d --after-last-lease 30d",
    "cleanup apply [-f FILE] --inactive 90d ... [--delete] --yes",
    "cleanup undo [RUN|USER]",
  ],
  about: [
    "plan and apply say which accounts the rules name and why; nothing is changed without --yes. Each account is read again right before it is deactivated. An account counts as used by a sign-in, a change of its status and whatever it did in the system log; what is not known counts as used.",
    "Admins, who asks, accounts with a running lease and service accounts (svc-*, svc_*, service-*) are left. With -f the accounts of a snapshot are looked at, else those of the org.",
    "undo activates again what a run deactivated, or a user, else all within --undo-window; what is deleted, or was deactivated by somebody else since, is not brought back.",
  ],
  examples: [
    "cleanup plan --inactive 90d --exclude breakglass@acme.com",
    "cleanup apply --inactive 90d --suspended 30d --max 50 --yes",
    "cleanup undo ada@acme.com",
  ],
  words: ["plan", "apply", "undo"],
  files: true,
  flags: {
    ...CLEANUP_FLAGS,
    ...LEASE_STORE_FLAGS,
    ...HOW,
    file: { type: "string", short: "f", placeholder: "FILE", description: "A snapshot that names the accounts" },
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
