import type { AppEntry, GroupEntry, JsonObject, LabelledRecord, RoleRow, UserEntry } from "../types.ts";
import type { LogParty } from "./log.ts";

/** A user as the log names it. */
export function userParty(user: UserEntry): LogParty {
  const { profile, id } = user.record;
  const login = String(profile.login);
  const name = [profile.firstName, profile.lastName].filter((part) => typeof part === "string").join(" ");
  const display = typeof profile.displayName === "string" ? profile.displayName : "";
  return { id, type: "User", alternateId: login, displayName: display || name || login };
}

/** A group as the log names it. */
export function groupParty(group: GroupEntry): LogParty {
  const displayName = String(group.record.profile.name);
  return { id: group.record.id, type: "UserGroup", alternateId: "unknown", displayName };
}

/** An app as the log names it. */
export function appParty(app: AppEntry): LogParty {
  return { id: app.record.id, type: "AppInstance", alternateId: app.record.label, displayName: app.record.label };
}

/** What the log names where a user gets, changes or loses an assignment to an app. */
export function appUserParties(app: AppEntry, user: UserEntry): LogParty[] {
  const party = userParty(user);
  return [{ ...party, type: "AppUser" }, appParty(app), party];
}

/** The role of an assignment as the log names it. */
export function roleParty(row: RoleRow): LogParty {
  return { id: row.role ?? row.id, type: "ROLE", alternateId: row.type, displayName: row.label };
}

/** A custom role as the log names it. */
export function customRoleParty(role: LabelledRecord): LogParty {
  return { id: role.id, type: "CUSTOM_ROLE", alternateId: role.label, displayName: role.label };
}

/** A resource set as the log names it. */
export function resourceSetParty(set: LabelledRecord): LogParty {
  return { id: set.id, type: "RESOURCE_SET", alternateId: set.label, displayName: set.label };
}

/** An API token as the log names it. */
export function tokenParty(token: JsonObject): LogParty {
  return { id: String(token.id), type: "Token", alternateId: "unknown", displayName: String(token.name) };
}

/** A device as the log names it. */
export function deviceParty(device: JsonObject): LogParty {
  const { displayName } = device.profile as JsonObject;
  return { id: String(device.id), type: "Device", alternateId: "unknown", displayName: String(displayName) };
}
