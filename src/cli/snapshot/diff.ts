import type { JsonValue } from "@bufbuild/protobuf";
import { type Change, type Changes, changes } from "../../baton/access/changes.ts";
import { csvCell } from "../../baton/access/export/csv.ts";
import type { Json } from "../../baton/connector.ts";
import { resourceKey } from "../../baton/model/ids.ts";
import type { SyncContent } from "../../baton/snapshot/content.ts";
import { CHANGE_DANGERS } from "../../okta/risks/changes.ts";
import { printable } from "../../runtime/printable-text.ts";
import { count, pluralize, table } from "../terminal/layout.ts";
import type { Output } from "../terminal/output.ts";
import type { OutputFormat } from "./rows.ts";
import { shortened } from "./shortened.ts";

const WHAT = {
  resourceType: "resource type",
  resource: "resource",
  entitlement: "entitlement",
  grant: "grant",
} as const satisfies Readonly<Record<Change["what"], string>>;

const MARKS = { added: "+", removed: "-", changed: "~" } as const;

const COLUMNS = [
  "danger",
  "why",
  "change",
  "what",
  "id",
  "name",
  "principal",
  "resource",
  "resource_name",
  "entitlement",
  "temporary",
] as const;

/** The longest value of a field that people are shown whole, in characters. */
const MAX_SHOWN = 120;

/** `snapshot diff`: what changed between two syncs, the most dangerous first, at most `limit` changes (0: all). */
export async function diff(
  before: SyncContent,
  after: SyncContent,
  form: OutputFormat,
  limit: number,
  output: Output,
): Promise<void> {
  using found = changes(before, after, CHANGE_DANGERS);
  const shown = found.list(limit > 0 ? { limit } : {});
  if (form === "json") await output.stream(jsonLines(shown));
  else if (form === "csv") await output.stream(csv(shown));
  else await output.stream(text(shown, found, limit));
  const hidden = limit > 0 ? found.total - limit : 0;
  if (hidden > 0 && form !== "table")
    output.err(`Note: ${pluralize(hidden, "difference")} more; --limit 0 shows all.\n`);
}

function* jsonLines(shown: Iterable<Change>): Generator<string> {
  for (const one of shown) {
    const fields = one.fields.map(({ field, before = null, after = null }) => ({ field, before, after }));
    yield `${JSON.stringify({ ...rowOf(one), fields })}\n`;
  }
}

/** A row for each field that differs, and one for whatever is new or gone. */
function* csv(shown: Iterable<Change>): Generator<string> {
  yield `${[...COLUMNS, "field", "before", "after"].join(",")}\r\n`;
  for (const one of shown) {
    const row = rowOf(one);
    const cells = COLUMNS.map((name) => String(row[name] ?? ""));
    const fields = one.fields.length > 0 ? one.fields : [{ field: "", before: "", after: "" }];
    for (const { field, before, after } of fields) {
      yield `${[...cells, field, valueText(before), valueText(after)].map(csvCell).join(",")}\r\n`;
    }
  }
}

function rowOf(one: Change): Record<(typeof COLUMNS)[number], Json> {
  return {
    danger: one.danger.level,
    why: one.danger.title,
    change: one.change,
    what: WHAT[one.what],
    id: one.id,
    name: one.name,
    principal: one.principal ? resourceKey(one.principal.type, one.principal.id) : null,
    resource: one.resource ? resourceKey(one.resource.type, one.resource.id) : null,
    resource_name: one.resourceName,
    entitlement: one.entitlementId ?? null,
    temporary: one.temporary ?? null,
  };
}

/** For people: under each danger its changes, with the fields that differ; then how many there are of each sort. */
function* text(shown: Iterable<Change>, found: Changes, limit: number): Generator<string> {
  const { total } = found;
  if (total === 0) {
    yield "The two hold the same.\n";
    return;
  }
  let title: string | undefined;
  for (const one of shown) {
    if (one.danger.title !== title) {
      yield `${title === undefined ? "" : "\n"}${one.danger.level}: ${one.danger.title}\n`;
      title = one.danger.title;
    }
    yield `${printable(`${MARKS[one.change]} ${WHAT[one.what]} ${shortened(one.id, MAX_SHOWN)}${called(one)}${ending(one)}`)}\n`;
    for (const { field, before, after } of one.fields) {
      const [was, is] = [before, after].map((value) => shortened(valueText(value) || "(nothing)", MAX_SHOWN));
      yield `${printable(`    ${shortened(field, MAX_SHOWN)}: ${was} -> ${is}`)}\n`;
    }
  }
  if (limit > 0 && total > limit) {
    yield `... and ${pluralize(total - limit, "difference")} more; --limit 0 shows all.\n`;
  }
  yield `\n${table(["", "", "added", "removed", "changed"], summary(found))}`;
}

function called({ name, resourceName, principal }: Change): string {
  const parts = principal === undefined ? [name] : [name, resourceName];
  const known = parts.filter((part) => part !== "").map((part) => shortened(part, MAX_SHOWN));
  return known.length === 0 ? "" : ` (${known.join(": ")})`;
}

/** What is said of access that is there for a lease. */
function ending({ change, temporary }: Change): string {
  if (temporary === undefined) return "";
  return change === "removed" ? ` [was temporary: ${temporary}]` : ` [temporary: ${temporary}]`;
}

function summary(found: Changes): string[][] {
  const rows = new Map<string, { level: string; title: string; added: number; removed: number; changed: number }>();
  for (const { danger, change, count: n } of found.counts()) {
    const { level, title } = danger;
    const row = rows.get(title) ?? { level, title, added: 0, removed: 0, changed: 0 };
    row[change] += n;
    rows.set(title, row);
  }
  const cell = (n: number) => (n === 0 ? "-" : count(n));
  return [...rows.values()].map(({ level, title, added, removed, changed }) => [
    level,
    title,
    cell(added),
    cell(removed),
    cell(changed),
  ]);
}

/** A value as text: a text as it is, all else as JSON. */
function valueText(value: JsonValue | undefined): string {
  if (value === undefined) return "";
  return typeof value === "string" ? value : JSON.stringify(value);
}
