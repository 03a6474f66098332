import { unassignGroup } from "../apps/assignments.ts";
import type { Org } from "../org.ts";
import { remove } from "../sorted.ts";
import type { GroupEntry } from "../types.ts";

/** Takes a group out of the org; what its members had through it, they lose. */
export function removeGroup(org: Org, group: GroupEntry): void {
  for (const index of [...group.apps]) unassignGroup(org, org.apps[index]!, group);
  for (const index of group.members) remove(org.users[index]!.groups, group.index);
  org.dropFromBindings(`groups/${group.record.id}`);
  org.dropGroup(group);
}
