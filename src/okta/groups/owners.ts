import type { Call, Cursor, GrantPage } from "../../baton/connector.ts";
import { text } from "../../baton/model/values.ts";
import { Entitlement_PurposeValue } from "../../gen/c1/connector/v2/entitlement_pb.ts";
import type { Resource } from "../../gen/c1/connector/v2/resource_pb.ts";
import type { OktaGroupOwner } from "../api/json/objects.ts";
import { nextCursors, segment } from "../api/paths.ts";
import { assignment, grantedOf, idOf } from "../resource/entitlement.ts";
import { allRefused, readable } from "../resource/readable.ts";
import { pageOrRefusal, readPage } from "../resource/reading.ts";
import type { Source } from "../resource/source.ts";
import { groupType, userType } from "../resource/types.ts";

const REFUSED = {
  what: "owners of groups",
  why: "reading them takes the org to have group owners, an admin role that may view groups and, with OAuth, okta.groups.read",
};

const TYPES: Readonly<Record<string, string>> = { USER: userType.id, GROUP: groupType.id };

/** The entitlement of those who own a group. Nothing here gives or takes it. */
export function ownerEntitlement(group: Resource) {
  return assignment(group, "owner", {
    displayName: `${group.displayName} Group Owner`,
    description: `Owns the ${group.displayName} group in Okta`,
    grantableTo: [userType, groupType],
    purpose: Entitlement_PurposeValue.OWNERSHIP,
  });
}

/** A page of the owners of a group. Source: Okta Management API, List all group owners. */
export function ownersPage(source: Source, group: Resource, cursor: Cursor, call: Call): Promise<GrantPage> {
  const { principals } = source;
  const on = `group ${idOf(group)}`;
  const read = async () => {
    const first = `/api/v1/groups/${segment(idOf(group))}/owners`;
    const page = await readPage<OktaGroupOwner>(source, cursor, first, call);
    const isReadable = (one: OktaGroupOwner) => text(one?.id) !== "" && TYPES[text(one.type)] !== undefined;
    const found = readable(page.items, isReadable, {
      ...{ what: REFUSED.what, why: "Okta's answer holds one that is neither a user nor a group", on },
    });
    const owners = found.items.map(({ id, type }) => ({ id: text(id), type: TYPES[text(type)]! }));
    const idsOf = (of: string) => owners.filter(({ type }) => type === of).map(({ id }) => id);
    const taken: Readonly<Record<string, ReadonlySet<string>>> = {
      [userType.id]: new Set(await principals.users(idsOf(userType.id), call)),
      [groupType.id]: new Set(await principals.groups(idsOf(groupType.id), call)),
    };
    const granted = grantedOf(group, "owner");
    return {
      items: owners
        .filter(({ id, type }) => taken[type]!.has(id))
        .map(({ id, type }) => ({ granted, principalType: type, principalId: id })),
      next: nextCursors(page.next, { of: "owners" }),
      total: page.items.length,
      ...allRefused(found),
    };
  };
  return pageOrRefusal<GrantPage>(read, { ...REFUSED, on, passedOver: true }, true);
}
