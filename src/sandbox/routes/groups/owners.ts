import type { Route } from "../../http/route.ts";
import { invalid, notFound } from "../../org/errors.ts";
import { addOwner, removeOwner } from "../../org/groups/owners.ts";
import { groupParty, userParty } from "../../org/log/parties.ts";
import type { Org } from "../../org/org.ts";
import { answerItems, bodyOf, groupOf, noContent } from "../context.ts";

const OWNERS = "/api/v1/groups/{groupId}/owners";

/** Who owns a group. */
export function groupOwnerRoutes(org: Org): Route[] {
  return [
    {
      method: "GET",
      pattern: OWNERS,
      scope: "okta.groups.read",
      handle: (request) => {
        const { record, owners } = groupOf(org, request);
        const size = { default: 1000, max: 1000, beyond: "clamp" } as const;
        return answerItems(org, request, `groups/${record.id}/owners`, size, owners);
      },
    },
    {
      method: "POST",
      pattern: OWNERS,
      scope: "okta.groups.manage",
      handle: (request) => {
        const group = groupOf(org, request);
        const { id, type } = bodyOf(request);
        if (type !== "USER" && type !== "GROUP") throw invalid("type", ["type: The value must be USER or GROUP."]);
        const user = type === "USER" ? org.user(String(id)) : undefined;
        const owning = type === "GROUP" ? org.group(String(id)) : undefined;
        const party = user !== undefined ? userParty(user) : owning !== undefined ? groupParty(owning) : undefined;
        if (party === undefined) throw notFound(String(id), type === "USER" ? "User" : "UserGroup");
        const more = { displayName: party.displayName, originType: "OKTA_DIRECTORY", resolved: true };
        const owner = addOwner(org, group, { id, type, ...more });
        if (owner === undefined) throw invalid("id", ["id: The owner is assigned to the group already."]);
        return { status: 201, body: owner };
      },
    },
    {
      method: "DELETE",
      pattern: `${OWNERS}/{ownerId}`,
      scope: "okta.groups.manage",
      handle: (request) => {
        const id = request.params.ownerId ?? "";
        if (!removeOwner(groupOf(org, request), id)) throw notFound(id, "GroupOwner");
        return noContent;
      },
    },
  ];
}
