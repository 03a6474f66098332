import { timestampDate } from "@bufbuild/protobuf/wkt";
import { UserTraitSchema } from "../../../gen/c1/connector/v2/annotation_trait_pb.ts";
import { temporaryText } from "../../leases/shown.ts";
import { find } from "../../model/annotations.ts";
import { type ResourceKey, resourceKey } from "../../model/ids.ts";
import type { SyncContent } from "../../snapshot/content.ts";
import type { StoredGrant } from "../../snapshot/stored-grant.ts";
import { ACCESS_COLUMNS, type Access, explained, resourceNameOf } from "../grants.ts";
import { namesOf, type ResourceNames } from "../names.ts";
import { whyText } from "../why.ts";

/** Of how many principals the details are remembered, and of how many texts that many share. */
const MAX_REMEMBERED = 150_000;

/** What a reviewer needs to know of a principal. Empty where the snapshot does not say. */
interface PrincipalDetails extends ResourceNames {
  /** The other side's own word, as `ACTIVE`. */
  readonly status: string;
  readonly manager: string;
  readonly department: string;
  /** RFC 3339, UTC. */
  readonly lastSignIn: string;
}

/** Who holds what, with what a reviewer needs to decide. */
export interface ReviewRow extends Omit<Access, "paths"> {
  /** The other side's own word, as `ACTIVE`. */
  readonly principal_status: string;
  readonly manager: string;
  readonly department: string;
  /** RFC 3339, UTC. */
  readonly last_sign_in: string;
  readonly entitlement_name: string;
}

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
  const principals = new Principals(content);
  let entitlement = "";
  let entitlementName = "";
  let named: StoredGrant | undefined;
  let resourceName = "";
  for (const { grant, held, names } of explained(content)) {
    if (grant.entitlementId !== entitlement) {
      entitlement = grant.entitlementId;
      entitlementName = content.findEntitlement(entitlement)?.message.displayName ?? "";
    }
    if (named === undefined || named.resource.id !== grant.resource.id || named.resource.type !== grant.resource.type) {
      named = grant;
      resourceName = resourceNameOf(grant, names);
    }
    const { name, email, login, status, manager, department, lastSignIn } = principals.of(grant.principal);
    yield {
      entitlement,
      resource_type: named.resource.type,
      resource: named.resource.id,
      resource_name: resourceName,
      principal_type: grant.principal.type,
      principal: grant.principal.id,
      principal_name: name,
      email,
      login,
      direct: held.direct,
      sources: grant.sources.length > 1 ? [...grant.sources].sort() : grant.sources,
      why: [whyText(held, names), ...(grant.mayBeTemporary ? [temporaryText(grant.message)] : [])]
        .filter((part) => part !== "")
        .join("; "),
      principal_status: status,
      manager,
      department,
      last_sign_in: lastSignIn,
      entitlement_name: entitlementName,
    };
  }
}

/** What is known of principals, remembered while rows are written. */
class Principals {
  readonly #content: SyncContent;
  readonly #known = new Map<string, PrincipalDetails>();
  readonly #texts = new Map<string, string>();

  constructor(content: SyncContent) {
    this.#content = content;
  }

  of({ type, id }: ResourceKey): PrincipalDetails {
    const key = resourceKey(type, id);
    let details = this.#known.get(key);
    if (details === undefined) {
      details = this.#read(type, id);
      if (this.#known.size >= MAX_REMEMBERED) this.#known.clear();
      this.#known.set(key, details);
    }
    return details;
  }

  #read(type: string, id: string): PrincipalDetails {
    const resource = this.#content.findResource(type, id)?.message;
    const { profile = {}, status } = resource ?? {};
    const lastLogin = resource && find(resource.annotations, UserTraitSchema)?.lastLogin;
    return {
      ...namesOf(resource),
      status: this.#shared(status?.details ?? ""),
      manager: this.#shared(text(profile.manager) || text(profile.managerId)),
      department: this.#shared(text(profile.department)),
      lastSignIn: lastLogin === undefined ? "" : timestampDate(lastLogin).toISOString(),
    };
  }

  /** Many have the same status, manager and department: each text is kept once. */
  #shared(one: string): string {
    const known = this.#texts.get(one);
    if (known !== undefined) return known;
    if (this.#texts.size >= MAX_REMEMBERED) this.#texts.clear();
    this.#texts.set(one, one);
    return one;
  }
}

function text(value: unknown): string {
  return typeof value === "string" ? value : "";
}

/** A cell's text: lists are separated by blanks, what is not known is empty. */
export function cellText(value: ReviewRow[(typeof REVIEW_COLUMNS)[number]]): string {
  if (typeof value === "string") return value;
  return Array.isArray(value) ? value.join(" ") : String(value ?? "");
}
