import type { Call, Cursor } from "../../baton/connector.ts";
import { isObject, text } from "../../baton/model/values.ts";
import { isFailure } from "../../runtime/failure.ts";
import type { ListPage } from "../api/client.ts";
import type { OktaCustomRole, OktaRoleAssignment } from "../api/json/objects.ts";
import { nextCursors } from "../api/paths.ts";
import { once } from "../resource/memo.ts";
import { inField, readPage, withIds } from "../resource/reading.ts";
import type { Source } from "../resource/source.ts";
import { type HeldRole, heldRoles, isGoverned, type ListedRole } from "./assignments.ts";
import { CUSTOM_ROLES } from "./custom/list.ts";

/** Reads the roles that a user, group or OAuth app holds by itself out of its assignments. */
export type HeldRolesReader = (
  assignments: readonly OktaRoleAssignment[],
  holder: "USER" | "GROUP" | "CLIENT",
  call: Call,
) => Promise<HeldRole[]>;

/**
 * Some standard roles (Workflows, Access Requests and Access Certifications Administrator) are assigned through a role
 * of their own, and an org may list them among its custom ones, by that role's id or by their type. There their holders
 * belong to the custom role; elsewhere to the standard one. The list is asked for only where such an assignment turns
 * up, and once a sync.
 */
export function createHeldRoles(source: Source): HeldRolesReader {
  const { memo, options } = source;

  async function readListed(call: Call): Promise<readonly ListedRole[]> {
    const { pageSize: _, ...whole } = call;
    const all: ListedRole[] = [];
    try {
      for (let cursor: Cursor | undefined = {}; cursor !== undefined; ) {
        const page: ListPage<OktaCustomRole> = await readPage(source, cursor, CUSTOM_ROLES, whole, {
          items: inField("roles"),
        });
        for (const { id, type } of withIds(source, page.items)) all.push({ id, type: text(type) });
        cursor = nextCursors(page.next)[0];
      }
    } catch (error) {
      // That custom roles cannot be read is reported where they are listed, and then nothing lists these ones.
      if (isFailure(error, "permissionDenied") || isFailure(error, "notFound")) return [];
      throw error;
    }
    return all;
  }

  return async (assignments, holder, call) => {
    const governed = options.syncCustomRoles && assignments.some((one) => isObject(one) && isGoverned(one));
    const listed = governed ? await once(memo.of(call)?.listedRoles, "", () => readListed(call)) : [];
    return heldRoles(assignments, holder, options.syncCustomRoles, listed);
  };
}
