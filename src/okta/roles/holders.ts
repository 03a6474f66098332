import type { AllGrants, Call, Cursor, GrantPage, Page } from "../../baton/connector.ts";
import type { Grant } from "../../baton/model/grant.ts";
import type { Resource } from "../../gen/c1/connector/v2/resource_pb.ts";
import { isFailure } from "../../runtime/failure.ts";
import type { ListPage } from "../api/client.ts";
import type { OktaLinked, OktaRoleAssignment } from "../api/json/objects.ts";
import { badPageToken, nextCursors, pathAt, segment } from "../api/paths.ts";
import { grantedOf, idOf } from "../resource/entitlement.ts";
import { type HoldersPage, once } from "../resource/memo.ts";
import { allRefused, identified } from "../resource/readable.ts";
import { contradicted, inField, pageOrRefusal, readOne, readPage } from "../resource/reading.ts";
import type { Source } from "../resource/source.ts";
import { customRoleType, userType } from "../resource/types.ts";
import { createGrantedRoles, type HeldRole, heldResource, isUnlisted, readableAssignments } from "./assignments.ts";
import { createHeldRoles } from "./governed.ts";
import { STANDARD_ROLES } from "./resource.ts";

/** Who holds which role, read from those who hold one: a call for each of them, not for each role. */
export interface RoleHolders {
  /** All grants of roles to users, standard and custom. */
  readonly all: AllGrants;
  /** The users who hold one role. */
  of(role: Resource, cursor: Cursor | undefined, call: Call): Promise<GrantPage>;
  /** A standard role as a resource, where some user holds it. */
  find(id: string, call: Call): Promise<Resource | undefined>;
}

/** Source: Okta Management API, List all users with role assignments; a page has 100 of them. */
const ASSIGNEES = "/api/v1/iam/assignees/users";

const REFUSED = {
  what: "admin roles of users",
  why: "reading them takes an admin role that may view admin roles and, with OAuth, the scope okta.roles.read",
};

export function createRoleHolders(source: Source): RoleHolders {
  const { memo, principals } = source;
  const grantedRole = createGrantedRoles();
  const heldRoles = createHeldRoles(source);

  /** The ids of a page of those who hold a role. */
  function holders(cursor: Cursor | undefined, call: Call): Promise<HoldersPage> {
    return once(memo.of(call)?.holders, pathAt(cursor, ASSIGNEES), async () => {
      const page = await readPage<OktaLinked>(source, cursor, ASSIGNEES, call, { items: inField("value") });
      const found = identified(page.items, REFUSED.what);
      return { ...page, ...found, items: found.items.map((user) => user.id) };
    });
  }

  /** A user's assignments; none where the user has gone meanwhile. */
  function assignmentsOf(user: string, call: Call): Promise<readonly OktaRoleAssignment[]> {
    return once(memo.of(call)?.rolesOf, user, async () => {
      const first = `/api/v1/users/${segment(user)}/roles`;
      const all: OktaRoleAssignment[] = [];
      try {
        for (let cursor: Cursor | undefined = {}; cursor !== undefined; ) {
          const page: ListPage<OktaRoleAssignment> = await readPage(source, cursor, first, call);
          all.push(...page.items);
          cursor = nextCursors(page.next)[0];
        }
      } catch (error) {
        if (!isFailure(error, "notFound")) throw error;
        if ((await readOne(source, "/api/v1/users", user, call)) !== undefined) {
          throw contradicted(error, `user ${user}`);
        }
        source.log.warn("a user vanished while its admin roles were read, and they are left out", { user });
        return [];
      }
      return all;
    });
  }

  function rolesOf(user: string, call: Call): Promise<Page<HeldRole>> {
    const on = `user ${user}`;
    const read = async () => {
      const found = readableAssignments(await assignmentsOf(user, call), REFUSED.what, on);
      return { items: await heldRoles(found.items, "USER", call), next: [], ...allRefused(found) };
    };
    return pageOrRefusal<Page<HeldRole>>(read, { ...REFUSED, on });
  }

  async function page(cursor: Cursor | undefined, call: Call): Promise<GrantPage> {
    const user = cursor?.user;
    if (user === undefined) {
      return pageOrRefusal<GrantPage>(async () => {
        const found = await holders(cursor, call);
        const users = await principals.users(found.items, call);
        const next = [...users.map((id) => ({ user: id })), ...nextCursors(found.next)];
        return { items: [], next, ...allRefused(found) };
      }, REFUSED);
    }
    if (typeof user !== "string") throw badPageToken();
    const held = await rolesOf(user, call);
    const labelled = held.items.map((role) => {
      // Users' grants name a role of the table as the table does; Okta's assignments word some labels differently.
      const label = role.custom ? undefined : STANDARD_ROLES.get(role.id);
      return label === undefined ? role : { ...role, label };
    });
    return {
      ...held,
      items: labelled.map((role) => ({
        granted: grantedRole(role),
        principalType: userType.id,
        principalId: user,
      })),
      resources: labelled.filter(isUnlisted).map(heldResource),
    };
  }

  async function of(role: Resource, cursor: Cursor | undefined, call: Call): Promise<GrantPage> {
    const id = idOf(role);
    const custom = role.id?.resourceType === customRoleType.id;
    const granted = grantedOf(role, "assigned");
    return pageOrRefusal<GrantPage>(async () => {
      const found = await holders(cursor, call);
      const users = await principals.users(found.items, call);
      const pages = await Promise.all(users.map((user) => rolesOf(user, call)));
      const items: Grant[] = [];
      pages.forEach((held, at) => {
        if (held.items.some((one) => one.id === id && one.custom === custom)) {
          items.push({ granted, principalType: userType.id, principalId: users[at]! });
        }
      });
      return { items, next: nextCursors(found.next), ...allRefused(found, ...pages) };
    }, REFUSED);
  }

  async function find(id: string, call: Call): Promise<Resource | undefined> {
    for (let cursor: Cursor | undefined = {}; cursor !== undefined; ) {
      const found: HoldersPage = await holders(cursor, call);
      const pages = await Promise.all(found.items.map((user) => rolesOf(user, call)));
      const role = pages.flatMap((held) => held.items).find((one) => one.id === id && !one.custom);
      if (role !== undefined) return heldResource(role);
      cursor = nextCursors(found.next)[0];
    }
    return undefined;
  }

  function subjectOf({ user }: Cursor) {
    if (typeof user !== "string") return undefined;
    return { what: `which admin roles user ${user} holds`, on: `user ${user}` };
  }

  return { all: { name: "role holders", page, subjectOf }, of, find };
}
