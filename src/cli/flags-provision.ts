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
      "A new account gets a random password, printed only encrypted to these: age1..., or files with a public key (JWK or PEM)",
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
    description: "Known so that it can be refused: credentials are not rotated here",
  },
  "rotate-credentials-type": {
    topic: "changes",
    type: "string",
    placeholder: "TYPE",
    description: "Goes with --rotate-credentials",
  },
} as const satisfies Record<string, Flag>;

/** Every flag about changing access. */
export const PROVISION_FLAGS = { ...OPERATION_FLAGS, ...CHANGE_FLAGS } as const satisfies Record<string, Flag>;
