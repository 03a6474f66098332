import type { Org } from "../org.ts";
import type { GroupEntry, JsonObject } from "../types.ts";

/** Makes a user or a group an owner of a group; `undefined` where it is one already. */
export function addOwner(org: Org, group: GroupEntry, owner: JsonObject): JsonObject | undefined {
  if (group.owners.some(({ id }) => id === owner.id)) return undefined;
  const added = { ...owner, lastUpdated: org.now() };
  group.owners = [...group.owners, added];
  return added;
}

/** Takes an owner from a group; false where nobody with this id is one. Okta logs neither. */
export function removeOwner(group: GroupEntry, id: string): boolean {
  const left = group.owners.filter((owner) => owner.id !== id);
  if (left.length === group.owners.length) return false;
  group.owners = left;
  return true;
}
