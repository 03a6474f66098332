import { compareSyncs, type Difference } from "../../baton/access/compare.ts";
import type { SyncContent } from "../../baton/snapshot/content.ts";
import { printable } from "../../runtime/printable-text.ts";
import { pluralize, table } from "../terminal/layout.ts";

const TABLES: Readonly<Record<string, string>> = {
  v1_resource_types: "resource type",
  v1_resources: "resource",
  v1_entitlements: "entitlement",
  v1_grants: "grant",
};

const MARKS = { added: "+", removed: "-", changed: "~" } as const;

/** In what two syncs differ, as JSON, one object a line. */
export function* diffLines(before: SyncContent, after: SyncContent, limit: number): Generator<string> {
  let shown = 0;
  for (const difference of compareSyncs(before, after)) {
    if (limit > 0 && shown === limit) return;
    shown += 1;
    const { table: name, id, change } = difference;
    yield `${JSON.stringify({ change, what: TABLES[name], id, name: nameIn(difference) })}\n`;
  }
}

/** In what two syncs differ, for people: one line each, then how many there are of each sort. */
export function* diffText(before: SyncContent, after: SyncContent, limit: number): Generator<string> {
  const sorts = new Map<string, { added: number; removed: number; changed: number }>();
  let shown = 0;
  for (const difference of compareSyncs(before, after)) {
    const { table: name, id, change } = difference;
    const sort = sorts.get(name) ?? { added: 0, removed: 0, changed: 0 };
    sort[change] += 1;
    sorts.set(name, sort);
    shown += 1;
    if (limit > 0 && shown > limit) continue;
    const called = nameIn(difference);
    yield printable(`${MARKS[change]} ${TABLES[name]} ${id}${called === "" ? "" : ` (${called})`}`).concat("\n");
  }
  if (shown === 0) {
    yield "The two hold the same.\n";
    return;
  }
  if (limit > 0 && shown > limit)
    yield `... and ${pluralize(shown - limit, "difference")} more; --limit 0 shows all.\n`;
  const rows = [...sorts].map(([name, { added, removed, changed }]) => [`${TABLES[name]}s`, added, removed, changed]);
  yield `\n${table(["", "added", "removed", "changed"], rows)}`;
}

/** What the row that differs is called, where it has a name. */
function nameIn({ before, after }: Difference): string {
  const message = (after ?? before)?.message as { displayName?: unknown } | undefined;
  return typeof message?.displayName === "string" ? message.displayName : "";
}
