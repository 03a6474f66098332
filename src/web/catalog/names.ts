import type { DatabaseSync } from "node:sqlite";
import type { ResourceKey } from "../../baton/model/ids.ts";
import type { Kind, SearchHit, SearchResult, Status, Thing } from "../api/contract.ts";
import { fold } from "./fold.ts";
import type { TypeNames } from "./kinds.ts";

/** What is known of a thing by its name. */
export interface NamedThing {
  readonly n: number;
  readonly type: string;
  readonly id: string;
  readonly name: string;
  readonly login: string;
  readonly email: string;
  readonly detail: string;
  readonly status: Status;
  readonly statusDetail: string;
}

/** What is known of an entitlement by its name. */
export interface NamedEntitlement {
  readonly e: number;
  readonly id: string;
  readonly name: string;
  readonly description: string;
  readonly purpose: string;
  readonly resource: ResourceKey;
  readonly privileged: boolean;
}

/** The greatest weight of a word; see `buildNames`. */
const MAX_WEIGHT = 5;

/** More words than this of what is looked for are passed over. */
const MAX_WORDS = 8;

/** Finds what a sync's things are called. */
export class NamesCatalog {
  readonly db: DatabaseSync;
  readonly #types: ReadonlyMap<string, TypeNames>;
  readonly #byKey;
  readonly #byNumber;
  readonly #entitlement;

  /** `db` was written by `buildNames`. */
  constructor(db: DatabaseSync, types: ReadonlyMap<string, TypeNames>) {
    this.db = db;
    this.#types = types;
    this.#byKey = db.prepare("SELECT * FROM thing WHERE type = ? AND id = ?");
    this.#byNumber = db.prepare("SELECT * FROM thing WHERE n = ?");
    this.#entitlement = db.prepare("SELECT * FROM entitlement WHERE id = ?");
  }

  kindOf(type: string): Kind {
    return this.#types.get(type)?.kind ?? "other";
  }

  /** Something as a row names it, whether the sync holds it or not. */
  thing({ type, id }: ResourceKey): Thing {
    const found = this.find({ type, id });
    return { type, id, name: found?.name ?? "", kind: this.kindOf(type), known: found !== undefined };
  }

  find({ type, id }: ResourceKey): NamedThing | undefined {
    const row = this.#byKey.get(type, id);
    return row && namedThing(row);
  }

  entitlement(id: string): NamedEntitlement | undefined {
    const row = this.#entitlement.get(id);
    return row && namedEntitlement(row);
  }

  /** The name of an entitlement; its id where it has none. */
  entitlementName(id: string): string {
    return this.entitlement(id)?.name || id;
  }

  /** The entitlements of a resource, `limit` of them at most, and how many there are. */
  entitlementsOf({ type, id }: ResourceKey, limit: number): { rows: NamedEntitlement[]; total: number } {
    const where = "FROM entitlement WHERE resource_type = ? AND resource_id = ?";
    const rows = this.db.prepare(`SELECT * ${where} ORDER BY e LIMIT ?`).all(type, id, limit).map(namedEntitlement);
    const total = Number(this.db.prepare(`SELECT count(*) AS n ${where}`).get(type, id)?.n);
    return { rows, total };
  }

  /** Ids of things of a type that begin with a text, in order. */
  idsFrom(type: string, beginning: string, limit: number): string[] {
    const sql = "SELECT id FROM thing WHERE type = ? AND id >= ? AND id < ? ORDER BY id LIMIT ?";
    const rows = this.db.prepare(sql).all(type, beginning, `${beginning}\u{10ffff}`, limit);
    return rows.map(({ id }) => String(id));
  }

  /** The names of the profile fields that resources of a type have. */
  fields(type: string): string[] {
    const rows = this.db.prepare("SELECT name FROM field WHERE type = ? ORDER BY name").all(type);
    return rows.map(({ name }) => String(name));
  }

  /**
   * Finds things by what is typed: those whose name, login, email or id it is, then those whose name begins so, then
   * those of which a word does, then those that hold it anywhere. All words of it have to be there.
   */
  search(typed: string, types: readonly string[], limit: number): SearchResult {
    const whole = fold(typed);
    const begun = types.length > 0 ? [] : this.#beginning(whole, limit + 1);
    const found = begun.length > limit ? begun : this.#holding(whole, types, limit + 1);
    const hits = found.slice(0, limit).map((n): SearchHit => {
      const { type, id, name, login, email, detail, status } = namedThing(this.#byNumber.get(n)!);
      const shown = [login, email, detail].find((text) => text !== "" && text !== name) ?? "";
      return { type, id, name, kind: this.kindOf(type), known: true, detail: shown, status };
    });
    return { hits, more: found.length > limit };
  }

  /** Things whose name begins with a text, whole names first. Where they fill a page, nothing else need be looked at. */
  #beginning(text: string, limit: number): number[] {
    const found: number[] = [];
    for (const [comparison, end] of [
      ["folded = ?", ""],
      ["folded > ? AND folded < ?", `${text}\u{10ffff}`],
    ] as const) {
      for (let weight = 0; weight <= MAX_WEIGHT && found.length < limit; weight++) {
        const sql = `SELECT n FROM word WHERE weight = ? AND ${comparison} ORDER BY folded, n LIMIT ?`;
        const values = [weight, text, ...(end === "" ? [] : [end]), limit - found.length];
        found.push(
          ...this.db
            .prepare(sql)
            .all(...values)
            .map(({ n }) => Number(n)),
        );
      }
    }
    return found;
  }

  #holding(whole: string, types: readonly string[], limit: number): number[] {
    const { sql, values } = matching(whole);
    const marks = types.map(() => "?").join(", ");
    const ofType = types.length === 0 ? "" : `AND (SELECT type FROM thing WHERE thing.n = word.n) IN (${marks})`;
    const rows = this.db
      .prepare(
        `SELECT n, CASE
             WHEN word.folded = ? OR instr(word.text || char(10), char(10) || ? || char(10)) > 0 THEN 0
             WHEN substr(word.folded, 1, ?) = ? THEN 1
             WHEN instr(word.text, ' ' || ?) > 0 OR instr(word.text, char(10) || ?) > 0 THEN 2
             ELSE 3 END AS rank
           FROM word WHERE ${sql} ${ofType} ORDER BY rank, weight, n LIMIT ?`,
      )
      .all(whole, whole, [...whole].length, whole, whole, whole, ...values, ...types, limit);
    return rows.map(({ n }) => Number(n));
  }
}

/** The condition on `word.text` that all words of a folded text are in it. */
export function matching(folded: string): { readonly sql: string; readonly values: readonly string[] } {
  const values = folded
    .split(" ")
    .filter((word) => word !== "")
    .slice(0, MAX_WORDS);
  return { sql: values.map(() => "instr(word.text, ?) > 0").join(" AND ") || "1", values };
}

function namedThing(row: Record<string, unknown>): NamedThing {
  return {
    n: Number(row.n),
    type: String(row.type),
    id: String(row.id),
    name: String(row.name),
    login: String(row.login),
    email: String(row.email),
    detail: String(row.detail),
    status: String(row.status) as Status,
    statusDetail: String(row.status_detail),
  };
}

function namedEntitlement(row: Record<string, unknown>): NamedEntitlement {
  return {
    e: Number(row.e),
    id: String(row.id),
    name: String(row.name),
    description: String(row.description),
    purpose: String(row.purpose),
    resource: { type: String(row.resource_type), id: String(row.resource_id) },
    privileged: row.privileged === 1,
  };
}
