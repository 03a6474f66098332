import { timestampDate } from "@bufbuild/protobuf/wkt";
import { UserTraitSchema } from "../../../gen/c1/connector/v2/annotation_trait_pb.ts";
import { find } from "../../model/annotations.ts";
import { resourceKey } from "../../model/ids.ts";
import type { SyncContent } from "../../snapshot/content.ts";
import { ACCESS_COLUMNS, type Access, accesses } from "../grants.ts";

/** Of how many principals the details are remembered. */
const MAX_REMEMBERED = 150_000;

/** What a reviewer needs to know of a principal, beside its names. Empty where the snapshot does not say. */
interface PrincipalDetails {
  /** The other side's own word, as `ACTIVE`. */
  readonly principal_status: string;
  readonly manager: string;
  readonly department: string;
  /** RFC 3339, UTC. */
  readonly last_sign_in: string;
}

/** Who holds what, with what a reviewer needs to decide. */
export type ReviewRow = Access & PrincipalDetails & { readonly entitlement_name: string };

/** The columns of a review row, in the order in which they are written: those of {@link Access} come first. */
export const REVIEW_COLUMNS = [
  ...ACCESS_COLUMNS,
  "principal_status",
  "manager",
  "department",
  "last_sign_in",
  "entitlement_name",
  "why",
] as const satisfies readonly (keyof ReviewRow)[];

/** Who holds what, grant by grant, ordered by the grant's id. */
export function* reviewRows(content: SyncContent): Generator<ReviewRow> {
  const known = new Map<string, PrincipalDetails>();
  let entitlement = "";
  let entitlementName = "";
  for (const row of accesses(content)) {
    const key = resourceKey(row.principal_type, row.principal);
    let details = known.get(key);
    if (details === undefined) {
      details = detailsOf(content, row.principal_type, row.principal);
      if (known.size >= MAX_REMEMBERED) known.clear();
      known.set(key, details);
    }
    if (row.entitlement !== entitlement) {
      entitlement = row.entitlement;
      entitlementName = content.findEntitlement(entitlement)?.message.displayName ?? "";
    }
    yield { ...row, ...details, entitlement_name: entitlementName };
  }
}

const NOTHING: PrincipalDetails = { principal_status: "", manager: "", department: "", last_sign_in: "" };

function detailsOf(content: SyncContent, type: string, id: string): PrincipalDetails {
  const resource = content.findResource(type, id)?.message;
  if (resource === undefined) return NOTHING;
  const { profile = {}, status } = resource;
  const lastLogin = find(resource.annotations, UserTraitSchema)?.lastLogin;
  return {
    principal_status: status?.details ?? "",
    manager: text(profile.manager) || text(profile.managerId),
    department: text(profile.department),
    last_sign_in: lastLogin === undefined ? "" : timestampDate(lastLogin).toISOString(),
  };
}

function text(value: unknown): string {
  return typeof value === "string" ? value : "";
}

/** A cell's text: lists are separated by blanks, what is not known is empty. */
export function cellText(value: ReviewRow[(typeof REVIEW_COLUMNS)[number]]): string {
  return Array.isArray(value) ? value.join(" ") : String(value ?? "");
}
