import { type Expression, expressionBuilder, type SqlBool } from "kysely";
import { valuesAt } from "../protocol/filter/match.ts";
import type { Filter } from "../protocol/filter/parse.ts";
import { GROUP_URN, USER_URN } from "../protocol/urns.ts";
import type { ScimTables } from "./schema.ts";

/** A column that a filter's attribute is kept in, and how a value is written there; `undefined`: no value can be there. */
interface Column {
  readonly name: string;
  readonly write: (value: string | number | boolean | null) => string | number | undefined;
}

const exact = (name: string): Column => ({ name, write: (value) => (typeof value === "string" ? value : undefined) });
const folded = (name: string): Column => ({
  name,
  write: (value) => (typeof value === "string" ? value.toLowerCase() : undefined),
});

const COLUMNS: Readonly<Record<"scim_user" | "scim_group", ReadonlyMap<string, Column>>> = {
  scim_user: new Map([
    ["id", exact("id")],
    ["externalid", exact("external_id")],
    ["username", folded("user_name_key")],
    ["displayname", folded("display_name_key")],
    ["active", { name: "active", write: active }],
  ]),
  scim_group: new Map([
    ["id", exact("id")],
    ["externalid", exact("external_id")],
    ["displayname", folded("display_name_key")],
  ]),
};

/**
 * A filter as the database evaluates it, with its indexes; `undefined` where only a look at each resource tells. That
 * is so for all but `eq` on the attributes that have a column, with `and` and `or` between them.
 */
export function condition(table: "scim_user" | "scim_group", filter: Filter): Expression<SqlBool> | undefined {
  const builder = expressionBuilder<ScimTables, "scim_user">();
  if (filter.op === "and" || filter.op === "or") {
    const parts = filter.parts.map((part) => condition(table, part));
    if (parts.includes(undefined)) return undefined;
    return builder[filter.op](parts as Expression<SqlBool>[]);
  }
  if (filter.op !== "eq" || filter.value === null) return undefined;
  const column = COLUMNS[table].get(bare(filter.path, table));
  if (column === undefined) return undefined;
  const value = column.write(filter.value);
  if (value === undefined) return undefined;
  return builder(column.name as "id", "=", value as string);
}

/** Whether a filter asks for what is kept apart from the resource's document. */
export function asksFor(filter: Filter, attribute: "groups" | "members"): boolean {
  if (filter.op === "and" || filter.op === "or") return filter.parts.some((part) => asksFor(part, attribute));
  if (filter.op === "not") return asksFor(filter.part, attribute);
  const { path } = filter as Extract<Filter, { readonly path: string }>;
  return valuesAt({ [attribute]: { value: 1, display: 1, type: 1, $ref: 1 } }, path).length > 0;
}

function bare(path: string, table: "scim_user" | "scim_group"): string {
  const urn = `${table === "scim_user" ? USER_URN : GROUP_URN}:`.toLowerCase();
  const lower = path.toLowerCase();
  return lower.startsWith(urn) ? lower.slice(urn.length) : lower;
}

function active(value: string | number | boolean | null): number | undefined {
  const text = String(value).toLowerCase();
  if (text !== "true" && text !== "false") return undefined;
  return text === "true" ? 1 : 0;
}
