import { type Access, accesses } from "../../../baton/access/grants.ts";
import type { SyncContent } from "../../../baton/snapshot/content.ts";
import type { GrantFilter } from "../../../baton/snapshot/grant-filter.ts";
import { Failure } from "../../../runtime/failure.ts";
import type { Question } from "../question.ts";
import type { Answer, Column, Row } from "../rows.ts";
import { whyColumn } from "./why-column.ts";

/** `snapshot grants FILE`: who holds what, grant by grant. */
export const grants: Question = {
  takes: [],
  answer: ({ content, flags }) => grantsOf(content, grantFilter(content, flags)),
};

/** Who holds what, as far as the filter lets it through. */
export function grantsOf(content: SyncContent, filter: GrantFilter): Answer {
  return {
    columns: columnsOf(filter),
    rows: accesses(content, filter) as Iterable<Access & Row>,
    plain: true,
    one: "grant",
    none: "Nobody, as far as this snapshot shows.",
  };
}

/** What is the same in every row, as it was asked for, is not said in each row of a table. */
function columnsOf(filter: GrantFilter): Column[] {
  const onePrincipal: Pick<Column, "wide"> = filter.principal === undefined ? {} : { wide: true };
  const oneResource: Pick<Column, "wide"> =
    filter.resource === undefined && filter.entitlementId === undefined ? {} : { wide: true };
  return [
    { name: "entitlement", ...oneResource },
    { name: "resource_type", wide: true },
    { name: "resource", wide: true },
    { name: "resource_name", ...oneResource },
    { name: "principal_type", ...onePrincipal },
    { name: "principal", wide: true },
    {
      name: "principal_name",
      ...onePrincipal,
      shown: ({ principal_name, principal }) => String(principal_name || principal),
    },
    { name: "email", ...onePrincipal, shown: ({ email, login, principal }) => String(email || login || principal) },
    { name: "login", wide: true },
    { name: "direct", wide: true },
    { name: "sources", wide: true },
    whyColumn,
  ];
}

/** Which grants a person asked for. Throws a `Failure` where the snapshot has no such resource or entitlement. */
export function grantFilter(
  content: SyncContent,
  asked: {
    resource?: string | undefined;
    principal?: string | undefined;
    entitlement?: string | undefined;
    type?: string | undefined;
  },
): GrantFilter {
  const { entitlement: entitlementId, type } = asked;
  if (type !== undefined && content.findResourceType(type) === undefined) {
    throw notThere(`no resource type ${type}`, "snapshot resource-types lists them");
  }
  if (entitlementId !== undefined && content.findEntitlement(entitlementId) === undefined) {
    throw notThere(`no entitlement ${entitlementId}`, "an entitlement is written as group:00g1abcd:member");
  }
  return {
    ...(entitlementId === undefined ? {} : { entitlementId }),
    ...(type === undefined ? {} : { resourceType: type }),
    ...(asked.resource === undefined ? {} : { resource: keyOf("--resource", asked.resource, content) }),
    ...(asked.principal === undefined ? {} : { principal: keyOf("--principal", asked.principal, content) }),
  };
}

function keyOf(flag: string, text: string, content: SyncContent): { type: string; id: string } {
  const colon = text.indexOf(":");
  const type = text.slice(0, colon);
  const id = text.slice(colon + 1);
  if (colon < 1 || id === "") {
    throw new Failure({
      kind: "usage",
      message: `${flag} takes TYPE:ID, not ${JSON.stringify(text)}`,
      advice: "as user:00u1abcd",
    });
  }
  if (content.findResource(type, id) === undefined) {
    throw notThere(`no ${type} ${id}`, "ids are those of Okta; snapshot export lists them");
  }
  return { type, id };
}

function notThere(what: string, advice: string): Failure {
  return new Failure({ kind: "notFound", message: `the snapshot holds ${what}`, advice });
}
