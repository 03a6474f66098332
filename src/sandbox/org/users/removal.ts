import { unassignAll } from "../admins/assignments.ts";
import { removeAppUser } from "../apps/assignments.ts";
import { removeDeviceUser } from "../devices.ts";
import { removeMember } from "../groups/members.ts";
import { userParty } from "../log/parties.ts";
import type { Org } from "../org.ts";
import { revokeTokensOf } from "../tokens.ts";
import type { UserEntry } from "../types.ts";

/** Takes a user and all that refers to it out of the org. */
export function deleteUser(org: Org, user: UserEntry): void {
  org.log.record("user.lifecycle.delete.initiated", [userParty(user)]);
  stripUser(org, user);
  for (const device of org.devices) removeDeviceUser(org, device, user);
  for (const group of org.groups) {
    if (group !== undefined) group.owners = group.owners.filter(({ id }) => id !== user.record.id);
  }
  org.dropUser(user);
  org.log.record("user.lifecycle.delete.completed", [userParty(user)]);
}

/** Takes a user's groups, apps, roles and API tokens away, as Okta does when it deactivates one. */
export function stripUser(org: Org, user: UserEntry): void {
  for (const index of [...user.groups]) removeMember(org, org.groups[index]!, user);
  for (const app of org.apps) if (app !== undefined) removeAppUser(org, app, user);
  unassignAll(org, { user });
  revokeTokensOf(org, user.record.id);
}
