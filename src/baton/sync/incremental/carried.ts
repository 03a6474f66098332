import type { DatabaseSync } from "node:sqlite";
import { toBinary } from "@bufbuild/protobuf";
import { type Resource, ResourceSchema } from "../../../gen/c1/connector/v2/resource_pb.ts";
import type { AllGrants, Changed, Cursor, ResourceTypeSupport } from "../../connector.ts";
import { type ResourceKey, resourceKey } from "../../model/ids.ts";
import type { Plan } from "../plan.ts";
import type { Meta } from "./meta.ts";
import type { Named } from "./named.ts";
import { CoveredGrants, isReadSingly, readingsOf, type Subject } from "./readings.ts";

/** What came of a carried-over resource that is shown again. */
export interface Met {
  readonly row: number;
  /** Whether the resource differs from what the last sync stored. */
  readonly changed: boolean;
}

/**
 * The rows that were carried over from the last sync, as what is read now meets them. Everything here belongs into a
 * transaction of the caller's.
 */
export class Carried {
  readonly #plan: Plan;
  readonly #named: Named;
  readonly #meta: Meta;
  readonly #covered: CoveredGrants;
  readonly #statements;

  constructor(db: DatabaseSync, syncId: string, plan: Plan, named: Named, meta: Meta) {
    this.#plan = plan;
    this.#named = named;
    this.#meta = meta;
    this.#covered = new CoveredGrants(db, syncId);
    this.#statements = prepare(db, syncId);
  }

  /** A resource that a list or a single read shows for the first time in this sync; `undefined`: it is new, or was shown. */
  meet(resource: Resource, at: string): Met | undefined {
    const { resourceType, resource: id } = resource.id!;
    const old = this.#statements.byKey.get(resourceKey(resourceType, id));
    if (old === undefined) return undefined;
    const row = old.id as number;
    if (this.#statements.see.run(row).changes === 0) return undefined;
    const data = toBinary(ResourceSchema, resource);
    if (Buffer.compare(data, old.data as Uint8Array) === 0) return { row, changed: false };
    const parent = resource.parentResourceId;
    this.#statements.change.run(row, old.data as Uint8Array);
    this.#statements.replace.run(data, parent?.resourceType ?? null, parent?.resource ?? null, at, row);
    this.#statements.deleteEntitlements.run(resourceType, id);
    if (this.#meta.get("stage") === "verifying") this.#meta.add("sampleMismatches", 1);
    return { row, changed: true };
  }

  /** A resource's row was shown: what is to be read of it is decided when everything is listed. */
  listed(row: number, changed: readonly Changed[] | undefined): void {
    this.#statements.see.run(row);
    this.#statements.undecided.run(row);
    for (const { cursor, at } of changed ?? []) this.#statements.clock.run(row, JSON.stringify(cursor), at);
  }

  /** Of the cursors that a reading of a whole type goes on at, those that are to be read: not whose grants are known. */
  holdersToRead(all: AllGrants, next: readonly Cursor[]): Cursor[] {
    return next.filter((cursor) => {
      const holder = all.holderAt?.(cursor);
      if (holder === undefined) return true;
      const known = this.#knownHolder(all, holder);
      this.#statements.holder.run(all.name, holder.type, holder.id);
      if (known && !this.#named.hasHolder(holder)) return false;
      this.forgetHolder(all, holder);
      this.#meta.add("readAgain", 1);
      return true;
    });
  }

  #knownHolder(all: AllGrants, holder: ResourceKey): boolean {
    if (this.#statements.shownHolder.get(`*${all.name}`, `${holder.type}:${holder.id}`)) return true;
    const subject = { row: 0, ...holder };
    return this.#covered.count(subject, { cursor: {}, pageSize: 1, holds: all.covers?.resources ?? [] }) > 0;
  }

  /** Takes out what a principal held by a reading of whole types. */
  forgetHolder(all: AllGrants, holder: ResourceKey): void {
    this.#covered.delete({ row: 0, ...holder }, { cursor: {}, pageSize: 1, holds: all.covers?.resources ?? [] });
    this.#statements.forgetShown.run(`*${all.name}`, `${holder.type}:${holder.id}`);
  }

  /** Principals whose grants a reading of whole types does not show any more hold none of it. */
  sweepHolders(all: AllGrants): void {
    if (all.covers === undefined) return;
    const { resources, principals } = all.covers;
    const gone = this.#statements.unshownHolders.all(JSON.stringify(resources), JSON.stringify(principals), all.name);
    for (const { type, id } of gone as unknown as ResourceKey[]) this.forgetHolder(all, { type, id });
  }

  isThere(type: string, id: string): boolean {
    return this.#statements.byKey.get(resourceKey(type, id)) !== undefined;
  }

  /** Whether a resource was shown in this sync. */
  isSeen(type: string, id: string): boolean {
    return this.#statements.isSeen.get(resourceKey(type, id)) !== undefined;
  }

  count(type: string): number {
    return this.#statements.countOf.get(type)!.n as number;
  }

  /** The types whose lists are read in this sync. */
  lists(): string[] {
    return this.#statements.lists.all().map(({ type }) => type as string);
  }

  /** The resources of a type that nothing showed in this sync. */
  unseen(type: string): string[] {
    return this.#statements.unseen.all(type).map(({ key }) => (key as string).slice(type.length + 1));
  }

  /** A resource is there no more: it and all that refers to it go, and what it gave is read again. */
  remove(type: string, id: string): void {
    const row = this.#statements.byKey.get(resourceKey(type, id))?.id as number | undefined;
    if (row === undefined) return;
    const support = this.#plan.supports.get(type)!;
    const subject = { row, type, id };
    if (isReadSingly(this.#plan, support)) {
      for (const reading of readingsOf(support)) {
        if (reading.holds === undefined) this.passOn(support, subject, this.#covered.holders(subject, reading));
      }
    }
    this.#statements.deleteGrants.run(type, id);
    this.#statements.deleteHeld.run(type, id);
    this.#statements.deleteEntitlements.run(type, id);
    this.#statements.deleteResource.run(row);
    this.#statements.forgetAllShown.run(type, id);
    this.#statements.unhold.run(resourceKey(type, id), resourceKey(type, id));
    for (const forget of this.#statements.forgetRow) forget.run(row);
    this.#meta.add("removed", 1);
  }

  /** Whoever came to a resource, or left it, may have got or lost what it holds: that is read again. */
  passOn(support: ResourceTypeSupport, subject: Subject, principals: readonly ResourceKey[]): void {
    if (principals.length === 0) return;
    for (const type of support.passesOn ?? []) {
      for (const { id } of this.#statements.heldOf.all(subject.type, subject.id, type) as { id: string }[]) {
        for (const principal of principals) this.#named.member({ type, id }, principal);
      }
    }
  }
}

function prepare(db: DatabaseSync, syncId: string) {
  const mine = `sync_id = '${syncId.replaceAll("'", "''")}'`;
  return {
    byKey: db.prepare(`SELECT id, data FROM v1_resources WHERE external_id = ? AND ${mine}`),
    isSeen: db.prepare(
      `SELECT 1 FROM v1_resources AS r JOIN work_seen AS s ON s.resource = r.id WHERE r.external_id = ? AND r.${mine}`,
    ),
    countOf: db.prepare(`SELECT count(*) AS n FROM v1_resources WHERE resource_type_id = ? AND ${mine}`),
    lists: db.prepare("SELECT type FROM work_list ORDER BY type"),
    unseen: db.prepare(
      `SELECT external_id AS key FROM v1_resources WHERE resource_type_id = ? AND ${mine}
         AND id NOT IN (SELECT resource FROM work_seen)`,
    ),
    unshownHolders: db.prepare(
      `SELECT DISTINCT principal_resource_type_id AS type, principal_resource_id AS id FROM v1_grants AS g
         WHERE resource_type_id IN (SELECT value FROM json_each(?))
           AND principal_resource_type_id IN (SELECT value FROM json_each(?)) AND ${mine}
           AND NOT EXISTS (SELECT 1 FROM work_holder AS h WHERE h.name = ?
             AND h.type = g.principal_resource_type_id AND h.id = g.principal_resource_id)`,
    ),
    see: db.prepare("INSERT OR IGNORE INTO work_seen (resource) VALUES (?)"),
    undecided: db.prepare("INSERT OR IGNORE INTO work_undecided (resource) VALUES (?)"),
    change: db.prepare("INSERT OR IGNORE INTO work_changed (resource, data) VALUES (?, ?)"),
    replace: db.prepare(
      `UPDATE v1_resources SET data = ?, parent_resource_type_id = ?, parent_resource_id = ?, discovered_at = ? WHERE id = ?`,
    ),
    clock: db.prepare("INSERT OR REPLACE INTO work_clock (resource, root, at) VALUES (?, ?, ?)"),
    holder: db.prepare("INSERT OR IGNORE INTO work_holder (name, type, id) VALUES (?, ?, ?)"),
    shownHolder: db.prepare("SELECT 1 FROM work_shown WHERE type = ? AND id = ?"),
    forgetShown: db.prepare("DELETE FROM work_shown WHERE type = ? AND id = ?"),
    forgetAllShown: db.prepare("DELETE FROM work_shown WHERE type = ? AND id = ?"),
    deleteEntitlements: db.prepare(
      `DELETE FROM v1_entitlements WHERE resource_type_id = ? AND resource_id = ? AND ${mine}`,
    ),
    deleteGrants: db.prepare(`DELETE FROM v1_grants WHERE resource_type_id = ? AND resource_id = ? AND ${mine}`),
    deleteHeld: db.prepare(
      `DELETE FROM v1_grants WHERE principal_resource_type_id = ? AND principal_resource_id = ? AND ${mine}`,
    ),
    deleteResource: db.prepare("DELETE FROM v1_resources WHERE id = ?"),
    unhold: db.prepare("DELETE FROM work_held WHERE principal = ? OR resource = ?"),
    heldOf: db.prepare(
      `SELECT DISTINCT resource_id AS id FROM v1_grants
         WHERE principal_resource_type_id = ? AND principal_resource_id = ? AND resource_type_id = ? AND ${mine}`,
    ),
    forgetRow: ["seen", "undecided", "changed", "clock", "reread", "one", "counted", "before", "listed"]
      .map((name) => db.prepare(`DELETE FROM work_${name} WHERE resource = ?`))
      .concat(db.prepare("DELETE FROM work_expected WHERE subject = ?")),
  };
}
