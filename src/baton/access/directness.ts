import type { StoredGrant } from "../snapshot/stored-grant.ts";

/**
 * Whether a principal holds a grant itself (`true`), only through something else (`false`), or whether that is not known
 * (`null`). A grant's sources say so where it has any, then what the other side stated when it was read. An app lists
 * those who were given it through a group beside those who were given it themselves: where nothing more is stated of a
 * user of an app, it is not known.
 */
export function directness(grant: StoredGrant): boolean | null {
  const { sources, origin } = grant;
  if (sources.includes(grant.entitlementId)) return true;
  if (origin !== undefined) return origin === "direct";
  if (sources.length > 0) return false;
  return grant.resource.type === "app" && grant.principal.type === "user" ? null : true;
}
