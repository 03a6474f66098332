import { removeMember } from "../groups/members.ts";
import type { Org } from "../org.ts";
import type { UserEntry } from "../types.ts";

/** Takes a user and all that refers to it out of the org. */
export function removeUser(org: Org, user: UserEntry): void {
  stripUser(org, user);
  org.dropUser(user);
}

/** Takes a user out of every group, app and role, as Okta does when it deactivates one. */
export function stripUser(org: Org, user: UserEntry): void {
  for (const index of [...user.groups]) removeMember(org, org.groups[index]!, user);
  for (const app of org.apps) if (app !== undefined) org.dropAppUser(app, user);
  for (const role of [...user.roles]) org.removeUserRole(user, role);
  org.dropFromBindings(`users/${user.record.id}`);
}
