import type { Entitlement } from "../../gen/c1/connector/v2/entitlement_pb.ts";
import type { Resource, ResourceType } from "../../gen/c1/connector/v2/resource_pb.ts";
import type { ResourceKey } from "../model/ids.ts";
import type { Call } from "./call.ts";
import type { AllGrants, GrantPage, Reading } from "./grants.ts";
import type { Listed } from "./listed.ts";
import type { OtherRoute } from "./other-route.ts";
import type { Cursor, Page, PageSubject } from "./page.ts";
import type { Change, Removal } from "./provisioning.ts";
import type { Revalidation } from "./revalidation.ts";

/** What a connector can do with one resource type. What is absent it cannot do; capabilities are derived from this. */
export interface ResourceTypeSupport {
  readonly type: ResourceType;
  /** The list shows every resource of the type: a principal that it does not show was missed, or is gone. */
  readonly listsAll?: boolean;
  /** The type of the resources that `Listed.held` counts. */
  readonly heldOf?: string;
  /** The ids of the resources of that type that one resource holds, by the other side's own list: a second count. */
  holdings?(id: string, call: Call): Promise<readonly string[]>;
  /** One page of the type's resources. Throws a {@link Failure} of kind `badCursor` where the cursor is refused. */
  list(cursor: Cursor | undefined, call: Call): Promise<Page<Listed>>;
  /** What the page of the list at a cursor is asked of; `undefined` where that is no single object. */
  subjectOf?(cursor: Cursor): PageSubject | undefined;
  /** The entitlements of a resource, made without any call to the other side. */
  entitlements?(resource: Resource): Entitlement[];
  /**
   * One page of a resource's entitlements, for a connector that has to ask for them; in place of `entitlements`. Throws a
   * {@link Failure} of kind `notFound` where the resource is gone.
   */
  listEntitlements?(resource: Resource, cursor: Cursor | undefined, call: Call): Promise<Page<Entitlement>>;
  /**
   * One page of a resource's grants. The resource may be nothing but its id; a cursor of `Listed.grants` or of an
   * earlier page says where to read, `undefined` means: all there is, from the start. Throws a {@link Failure} of kind
   * `notFound` where the resource is gone. Not called in a sync where `allGrants` is there.
   */
  grants?(resource: Resource, cursor: Cursor | undefined, call: Call): Promise<GrantPage>;
  readonly allGrants?: AllGrants;
  /** Never needed: whoever does not know of it reads all as it is listed. */
  readonly otherRoute?: OtherRoute;
  /** The sorts of readings that `Listed.grants` begins, for syncs that read only what changed. Absent: one that shows all. */
  readonly readings?: readonly Reading[];
  readonly revalidation?: Revalidation;
  /** The types of resources that whoever holds this one gets, and loses, with it: apps, of a group. */
  readonly passesOn?: readonly string[];
  /** A resource's grants to one principal, in one call, where its list is long. */
  grantsTo?(resource: Resource, principal: ResourceKey, call: Call): Promise<GrantPage>;
  /** One call shows a principal's grants on all resources of the type: within a sync `grantsTo` makes no second one for it. */
  readonly grantsToAtOnce?: boolean;
  /** Several resources, fresh, in as few calls as it takes; those that are not there, or filtered out, are left out. */
  getSome?(ids: readonly string[], call: Call): Promise<readonly Listed[]>;
  /**
   * One page of the type's resources that no list shows and that are there all the same, since somebody holds them: for
   * readers that do not take them from `GrantPage.resources`. One may be shown several times.
   */
  unlisted?(cursor: Cursor | undefined, call: Call): Promise<Page<Resource>>;
  /** One resource, fresh, with what is to be read for its grants; `undefined` where it is not there or filtered out. */
  get?(id: string, call: Call): Promise<Listed | undefined>;
  /**
   * Gives the entitlement `slug` of the resource to a principal. Nothing but the ids is needed; what else is must be read.
   * Throws a {@link Failure}: `notFound` (no such resource, principal or slug), `invalidArgument` (a principal of the
   * wrong type), `failedPrecondition` (a state that forbids it, with what to do instead).
   */
  grant?(resourceId: string, slug: string, principal: ResourceKey, call: Call): Promise<Change>;
  /** Takes it away again. Throws like `grant`; that it is not there (any more) is no failure. */
  revoke?(resourceId: string, slug: string, principal: ResourceKey, call: Call): Promise<Change>;
  /** Deletes the resource. */
  remove?(id: string, call: Call): Promise<Removal>;
}
