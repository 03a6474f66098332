import type { Settings } from "../../runtime/config/config.ts";
import type { Command } from "../command.ts";
import { GRANT_FLAGS, LEASE_STORE_FLAGS } from "../flags/leases.ts";
import { LOG_FLAGS } from "../flags/logs.ts";
import { ACCESS_FLAGS, ACCOUNT_FLAGS, ACTION_FLAGS, CHANGE_FLAGS } from "../flags/provision.ts";

const { "encrypt-to": ENCRYPT_TO, ...HOW } = CHANGE_FLAGS;

/** What every command that changes something takes, besides the flags of credentials, limits and logs. */
const COMMON = {
  ...HOW,
  file: {
    type: "string",
    short: "f",
    default: "sync.c1z",
    placeholder: "FILE",
    description: "A snapshot in which names are looked up, where there is one",
  },
  output: {
    type: "string",
    short: "o",
    default: "text",
    choices: ["text", "json"],
    placeholder: "FORM",
    description: "The result as a line for people, or as json",
  },
} as const satisfies Settings;

const ALSO = "Credentials are given as for a sync; see help credentials. No snapshot is needed.";
const ASKS =
  "On a terminal it asks before it takes something away, unless --yes is given; without a terminal --yes has to be given.";

/** The commands that change access. */
export const CHANGE_COMMANDS: Readonly<Record<string, Command>> = {
  grant: {
    summary: "Give an entitlement to a user or group",
    usage: [
      "grant ENTITLEMENT PRINCIPAL [--principal-type TYPE]",
      "grant ENTITLEMENT PRINCIPAL --for 8h|--until TIME --reason TEXT [--ticket ID]",
      "grant --from FILE|- [--results FILE] [--for 8h|--until TIME --reason TEXT]",
    ],
    about: [
      ALSO,
      "An entitlement is written as in a snapshot: group:ID:member, app:ID:access, role:TYPE:assigned, resourceset-binding:SET:ROLE:member. What is held already is no error.",
      "With --for or --until it is a lease: written to the ledger (--lease-store) first, and taken away again by leases run. What was held before stays.",
      "With --from it takes many, a JSON object a line, with --for or --until a lease each; it ends with 1 where any failed. Run again with the same --results it skips what is done.",
    ],
    examples: [
      "grant group:00g1abcd:member 00u1abcd",
      "grant role:HELP_DESK_ADMIN:assigned group:00g1abcd --dry-run",
      'grant group:00g1abcd:member user:00u1abcd --for 8h --reason "on call" --ticket INC-42',
      "grant --from joiners.jsonl --results joiners.done",
    ],
    files: true,
    flags: { ...GRANT_FLAGS, ...LEASE_STORE_FLAGS, ...COMMON },
  },
  revoke: {
    summary: "Take an entitlement away from a user or group",
    usage: [
      "revoke GRANT",
      "revoke ENTITLEMENT PRINCIPAL [--principal-type TYPE]",
      "revoke --from FILE|- [--results FILE]",
    ],
    about: [ALSO, "A grant is written as in a snapshot: ENTITLEMENT:user:ID. What is not held is no error.", ASKS],
    examples: [
      "revoke group:00g1abcd:member:user:00u1abcd",
      "revoke app:0oa1abcd:access group:00g1abcd --yes",
      "revoke --from leavers.jsonl --results leavers.done --yes -o json",
    ],
    files: true,
    flags: { ...ACCESS_FLAGS, ...COMMON },
  },
  delete: {
    summary: "Delete a user or a group",
    usage: ["delete TYPE ID"],
    about: [ALSO, "A user is deactivated first, without an email, and is gone for good.", ASKS],
    examples: ["delete group 00g1abcd", "delete user 00u1abcd --yes"],
    words: ["user", "group"],
    flags: COMMON,
  },
  "create-account": {
    summary: "Create a user",
    usage: [
      "create-account --email EMAIL --first-name NAME --last-name NAME [--encrypt-to KEY]",
      "create-account --profile JSON [--encrypt-to KEY]",
    ],
    about: [
      ALSO,
      "The profile knows first_name, last_name, email, login, create_inactive, send_activation_email, password_change_on_login_required, provider_type (OKTA or FEDERATION) and additionalAttributes.",
      "Without --encrypt-to the user gets no password and sets one by the activation email. With it a random one is set, and printed only encrypted to the given keys: age1..., or files with a public key.",
    ],
    examples: [
      "create-account --email ada@acme.com --first-name Ada --last-name Lovelace",
      "create-account --profile @ada.json --encrypt-to age1... -o json",
    ],
    files: true,
    flags: { ...ACCOUNT_FLAGS, "encrypt-to": ENCRYPT_TO, ...COMMON },
  },
  action: {
    summary: "Run an action, as disable_user, or list them",
    usage: ["action list [--resource-type TYPE]", "action run NAME [--arg NAME=VALUE]... [--args JSON]"],
    about: ["Listing needs no credentials. An action that takes long is waited for, an hour at most.", ASKS],
    examples: [
      "action run disable_user --arg user_id=00u1abcd",
      'action run update_profile --arg user_id=00u1abcd --arg title="Chief of Staff"',
    ],
    words: ["run", "list"],
    flags: { ...ACTION_FLAGS, ...COMMON },
  },
  capabilities: {
    summary: "Print what the connector can do with each resource type, as JSON",
    usage: ["capabilities"],
    flags: { "log-level": LOG_FLAGS["log-level"] },
  },
};
