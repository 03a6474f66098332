import { Failure } from "../runtime/failure.ts";

const TICKETS = {
  what: "this connector has no tickets",
  advice:
    "tickets are made by a connector of the system that keeps them; grants and revocations are asked for directly",
};

const RESOURCE_ACTIONS = {
  what: "this connector has no actions of a resource's own",
  advice: "its actions are run with --invoke-action; --list-action-schemas lists them",
};

const EXTERNAL_RESOURCES = {
  what: "this connector does not match its users with those of another snapshot",
  advice: "leave it out: a platform matches them by email",
};

/** What the Go connector's command line has and this one cannot do, and why. */
const REASONS: Readonly<Record<string, { readonly what: string; readonly advice: string }>> = {
  "create-ticket": TICKETS,
  "bulk-create-ticket": TICKETS,
  "get-ticket": TICKETS,
  "list-ticket-schemas": TICKETS,
  "ticket-id": TICKETS,
  "ticket-template-path": TICKETS,
  "bulk-ticket-template-path": TICKETS,
  "list-resource-actions": RESOURCE_ACTIONS,
  "invoke-resource-action": RESOURCE_ACTIONS,
  "invoke-resource-action-resource-type": RESOURCE_ACTIONS,
  "invoke-resource-action-args": RESOURCE_ACTIONS,
  "external-resource-c1z": EXTERNAL_RESOURCES,
  "external-resource-entitlement-id-filter": EXTERNAL_RESOURCES,
  "external-resource-traits": EXTERNAL_RESOURCES,
};

/**
 * Throws an `unimplemented` `Failure` where a setting asks for what this connector does not have. `given`: the settings
 * that are given, and where.
 */
export function refuseUnsupportedFlags(given: ReadonlyMap<string, string>): void {
  for (const [name, { what, advice }] of Object.entries(REASONS)) {
    const where = given.get(name);
    if (where !== undefined)
      throw new Failure({ kind: "unimplemented", message: `${where} cannot be done: ${what}`, advice });
  }
}
