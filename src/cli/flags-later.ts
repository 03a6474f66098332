import type { Flag } from "./flag.ts";

const text = (description: string, more: Partial<Flag> = {}): Flag => ({
  topic: "later",
  type: "string",
  description,
  ...more,
});
const onOff = (description: string, more: Partial<Flag> = {}): Flag => ({
  topic: "later",
  type: "boolean",
  description,
  ...more,
});

/**
 * Flags of the Baton command line whose capability this version does not have. They are known so that they can be
 * refused by name: a change that was asked for must never turn into a sync.
 */
export const LATER_FLAGS: Readonly<Record<string, Flag>> = {
  "grant-entitlement": text("The entitlement to grant"),
  "grant-principal": text("Who is to get it"),
  "grant-principal-type": text("The resource type of who is to get it"),
  "revoke-grant": text("The grant to revoke"),
  "create-account-profile": text("The profile of the account to create, as JSON"),
  "create-account-login": text("The login of the account to create"),
  "create-account-email": text("The email of the account to create"),
  "create-account-resource-type": text("The resource type of the account to create"),
  "delete-resource": text("The id of the resource to delete"),
  "delete-resource-type": text("The type of the resource to delete"),
  "invoke-action": text("The action to invoke"),
  "invoke-action-args": text("The action's arguments, as JSON"),
  "invoke-action-resource-type": text("The resource type that the action belongs to"),
  "list-action-schemas": onOff("List the actions"),
  "list-action-schemas-resource-type": text("Only the actions of this resource type"),
  "rotate-credentials": text("The resource whose credentials are to be rotated"),
  "rotate-credentials-type": text("The type of that resource"),
  provisioning: onOff("Let a platform change access", { short: "p" }),
  "client-id": text("The platform's client id: run as a service"),
  "client-secret": text("The platform's client secret", { secret: true }),
  "skip-full-sync": onOff("Answer sync tasks with an empty sync"),
  "task-concurrency": text("How many tasks run side by side"),
};

/** The operations of the command line: what asks for each, and the flags that it cannot go without. */
export const OPERATIONS: readonly {
  readonly name: string;
  readonly asks: string;
  readonly needs: readonly string[];
}[] = [
  { name: "grant", asks: "grant-entitlement", needs: ["grant-principal", "grant-principal-type"] },
  { name: "revoke", asks: "revoke-grant", needs: [] },
  { name: "create an account", asks: "create-account-profile", needs: [] },
  { name: "delete a resource", asks: "delete-resource", needs: ["delete-resource-type"] },
  { name: "invoke an action", asks: "invoke-action", needs: [] },
  { name: "list action schemas", asks: "list-action-schemas", needs: [] },
  { name: "print events", asks: "event-feed", needs: [] },
  { name: "rotate credentials", asks: "rotate-credentials", needs: ["rotate-credentials-type"] },
  { name: "run as a service", asks: "client-id", needs: ["client-secret"] },
];
