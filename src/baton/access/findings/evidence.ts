import type { Evidence } from "../../model/evidence.ts";
import type { SyncContent } from "../../snapshot/content.ts";
import { Names } from "../names.ts";
import { holdersOf } from "./holders.ts";

/** What rules may ask of a sync. `now`: the moment that ages are counted to, in milliseconds since the Unix epoch. */
export function evidenceOf(content: SyncContent, now: number): Evidence {
  const groups = content.typesWithSlug("member");
  const names = new Names(content);
  return {
    now,
    missing: content.missing(),
    hasType: (type) => content.findResourceType(type) !== undefined,
    *resources(type) {
      for (const { id, message } of content.resources(type)) {
        yield { key: { type, id: message.id?.resource || id.slice(type.length + 1) }, resource: message };
      }
    },
    find: ({ type, id }) => content.findResource(type, id)?.message,
    name: (key) => names.of(key).name || key.id,
    grants: (filter) => content.holdings(filter),
    count: (entitlementId, principalType) =>
      content.countGrants({ entitlementId, ...(principalType !== undefined && { principalType }) }),
    entitlements: (type, slug) => content.entitlementsWithSlug(type, slug),
    holders: (entitlementId) => holdersOf(content, groups, entitlementId),
  };
}
