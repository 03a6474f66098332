import type { Holding } from "../model/evidence.ts";
import type { ResourceKey } from "../model/ids.ts";

/** The slug of the entitlement by which a member of something has what that something has. */
export const MEMBER = "member";

/** Whether a grant makes its principal a member of its resource. */
export function isMembership({ entitlementId, resource }: Holding): boolean {
  return entitlementId === memberOf(resource);
}

/** The group whose membership an entitlement is; `undefined` where it is something else. */
export function groupOf(entitlementId: string): ResourceKey | undefined {
  const [first, last] = [entitlementId.indexOf(":"), entitlementId.lastIndexOf(`:${MEMBER}`)];
  if (first < 1 || last <= first || last + MEMBER.length + 1 !== entitlementId.length) return undefined;
  return { type: entitlementId.slice(0, first), id: entitlementId.slice(first + 1, last) };
}

/** The id of the entitlement that the members of a group hold. */
export function memberOf({ type, id }: ResourceKey): string {
  return `${type}:${id}:${MEMBER}`;
}
