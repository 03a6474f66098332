import type { Call, Cursor, GrantPage, Listed, ResourceTypeSupport } from "../../baton/connector.ts";
import { entitlementId } from "../../baton/model/ids.ts";
import { text } from "../../baton/model/values.ts";
import type { Resource } from "../../gen/c1/connector/v2/resource_pb.ts";
import { isFailure } from "../../runtime/failure.ts";
import type { OktaGroup, OktaRoleAssignment, OktaUser } from "../api/json/objects.ts";
import { badPageToken, nextCursors, segment } from "../api/paths.ts";
import type { Revalidations } from "../changes/revalidation.ts";
import { assignment, grantedOf, idOf } from "../resource/entitlement.ts";
import { type GroupClock, type Learned, once, remember } from "../resource/memo.ts";
import { allRefused, identified } from "../resource/readable.ts";
import { pageOrRefusal, readOne, readPage } from "../resource/reading.ts";
import type { Source } from "../resource/source.ts";
import { appType, customRoleType, groupType, roleType, userType } from "../resource/types.ts";
import { createGrantedRoles, heldResource, isUnlisted, readableAssignments } from "../roles/assignments.ts";
import { createHeldRoles } from "../roles/governed.ts";
import { groupAccess } from "./access.ts";
import { appsOfGroup, groupsOfUser, isEmpty, NO_GROUPS, somebodyHasGroups } from "./counts.ts";
import { idsInList } from "./members.ts";
import { ownerEntitlement, ownersPage } from "./owners.ts";
import { removeGroup } from "./removal.ts";
import { appsCount, groupResource, holdsRole, usersCount } from "./resource.ts";

/**
 * Up to 10,000 fit on a page, but with their stats they are slow to come: 1,000 is what Okta still answers in time.
 * Source: Okta Management API, List all groups.
 */
export const GROUPS = "/api/v1/groups?expand=stats&limit=1000";

const REFUSED = {
  what: "admin roles of groups",
  why: "reading them takes an admin role that may view admin roles and, with OAuth, the scope okta.roles.read",
};

/** Groups: their members, and the admin roles that they hold. */
export function groups(source: Source, proofs: Revalidations["groups"]): ResourceTypeSupport {
  const { memo, principals, options } = source;
  // Okta counts a group's apps whatever their status: where only active ones are read, the count says nothing of them.
  const countsApps = options.syncInactiveApps;
  const reach = options.syncReach === true;
  const grantedRole = createGrantedRoles();
  const heldRoles = createHeldRoles(source);
  // A sync that reads each reading that its lists name does not ask again.
  const learnedIn = (call: Call) => (call.dropsUnlisted ? undefined : memo.of(call));

  /** `learned`: what is remembered for the sync of a call, if anything, since before the group was asked for. */
  function listed(group: OktaGroup & { readonly id: string }, learned: Learned | undefined, at?: number): Listed {
    const nothingIn = { members: usersCount(group) === 0, roles: holdsRole(group) === false };
    if (nothingIn.members || nothingIn.roles) remember(learned?.nothingIn, group.id, nothingIn);
    const [users, apps] = [usersCount(group), appsCount(group)];
    const clock = clockOf(group, at);
    if (clock !== undefined) remember(learned?.groupClocks, group.id, clock);
    return {
      resource: groupResource(group),
      grants: startsOf(nothingIn, reach),
      ...(users !== undefined && users > 0 && { expected: [{ cursor: { of: "members" }, count: users }] }),
      ...(apps !== undefined && countsApps && { held: apps }),
      ...membersChanged(group),
    };
  }

  async function members(resource: Resource, cursor: Cursor, call: Call): Promise<GrantPage> {
    const { ids, next, ...rest } = await memberIds(cursor, idOf(resource), call);
    const granted = grantedOf(resource, "member");
    return {
      items: ids.map((id) => ({ granted, principalType: userType.id, principalId: id })),
      next: nextCursors(next, { of: "members" }),
      ...rest,
    };
  }

  async function memberIds(cursor: Cursor, group: string, call: Call) {
    const first = `/api/v1/groups/${segment(group)}/users?limit=1000`;
    const [what, on] = ["members of groups", `group ${group}`];
    if (!principals.usersFiltered) {
      const page = await readPage<string>(source, cursor, first, call, { parse: idsInList });
      const found = page.items.includes("")
        ? identified(
            page.items.map((id) => ({ id })),
            what,
            on,
          )
        : undefined;
      const total = page.items.length;
      if (found === undefined) return { ids: page.items, next: page.next, total };
      return { ids: found.items.map(({ id }) => id), next: page.next, total, ...allRefused(found) };
    }
    const { takesUser } = principals.filter(call);
    const page = await readPage<OktaUser>(source, cursor, first, call);
    const found = identified(page.items, what, on);
    const taken = found.items.filter(takesUser);
    return { ids: taken.map((user) => user.id), next: page.next, total: page.items.length, ...allRefused(found) };
  }

  function roles(resource: Resource, cursor: Cursor, call: Call): Promise<GrantPage> {
    const id = idOf(resource);
    const path = `/api/v1/groups/${segment(id)}/roles`;
    const expandable = { entitlementIds: [entitlementId(groupType.id, id, "member")], shallow: true };
    return pageOrRefusal<GrantPage>(
      async () => {
        const page = await readPage<OktaRoleAssignment>(source, cursor, path, call);
        const found = readableAssignments(page.items, REFUSED.what, `group ${id}`);
        const held = await heldRoles(found.items, "GROUP", call);
        return {
          items: held.map((role) => ({
            granted: grantedRole(role),
            principalType: groupType.id,
            principalId: id,
            ...(cursor.empty !== true && { expandable }),
          })),
          next: nextCursors(page.next, cursor),
          resources: held.filter(isUnlisted).map(heldResource),
          ...allRefused(found),
        };
      },
      { ...REFUSED, on: `group ${id}`, passedOver: true },
    );
  }

  /** The ids of the groups that a user is in; none where the user is gone. Read once in a sync. */
  function groupsOf(user: string, call: Call): Promise<ReadonlySet<string>> {
    return once(memo.of(call)?.groupsOf, user, async () => {
      try {
        return new Set(await groupsOfUser(source, user, call));
      } catch (error) {
        if (isFailure(error, "notFound")) return new Set();
        throw error;
      }
    });
  }

  function starts(id: string, call: Call): Cursor[] {
    return startsOf(memo.of(call)?.nothingIn.get(id) ?? { members: false, roles: false }, reach);
  }

  async function grants(resource: Resource, cursor: Cursor | undefined, call: Call): Promise<GrantPage> {
    if (cursor?.of === "members") return members(resource, cursor, call);
    if (cursor?.of === "roles") return roles(resource, cursor, call);
    if (cursor?.of === "owners" && reach) return ownersPage(source, resource, cursor, call);
    if (cursor !== undefined) throw badPageToken();
    const [first, ...rest] = starts(idOf(resource), call);
    if (first === undefined) return { items: [], next: [] };
    const page = await grants(resource, first, call);
    return { ...page, next: [...page.next, ...rest] };
  }

  return {
    type: groupType,
    listsAll: !options.skipAppGroups,
    heldOf: appType.id,
    passesOn: [appType.id],
    readings: [
      { cursor: { of: "members" }, principals: [userType.id], pageSize: 1000 },
      { cursor: { of: "roles" }, holds: [roleType.id, customRoleType.id], pageSize: 200 },
    ],
    revalidation: { ...proofs, cursor: { of: "members" }, scope: (id) => `groups/${id}/members`, starts },
    grantsToAtOnce: true,
    async grantsTo(resource, principal, call) {
      const isIn = (await groupsOf(principal.id, call)).has(idOf(resource));
      const granted = grantedOf(resource, "member");
      return { items: isIn ? [{ granted, principalType: userType.id, principalId: principal.id }] : [], next: [] };
    },
    async list(cursor, call) {
      const { takesGroup } = principals.filter(call);
      const learned = learnedIn(call);
      let page = await readPage<OktaGroup>(source, cursor, GROUPS, call);
      if (cursor === undefined && isEmpty(page) && (await somebodyHasGroups(source, call))) {
        page = await readPage<OktaGroup>(source, cursor, GROUPS, call);
        if (isEmpty(page)) return { items: [], next: [], refused: [NO_GROUPS] };
      }
      const found = identified(page.items, "groups");
      const taken = found.items.filter(takesGroup);
      return { ...found, items: taken.map((group) => listed(group, learned, page.at)), next: nextCursors(page.next) };
    },
    entitlements: (resource) => [
      assignment(resource, "member", {
        displayName: `${resource.displayName} Group Member`,
        description: `Member of ${resource.displayName} group in Okta`,
        grantableTo: [userType],
      }),
      ...(reach ? [ownerEntitlement(resource)] : []),
    ],
    grants,
    holdings: (id, call) => appsOfGroup(source, id, call),
    ...groupAccess(source),
    remove: (id, call) => removeGroup(source, id, call),
    async get(id, call) {
      const { takesGroup } = principals.filter(call);
      const learned = learnedIn(call);
      // One group by its id has no described `expand`: where it is passed over, the stats are missing, no more.
      const group = await readOne<OktaGroup>(source, "/api/v1/groups", id, call, "?expand=stats");
      return group !== undefined && takesGroup(group) ? listed({ ...group, id }, learned) : undefined;
    },
  };
}

/** What the list says of a group's members, where it says all of it; `at`: Okta's time when it did. */
function clockOf(group: OktaGroup, at: number | undefined): GroupClock | undefined {
  const changedAt = Date.parse(text(group.lastMembershipUpdated));
  const members = usersCount(group);
  if (Number.isNaN(changedAt) || members === undefined || at === undefined) return undefined;
  const imported = text(group.type) !== "OKTA_GROUP" && text(group.type) !== "BUILT_IN";
  return { changedAt, members, apps: appsCount(group), listedAt: at, imported };
}

/** When a group's members last changed. */
function membersChanged(group: OktaGroup): Pick<Listed, "changed"> {
  const at = Date.parse(text(group.lastMembershipUpdated));
  return Number.isNaN(at) ? {} : { changed: [{ cursor: { of: "members" }, at }] };
}

/** Where to read: nothing that is known to be empty. A role's grant to an empty group says nothing of its members. */
function startsOf(nothingIn: { readonly members: boolean; readonly roles: boolean }, reach: boolean): Cursor[] {
  const starts: Cursor[] = [];
  if (!nothingIn.members) starts.push({ of: "members" });
  if (!nothingIn.roles) starts.push(nothingIn.members ? { of: "roles", empty: true } : { of: "roles" });
  if (reach) starts.push({ of: "owners" });
  return starts;
}
