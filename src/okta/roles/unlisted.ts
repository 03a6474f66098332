import type { Call, Cursor, Page } from "../../baton/connector.ts";
import type { Resource } from "../../gen/c1/connector/v2/resource_pb.ts";
import { isFailure } from "../../runtime/failure.ts";
import type { OktaGroup, OktaRoleAssignment } from "../api/json/objects.ts";
import { badPageToken, nextCursors, segment } from "../api/paths.ts";
import { GROUPS } from "../groups/groups.ts";
import { holdsRole } from "../groups/resource.ts";
import { readPage, withIds } from "../resource/reading.ts";
import type { Source } from "../resource/source.ts";
import { roleType } from "../resource/types.ts";
import { heldResource, isUnlisted } from "./assignments.ts";
import { createHeldRoles } from "./governed.ts";
import type { RoleHolders } from "./holders.ts";

/**
 * Standard roles outside the table that some user or group holds: nothing lists them but their assignments, so those
 * of each user who holds a role and of each group that may hold one are read.
 */
export function unlistedRoles(source: Source, holders: RoleHolders) {
  const heldRoles = createHeldRoles(source);

  async function ofUsers(cursor: Cursor | undefined, call: Call): Promise<Page<Resource>> {
    const page = await holders.all.page(cursor, call);
    const roles = (page.resources ?? []).filter(({ id }) => id?.resourceType === roleType.id);
    return { ...page, items: roles, next: page.next.map((at) => ({ of: "users", at })) };
  }

  async function groupsPage(cursor: Cursor, call: Call): Promise<Page<Resource>> {
    const { takesGroup } = source.principals.filter(call);
    const page = await readPage<OktaGroup>(source, cursor, GROUPS, call);
    const holding = withIds(source, page.items).filter((group) => takesGroup(group) && holdsRole(group) !== false);
    const each = holding.map(({ id }) => ({ of: "group", group: id }));
    return { items: [], next: [...each, ...nextCursors(page.next, { of: "groups" })] };
  }

  async function ofGroup(cursor: Cursor, call: Call): Promise<Page<Resource>> {
    const { group } = cursor;
    if (typeof group !== "string") throw badPageToken();
    const page = await readPage<OktaRoleAssignment>(source, cursor, `/api/v1/groups/${segment(group)}/roles`, call);
    const held = (await heldRoles(page.items, "GROUP", call)).filter(isUnlisted);
    return { items: held.map(heldResource), next: nextCursors(page.next, cursor) };
  }

  /** What is gone, or may not be read, shows no role: whoever reads the grants reports it. */
  async function unlessHidden(read: Promise<Page<Resource>>): Promise<Page<Resource>> {
    try {
      const { refused: _, ...page } = await read;
      return page;
    } catch (error) {
      if (isFailure(error, "notFound") || isFailure(error, "permissionDenied")) return { items: [], next: [] };
      throw error;
    }
  }

  /** One page: first what users hold, then what groups hold. */
  return async (cursor: Cursor | undefined, call: Call): Promise<Page<Resource>> => {
    // A small page would be for nothing: what is read here is not what is shown.
    const { pageSize: _, ...whole } = call;
    if (cursor === undefined) {
      const page = await unlessHidden(ofUsers(undefined, whole));
      return { ...page, next: [...page.next, { of: "groups" }] };
    }
    if (cursor.of === "users") return unlessHidden(ofUsers(cursor.at as Cursor, whole));
    if (cursor.of === "groups") return unlessHidden(groupsPage(cursor, whole));
    if (cursor.of === "group") return unlessHidden(ofGroup(cursor, whole));
    throw badPageToken();
  };
}
