import { type Access, accesses } from "../../baton/snapshot/access.ts";
import type { GrantFilter, SyncContent } from "../../baton/snapshot/content.ts";
import { Failure } from "../../runtime/failure.ts";
import { type Cell, table, things } from "../layout.ts";

/** How many rows are laid out together. */
const PAGE = 1000;

/** Which grants a person asked for. Throws a `Failure` where the snapshot has no such resource or entitlement. */
export function grantFilter(
  content: SyncContent,
  asked: { resource?: string | undefined; principal?: string | undefined; entitlement?: string | undefined },
): GrantFilter {
  const entitlementId = asked.entitlement;
  if (entitlementId !== undefined && content.findEntitlement(entitlementId) === undefined) {
    throw notThere(`no entitlement ${entitlementId}`, "an entitlement is written as group:00g1abcd:member");
  }
  return {
    ...(entitlementId === undefined ? {} : { entitlementId }),
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

/** Grants as JSON, one object a line. */
export function* grantLines(content: SyncContent, filter: GrantFilter, limit: number): Generator<string> {
  let shown = 0;
  for (const row of accesses(content, filter)) {
    if (limit > 0 && shown === limit) return;
    shown += 1;
    yield `${JSON.stringify(row)}\n`;
  }
}

/** Grants for people: who, what, and through what. */
export function* grantTable(content: SyncContent, filter: GrantFilter, limit: number): Generator<string> {
  let rows: Cell[][] = [];
  let shown = 0;
  for (const row of accesses(content, filter)) {
    if (limit > 0 && shown === limit) {
      yield table(undefined, rows);
      yield `There is more; --limit 0 shows all.\n`;
      return;
    }
    shown += 1;
    rows.push(cellsOf(row, content, filter));
    if (rows.length === PAGE) {
      yield table(undefined, rows);
      rows = [];
    }
  }
  yield table(undefined, rows);
  yield shown === 0 ? "Nobody, as far as this snapshot shows.\n" : `${things(shown, "grant")}.\n`;
}

/** What is the same in every row, as it was asked for, is not said in each. */
function cellsOf(row: Access, content: SyncContent, filter: GrantFilter): Cell[] {
  const others = row.sources.filter((source) => source !== row.entitlement);
  const through = others.map((source) => sourceName(source, content)).join(", ");
  const name = row.principal_name || row.principal;
  const details = row.principal_type === "user" ? row.email || row.login || row.principal : row.principal;
  return [
    ...(filter.principal === undefined ? [row.principal_type, name, details] : []),
    ...(filter.resource === undefined && filter.entitlementId === undefined
      ? [row.resource_name, row.entitlement]
      : []),
    howHeld(row.direct, through),
  ];
}

function howHeld(direct: boolean | null, through: string): string {
  if (direct === null) return "directly or through a group: not known";
  if (through === "") return "directly";
  return direct ? `directly, and through ${through}` : `through ${through}`;
}

function sourceName(entitlementId: string, content: SyncContent): string {
  const [type = "", id = ""] = entitlementId.split(":");
  const name = content.findResource(type, id)?.message.displayName;
  return name === undefined || name === "" ? entitlementId : `${type} ${name}`;
}
