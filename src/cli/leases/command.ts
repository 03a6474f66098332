import type { Command } from "../command.ts";
import { HEALTH_FLAGS } from "../flags/health.ts";
import { LEASE_STORE_FLAGS, LEASES_FLAGS } from "../flags/leases.ts";
import { CHANGE_FLAGS } from "../flags/provision.ts";

const { "encrypt-to": _, yes: __, ...HOW } = CHANGE_FLAGS;

/** `leases`, as help and completion know it. */
export const LEASES_COMMAND: Command = {
  summary: "Access that ends: list it, extend it, end it, and end what is due",
  usage: [
    "leases [list] [--all | --failing] [-o table|json]",
    "leases show ID [-o table|json]",
    "leases extend ID --for 4h|--until TIME",
    "leases end ID",
    "leases run [--follow] [--health-check]",
  ],
  about: [
    "Leases are granted with grant --for or --until. list and show need the ledger only, the others credentials as for a grant.",
    "run ends what has run out: once, or with --follow whenever something is due. Several may run on one PostgreSQL ledger; each lease is ended by one of them.",
    "What is taken away is read again before it counts as ended. What was held before the lease stays.",
  ],
  examples: [
    "leases --failing",
    "leases extend 2x4yXQ... --for 4h",
    "leases run --follow --health-check --lease-store postgres://baton@db/leases",
  ],
  words: ["list", "show", "extend", "end", "run"],
  flags: {
    ...LEASES_FLAGS,
    ...LEASE_STORE_FLAGS,
    ...HOW,
    output: {
      type: "string",
      short: "o",
      default: "table",
      choices: ["table", "text", "json"],
      placeholder: "FORM",
      description: "The result for people, or as json",
    },
    ...HEALTH_FLAGS,
  },
};
