import type { DatabaseSync, SQLInputValue, StatementSync } from "node:sqlite";
import type { DescMessage } from "@bufbuild/protobuf";
import { EntitlementSchema } from "../../gen/c1/connector/v2/entitlement_pb.ts";
import { GrantSchema } from "../../gen/c1/connector/v2/grant_pb.ts";
import { ResourceSchema, ResourceTypeSchema } from "../../gen/c1/connector/v2/resource_pb.ts";
import type { Holding } from "../model/evidence.ts";
import { FIRST_TAG, TAGS } from "../model/grant-fields.ts";
import { type ResourceKey, resourceKey } from "../model/ids.ts";
import { refuseCorrupt } from "./corrupt.ts";
import { type GrantFilter, grantColumns, namesPrincipals } from "./grant-filter.ts";
import { missingIn } from "./missing.ts";
import type { ContentTable } from "./schema.ts";
import { countSync, type SyncStats } from "./stats.ts";
import { Stored } from "./stored.ts";
import { LEASE_TAG, StoredGrant } from "./stored-grant.ts";

export type StoredResourceType = Stored<typeof ResourceTypeSchema>;
export type StoredResource = Stored<typeof ResourceSchema>;
export type StoredEntitlement = Stored<typeof EntitlementSchema>;

/** The columns that are read of each table. Files of older writers may lack some. */
const COLUMNS: Readonly<Record<ContentTable, readonly string[]>> = {
  v1_resource_types: ["external_id", "data"],
  v1_resources: ["external_id", "data"],
  v1_entitlements: ["external_id", "data"],
  v1_grants: [
    "external_id",
    "entitlement_id",
    "resource_type_id",
    "resource_id",
    "principal_resource_type_id",
    "principal_resource_id",
    "expansion",
    "data",
  ],
};

const HOLDING = "entitlement_id, resource_type_id, resource_id, principal_resource_type_id, principal_resource_id";

/** In which order rows come: as they were written, or by external id (as UTF-8 bytes compare). */
export type Order = "written" | "id";

const SCHEMAS = {
  v1_resource_types: ResourceTypeSchema,
  v1_resources: ResourceSchema,
  v1_entitlements: EntitlementSchema,
  v1_grants: GrantSchema,
} as const;

/**
 * What one sync of a snapshot holds. Lists are read row by row and may be nested; their memory does not grow with the
 * snapshot. Every method throws a {@link Failure} of kind `notASnapshot` where the database is corrupt.
 */
export class SyncContent {
  readonly syncId: string;
  readonly #db: DatabaseSync;
  /** Statements that nobody is reading from: making one takes longer than most of what they are asked. */
  readonly #idle = new Map<string, StatementSync[]>();

  constructor(db: DatabaseSync, syncId: string) {
    this.#db = db;
    this.syncId = syncId;
  }

  resourceTypes(order: Order = "written"): Generator<StoredResourceType> {
    return this.#list("v1_resource_types", {}, order, (row) => new Stored(ResourceTypeSchema, row));
  }

  /** The resources, of one type where it is given. */
  resources(type?: string, order: Order = "written"): Generator<StoredResource> {
    const where = { resource_type_id: type };
    return this.#list("v1_resources", where, order, (row) => new Stored(ResourceSchema, row));
  }

  /** The entitlements, of one resource where it is given. */
  entitlements(resource?: ResourceKey, order: Order = "written"): Generator<StoredEntitlement> {
    const where = { resource_type_id: resource?.type, resource_id: resource?.id };
    return this.#list("v1_entitlements", where, order, (row) => new Stored(EntitlementSchema, row));
  }

  /** The grants that the filter lets through. */
  grants(filter: GrantFilter = {}, order: Order = "written"): Generator<StoredGrant> {
    return this.#list("v1_grants", grantColumns(filter), order, (row) => new StoredGrant(row));
  }

  /**
   * {@link grants} by external id, for many of them: the messages of those that say nothing of how and how long they are
   * held, which are most, are read where they are asked for.
   */
  briefGrants(filter: GrantFilter = {}): Generator<StoredGrant> {
    const says = [...TAGS, LEASE_TAG].map((tag) => `instr(data, x'${tag}') > 0`).join(" or ");
    const data = `case when ${says} or substr(data, 1, 1) <> x'${FIRST_TAG}' then data end as data`;
    const columns = this.#columnsOf("v1_grants").replace(/\bdata\b/, data);
    const load = (id: unknown) => () => this.findGrant(String(id))!.data;
    return this.#select("v1_grants", columns, grantColumns(filter), "external_id", (row) =>
      row.data === null ? new StoredGrant(row, load(row.external_id)) : new StoredGrant(row),
    );
  }

  /** Grants without their messages, as {@link grants} filters them: where who and what are all that is wanted. */
  holdings(filter: GrantFilter): Generator<Holding> {
    return this.#select("v1_grants", HOLDING, grantColumns(filter), "id", (row) => ({
      entitlementId: String(row.entitlement_id),
      resource: { type: String(row.resource_type_id), id: String(row.resource_id) },
      principal: { type: String(row.principal_resource_type_id), id: String(row.principal_resource_id) },
    }));
  }

  /** How many grants the filter lets through. */
  countGrants(filter: GrantFilter): number {
    const wanted = Object.entries(grantColumns(filter)).filter(([, value]) => value !== undefined);
    const conditions = wanted.map(([column]) => `${column} = ? and `).join("");
    const plus = namesPrincipals(grantColumns(filter)) ? "+" : "";
    const sql = `select count(*) as n from v1_grants where ${conditions}${plus}sync_id = ?`;
    const values = [...wanted.map(([, value]) => value as string), this.syncId];
    return Number(refuseCorrupt(() => this.#db.prepare(sql).get(...values))?.n ?? 0);
  }

  /** The entitlements of a type of resources that have this slug: ids alone. */
  entitlementsWithSlug(type: string, slug: string): { readonly id: string; readonly resource: ResourceKey }[] {
    const sql = "select external_id, resource_id from v1_entitlements where resource_type_id = ? and sync_id = ?";
    return refuseCorrupt(() => this.#db.prepare(sql).all(type, this.syncId))
      .filter((row) => String(row.external_id) === `${type}:${row.resource_id}:${slug}`)
      .map((row) => ({ id: String(row.external_id), resource: { type, id: String(row.resource_id) } }));
  }

  findResourceType(id: string): StoredResourceType | undefined {
    return this.#find("v1_resource_types", id, (row) => new Stored(ResourceTypeSchema, row));
  }

  findResource(type: string, id: string): StoredResource | undefined {
    return this.#find("v1_resources", resourceKey(type, id), (row) => new Stored(ResourceSchema, row));
  }

  findEntitlement(id: string): StoredEntitlement | undefined {
    return this.#find("v1_entitlements", id, (row) => new Stored(EntitlementSchema, row));
  }

  findGrant(id: string): StoredGrant | undefined {
    return this.#find("v1_grants", id, (row) => new StoredGrant(row));
  }

  /** The types of the resources that have an entitlement of this slug. */
  typesWithSlug(slug: string): ReadonlySet<string> {
    const sql =
      "select distinct resource_type_id as type from v1_entitlements where sync_id = ? and external_id like ?";
    const rows = refuseCorrupt(() => this.#db.prepare(sql).all(this.syncId, `%:${slug}`));
    return new Set(rows.map(({ type }) => String(type)));
  }

  /** The types of the resources that have entitlements. */
  typesWithEntitlements(): readonly string[] {
    const sql = "select distinct resource_type_id as type from v1_entitlements where sync_id = ? order by 1";
    return refuseCorrupt(() => this.#db.prepare(sql).all(this.syncId)).map(({ type }) => String(type));
  }

  /** Whether any principal of a type holds an entitlement of this slug on a resource of the same type. */
  nests(type: string, slug: string): boolean {
    const sql =
      "select 1 from v1_grants where principal_resource_type_id = ? and resource_type_id = ? and sync_id = ? and entitlement_id like ? limit 1";
    return refuseCorrupt(() => this.#db.prepare(sql).get(type, type, this.syncId, `%:${slug}`)) !== undefined;
  }

  /** Resources of a type whose stored bytes hold one of these texts: candidates, to be decoded and looked at. */
  mentioning(type: string, texts: readonly string[]): Generator<StoredResource> {
    return this.#mentioning(type, texts);
  }

  *#mentioning(type: string, texts: readonly string[]): Generator<StoredResource> {
    const any = texts.map(() => "instr(data, ?) > 0").join(" or ");
    const sql = `select * from v1_resources where resource_type_id = ? and sync_id = ? and (${any})`;
    const bytes = texts.map((text) => Buffer.from(text));
    for (const row of refuseCorrupt(() => this.#db.prepare(sql).all(type, this.syncId, ...bytes))) {
      yield new Stored(ResourceSchema, row);
    }
  }

  /** Any of the four tables, by external id. */
  rows(table: ContentTable): Generator<Stored<DescMessage>> {
    const stored = (row: Record<string, unknown>) =>
      table === "v1_grants" ? new StoredGrant(row) : new Stored<DescMessage>(SCHEMAS[table], row);
    return this.#list(table, {}, "id", stored as (row: Record<string, unknown>) => Stored<DescMessage>);
  }

  /** What its writer could not read of the other side; `undefined` where it does not say: this program's syncs do. */
  missing(): string[] | undefined {
    const sql = "select sync_token from v1_sync_runs where sync_id = ?";
    return missingIn(refuseCorrupt(() => this.#db.prepare(sql).get(this.syncId))?.sync_token);
  }

  /** How much there is, counted. */
  counts(): SyncStats {
    return refuseCorrupt(() => countSync(this.#db, this.syncId));
  }

  #list<T>(
    table: ContentTable,
    where: Record<string, string | undefined>,
    order: Order,
    make: (row: Record<string, unknown>) => T,
  ): Generator<T> {
    return this.#select(table, this.#columnsOf(table), where, order === "id" ? "external_id" : "id", make);
  }

  *#select<T>(
    table: ContentTable,
    columns: string,
    where: Record<string, string | undefined>,
    order: string,
    make: (row: Record<string, unknown>) => T,
  ): Generator<T> {
    const wanted = Object.entries(where).filter((entry): entry is [string, string] => entry[1] !== undefined);
    const conditions = wanted.map(([column]) => `${column} = ? and `).join("");
    // Where principals are named, their index is the one to use: that of entitlements and syncs would read all holders.
    const plus = namesPrincipals(where) ? "+" : "";
    const sql = `select ${columns} from ${table} where ${conditions}${plus}sync_id = ? order by ${plus}${order}`;
    const values: SQLInputValue[] = [...wanted.map(([, value]) => value), this.syncId];
    const statement = this.#take(sql);
    const rows = refuseCorrupt(() => statement.iterate(...values));
    const read = () => rows.next();
    try {
      for (;;) {
        const next = refuseCorrupt(read);
        if (next.done) return;
        yield make(next.value);
      }
    } finally {
      rows.return?.();
      this.#putBack(sql, statement);
    }
  }

  readonly #columns = new Map<ContentTable, string>();

  #columnsOf(table: ContentTable): string {
    let columns = this.#columns.get(table);
    if (columns === undefined) {
      const found = refuseCorrupt(() => this.#db.prepare("select name from pragma_table_info(?)").all(table));
      const there = new Set(found.map(({ name }) => String(name).toLowerCase()));
      columns = COLUMNS[table].filter((name) => there.has(name)).join(", ");
      this.#columns.set(table, columns);
    }
    return columns;
  }

  #take(sql: string): StatementSync {
    return this.#idle.get(sql)?.pop() ?? refuseCorrupt(() => this.#db.prepare(sql));
  }

  #putBack(sql: string, statement: StatementSync): void {
    const idle = this.#idle.get(sql);
    if (idle === undefined) this.#idle.set(sql, [statement]);
    else idle.push(statement);
  }

  #find<T>(table: ContentTable, id: string, make: (row: Record<string, unknown>) => T): T | undefined {
    const sql = `select ${this.#columnsOf(table)} from ${table} where external_id = ? and sync_id = ?`;
    const statement = this.#take(sql);
    const row = refuseCorrupt(() => statement.get(id, this.syncId));
    this.#putBack(sql, statement);
    return row && make(row);
  }
}
