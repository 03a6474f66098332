import type { DatabaseSync } from "node:sqlite";
import { type Change, changes } from "../../baton/access/changes.ts";
import type { Dangers } from "../../baton/model/danger.ts";
import { resourceKey } from "../../baton/model/ids.ts";
import type { SyncContent } from "../../baton/snapshot/content.ts";
import { inTransaction } from "../catalog/database.ts";
import { fold } from "../catalog/fold.ts";
import { placedText } from "../catalog/placed-rows.ts";

const SCHEMA = `
CREATE TABLE change (
  place INTEGER PRIMARY KEY,
  level TEXT NOT NULL,
  change TEXT NOT NULL,
  principal TEXT NOT NULL,
  resource TEXT NOT NULL,
  value TEXT NOT NULL
);
${placedText("change")}
CREATE TABLE counted (level TEXT NOT NULL, count INTEGER NOT NULL);
`;
const INDEXES = `
CREATE INDEX change_level ON change (level, place);
CREATE INDEX change_change ON change (change, place);
CREATE INDEX change_principal ON change (principal, place);
CREATE INDEX change_resource ON change (resource, place);
`;

/** More changes than this are counted, and the most dangerous listed: nobody turns over more pages. */
export const MAX_LISTED = 200_000;

/** Of one change so many fields are kept, and so much of each value, in UTF-16 units. */
const MAX_FIELDS = 100;
const MAX_VALUE = 2_000;

/** What is kept of a change. */
export type KeptChange = Omit<Change, "fields" | "danger"> & {
  readonly title: string;
  /** Of what is gone: what its entitlement was called in the earlier sync. */
  readonly entitlementName?: string;
  readonly fields: readonly { readonly name: string; readonly before: string | null; readonly after: string | null }[];
};

/** Compares two syncs, and writes what changed, the most dangerous first, into a new database. */
export function writeChanges(from: SyncContent, to: SyncContent, dangers: Dangers, db: DatabaseSync): void {
  using found = changes(from, to, dangers);
  db.exec(SCHEMA);
  inTransaction(db, () => {
    const add = db.prepare("INSERT INTO change VALUES (NULL, ?, ?, ?, ?, ?)");
    const addText = db.prepare("INSERT INTO change_text VALUES (?, ?)");
    const nameOf = entitlementNames(from);
    for (const one of found.list({ limit: MAX_LISTED })) {
      const { danger, fields, ...rest } = one;
      const key = (of: Change["resource"]) => (of === undefined ? "" : resourceKey(of.type, of.id));
      const { entitlementId } = one;
      const kept: KeptChange = {
        ...rest,
        ...(one.change === "removed" && entitlementId !== undefined && { entitlementName: nameOf(entitlementId) }),
        title: danger.title,
        fields: fields.slice(0, MAX_FIELDS).map(keptField),
      };
      const text = fold([one.name, one.resourceName, one.id, danger.title].join("\n"));
      const added = add.run(danger.level, one.change, key(one.principal), key(one.resource), JSON.stringify(kept));
      addText.run(added.lastInsertRowid, text);
    }
    const count = db.prepare("INSERT INTO counted VALUES (?, ?)");
    for (const { danger, count: n } of found.counts()) count.run(danger.level, n);
    db.exec(INDEXES);
  });
}

/** The names of a sync's entitlements by id, each read once; `""` where it has none. */
function entitlementNames(content: SyncContent): (id: string) => string {
  const known = new Map<string, string>();
  return (id) => {
    let name = known.get(id);
    if (name === undefined) {
      name = content.findEntitlement(id)?.message.displayName ?? "";
      known.set(id, name);
    }
    return name;
  };
}

function keptField({ field, before, after }: Change["fields"][number]): KeptChange["fields"][number] {
  return { name: field, before: kept(before), after: kept(after) };
}

function kept(value: unknown): string | null {
  if (value === undefined) return null;
  const text = typeof value === "string" ? value : JSON.stringify(value);
  return text.length > MAX_VALUE ? `${text.slice(0, MAX_VALUE)}…` : text;
}
