import type { Held } from "../../baton/access/graph.ts";
import { find } from "../../baton/model/annotations.ts";
import type { SyncContent } from "../../baton/snapshot/content.ts";
import { GrantMetadataSchema } from "../../gen/c1/connector/v2/annotation_grant_pb.ts";
import type { Item } from "./item.ts";

/** What a grant's metadata says of when it was made, by whom, and until when it is. */
export function grantDetails(
  content: SyncContent,
  { entitlement, principal }: Held,
): Pick<Item, "grantedAt" | "grantedBy" | "temporary"> {
  for (const grant of content.grants({ entitlementId: entitlement, principal })) {
    const metadata = find(grant.message.annotations, GrantMetadataSchema)?.metadata ?? {};
    const lease = text(metadata.lease_id);
    // What was given again after its lease had ended (`lease_ended`) does not end by itself.
    const until = text(metadata.lease_ends);
    return {
      grantedAt: text(metadata.granted_at),
      grantedBy: text(metadata.granted_by),
      temporary: until === "" ? null : { lease, until },
    };
  }
  return { grantedAt: "", grantedBy: "", temporary: null };
}

function text(value: unknown): string {
  return typeof value === "string" ? value : "";
}
