import type { DatabaseSync } from "node:sqlite";
import type { Cursor, Reading, ResourceTypeSupport, ToRead } from "../../connector.ts";
import type { ResourceKey } from "../../model/ids.ts";
import type { Plan } from "../plan.ts";
import { NeedsFull } from "./needs-full.ts";
import { isReadSingly, readingsOf, usualRoot } from "./readings.ts";

/** What was named to be read again. Everything here belongs into a transaction of the caller's. */
export class Named {
  readonly #plan: Plan;
  readonly #statements;

  constructor(db: DatabaseSync, syncId: string, plan: Plan) {
    this.#plan = plan;
    this.#statements = prepare(db, syncId);
  }

  /** Notes what is to be read again. Throws {@link NeedsFull} where that is everything. */
  add(read: ToRead): void {
    switch (read.what) {
      case "everything":
        throw new NeedsFull(read.why);
      case "resource":
        if (this.#plan.supports.has(read.type)) this.#note("resource", read.type, read.id);
        return;
      case "list":
        this.list(read.type);
        return;
      case "grants":
        this.#grants(read.type, read.id ?? "", read.reading, read.principal);
        return;
      case "holder":
        this.#note("holder", read.type, read.id ?? "");
        return;
      case "holdings":
        this.#holdings({ type: read.type, id: read.id });
        return;
      case "holders":
        if (read.id !== undefined) this.holders({ type: read.type, id: read.id });
        else for (const id of this.#heldOf(read.type)) this.holders({ type: read.type, id });
    }
  }

  /** The list of a type is to be read again. */
  list(type: string): void {
    if (this.#plan.supports.has(type)) this.#statements.list.run(type);
  }

  /** Whoever holds a resource is to be asked again what it holds; where nobody else says so, the resource is. */
  holders({ type, id }: ResourceKey): void {
    if (!this.#plan.supports.has(type)) return;
    for (const { ptype, pid } of this.#statements.holders.all(type, id) as { ptype: string; pid: string }[]) {
      this.#ofWhom({ type, id }, { type: ptype, id: pid });
    }
  }

  /** The resources of a type that anybody holds. */
  #heldOf(type: string): string[] {
    return this.#statements.held.all(type).map(({ id }) => id as string);
  }

  /** A principal's grant on a resource is to be read again, by whichever reading shows it. */
  #ofWhom(resource: ResourceKey, principal: ResourceKey): void {
    const support = this.#plan.supports.get(resource.type);
    if (support === undefined) return;
    if (support.allGrants?.covers?.principals.includes(principal.type)) {
      this.#note("holder", principal.type, principal.id);
      return;
    }
    const holder = this.#plan.supports.get(principal.type);
    const held = holder && readingsOf(holder).find(({ holds }) => holds?.includes(resource.type));
    if (held) this.#grants(principal.type, principal.id, held.cursor, undefined);
    else this.member(resource, principal);
  }

  /** A principal's grant in the list of a resource's holders is to be read again. */
  member(resource: ResourceKey, principal: ResourceKey): void {
    const support = this.#plan.supports.get(resource.type);
    const reading = support && readingsOf(support).find((one) => shows(one, principal.type));
    if (reading) this.#grants(resource.type, resource.id, reading.cursor, principal);
  }

  #holdings(principal: ResourceKey): void {
    for (const { type, id } of this.#statements.holdings.all(
      principal.type,
      principal.id,
    ) as unknown as ResourceKey[]) {
      this.#ofWhom({ type, id }, principal);
    }
  }

  #grants(type: string, id: string, cursor: Cursor | undefined, principal: ResourceKey | undefined): void {
    const support = this.#plan.supports.get(type);
    if (support === undefined || !isReadSingly(this.#plan, support)) return;
    for (const reading of readingsOf(support)) {
      if (cursor !== undefined && usualRoot(reading) !== JSON.stringify(cursor)) continue;
      if (principal !== undefined && !shows(reading, principal.type)) continue;
      this.#statements.note.run("grants", type, id, usualRoot(reading), principal?.type ?? "", principal?.id ?? "");
    }
    this.#statements.undecided.run(type, id, `${type}:${id}`);
  }

  #note(what: string, type: string, id: string): void {
    this.#statements.note.run(what, type, id, "", "", "");
  }

  /** The resources of a type that were named. */
  resources(type: string): string[] {
    return this.#statements.resources.all(type).map(({ id }) => id as string);
  }

  forgetResources(type: string): void {
    this.#statements.forgetResources.run(type);
  }

  /** Whether what a principal holds in readings of whole types was named. */
  hasHolder({ type, id }: ResourceKey): boolean {
    return this.#statements.hasHolder.get(type, id) !== undefined;
  }

  /** Whether a reading of a resource was named whole. */
  isWhole(support: ResourceTypeSupport, id: string, reading: Reading): boolean {
    return this.#statements.isWhole.get(support.type.id, id, usualRoot(reading)) !== undefined;
  }

  /** Of how many principals the grants on how many resources were named in a sort of readings. */
  countOf(support: ResourceTypeSupport, reading: Reading): { readonly principals: number; readonly resources: number } {
    const { principals, resources } = this.#statements.countOf.get(support.type.id, usualRoot(reading))!;
    return { principals: principals as number, resources: resources as number };
  }

  /** The principals whose grants in a reading of a resource were named. */
  principals(support: ResourceTypeSupport, id: string, reading: Reading): ResourceKey[] {
    return this.#statements.principals.all(support.type.id, id, usualRoot(reading)) as unknown as ResourceKey[];
  }
}

function shows(reading: Reading, principalType: string): boolean {
  return reading.holds === undefined && (reading.principals?.includes(principalType) ?? true);
}

function prepare(db: DatabaseSync, syncId: string) {
  const mine = `sync_id = '${syncId.replaceAll("'", "''")}'`;
  return {
    note: db.prepare(
      "INSERT OR IGNORE INTO work_named (what, type, id, reading, ptype, pid) VALUES (?, ?, ?, ?, ?, ?)",
    ),
    list: db.prepare("INSERT OR IGNORE INTO work_list (type) VALUES (?)"),
    undecided: db.prepare(
      `INSERT OR IGNORE INTO work_undecided SELECT id FROM v1_resources
         WHERE ${mine} AND resource_type_id = ?1 AND (?2 = '' OR external_id = ?3)`,
    ),
    holders: db.prepare(
      `SELECT DISTINCT principal_resource_type_id AS ptype, principal_resource_id AS pid FROM v1_grants
         WHERE resource_type_id = ? AND resource_id = ? AND ${mine}`,
    ),
    held: db.prepare(`SELECT DISTINCT resource_id AS id FROM v1_grants WHERE resource_type_id = ? AND ${mine}`),
    holdings: db.prepare(
      `SELECT DISTINCT resource_type_id AS type, resource_id AS id FROM v1_grants
         WHERE principal_resource_type_id = ? AND principal_resource_id = ? AND ${mine}`,
    ),
    resources: db.prepare("SELECT id FROM work_named WHERE what = 'resource' AND type = ?"),
    forgetResources: db.prepare("DELETE FROM work_named WHERE what = 'resource' AND type = ?"),
    hasHolder: db.prepare("SELECT 1 FROM work_named WHERE what = 'holder' AND type = ? AND id IN (?, '')"),
    isWhole: db.prepare(
      "SELECT 1 FROM work_named WHERE what = 'grants' AND type = ? AND id IN (?, '') AND reading = ? AND pid = ''",
    ),
    countOf: db.prepare(
      `SELECT count(DISTINCT ptype || ':' || pid) AS principals, count(DISTINCT id) AS resources FROM work_named
         WHERE what = 'grants' AND type = ? AND reading = ? AND pid <> ''`,
    ),
    principals: db.prepare(
      `SELECT ptype AS type, pid AS id FROM work_named
         WHERE what = 'grants' AND type = ? AND id = ? AND reading = ? AND pid <> '' ORDER BY ptype, pid`,
    ),
  };
}
