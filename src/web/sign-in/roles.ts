import type { Role } from "../api/contract.ts";

/** Who has which role: names of groups, emails (what holds an `@`), or `*` for whoever can sign in. */
export type RoleLists = Readonly<Record<Role, readonly string[]>>;

/** What a provider says of somebody. */
export interface Claims {
  readonly email: string;
  /** Whether the provider knows the email to be the person's: who may choose it could become anybody. */
  readonly emailVerified: boolean;
  readonly groups: readonly string[];
}

/** The roles that somebody has by the lists; none: the person may not look. */
export function rolesOf({ email, emailVerified, groups }: Claims, lists: RoleLists): Role[] {
  const own = emailVerified ? email.toLowerCase() : "";
  const has = (entry: string) =>
    entry === "*" || (entry.includes("@") ? own !== "" && entry.toLowerCase() === own : groups.includes(entry));
  return (["viewer", "reviewer", "owner"] as const).filter((role) => lists[role].some(has));
}

/** Whether any list names a group, so that the provider is to be asked for them. */
export function namesGroups(lists: RoleLists): boolean {
  return Object.values(lists).some((list) => list.some((entry) => entry !== "*" && !entry.includes("@")));
}
