import type { Call, Cursor, GrantPage, Page } from "../../baton/connector.ts";
import type { Grant, Granted } from "../../baton/model/grant.ts";
import type { OktaRoleAssignment } from "../api/json/objects.ts";
import { nextCursors } from "../api/paths.ts";
import { allRefused } from "../resource/readable.ts";
import { pageOrRefusal } from "../resource/reading.ts";
import type { Source } from "../resource/source.ts";
import { appType } from "../resource/types.ts";
import { type HeldRole, heldResource, isUnlisted, readableAssignments } from "../roles/assignments.ts";
import type { HeldRolesReader } from "../roles/governed.ts";
import { ROLES_OF, readAssignments } from "../roles/reading.ts";
import type { ServiceApp } from "./service-app.ts";
import { ofEachServiceApp, readServiceApps } from "./service-apps.ts";

export const CLIENT_ROLES_REFUSED = {
  what: "admin roles of service apps",
  why: "reading them takes an admin role that may view admin roles and, with OAuth, the scope okta.roles.read",
};

/** The admin roles that service apps hold by themselves. */
export interface ClientRoles {
  /** A page of all their grants. */
  all(cursor: Cursor | undefined, call: Call): Promise<GrantPage>;
  /** A page of the grants of one role. */
  of(granted: Granted, isThat: (role: HeldRole) => boolean, cursor: Cursor, call: Call): Promise<GrantPage>;
}

/** The assignments of a service app that can be read. */
export function clientAssignments(source: Source, app: ServiceApp, call: Call): Promise<Page<OktaRoleAssignment>> {
  const on = `app ${app.id}`;
  const read = async () => {
    const all = await readAssignments(source, ROLES_OF.client(app.clientId), call);
    return { ...readableAssignments(all, CLIENT_ROLES_REFUSED.what, on), next: [] };
  };
  return pageOrRefusal<Page<OktaRoleAssignment>>(read, { ...CLIENT_ROLES_REFUSED, on }, true);
}

/** Source: Okta Management API, List all client role assignments. */
export function createClientRoles(
  source: Source,
  heldRoles: HeldRolesReader,
  grantedRole: (role: HeldRole) => Granted,
): ClientRoles {
  async function rolesOf(app: ServiceApp, call: Call): Promise<Page<HeldRole>> {
    const page = await clientAssignments(source, app, call);
    return { ...page, items: await heldRoles(page.items, "CLIENT", call) };
  }

  return {
    all: (cursor, call) =>
      ofEachServiceApp<GrantPage>(source, cursor, call, async (app) => {
        const { items, ...rest } = await rolesOf(app, call);
        const held = (role: HeldRole): Grant => ({
          granted: grantedRole(role),
          principalType: appType.id,
          principalId: app.id,
        });
        return { ...rest, items: items.map(held), resources: items.filter(isUnlisted).map(heldResource) };
      }),
    async of(granted, isThat, cursor, call) {
      const { items, next, ...rest } = await readServiceApps(source, cursor, call);
      const held = await Promise.all(items.map((app) => rolesOf(app, call)));
      const holders = items.filter((_, at) => held[at]!.items.some(isThat));
      return {
        items: holders.map(({ id }) => ({ granted, principalType: appType.id, principalId: id })),
        next: nextCursors(next, { of: "clients" }),
        ...allRefused(rest, ...held),
      };
    },
  };
}
