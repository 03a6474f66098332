import type { Held } from "../../baton/access/held.ts";
import { find } from "../../baton/model/annotations.ts";
import type { ResourceKey } from "../../baton/model/ids.ts";
import type { SyncContent } from "../../baton/snapshot/content.ts";
import { GrantMetadataSchema } from "../../gen/c1/connector/v2/annotation_grant_pb.ts";
import type { Item } from "./item.ts";
import type { RoleAssignments } from "./role-assignments.ts";

/** What the other side remembers of when, and by whom, access was granted: injected, as reviews know no source. */
export interface GrantHistory {
  /** The time that it goes back to, RFC 3339: what was granted before is not known. */
  readonly from: string;
  /** Of a grant, where it is known: RFC 3339, and who. */
  of(entitlement: string, principal: ResourceKey): { readonly at: string; readonly by: string } | undefined;
}

/**
 * What a grant's metadata, or else the other side's history, says of when it was made, by whom, and until when it is. Of an
 * admin role, its assignment may say since when.
 */
export function grantDetails(
  content: SyncContent,
  { entitlement, principal }: Held,
  assignments: RoleAssignments,
  history: GrantHistory | undefined,
): Pick<Item, "grantedAt" | "grantedBy" | "temporary"> {
  const known = history?.of(entitlement, principal);
  const since = known?.at ?? assignments.since(entitlement, principal) ?? "";
  for (const grant of content.grants({ entitlementId: entitlement, principal })) {
    const metadata = find(grant.message.annotations, GrantMetadataSchema)?.metadata ?? {};
    const lease = text(metadata.lease_id);
    // What was given again after its lease had ended (`lease_ended`) does not end by itself.
    const until = text(metadata.lease_ends);
    return {
      grantedAt: text(metadata.granted_at) || since,
      grantedBy: text(metadata.granted_by) || (known?.by ?? ""),
      temporary: until === "" ? null : { lease, until },
    };
  }
  return { grantedAt: since, grantedBy: known?.by ?? "", temporary: null };
}

function text(value: unknown): string {
  return typeof value === "string" ? value : "";
}
