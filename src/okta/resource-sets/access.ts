import type { Call, Change } from "../../baton/connector.ts";
import type { ResourceKey } from "../../baton/model/ids.ts";
import { Failure } from "../../runtime/failure.ts";
import { segment } from "../api/paths.ts";
import { removeAndVerify } from "../api/writes/lost-answer.ts";
import { changing, revoked, revokedAlready } from "../resource/access.ts";
import { rawId } from "../resource/raw-id.ts";
import type { Source } from "../resource/source.ts";
import { customRoleType, resourceSetType } from "../resource/types.ts";
import { isBound } from "./bindings/id.ts";
import { noSuchSet, RESOURCE_SETS, readSet } from "./reading.ts";

/**
 * The bindings of a resource set. One is made with its first member and by nothing else; revoking it deletes it with all
 * its members. Source: Okta Management API, Create a resource set binding; Delete a binding.
 */
export function setAccess(source: Source) {
  const access = changing({
    type: resourceSetType,
    slug: "bindings",
    takes: [customRoleType],
    async grant(set, role) {
      throw noBindingAlone(rawId("resource set", set), role.id);
    },
    async revoke(set, { id: role }, call) {
      rawId("resource set", set);
      if (!(await isBound(source, set, role, call))) {
        if ((await readSet(source, set, call)) === undefined) throw noSuchSet(set);
        return revokedAlready;
      }
      const path = `${RESOURCE_SETS}/${segment(set)}/bindings/${segment(role)}`;
      const isThere = () => isBound(source, set, role, call);
      const still = `role ${role} is still bound to resource set ${set}`;
      const removed = await removeAndVerify(source, { path, isThere, still }, call);
      return removed ? revoked : revokedAlready;
    },
  });
  return {
    ...access,
    async grant(set: string, slug: string, principal: ResourceKey, call: Call): Promise<Change> {
      // To ask for another type of principal would lead nowhere: the reason is the same for all of them.
      if (slug === "bindings" && principal.type !== customRoleType.id) {
        throw noBindingAlone(rawId("resource set", set), "<custom role>");
      }
      return access.grant(set, slug, principal, call);
    },
  };
}

function noBindingAlone(set: string, role: string): Failure {
  return new Failure({
    kind: "failedPrecondition",
    message: `Okta has no binding without a member, so nothing can be bound to resource set ${set} alone`,
    advice: `grant resourceset-binding:${set}:${role}:member to a user or a group: the first one makes the binding`,
  });
}
