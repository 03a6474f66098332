import { ApiError } from "../api-error.ts";
import { countIn } from "../group-stats.ts";
import { appParty, appUserParties, groupParty } from "../log/parties.ts";
import type { Org } from "../org.ts";
import type { AppEntry, AppGroupRow, AppUserRow, GroupEntry, JsonObject, UserEntry } from "../types.ts";

/** What a call may say of a user's assignment to an app. */
export interface AppUserDetails {
  readonly credentials?: JsonObject;
  readonly profile?: JsonObject;
}

/** Assigns an app to a user, who then has it directly, or changes such an assignment. */
export function assignUser(org: Org, app: AppEntry, user: UserEntry, details: AppUserDetails): void {
  const now = org.now();
  const before = app.userRows.get(user.index);
  const own = before?.scope === "USER";
  org.setAppUser(app, user.index, {
    ...before,
    scope: "USER",
    status: "ACTIVE",
    created: before?.created ?? now,
    lastUpdated: now,
    statusChanged: own ? (before.statusChanged ?? before.created ?? now) : now,
    ...details,
  });
  const event = before === undefined ? "application.user_membership.add" : "application.user_membership.update";
  org.log.record(event, appUserParties(app, user));
}

/**
 * Takes a user's own assignment to an app away. Okta refuses that with 403 `E0000046` where a group of the user has the
 * app, whether the user has it directly, too, or not.
 */
export function unassignUser(org: Org, app: AppEntry, user: UserEntry): void {
  if (hasThroughGroup(app, user)) {
    throw new ApiError(403, "E0000046", "Deactivate application for user forbidden.", [
      "The application cannot be unassigned from the user while their group memberships grant them access.",
    ]);
  }
  removeAppUser(org, app, user);
}

/** Takes a user's assignment to an app away, whatever gave it; nothing where there is none. */
export function removeAppUser(org: Org, app: AppEntry, user: UserEntry): void {
  if (!app.userRows.has(user.index)) return;
  org.dropAppUser(app, user);
  org.log.record("application.user_membership.remove", appUserParties(app, user));
}

/** Assigns a group to an app, and so its members; changes the assignment where there is one. */
export function assignGroup(org: Org, app: AppEntry, group: GroupEntry, row: AppGroupRow): void {
  const isNew = !app.groupRows.has(group.index);
  org.setAppGroup(app, group, row);
  const targets = [groupParty(group), appParty(app)];
  if (!isNew) {
    org.log.record("group.application_assignment.update", targets);
    return;
  }
  countIn(group, "appsCount", 1);
  org.log.record("group.application_assignment.add", targets);
  for (const index of group.members) reach(org, app, org.users[index]!, group);
}

/** Takes an app from a group, and from the members that no other way has it; nothing where the group has it not. */
export function unassignGroup(org: Org, app: AppEntry, group: GroupEntry): void {
  if (!app.groupRows.has(group.index)) return;
  org.dropAppGroup(app, group);
  countIn(group, "appsCount", -1);
  org.log.record("group.application_assignment.remove", [groupParty(group), appParty(app)]);
  for (const index of group.members) retract(org, app, org.users[index]!);
}

/** Gives a user an app that a group of the user has; nothing where the user has it already. */
export function reach(org: Org, app: AppEntry, user: UserEntry, group: GroupEntry): void {
  if (app.userRows.has(user.index)) return;
  org.setAppUser(app, user.index, groupRow(org.now(), group));
  org.log.record("application.user_membership.add", appUserParties(app, user));
}

/** Takes an app from a user who has it through groups only, and through none of them any more. */
export function retract(org: Org, app: AppEntry, user: UserEntry): void {
  if (app.userRows.get(user.index)?.scope === "GROUP" && !hasThroughGroup(app, user)) removeAppUser(org, app, user);
}

/** The assignment of a user who has an app through a group since `at`. */
export function groupRow(at: string, { record }: GroupEntry): AppUserRow {
  return { scope: "GROUP", group: record.id, status: "ACTIVE", created: at, lastUpdated: at, statusChanged: at };
}

/** Whether one of a user's groups is assigned to the app. */
export function hasThroughGroup(app: AppEntry, user: UserEntry): boolean {
  return user.groups.some((index) => app.groupRows.has(index));
}
