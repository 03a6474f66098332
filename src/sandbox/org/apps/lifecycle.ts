import { ApiError } from "../api-error.ts";
import { countIn } from "../group-stats.ts";
import { appParty } from "../log/parties.ts";
import type { Org } from "../org.ts";
import type { AppEntry, AppRecord } from "../types.ts";

/** Adds an app that nobody has yet. */
export function createApp(org: Org, record: AppRecord): AppEntry {
  const app = org.addApp(record);
  org.log.record("application.lifecycle.create", [appParty(app)]);
  return app;
}

/** Changes an app's own settings. */
export function updateApp(org: Org, app: AppEntry, changes: Partial<AppRecord>): void {
  app.record = { ...app.record, ...changes, lastUpdated: org.now() };
  org.log.record("application.lifecycle.update", [appParty(app)]);
}

/** Switches an app on or off; those who have it keep it. Nothing where it is so already. */
export function setAppStatus(org: Org, app: AppEntry, status: "ACTIVE" | "INACTIVE"): void {
  if (app.record.status === status) return;
  app.record = { ...app.record, status, lastUpdated: org.now() };
  const event = status === "ACTIVE" ? "application.lifecycle.activate" : "application.lifecycle.deactivate";
  org.log.record(event, [appParty(app)]);
}

/** Deletes an app and all assignments to it. Okta refuses that with 403 `E0000056` while the app is active. */
export function deleteApp(org: Org, app: AppEntry): void {
  if (app.record.status === "ACTIVE") {
    throw new ApiError(403, "E0000056", "Delete application forbidden.", [
      "The application must be deactivated before deletion.",
    ]);
  }
  for (const index of [...app.groups]) {
    const group = org.groups[index]!;
    org.dropAppGroup(app, group);
    countIn(group, "appsCount", -1);
  }
  for (const index of [...app.users]) org.dropAppUser(app, org.users[index]!);
  org.clientRoles.delete(app.record.id);
  org.dropApp(app);
  org.log.record("application.lifecycle.delete", [appParty(app)]);
}
