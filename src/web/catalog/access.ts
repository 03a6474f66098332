import type { DatabaseSync, SQLInputValue } from "node:sqlite";
import type { ResourceKey } from "../../baton/model/ids.ts";
import type { Headline, Status } from "../api/contract.ts";
import type { ThingNames } from "./build-names.ts";
import { fold } from "./fold.ts";
import { matching } from "./names.ts";

/** Which things are listed, and in which order. */
export interface ListingQuery {
  readonly types: readonly string[];
  /** Looked for in name, login, email and id; `""`: everything. */
  readonly q: string;
  readonly status?: Status | undefined;
  readonly admin?: boolean | undefined;
  readonly nonHuman?: boolean | undefined;
  readonly sort: ListingSort;
  readonly desc: boolean;
}

export type ListingSort = "name" | "status" | "held" | "holders" | "lastSignIn";

/** Where a list goes on: what it is sorted by, and the number, of the last row. */
export type ListingPosition = readonly [value: string | number, n: number];

/** A row of a list. */
export interface ListedThing extends Omit<ThingNames, "service"> {
  readonly n: number;
  readonly type: string;
  readonly id: string;
  /** Whether the sync holds it. */
  readonly known: boolean;
  readonly admin: boolean;
  readonly nonHuman: boolean;
  readonly held: number;
  readonly holders: number;
  readonly position: ListingPosition;
}

/** Which holders of an entitlement are listed. */
export interface HoldersQuery {
  readonly e: number;
  readonly types: readonly string[];
  readonly q: string;
  readonly status?: Status | undefined;
}

/** A way to a role, with how many people have it so. */
export interface Flow {
  readonly kind: string;
  readonly via: ResourceKey;
  readonly role: ResourceKey;
  readonly people: number;
}

const COLUMNS: Readonly<Record<ListingSort, string>> = {
  name: "listing.n",
  status: "listing.status",
  held: "listing.held",
  holders: "listing.holders",
  lastSignIn: "listing.last_sign_in",
};

/** How many counts are remembered. */
const MAX_COUNTS = 500;

/** What is looked for is looked for in all words, one after the other; the rest is looked up for what matches. */
const WORDS = "names.word AS word CROSS JOIN";

const ROW = `listing.*, coalesce(thing.id, unknown.id) AS id, thing.n AS known, thing.name, thing.login, thing.email,
  thing.detail, thing.status_detail, thing.created`;
const TABLES =
  "listing LEFT JOIN names.thing AS thing ON thing.n = listing.n LEFT JOIN unknown ON unknown.n = listing.n";

/** Asks who holds what in a sync, by its numbers, and lists what there is. */
export class AccessCatalog {
  readonly #db: DatabaseSync;
  readonly #counts = new Map<string, number>();

  /** `db` was written by `buildAccess`, and has the names attached as `names`. */
  constructor(db: DatabaseSync) {
    this.#db = db;
  }

  /** Things of a list from a position on. */
  list(query: ListingQuery, after: ListingPosition | undefined, limit: number): ListedThing[] {
    const { sql, values } = conditions(query);
    const column = query.sort === "name" && query.q !== "" ? "word.n" : COLUMNS[query.sort];
    const order = query.desc ? "DESC" : "ASC";
    const goesOn = after === undefined ? "" : `AND (${column}, listing.n) ${query.desc ? "<" : ">"} (?, ?)`;
    const rows = this.#db
      .prepare(
        `SELECT ${ROW}, ${column} AS value FROM ${query.q === "" ? "" : WORDS} ${TABLES} WHERE ${sql} ${goesOn}
           ORDER BY ${column} ${order}, listing.n ${order} LIMIT ?`,
      )
      .all(...values, ...(after ?? []), limit);
    return rows.map(listedThing);
  }

  /** How many things there are in a list. */
  count(query: ListingQuery): number {
    return this.#counted(["list", { ...query, sort: "", desc: "" }], () => {
      const { sql, values } = conditions(query);
      const from = `${query.q === "" ? "" : WORDS} listing`;
      return Number(this.#db.prepare(`SELECT count(*) AS n FROM ${from} WHERE ${sql}`).get(...values)?.n);
    });
  }

  /** One thing, as a list shows it. */
  find({ type, id }: ResourceKey): ListedThing | undefined {
    const n = this.#db
      .prepare(
        "SELECT n FROM names.thing WHERE type = ? AND id = ? UNION ALL SELECT n FROM unknown WHERE type = ? AND id = ?",
      )
      .get(type, id, type, id)?.n;
    const row =
      n === undefined
        ? undefined
        : this.#db.prepare(`SELECT ${ROW}, 0 AS value FROM ${TABLES} WHERE listing.n = ?`).get(n as number);
    return row && listedThing(row);
  }

  /** Holders of an entitlement by name, from a number on. */
  holders(query: HoldersQuery, after: number, limit: number): ListedThing[] {
    const { sql, values } = holderConditions(query);
    const rows = this.#db
      .prepare(
        `SELECT ${ROW}, 0 AS value FROM held JOIN listing ON listing.n = held.p
           LEFT JOIN names.thing AS thing ON thing.n = listing.n LEFT JOIN unknown ON unknown.n = listing.n
           WHERE ${sql} AND held.p > ? ORDER BY held.p LIMIT ?`,
      )
      .all(...values, after, limit);
    return rows.map(listedThing);
  }

  countHolders(query: HoldersQuery): number {
    const bare = query.q === "" && query.types.length === 0 && query.status === undefined;
    if (bare) return Number(this.#db.prepare("SELECT count FROM holders WHERE e = ?").get(query.e)?.count ?? 0);
    return this.#counted(["holders", query], () => {
      const { sql, values } = holderConditions(query);
      const from = "held JOIN listing ON listing.n = held.p";
      return Number(this.#db.prepare(`SELECT count(*) AS n FROM ${from} WHERE ${sql}`).get(...values)?.n);
    });
  }

  /** What was counted for one page of a list holds for the others: nothing is ever changed. */
  #counted(question: unknown, count: () => number): number {
    const key = JSON.stringify(question);
    let known = this.#counts.get(key);
    if (known === undefined) {
      known = count();
      if (this.#counts.size >= MAX_COUNTS) this.#counts.clear();
      this.#counts.set(key, known);
    }
    return known;
  }

  /** The number of an entitlement that only grants name. */
  unknownEntitlement(id: string): { e: number; resource: ResourceKey } | undefined {
    const row = this.#db.prepare("SELECT * FROM unknown_entitlement WHERE id = ?").get(id);
    return row && { e: Number(row.e), resource: { type: String(row.resource_type), id: String(row.resource_id) } };
  }

  headline(): Headline {
    return JSON.parse(String(this.#db.prepare("SELECT value FROM fact WHERE name = 'headline'").get()?.value));
  }

  /** Who is admin through what, the most people first. */
  flows(limit: number): { flows: Flow[]; total: number } {
    const rows = this.#db.prepare("SELECT * FROM flow ORDER BY people DESC, rowid LIMIT ?").all(limit);
    const flows = rows.map((row) => ({
      kind: String(row.kind),
      via: { type: String(row.via_type), id: String(row.via_id) },
      role: { type: String(row.role_type), id: String(row.role_id) },
      people: Number(row.people),
    }));
    return { flows, total: Number(this.#db.prepare("SELECT count(*) AS n FROM flow").get()?.n) };
  }

  adminRoles(): { role: ResourceKey; people: number; groups: number; apps: number }[] {
    const rows = this.#db.prepare("SELECT * FROM admin_role ORDER BY people DESC, rowid LIMIT 1000").all();
    return rows.map((row) => ({
      role: { type: String(row.role_type), id: String(row.role_id) },
      people: Number(row.people),
      groups: Number(row.groups),
      apps: Number(row.apps),
    }));
  }

  close(): void {
    this.#db.close();
  }
}

interface Conditions {
  readonly sql: string;
  readonly values: readonly SQLInputValue[];
}

function conditions(query: ListingQuery): Conditions {
  const parts = [
    ofTypes(query.types),
    { sql: query.admin ? "listing.admin = 1" : "1", values: [] },
    { sql: query.nonHuman ? "listing.non_human = 1" : "1", values: [] },
    ofStatus(query.status),
    wordsOfList(query.q),
  ];
  return { sql: parts.map(({ sql }) => sql).join(" AND "), values: parts.flatMap(({ values }) => values) };
}

function holderConditions({ e, types, q, status }: HoldersQuery): Conditions {
  const parts = [{ sql: "held.e = ?", values: [e] }, ofTypes(types), ofStatus(status), named(q)];
  return { sql: parts.map(({ sql }) => sql).join(" AND "), values: parts.flatMap(({ values }) => values) };
}

function ofTypes(types: readonly string[]): Conditions {
  if (types.length === 0) return { sql: "1", values: [] };
  return { sql: `listing.type IN (${types.map(() => "?").join(", ")})`, values: types };
}

function ofStatus(status: Status | undefined): Conditions {
  return status === undefined ? { sql: "1", values: [] } : { sql: "listing.status = ?", values: [status] };
}

function wordsOfList(q: string): Conditions {
  if (q === "") return { sql: "1", values: [] };
  const { sql, values } = matching(fold(q));
  return { sql: `word.n = listing.n AND ${sql}`, values };
}

/** Looked up row by row, so that a list that is read in its order ends as soon as a page is full. */
function named(q: string): Conditions {
  const { sql, values } = matching(fold(q));
  if (values.length === 0) return { sql: "1", values: [] };
  return { sql: `EXISTS (SELECT 1 FROM names.word AS word WHERE word.n = listing.n AND ${sql})`, values };
}

function listedThing(row: Record<string, unknown>): ListedThing {
  const text = (value: unknown) => (value === null ? "" : String(value));
  const lastSignIn = Number(row.last_sign_in);
  return {
    n: Number(row.n),
    type: String(row.type),
    id: text(row.id),
    known: row.known !== null,
    name: text(row.name),
    login: text(row.login),
    email: text(row.email),
    detail: text(row.detail),
    status: String(row.status) as Status,
    statusDetail: text(row.status_detail),
    lastSignIn: lastSignIn === Number.MIN_SAFE_INTEGER ? null : lastSignIn,
    created: row.created === null ? null : Number(row.created),
    admin: row.admin === 1,
    nonHuman: row.non_human === 1,
    held: Number(row.held),
    holders: Number(row.holders),
    position: [row.value as string | number, Number(row.n)],
  };
}
