import type { Json } from "../connector.ts";
import { temporaryText } from "../leases/shown.ts";
import type { SyncContent } from "../snapshot/content.ts";
import type { GrantFilter } from "../snapshot/grant-filter.ts";
import type { StoredGrant } from "../snapshot/stored-grant.ts";
import { csvCell } from "./export/csv.ts";
import { AccessGraph } from "./graph.ts";
import type { Held } from "./held.ts";
import { Names } from "./names.ts";
import { pathJson, whyText } from "./why.ts";

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
  /** Why it is held, in a line for people. */
  readonly why: string;
  /** Of temporary access: until when, or that it was given again after its end. */
  readonly temporary?: string;
  /** Every way in which it is held: `kind`, what it leads through (`via`), and whether that is stated or deduced. */
  readonly paths: readonly Json[];
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

/** A grant, how it is held, and the names of what a line about it mentions. */
export interface Explained {
  readonly grant: StoredGrant;
  readonly held: Held;
  readonly names: Names;
}

/** The grants of a sync that the filter lets through, ordered by their ids, each with how it is held. */
export function* explained(content: SyncContent, filter: GrantFilter = {}): Generator<Explained> {
  const names = new Names(content);
  const graph = new AccessGraph(content);
  for (const grant of content.briefGrants(filter)) yield { grant, held: graph.explain(grant), names };
}

/** Who holds what in a sync, grant by grant (those that the filter lets through), ordered by the grant's id. */
export function* accesses(content: SyncContent, filter: GrantFilter = {}): Generator<Access> {
  for (const one of explained(content, filter)) yield access(one);
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

/** What a grant's resource is called; where the snapshot does not hold it, as the grant itself says. */
export function resourceNameOf(grant: StoredGrant, names: Names): string {
  return names.of(grant.resource).name || (grant.message.entitlement?.resource?.displayName ?? "");
}

function access({ grant, held, names }: Explained): Access {
  const { name, email, login } = names.of(grant.principal);
  return {
    entitlement: grant.entitlementId,
    resource_type: grant.resource.type,
    resource: grant.resource.id,
    resource_name: resourceNameOf(grant, names),
    principal_type: grant.principal.type,
    principal: grant.principal.id,
    principal_name: name,
    email,
    login,
    direct: held.direct,
    sources: [...grant.sources].sort(),
    why: whyText(held, names),
    ...temporaryOf(grant),
    paths: held.paths.map((path) => pathJson(path, names)),
  };
}

/** What is said of a grant that is temporary; nothing of others. */
export function temporaryOf({ message }: StoredGrant): { readonly temporary?: string } {
  const temporary = temporaryText(message);
  return temporary === "" ? {} : { temporary };
}

function cell(value: Access[keyof Access]): string {
  return csvCell(Array.isArray(value) ? value.join(" ") : String(value ?? ""));
}
