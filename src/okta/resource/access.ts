import type { Call, Change, ResourceTypeSupport } from "../../baton/connector.ts";
import type { ResourceKey } from "../../baton/model/ids.ts";
import type { ResourceType } from "../../gen/c1/connector/v2/resource_pb.ts";
import { Failure } from "../../runtime/failure.ts";
import type { Slug } from "./entitlement.ts";
import { KeyedMutex } from "./keyed-mutex.ts";
import { rawId } from "./raw-id.ts";

/** How the one entitlement of a resource type is given and taken away. Ids and types have been checked. */
export interface Access {
  readonly type: ResourceType;
  readonly slug: Slug;
  /** Slugs of entitlements that the type has besides, and that nothing here gives or takes. */
  readonly onlyRead?: readonly Slug[];
  /** The types of those who may hold it. */
  readonly takes: readonly ResourceType[];
  grant(resourceId: string, principal: ResourceKey, call: Call): Promise<Change>;
  revoke(resourceId: string, principal: ResourceKey, call: Call): Promise<Change>;
}

/** Nothing is there any more that was granted. */
export const revoked: Change = { grants: [], already: false };

/** There was nothing to revoke. */
export const revokedAlready: Change = { grants: [], already: true };

/** The part of the contract that changes access, which checks what it is asked for before anything is sent. */
export function changing(access: Access): Required<Pick<ResourceTypeSupport, "grant" | "revoke">> {
  const { type, slug, takes, onlyRead = [] } = access;
  const mutex = new KeyedMutex();
  const checked = (asked: string, principal: ResourceKey): void => {
    if (onlyRead.some((one) => one === asked)) {
      throw new Failure({
        kind: "failedPrecondition",
        message: `${type.id}:${asked} is only read here, not given or taken away`,
        advice: "change it in Okta",
      });
    }
    if (asked !== slug) {
      throw new Failure({
        kind: "notFound",
        message: `a resource of type ${type.id} has no entitlement "${asked}"`,
        advice: `its entitlement is "${slug}"`,
      });
    }
    if (!takes.some((one) => one.id === principal.type)) {
      const names = takes.map((one) => one.id).join(" or ");
      throw new Failure({
        kind: "invalidArgument",
        message: `${type.id}:${slug} cannot be held by a principal of type "${principal.type}"`,
        advice: `give a principal of type ${names}`,
        field: "principal",
      });
    }
    rawId(principal.type, principal.id);
  };
  // Each change looks before and after it: another of the same thing in between would be taken for Okta's doing.
  const inTurn = (resourceId: string, principal: ResourceKey, call: Call, change: () => Promise<Change>) =>
    mutex.runExclusive(JSON.stringify([resourceId, principal.type, principal.id]), call.signal, change);
  return {
    async grant(resourceId, asked, principal, call) {
      checked(asked, principal);
      return inTurn(resourceId, principal, call, () => access.grant(resourceId, principal, call));
    },
    async revoke(resourceId, asked, principal, call) {
      checked(asked, principal);
      return inTurn(resourceId, principal, call, () => access.revoke(resourceId, principal, call));
    },
  };
}
