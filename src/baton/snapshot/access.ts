import { type UserTrait, UserTraitSchema } from "../../gen/c1/connector/v2/annotation_trait_pb.ts";
import type { Resource } from "../../gen/c1/connector/v2/resource_pb.ts";
import { find } from "../model/annotations.ts";
import type { ResourceKey } from "../model/ids.ts";
import type { GrantFilter, StoredGrant, SyncContent } from "./content.ts";
import { csvCell } from "./csv.ts";

/** Who holds what, as a reviewer wants to see it. Empty texts where the snapshot does not say. */
export interface Access {
  readonly entitlement: string;
  readonly resource_type: string;
  readonly resource: string;
  readonly resource_name: string;
  readonly principal_type: string;
  readonly principal: string;
  readonly principal_name: string;
  /** The primary email of a user. */
  readonly email: string;
  readonly login: string;
  /** Held itself (`true`), only through something else (`false`), or not known (`null`). */
  readonly direct: boolean | null;
  /** The entitlements through which it is held. */
  readonly sources: readonly string[];
}

export const ACCESS_COLUMNS = [
  "entitlement",
  "resource_type",
  "resource",
  "resource_name",
  "principal_type",
  "principal",
  "principal_name",
  "email",
  "login",
  "direct",
  "sources",
] as const satisfies readonly (keyof Access)[];

interface Named {
  readonly name: string;
  readonly email: string;
  readonly login: string;
}

/** How many names are remembered while grants are read. */
const MOST_NAMES = 20_000;

/** Who holds what in a sync, grant by grant (those that the filter lets through), ordered by the grant's id. */
export function* accesses(content: SyncContent, filter: GrantFilter = {}): Generator<Access> {
  const names = new Map<string, Named>();
  const named = ({ type, id }: ResourceKey): Named => {
    const key = `${type}:${id}`;
    let known = names.get(key);
    if (!known) {
      known = nameOf(content.findResource(type, id)?.message);
      if (names.size >= MOST_NAMES) names.clear();
      names.set(key, known);
    }
    return known;
  };
  for (const grant of content.grants(filter, "id")) yield access(grant, named(grant.resource), named(grant.principal));
}

/** {@link accesses} as CSV (RFC 4180) with a header line; `sources` are separated by blanks, what is not known is empty. */
export function* accessCsv(content: SyncContent): Generator<string> {
  yield `${ACCESS_COLUMNS.join(",")}\r\n`;
  for (const row of accesses(content)) {
    yield `${ACCESS_COLUMNS.map((column) => cell(row[column])).join(",")}\r\n`;
  }
}

/** {@link accesses} as JSON, one object a line. */
export function* accessJsonLines(content: SyncContent): Generator<string> {
  for (const row of accesses(content)) yield `${JSON.stringify(row)}\n`;
}

function access(grant: StoredGrant, resource: Named, principal: Named): Access {
  const sources = Object.keys(grant.message.sources?.sources ?? {}).sort();
  return {
    entitlement: grant.entitlementId,
    resource_type: grant.resource.type,
    resource: grant.resource.id,
    resource_name: resource.name || (grant.message.entitlement?.resource?.displayName ?? ""),
    principal_type: grant.principal.type,
    principal: grant.principal.id,
    principal_name: principal.name,
    email: principal.email,
    login: principal.login,
    direct: isDirect(grant, sources),
    sources,
  };
}

/**
 * Whether a grant is held itself. An app shows those who were given it through a group beside those who were given it
 * themselves, and the snapshot does not say which is which: there it is not known.
 */
function isDirect({ entitlementId, resource, principal }: StoredGrant, sources: readonly string[]): boolean | null {
  if (sources.length > 0) return sources.includes(entitlementId);
  return resource.type === "app" && principal.type === "user" ? null : true;
}

function nameOf(resource: Resource | undefined): Named {
  const trait: UserTrait | undefined = resource && find(resource.annotations, UserTraitSchema);
  const email = trait?.emails.find(({ isPrimary }) => isPrimary) ?? trait?.emails[0];
  return { name: resource?.displayName ?? "", email: email?.address ?? "", login: trait?.login ?? "" };
}

function cell(value: Access[keyof Access]): string {
  return csvCell(Array.isArray(value) ? value.join(" ") : String(value ?? ""));
}
