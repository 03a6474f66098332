import { Failure, isFailure } from "../../runtime/failure.ts";
import { mayHaveHappened } from "../api/writes.ts";
import { changing, revoked, revokedAlready } from "./access.ts";
import { isBound } from "./binding-parts.ts";
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
      let repeated = false;
      const onRepeat = () => {
        repeated = true;
      };
      const path = `${RESOURCE_SETS}/${segment(set)}/bindings/${segment(role)}`;
      try {
        await source.client.send("DELETE", path, call, { repeatable: true, onRepeat });
      } catch (error) {
        if (isFailure(error, "notFound")) return repeated ? revoked : revokedAlready;
        if (!mayHaveHappened(error) || (await isBound(source, set, role, call))) throw error;
      }
      return revoked;
    },
  });
}
