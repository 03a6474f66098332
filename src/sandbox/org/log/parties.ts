import type { AppEntry, GroupEntry, UserEntry } from "../types.ts";
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
