import { Failure } from "../../runtime/failure.ts";
import { changing, revoked, revokedAlready } from "./access.ts";
import { isBound } from "./binding-parts.ts";
import { sendRemoval } from "./lost-answer.ts";
import { segment } from "./paths.ts";
import { rawId } from "./raw-id.ts";
import { noSuchSet, RESOURCE_SETS, readSet } from "./set-reading.ts";
import type { Source } from "./source.ts";
import { customRoleType, resourceSetType } from "./types.ts";

/**
 * The bindings of a resource set. One is made with its first member and by nothing else; revoking it deletes it with all
 * its members. Source: Okta Management API, Create a resource set binding; Delete a binding.
 */
export function setAccess(source: Source) {
  return changing({
    type: resourceSetType,
    slug: "bindings",
    takes: [customRoleType],
    async grant(set, role) {
      rawId("resource set", set);
      throw new Failure({
        kind: "failedPrecondition",
        message: `Okta has no binding without a member, so role ${role.id} cannot be bound to resource set ${set} alone`,
        advice: `grant resourceset-binding:${set}:${role.id}:member to a user or a group: the first one makes the binding`,
      });
    },
    async revoke(set, { id: role }, call) {
      rawId("resource set", set);
      if (!(await isBound(source, set, role, call))) {
        if ((await readSet(source, set, call)) === undefined) throw noSuchSet(set);
        return revokedAlready;
      }
      const path = `${RESOURCE_SETS}/${segment(set)}/bindings/${segment(role)}`;
      const removed = await sendRemoval(source, path, call, () => isBound(source, set, role, call));
      return removed ? revoked : revokedAlready;
    },
  });
}
