import type { LogParty } from "../log/log.ts";
import { groupParty, userParty } from "../log/parties.ts";
import type { Org } from "../org.ts";
import type { GroupEntry, RoleRow, UserEntry } from "../types.ts";

/** Who can hold an admin role. */
export type Holder = { readonly user: UserEntry } | { readonly group: GroupEntry };

/** The holder's path, as `users/00u1`. */
export function principalOf(holder: Holder): string {
  return "user" in holder ? `users/${holder.user.record.id}` : `groups/${holder.group.record.id}`;
}

/** The holder that a path or an address ends with; `undefined` where nobody is there. */
export function holderAt(org: Org, address: string): Holder | undefined {
  const match = /(?:^|\/)(users|groups)\/([^/?#]+)\/?$/.exec(address);
  if (match === null) return undefined;
  if (match[1] === "users") {
    const user = org.user(match[2]!);
    return user === undefined ? undefined : { user };
  }
  const group = org.group(match[2]!);
  return group === undefined ? undefined : { group };
}

/** The holder's own role assignments. */
export function rowsOf(holder: Holder): readonly RoleRow[] {
  return "user" in holder ? holder.user.roles : holder.group.roles;
}

/** What `assignmentType` says of the holder's own assignments. */
export function assignmentTypeOf(holder: Holder): "USER" | "GROUP" {
  return "user" in holder ? "USER" : "GROUP";
}

/** The holder as the log names it. */
export function holderParty(holder: Holder): LogParty {
  return "user" in holder ? userParty(holder.user) : groupParty(holder.group);
}
