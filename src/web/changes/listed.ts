import type { DatabaseSync } from "node:sqlite";
import { type ResourceKey, resourceKey } from "../../baton/model/ids.ts";
import type { ChangeRow, Thing } from "../api/contract.ts";
import { fold } from "../catalog/fold.ts";
import type { NamesCatalog } from "../catalog/names.ts";
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
  readonly #names: NamesCatalog;
  #counted: { readonly total: number; readonly byDanger: Readonly<Record<string, number>> } | undefined;

  /** `db` was written by `writeChanges`; `names` are those of the later sync. */
  constructor(db: DatabaseSync, names: NamesCatalog) {
    this.#db = db;
    this.#names = names;
  }

  /** Changes from a place on, the most dangerous first. */
  list(query: ChangesQuery, after: number, limit: number): { readonly place: number; readonly row: ChangeRow }[] {
    const { sql, values } = conditions(query);
    return this.#db
      .prepare(`SELECT * FROM change WHERE ${sql} AND place > ? ORDER BY place LIMIT ?`)
      .all(...values, after, limit)
      .map((row) => ({ place: Number(row.place), row: this.#row(row) }));
  }

  count(query: ChangesQuery): number {
    const { sql, values } = conditions(query);
    return Number(this.#db.prepare(`SELECT count(*) AS n FROM change WHERE ${sql}`).get(...values)?.n);
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
    const { change, what, principal, resource, entitlementId, title, fields } = one;
    return {
      ...{ change, what, danger: String(level), text: title, fields },
      principal: principal === undefined ? null : thing(principal, one.name),
      resource: resource === undefined ? null : thing(resource, what === "resource" ? one.name : one.resourceName),
      entitlement: entitlementId ?? null,
      entitlementName: entitlementId === undefined ? null : this.#names.entitlementName(entitlementId),
    };
  }
}

function conditions({ danger, change, subject, q }: ChangesQuery): { sql: string; values: string[] } {
  const words = fold(q)
    .split(" ")
    .filter((word) => word !== "")
    .slice(0, 8);
  const key = subject === undefined ? "" : resourceKey(subject.type, subject.id);
  const parts: [string, string[]][] = [
    danger === undefined ? ["1", []] : ["level = ?", [danger]],
    change === undefined ? ["1", []] : ["change = ?", [change]],
    subject === undefined ? ["1", []] : ["(principal = ? OR resource = ?)", [key, key]],
    [words.map(() => "instr(text, ?) > 0").join(" AND ") || "1", words],
  ];
  return { sql: parts.map(([sql]) => sql).join(" AND "), values: parts.flatMap(([, values]) => values) };
}
