import type { Grant as GrantMessage } from "../../gen/c1/connector/v2/grant_pb.ts";
import type { Resource } from "../../gen/c1/connector/v2/resource_pb.ts";
import type { Origin } from "./origin.ts";

/** What is granted. One object is shared by all the grants of an entitlement, so that it is encoded once. */
export interface Granted {
  /** The entitlement's id: `<type>:<id>:<slug>`. */
  readonly id: string;
  /** The entitlement's V1 id, from which a grant's is made: `membership:<id>` or `role:<id>`. */
  readonly v1Id: string;
  /** The whole resource to which the entitlement belongs. */
  readonly resource: Resource;
}

/** The fact that whoever holds one of these entitlements holds the grant's entitlement too. */
export interface Expandable {
  readonly entitlementIds: readonly string[];
  /** Follow direct grants only. */
  readonly shallow: boolean;
  /** Principal types to which the expansion is limited; absent or empty: all. */
  readonly resourceTypeIds?: readonly string[];
}

/** The fact that a principal holds an entitlement. Small on purpose: there are millions of these. */
export interface Grant {
  readonly granted: Granted;
  readonly principalType: string;
  readonly principalId: string;
  readonly expandable?: Expandable;
  /** The last part of the grant's V1 id, where it is not the principal's id. */
  readonly v1Tail?: string;
  /** How it came to be held, where the other side states it. */
  readonly origin?: Origin;
  /** The entitlements through which the other side states that it is held, each of them held directly. */
  readonly sources?: readonly string[];
  /** The message, where the grant came over the wire from another connector: it is stored as it is. */
  readonly message?: GrantMessage;
}
