import type { DatabaseSync } from "node:sqlite";
import { type ResourceKey, resourceKey } from "../../baton/model/ids.ts";
import type { ChangeRow, Thing } from "../api/contract.ts";
import type { NamesCatalog } from "../catalog/names.ts";
import { PlacedRows, type Wanted } from "../catalog/placed-rows.ts";
import type { KeptChange } from "./write.ts";

/** Which changes are wanted. */
export interface ChangesQuery {
  readonly danger?: string | undefined;
  readonly change?: string | undefined;
  /** Who or what it is about, as the one who holds something or what is held. */
  readonly subject?: ResourceKey | undefined;
  readonly q: string;
}

/** What changed between two syncs. */
export class ListedChanges {
  readonly #db: DatabaseSync;
  readonly #rows: PlacedRows;
  readonly #names: NamesCatalog;
  #counted: { readonly total: number; readonly byDanger: Readonly<Record<string, number>> } | undefined;

  /** `db` was written by `writeChanges`; `names` are those of the later sync. */
  constructor(db: DatabaseSync, names: NamesCatalog) {
    this.#db = db;
    this.#rows = new PlacedRows(db, "change");
    this.#names = names;
  }

  /** Changes from a place on, the most dangerous first. */
  list(query: ChangesQuery, after: number, limit: number): { readonly place: number; readonly row: ChangeRow }[] {
    const rows = this.#rows.list(wantedOf(query), query.q, after, limit);
    return rows.map((row) => ({ place: Number(row.place), row: this.#row(row) }));
  }

  count(query: ChangesQuery): number {
    return this.#rows.count(wantedOf(query), query.q);
  }

  /** How many changes there are, also of those that are not listed. */
  counts(): { readonly total: number; readonly byDanger: Readonly<Record<string, number>> } {
    this.#counted ??= this.#count();
    return this.#counted;
  }

  close(): void {
    this.#db.close();
  }

  #count() {
    const rows = this.#db.prepare("SELECT level, sum(count) AS n FROM counted GROUP BY 1").all();
    const byDanger = Object.fromEntries(rows.map(({ level, n }) => [String(level), Number(n)]));
    return { total: Object.values(byDanger).reduce((sum, n) => sum + n, 0), byDanger };
  }

  #row({ level, value }: Record<string, unknown>): ChangeRow {
    const one = JSON.parse(String(value)) as KeptChange;
    const thing = (key: ResourceKey, name: string): Thing => {
      const known = this.#names.thing(key);
      // What is gone has its name from the earlier sync.
      return known.known ? known : { ...known, name };
    };
    const { change, what, principal, resource, entitlementId, entitlementName, title, fields } = one;
    return {
      ...{ change, what, danger: String(level), text: title, fields },
      principal: principal === undefined ? null : thing(principal, one.name),
      resource: resource === undefined ? null : thing(resource, what === "resource" ? one.name : one.resourceName),
      entitlement: entitlementId ?? null,
      entitlementName:
        entitlementId === undefined
          ? null
          : this.#names.entitlement(entitlementId)?.name || entitlementName || entitlementId,
    };
  }
}

function wantedOf({ danger, change, subject }: ChangesQuery): Wanted {
  return {
    level: danger === undefined ? [] : [danger],
    change: change === undefined ? [] : [change],
    "principal|resource": subject === undefined ? [] : [resourceKey(subject.type, subject.id)],
  };
}
