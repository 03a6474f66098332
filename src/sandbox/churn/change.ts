import type { Org } from "../org/org.ts";
import type { Random } from "../org/random.ts";
import type { AppEntry, GroupEntry, UserEntry } from "../org/types.ts";

/** What a random change has done. */
export interface Change {
  /** What was done, as `group.addMember`. */
  readonly kind: string;
  /** The objects that it was done to, as `users/00u1`, the first the one that it is about. */
  readonly objects: readonly string[];
}

/** A kind of change; `apply` answers the objects, or `undefined` where the org has nothing to do it to. */
export interface ChangeKind {
  readonly kind: string;
  /** How often it comes, compared with the others. */
  readonly weight: number;
  readonly apply: (org: Org, random: Random) => readonly string[] | undefined;
}

/** One of the entries that are there and fit; `undefined` where none does. */
export function pickEntry<T>(
  random: Random,
  list: readonly (T | undefined)[],
  fits: (entry: T) => boolean = () => true,
): T | undefined {
  const start = random.below(Math.max(1, list.length));
  for (let n = 0; n < list.length; n++) {
    const entry = list[(start + n) % list.length];
    if (entry !== undefined && fits(entry)) return entry;
  }
  return undefined;
}

/** A user in one of these states. */
export function pickUser(org: Org, random: Random, ...statuses: string[]): UserEntry | undefined {
  return pickEntry(random, org.users, ({ record }) => statuses.includes(record.status));
}

/** A group whose members can be changed by hand. */
export function pickGroup(
  org: Org,
  random: Random,
  fits: (group: GroupEntry) => boolean = () => true,
): GroupEntry | undefined {
  return pickEntry(random, org.groups, (group) => group.record.type === "OKTA_GROUP" && fits(group));
}

/** An active app. */
export function pickApp(org: Org, random: Random, fits: (app: AppEntry) => boolean = () => true): AppEntry | undefined {
  return pickEntry(random, org.apps, (app) => app.record.status === "ACTIVE" && fits(app));
}

/** Whether a user is a super admin: churn leaves those alone who keep the org going. */
export function isSuperAdmin(user: UserEntry): boolean {
  return user.roles.some(({ type }) => type === "SUPER_ADMIN");
}

export const userPath = ({ record }: UserEntry) => `users/${record.id}`;
export const groupPath = ({ record }: GroupEntry) => `groups/${record.id}`;
export const appPath = ({ record }: AppEntry) => `apps/${record.id}`;
