import type { AllGrants, Call, Cursor, GrantPage, Page } from "../../baton/connector.ts";
import type { Grant, Granted } from "../../baton/model/grant.ts";
import type { Resource } from "../../gen/c1/connector/v2/resource_pb.ts";
import type { OktaLinked, OktaRoleAssignment } from "../api/json/objects.ts";
import { badPageToken, nextCursors, pathAt } from "../api/paths.ts";
import { createClientRoles } from "../clients/roles.ts";
import { grantedOf, idOf } from "../resource/entitlement.ts";
import { type HoldersPage, once } from "../resource/memo.ts";
import { allRefused, identified } from "../resource/readable.ts";
import { contradicted, inField, pageOrRefusal, readOne, readPage } from "../resource/reading.ts";
import type { Source } from "../resource/source.ts";
import { customRoleType, roleType, userType } from "../resource/types.ts";
import { createGrantedRoles, type HeldRole, heldResource, isUnlisted, readableAssignments } from "./assignments.ts";
import { createHeldRoles } from "./governed.ts";
import { ROLES_OF, readAssignments } from "./reading.ts";
import { STANDARD_ROLES } from "./resource.ts";

/** Who holds which role, read from those who hold one: a call for each of them, not for each role. */
export interface RoleHolders {
  /** All grants of roles to users, standard and custom. */
  readonly all: AllGrants;
  /** The users, and the service apps, that hold one role. */
  of(role: Resource, cursor: Cursor | undefined, call: Call): Promise<GrantPage>;
  /** A standard role as a resource, where some user holds it. */
  find(id: string, call: Call): Promise<Resource | undefined>;
  /** A page of the users who hold a role by themselves, as far as they are in. */
  users(cursor: Cursor | undefined, call: Call): Promise<Page<string>>;
  /** The assignments that Okta shows of a user, those through groups included. */
  assignments(user: string, call: Call): Promise<Page<OktaRoleAssignment>>;
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
  const clientRoles = source.options.syncReach
    ? createClientRoles(source, heldRoles, (role) => grantedRole(labelledAsListed(role)))
    : undefined;

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
    return readAssignments(source, ROLES_OF.user(user), call, async (error) => {
      if ((await readOne(source, "/api/v1/users", user, call)) !== undefined) {
        throw contradicted(error, `user ${user}`);
      }
      source.log.warn("a user vanished while its admin roles were read, and they are left out", { user });
      return [];
    });
  }

  function assignments(user: string, call: Call): Promise<Page<OktaRoleAssignment>> {
    const on = `user ${user}`;
    const read = async () => ({
      ...readableAssignments(await assignmentsOf(user, call), REFUSED.what, on),
      next: [],
    });
    return pageOrRefusal<Page<OktaRoleAssignment>>(read, { ...REFUSED, on });
  }

  async function rolesOf(user: string, call: Call): Promise<Page<HeldRole>> {
    const found = await assignments(user, call);
    return { ...found, items: await heldRoles(found.items, "USER", call) };
  }

  function users(cursor: Cursor | undefined, call: Call): Promise<Page<string>> {
    return pageOrRefusal<Page<string>>(async () => {
      const found = await holders(cursor, call);
      const items = await principals.users(found.items, call);
      return { items, next: nextCursors(found.next), ...allRefused(found) };
    }, REFUSED);
  }

  async function page(cursor: Cursor | undefined, call: Call): Promise<GrantPage> {
    if (cursor?.of === "clients") return clientsPage(cursor, call);
    const user = cursor?.user;
    if (user === undefined) {
      const found = await users(cursor, call);
      const clients = cursor === undefined && clientRoles !== undefined ? [{ of: "clients" }] : [];
      return { ...found, items: [], next: [...found.items.map((id) => ({ user: id })), ...found.next, ...clients] };
    }
    if (typeof user !== "string") throw badPageToken();
    const held = await rolesOf(user, call);
    const labelled = held.items.map(labelledAsListed);
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

  async function clientsPage(cursor: Cursor, call: Call): Promise<GrantPage> {
    if (clientRoles === undefined) throw badPageToken();
    const page = await clientRoles.all(cursor.at as Cursor | undefined, call);
    return { ...page, next: page.next.map((at) => ({ of: "clients", at })) };
  }

  async function of(role: Resource, cursor: Cursor | undefined, call: Call): Promise<GrantPage> {
    const id = idOf(role);
    const custom = role.id?.resourceType === customRoleType.id;
    // As the assignments of its holders name it: what it permits is said of the role itself.
    const named = custom ? heldResource({ id, custom, label: role.displayName }) : role;
    const granted = grantedOf(named, "assigned");
    const isThat = (one: HeldRole) => one.id === id && one.custom === custom;
    if (cursor?.of === "clients") {
      if (clientRoles === undefined) throw badPageToken();
      return clientRoles.of(granted, isThat, cursor, call);
    }
    const page = await usersWith(granted, isThat, cursor, call);
    const isLast = page.next.length === 0 && clientRoles !== undefined;
    return isLast ? { ...page, next: [{ of: "clients" }] } : page;
  }

  function usersWith(
    granted: Granted,
    isThat: (role: HeldRole) => boolean,
    cursor: Cursor | undefined,
    call: Call,
  ): Promise<GrantPage> {
    return pageOrRefusal<GrantPage>(async () => {
      const found = await holders(cursor, call);
      const people = await principals.users(found.items, call);
      const pages = await Promise.all(people.map((user) => rolesOf(user, call)));
      const items: Grant[] = [];
      pages.forEach((held, at) => {
        if (held.items.some(isThat)) {
          items.push({ granted, principalType: userType.id, principalId: people[at]! });
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

  function subjectOf({ user, of, at }: Cursor) {
    const app = of === "clients" ? (at as Cursor | undefined)?.app : undefined;
    if (typeof app === "string") return { what: `which admin roles app ${app} holds`, on: `app ${app}` };
    if (typeof user !== "string") return undefined;
    return { what: `which admin roles user ${user} holds`, on: `user ${user}` };
  }

  const all: AllGrants = {
    name: "role holders",
    page,
    subjectOf,
    holderAt: ({ user }) => (typeof user === "string" ? { type: userType.id, id: user } : undefined),
    covers: { resources: [roleType.id, customRoleType.id], principals: [userType.id] },
  };
  return { all, of, find, users, assignments };
}
/** Holders' grants name a role of the table as the table does; Okta's assignments word some labels differently. */
function labelledAsListed(role: HeldRole): HeldRole {
  const label = role.custom ? undefined : STANDARD_ROLES.get(role.id);
  return label === undefined ? role : { ...role, label };
}
