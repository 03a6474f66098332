import type { Call } from "../../baton/connector.ts";
import { Failure } from "../../runtime/failure.ts";
import type { OktaClient } from "../api/client.ts";

/**
 * All users: without a search those that are deprovisioned would be missing. Source: Okta Management API, List users.
 */
export const USERS = `/api/v1/users?search=${encodeURIComponent("status pr")}`;

/**
 * Sees that the credentials show users, as small as it gets: it proves credentials, scope and admin role at once. Throws
 * a {@link Failure} of kind `permissionDenied` where there are none to see.
 */
export async function mustSeeUsers(client: Pick<OktaClient, "list">, call: Call): Promise<void> {
  const page = await client.list(`${USERS}&limit=1`, call);
  if (page.items.length === 0 && page.next === undefined) throw nobody();
}

/**
 * No org is without users. Okta answers 200 and an empty list to an OAuth app that has its scopes but no admin role.
 */
export function nobody(): Failure {
  return new Failure({
    kind: "permissionDenied",
    message: "Okta shows no users at all: most likely the OAuth app has its scopes but no admin role",
    attempted: "GET /api/v1/users",
    advice: "assign an admin role to the app (Read-only Administrator is enough to read)",
  });
}
