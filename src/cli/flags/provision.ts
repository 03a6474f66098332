import type { Settings } from "../../runtime/config/config.ts";
import type { Flag } from "./flag.ts";

/** What decides how a change is made, whatever it is. Commands that change something take these too. */
export const CHANGE_FLAGS = {
  "dry-run": {
    topic: "changes",
    type: "boolean",
    description: "Say what would be sent to Okta; read what has to be known for that, and change nothing",
  },
  yes: {
    topic: "changes",
    type: "boolean",
    short: "y",
    description: "Do not ask before something is taken away",
  },
  "audit-log": {
    topic: "changes",
    type: "string",
    placeholder: "FILE",
    description: "Append each change as JSON lines: before it is sent, and how it ended",
  },
  "requested-by": {
    topic: "changes",
    type: "string",
    placeholder: "NAME",
    description: "Who asks for it, for logs and the audit log; else the name of the system's user",
  },
  "encrypt-to": {
    topic: "changes",
    type: "list",
    placeholder: "KEYS",
    description:
      "A new account, or rotate password, gets a random password, printed only encrypted to these: age1..., or files with a public key (JWK or PEM)",
  },
} as const satisfies Record<string, Flag>;

/** The flags that ask for one change without a command's name. */
const OPERATION_FLAGS = {
  "grant-entitlement": {
    topic: "changes",
    type: "string",
    placeholder: "ID",
    description: "Grant this entitlement, as group:00g1abcd:member",
  },
  "grant-principal": {
    topic: "changes",
    type: "string",
    placeholder: "ID",
    description: "Who gets it, as 00u1abcd",
  },
  "grant-principal-type": {
    topic: "changes",
    type: "string",
    placeholder: "TYPE",
    description: "The resource type of who gets it: user or group",
  },
  "revoke-grant": {
    topic: "changes",
    type: "string",
    placeholder: "ID",
    description: "Revoke this grant, as group:00g1abcd:member:user:00u1abcd",
  },
  "delete-resource": {
    topic: "changes",
    type: "string",
    placeholder: "ID",
    description: "Delete this user or group",
  },
  "delete-resource-type": {
    topic: "changes",
    type: "string",
    placeholder: "TYPE",
    description: "The type of what is deleted",
  },
  "create-account-profile": {
    topic: "changes",
    type: "string",
    isJson: true,
    placeholder: "JSON",
    description: "Create an account with this profile (an object, or @FILE)",
  },
  "create-account-email": {
    topic: "changes",
    type: "string",
    placeholder: "EMAIL",
    description: "The account's email, where the profile has none",
  },
  "create-account-login": {
    topic: "changes",
    type: "string",
    placeholder: "LOGIN",
    description: "The account's login, where the profile has none; else the email",
  },
  "create-account-resource-type": {
    topic: "changes",
    type: "string",
    placeholder: "TYPE",
    description: "The account's resource type; there is one, user",
  },
  "invoke-action": {
    topic: "changes",
    type: "string",
    placeholder: "NAME",
    description: "Run this action; --list-action-schemas names them",
  },
  "invoke-action-args": {
    topic: "changes",
    type: "string",
    isJson: true,
    placeholder: "JSON",
    description: "The action's arguments (an object, or @FILE)",
  },
  "invoke-action-resource-type": {
    topic: "changes",
    type: "string",
    placeholder: "TYPE",
    description: "The resource type that the action belongs to",
  },
  "list-action-schemas": {
    topic: "changes",
    type: "boolean",
    description: "List the actions and their arguments",
  },
  "list-action-schemas-resource-type": {
    topic: "changes",
    type: "string",
    placeholder: "TYPE",
    description: "Only the actions of this resource type",
  },
  "rotate-credentials": {
    topic: "changes",
    type: "string",
    placeholder: "ID",
    description: "Give this account, which this program made, a new password; needs --encrypt-to",
  },
  "rotate-credentials-type": {
    topic: "changes",
    type: "string",
    placeholder: "TYPE",
    description: "The type of the account; there is one, user",
  },
} as const satisfies Record<string, Flag>;

/** Every flag about changing access. */
export const PROVISION_FLAGS = { ...OPERATION_FLAGS, ...CHANGE_FLAGS } as const satisfies Record<string, Flag>;

const BULK_FLAGS = {
  from: {
    type: "string",
    placeholder: "FILE",
    description:
      'Many at once: a JSON object a line, {"entitlement", "principal", "principalType"}; - is standard input',
  },
  results: {
    type: "string",
    placeholder: "FILE",
    description: "With --from: keep how each line ended here, and skip what stands here as done",
  },
  concurrency: {
    type: "integer",
    default: 8,
    min: 1,
    max: 32,
    placeholder: "N",
    description: "With --from: how many lines run at once, within Okta's limits",
  },
} as const satisfies Settings;

const PRINCIPAL_TYPE = {
  "principal-type": {
    type: "string",
    placeholder: "TYPE",
    description: "The resource type of the principal, where it is not written as TYPE:ID (default user)",
  },
} as const satisfies Settings;

/** The own flags of `grant` and `revoke`. */
export const ACCESS_FLAGS = { ...PRINCIPAL_TYPE, ...BULK_FLAGS } as const satisfies Settings;

/** The own flags of `create-account`. */
export const ACCOUNT_FLAGS = {
  profile: { type: "string", placeholder: "JSON", description: "The account's profile: an object, or @FILE" },
  email: { type: "string", placeholder: "EMAIL", description: "The profile's email" },
  login: { type: "string", placeholder: "LOGIN", description: "The profile's login; else the email" },
  "first-name": { type: "string", placeholder: "NAME", description: "The profile's first name" },
  "last-name": { type: "string", placeholder: "NAME", description: "The profile's last name" },
  "password-length": {
    type: "integer",
    min: 8,
    max: 64,
    placeholder: "N",
    description: "With --encrypt-to: how many characters the password has",
  },
} as const satisfies Settings;

/** The own flags of `action`. */
export const ACTION_FLAGS = {
  arg: {
    type: "list",
    placeholder: "NAME=VALUE",
    description: "run: an argument; may be repeated. Lists and objects are written as JSON",
  },
  args: { type: "string", placeholder: "JSON", description: "run: all arguments: an object, or @FILE" },
  "resource-type": {
    type: "string",
    placeholder: "TYPE",
    description: "The resource type that the action belongs to; list: only the actions of this type",
  },
} as const satisfies Settings;
