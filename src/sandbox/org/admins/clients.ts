import { appParty, roleParty } from "../log/parties.ts";
import type { Org } from "../org.ts";
import type { AppEntry, RoleRow } from "../types.ts";
import { governing } from "./governed.ts";
import { ROLE_LABELS } from "./roles.ts";

/** The admin roles that an OAuth app holds by itself. */
export function clientRolesOf(org: Org, clientId: string): readonly RoleRow[] {
  return org.clientRoles.get(clientId) ?? [];
}

/** Whether an app is an API service app, which can hold admin roles by itself. */
export function isServiceApp(app: AppEntry): boolean {
  const settings = app.record.settings as { oauthClient?: { application_type?: string } } | undefined;
  return settings?.oauthClient?.application_type === "service";
}

/** Gives an API service app a standard admin role. */
export function assignClientRole(org: Org, app: AppEntry, type: string): RoleRow {
  const now = org.now();
  const row = {
    ...{ id: org.newId("kra"), label: ROLE_LABELS[type]!, type, status: "ACTIVE", created: now, lastUpdated: now },
    assignmentType: "CLIENT",
    ...governing(type, org.governedRoles),
  };
  org.clientRoles.set(app.record.id, [...clientRolesOf(org, app.record.id), row]);
  record(org, app, row);
  return row;
}

/** Takes an admin role from an API service app. */
export function unassignClientRole(org: Org, app: AppEntry, row: RoleRow): void {
  org.clientRoles.set(
    app.record.id,
    clientRolesOf(org, app.record.id).filter((one) => one !== row),
  );
  org.roleTargets.delete(row.id);
  record(org, app, row);
}

function record(org: Org, app: AppEntry, row: RoleRow): void {
  const held = clientRolesOf(org, app.record.id);
  const event = held.length > 0 ? "app.oauth2.client.privilege.grant" : "app.oauth2.client.privilege.revoke";
  org.log.record(event, [{ ...appParty(app), type: "PublicClientApp" }, roleParty(row)], {
    privilegeGranted: held.map(({ label }) => label).join(", "),
  });
}
