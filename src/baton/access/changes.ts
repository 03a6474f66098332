import { DatabaseSync } from "node:sqlite";
import type { Entitlement } from "../../gen/c1/connector/v2/entitlement_pb.ts";
import type { Resource } from "../../gen/c1/connector/v2/resource_pb.ts";
import type { ChangedRow, Danger, Dangers } from "../model/danger.ts";
import type { ResourceKey } from "../model/ids.ts";
import type { SyncContent } from "../snapshot/content.ts";
import type { ContentTable } from "../snapshot/schema.ts";
import { StoredGrant } from "../snapshot/stored-grant.ts";
import { comparable, compareSyncs, type Difference, type Row } from "./compare.ts";
import { type FieldChange, fieldChanges } from "./fields.ts";
import { evidenceOf } from "./findings/evidence.ts";
import { temporaryOf } from "./grants.ts";
import { Names } from "./names.ts";

/** One change between two syncs. */
export interface Change {
  readonly change: ChangedRow["change"];
  readonly what: ChangedRow["what"];
  /** The row's external id. */
  readonly id: string;
  /** What it is called; of a grant: who. `""` where the snapshots do not say. */
  readonly name: string;
  readonly danger: Danger;
  /** Of grants: who. */
  readonly principal?: ResourceKey;
  /** Of grants and entitlements: on what. Of resources: itself. */
  readonly resource?: ResourceKey;
  readonly resourceName: string;
  /** Of grants and entitlements. */
  readonly entitlementId?: string;
  /** Of access that is there for a lease: until when, or that it was given again after its end. As it is now, or last was. */
  readonly temporary?: string;
  /** Of what is there in both: the fields that differ. */
  readonly fields: readonly FieldChange[];
}

/** How many changes there are. */
export interface ChangeCount {
  readonly what: ChangedRow["what"];
  readonly change: ChangedRow["change"];
  readonly danger: Danger;
  readonly count: number;
}

const WHAT: Readonly<Record<ContentTable, ChangedRow["what"]>> = {
  v1_resource_types: "resourceType",
  v1_resources: "resource",
  v1_entitlements: "entitlement",
  v1_grants: "grant",
};

/**
 * What changed between two syncs, of one snapshot or of two, the most dangerous first. Both are read once, side by side;
 * which rows differ is kept in a temporary database on disk, so memory does not grow with them. Close it when done.
 */
export function changes(from: SyncContent, to: SyncContent, dangers: Dangers): Changes {
  return new Changes(from, to, dangers);
}

/** See {@link changes}. */
export class Changes {
  readonly #db: DatabaseSync;
  readonly #from: SyncContent;
  readonly #to: SyncContent;
  readonly #kinds: readonly Danger[];
  readonly #names: { readonly from: Names; readonly to: Names };

  constructor(from: SyncContent, to: SyncContent, dangers: Dangers) {
    this.#from = from;
    this.#to = to;
    this.#kinds = dangers.kinds;
    this.#names = { from: new Names(from), to: new Names(to) };
    // Without a name SQLite keeps the database in a file of its own that nobody else sees, and removes it.
    this.#db = new DatabaseSync("");
    try {
      this.#db.exec("PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF; PRAGMA cache_size = -16000");
      this.#db.exec("CREATE TABLE change (place INTEGER PRIMARY KEY, kind INT, tab TEXT, change TEXT, id TEXT)");
      this.#collect(dangers.judge(evidenceOf(to, 0)));
    } catch (error) {
      this.#db.close();
      throw error;
    }
  }

  /** How many changes there are of each sort, the most dangerous first. */
  counts(): ChangeCount[] {
    const sql = "SELECT kind, tab, change, count(*) AS n FROM change GROUP BY 1, 2, 3 ORDER BY 1, 2, 3";
    return this.#db
      .prepare(sql)
      .all()
      .map(({ kind, tab, change, n }) => ({
        what: WHAT[tab as ContentTable],
        change: change as Change["change"],
        danger: this.#kinds[kind as number]!,
        count: n as number,
      }));
  }

  /** How many changes there are in all. */
  get total(): number {
    return this.#db.prepare("SELECT count(*) AS n FROM change").get()!.n as number;
  }

  /** The changes, the most dangerous first: `limit` of them (all without it), after the first `skip`. */
  *list({ skip = 0, limit = -1 }: { readonly skip?: number; readonly limit?: number } = {}): Generator<Change> {
    const rows = this.#db.prepare("SELECT * FROM change ORDER BY kind, place LIMIT ? OFFSET ?");
    for (const { kind, tab, change, id } of rows.iterate(limit, skip)) {
      const table = tab as ContentTable;
      const before = change === "added" ? undefined : find(this.#from, table, id as string);
      const after = change === "removed" ? undefined : find(this.#to, table, id as string);
      const found = { table, id: id as string, change: change as Change["change"] };
      yield this.#change(found, before, after, this.#kinds[kind as number]!);
    }
  }

  close(): void {
    if (this.#db.isOpen) this.#db.close();
  }

  [Symbol.dispose](): void {
    this.close();
  }

  #collect(kindOf: (row: ChangedRow) => number): void {
    const insert = this.#db.prepare("INSERT INTO change (kind, tab, change, id) VALUES (?, ?, ?, ?)");
    this.#db.exec("BEGIN");
    for (const difference of compareSyncs(this.#from, this.#to)) {
      insert.run(kindOf(changedRow(difference)), difference.table, difference.change, difference.id);
    }
    this.#db.exec("COMMIT; CREATE INDEX by_kind ON change (kind, place)");
  }

  #change(
    { table, id, change }: Pick<Difference, "table" | "id" | "change">,
    before: Row | undefined,
    after: Row | undefined,
    danger: Danger,
  ): Change {
    const row = (after ?? before)!;
    const names = after === undefined ? this.#names.from : this.#names.to;
    const { resource, entitlementId } = changedRow({ table, id, change, before, after } as Difference);
    const principal = row instanceof StoredGrant ? row.principal : undefined;
    return {
      change,
      what: WHAT[table],
      id,
      name: principal === undefined ? displayName(row) : names.of(principal).name,
      danger,
      ...(principal !== undefined && { principal }),
      ...(table !== "v1_resource_types" && { resource }),
      resourceName: table === "v1_resource_types" ? "" : names.of(resource).name,
      ...(entitlementId !== undefined && { entitlementId }),
      ...(row instanceof StoredGrant && temporaryOf(row)),
      fields: before && after ? fieldChanges(comparable(table, before), comparable(table, after)) : [],
    };
  }
}

function changedRow({ table, id, change, before, after }: Difference): ChangedRow {
  const row = (after ?? before)!;
  const what = WHAT[table];
  if (row instanceof StoredGrant) {
    return { change, what, resource: row.resource, entitlementId: row.entitlementId };
  }
  if (table === "v1_entitlements") {
    const { resource } = row.message as Entitlement;
    return { change, what, resource: keyOf(resource, id), entitlementId: id };
  }
  if (table === "v1_resource_types") return { change, what, resource: { type: id, id: "" } };
  const [type, rest] = [id.slice(0, id.indexOf(":")), id.slice(id.indexOf(":") + 1)];
  return { change, what, resource: { type, id: rest }, message: () => row.message as Resource };
}

function keyOf(resource: Resource | undefined, id: string): ResourceKey {
  const { resourceType = "", resource: own = id } = resource?.id ?? {};
  return { type: resourceType, id: own };
}

function displayName({ message }: Row): string {
  const name = (message as { displayName?: unknown }).displayName;
  return typeof name === "string" ? name : "";
}

function find(content: SyncContent, table: ContentTable, id: string): Row | undefined {
  const colon = id.indexOf(":");
  switch (table) {
    case "v1_resource_types":
      return content.findResourceType(id) as Row | undefined;
    case "v1_resources":
      return content.findResource(id.slice(0, colon), id.slice(colon + 1)) as Row | undefined;
    case "v1_entitlements":
      return content.findEntitlement(id) as Row | undefined;
    case "v1_grants":
      return content.findGrant(id) as Row | undefined;
  }
}
