import type { Org } from "../org.ts";
import { add, remove } from "../sorted.ts";
import type { AppEntry, AppGroupRow, GroupEntry, UserEntry } from "../types.ts";

/** Takes a user's own assignment to an app away; where a group of the user has the app, the user keeps it by that. */
export function unassignUser(org: Org, app: AppEntry, user: UserEntry): void {
  org.dropAppUser(app, user);
  if (hasThroughGroup(app, user)) reach(org, app, user.index, org.now());
}

/** Assigns a group to an app, and so its members; replaces the row where there is one. */
export function assignGroup(org: Org, app: AppEntry, group: GroupEntry, row: AppGroupRow, reachMembers = true): void {
  if (!app.groupRows.has(group.index)) {
    add(app.groups, group.index);
    group.apps.add(app.index);
    if (reachMembers) for (const index of group.members) reach(org, app, index, row.lastUpdated);
  }
  app.groupRows.set(group.index, row);
}

/** Takes an app from a group, and from the members that no other way has it. */
export function unassignGroup(org: Org, app: AppEntry, group: GroupEntry): void {
  if (!app.groupRows.delete(group.index)) return;
  remove(app.groups, group.index);
  group.apps.delete(app.index);
  for (const index of group.members) retract(org, app, org.users[index]!);
}

/** Gives a user an app that one of the user's groups has; nothing where the user has it already. */
export function reach(org: Org, app: AppEntry, index: number, at: string): void {
  if (app.userRows.has(index)) return;
  org.setAppUser(app, index, { scope: "GROUP", status: "ACTIVE", created: at, lastUpdated: at });
}

/** Takes an app from a user who has it through groups only, and through none of them any more. */
export function retract(org: Org, app: AppEntry, user: UserEntry): void {
  const row = app.userRows.get(user.index);
  if (row?.scope === "GROUP" && !hasThroughGroup(app, user)) org.dropAppUser(app, user);
}

/** Whether one of a user's groups is assigned to the app. */
export function hasThroughGroup(app: AppEntry, user: UserEntry): boolean {
  return user.groups.some((index) => app.groupRows.has(index));
}
