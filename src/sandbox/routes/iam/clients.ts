import type { Route } from "../../http/route.ts";
import { ROLE_LABELS } from "../../org/admins/roles.ts";
import { notFound } from "../../org/errors.ts";
import type { Org } from "../../org/org.ts";

/** Which admin roles an OAuth app holds. An app's roles are not part of the org here: each app can ask about itself. */
export function clientRoutes(org: Org): Route[] {
  return [
    {
      method: "GET",
      pattern: "/oauth2/v1/clients/{clientId}/roles",
      scope: "okta.roles.read",
      handle: ({ params, caller, origin }) => {
        const { clientId = "" } = params;
        if (caller.scopes === undefined || caller.id !== clientId) throw notFound(clientId, "PublicClientApp");
        const since = String(org.settings.created ?? "2024-01-01T00:00:00.000Z");
        const roles = caller.roles.map((type) => ({
          id: `KVJU${type}`,
          label: ROLE_LABELS[type] ?? type,
          type,
          status: "ACTIVE",
          created: since,
          lastUpdated: since,
          assignmentType: "CLIENT",
          _links: { assignee: { href: `${origin}/oauth2/v1/clients/${clientId}` } },
        }));
        return { status: 200, body: roles };
      },
    },
  ];
}
