import type { DatabaseSync } from "node:sqlite";
import { create, toBinary } from "@bufbuild/protobuf";
import { type Entitlement, EntitlementSchema } from "../../../gen/c1/connector/v2/entitlement_pb.ts";
import {
  type Resource,
  ResourceIdSchema,
  ResourceSchema,
  ResourceTypeSchema,
} from "../../../gen/c1/connector/v2/resource_pb.ts";
import { Failure } from "../../../runtime/failure.ts";
import type {
  AllGrants,
  Cursor,
  GrantPage,
  HeldPage,
  Listed,
  Page,
  Refusal,
  ResourceTypeSupport,
} from "../../connector.ts";
import { createGrantEncoder } from "../../model/encode.ts";
import type { Grant } from "../../model/grant.ts";
import { grantId, type ResourceKey, resourceKey } from "../../model/ids.ts";
import { Expectations } from "../checks/expectations.ts";
import type { Carried } from "../incremental/carried.ts";
import { laneKey, type Plan } from "../plan.ts";
import type { Routes } from "../routes/routes.ts";
import type { Queue, Work } from "./queue.ts";
import { Refusals } from "./refusals.ts";
import { decodeResource } from "./resource-row.ts";
import { prepareStatements } from "./statements.ts";

/** Turns pages into rows. Everything here belongs into a transaction of the caller's. */
export class Store {
  /** What is missing from what was read. */
  readonly refusals: Refusals;
  readonly #plan: Plan;
  readonly #queue: Queue;
  readonly #encode = createGrantEncoder();
  readonly #statements;
  readonly #gone: Set<number>;
  readonly #named: Set<string>;
  readonly #lanes: Set<string>;
  readonly #expectations: Expectations;
  #carried: Carried | undefined;
  #routes: Routes | undefined;

  constructor(db: DatabaseSync, syncId: string, plan: Plan, queue: Queue) {
    this.#plan = plan;
    this.#queue = queue;
    this.#statements = prepareStatements(db, syncId);
    this.refusals = new Refusals(db);
    this.#expectations = new Expectations(db);
    this.#gone = new Set(
      db
        .prepare("SELECT subject FROM work_gone")
        .all()
        .map((row) => row.subject as number),
    );
    this.#lanes = new Set(plan.lanes.map(({ key }) => key));
    this.#named = new Set(plan.named.map(({ type, id }) => resourceKey(type, id)));
  }

  /** From now on what is read meets the rows that were carried over from the last sync. */
  carry(carried: Carried): void {
    this.#carried = carried;
  }

  /** From now on readings that can be had by another route wait for the choice of it. */
  route(routes: Routes): void {
    this.#routes = routes;
  }

  /** Whether the resource of a row has vanished. */
  isGone(subject: number | undefined): boolean {
    return subject !== undefined && this.#gone.has(subject);
  }

  /** How many resources have vanished. */
  countGone(): number {
    return this.#gone.size;
  }

  /** The resource whose grants are to be read. */
  subject(row: number): Resource {
    const found = this.#statements.resourceById.get(row);
    if (!found)
      throw new Failure({ kind: "internal", message: "the working file lacks a resource that its queue names" });
    return decodeResource(found.data);
  }

  addType(support: ResourceTypeSupport, at: string): void {
    this.#statements.type.run(support.type.id, toBinary(ResourceTypeSchema, support.type), at);
  }

  addSkipped({ type, id }: ResourceKey): void {
    this.#statements.skipped.run(type, id);
  }

  addList(work: Work, page: Page<Listed>, at: string): void {
    for (const listed of page.items) this.addListed(listed, at);
    this.refusals.addOfType(page.refused, work.lane.slice(laneKey("list", "").length));
    this.#queue.finish(work, page.next);
  }

  /** Stores a resource that was read singly: a named one, or (`related`) one that a grant refers to. */
  addSingle(work: Work, key: ResourceKey, related: boolean, listed: Listed | undefined, at: string): void {
    this.#queue.finish(work, []);
    if (!listed) {
      if (!related) this.addSkipped(key);
    } else if (related) {
      this.#addResource(listed.resource, at);
    } else {
      // Where a full sync reads the whole type's grants at once, a resource may say nothing of its own.
      const all = this.#plan.supports.get(key.type)?.allGrants && listed.grants.length === 0;
      this.addListed({ resource: listed.resource, grants: all ? [undefined] : listed.grants }, at);
    }
  }

  /** Stores a resource that was read, in its list or outside of it. */
  addListed(
    { resource, grants, ...counts }: Omit<Listed, "grants"> & { grants: readonly (Cursor | undefined)[] },
    at: string,
  ): void {
    const type = resource.id?.resourceType ?? "";
    const support = this.#plan.supports.get(type);
    if (!support || !resource.id?.resource) {
      throw new Failure({
        kind: "internal",
        message: `a list gave a resource without a known type and an id (${type})`,
      });
    }
    const met = this.#carried?.meet(resource, at);
    let row = met?.row ?? this.#addResource(resource, at);
    let wins = met?.changed ?? true;
    if (row === undefined) ({ row, wins } = this.#meetAgain(resource, at));
    this.#carried?.listed(row, counts.changed);
    if (wins && this.#plan.entitlements) {
      this.addEntitlements(support, resource, at);
      if (support.listEntitlements) this.#queue.add(laneKey("entitlements", type), row, undefined);
    }
    const lane = laneKey("grants", type);
    if (!this.#lanes.has(lane)) return;
    if (grants.length > 0) this.#addReadings(type, row, grants);
    // Shown, and with nothing to read: not the same as not shown in this sync.
    else if (this.#carried !== undefined && this.#statements.listed.get(row) === undefined) {
      this.#statements.setListed.run(row, "[]");
    }
    const { heldOf } = support;
    const countsHeld =
      heldOf !== undefined && this.#plan.syncType === "full" && this.#lanes.has(laneKey("grants", heldOf));
    this.#expectations.listed(row, counts, countsHeld);
  }

  /** Adds a resource; gives its row, or nothing where it is there already. */
  #addResource(resource: Resource, at: string): number | undefined {
    const { resourceType, resource: id } = resource.id!;
    const parent = resource.parentResourceId;
    const { changes, lastInsertRowid } = this.#statements.resource.run(
      resourceType,
      resourceKey(resourceType, id),
      parent?.resourceType ?? null,
      parent?.resource ?? null,
      toBinary(ResourceSchema, resource),
      at,
    );
    return changes === 0 ? undefined : Number(lastInsertRowid);
  }

  // A list that shifts while it is read, or that starts again, shows a resource twice. Which one stays must not depend
  // on the order of the pages: it is the one whose bytes come first.
  #meetAgain(resource: Resource, at: string): { row: number; wins: boolean } {
    const { resourceType, resource: id } = resource.id!;
    const old = this.#statements.resourceByKey.get(resourceKey(resourceType, id))!;
    const data = toBinary(ResourceSchema, resource);
    // Where rows were carried over, single reads come before lists, and those may lag behind.
    const wins = this.#carried === undefined && Buffer.compare(data, old.data as Uint8Array) < 0;
    if (wins) {
      this.#statements.replaceResource.run(data, at, old.id as number);
      this.#statements.deleteEntitlements.run(resourceType, id);
    }
    return { row: old.id as number, wins };
  }

  /** Adds what a resource entitles to. */
  addEntitlements(support: ResourceTypeSupport, resource: Resource, at: string): void {
    const { resourceType, resource: id } = resource.id!;
    for (const entitlement of support.entitlements?.(resource) ?? []) {
      this.#statements.entitlement.run(resourceType, id, entitlement.id, toBinary(EntitlementSchema, entitlement), at);
    }
  }

  /** Stores a page of the entitlements that were asked for. */
  addEntitlementPage(work: Work, page: Page<Entitlement>, at: string): void {
    const gone = this.isGone(work.subject);
    this.#queue.finish(work, gone ? [] : page.next);
    if (gone) return;
    for (const entitlement of page.items) {
      const { resourceType, resource: id } = entitlement.resource?.id ?? create(ResourceIdSchema);
      this.#statements.entitlement.run(resourceType, id, entitlement.id, toBinary(EntitlementSchema, entitlement), at);
    }
    this.refusals.add(page.refused);
  }

  // A resource that is listed again brings only those readings that it did not bring before.
  #addReadings(type: string, row: number, cursors: readonly (Cursor | undefined)[]): void {
    const known = this.#statements.listed.get(row)?.grants as string | undefined;
    const texts = new Set<string>(known === undefined ? [] : JSON.parse(known));
    const before = texts.size;
    for (const cursor of cursors) {
      const text = JSON.stringify(cursor ?? null);
      if (texts.has(text)) continue;
      texts.add(text);
      if (this.#carried !== undefined || this.#routes?.park(type, row, cursor)) continue;
      this.#queue.add(laneKey("grants", type), row, cursor);
    }
    if (texts.size > before) this.#statements.setListed.run(row, JSON.stringify([...texts]));
  }

  /** Stores a page of grants; `all`: of the reading of whole types that it is part of. */
  addGrants(work: Work, page: GrantPage, at: string, all?: AllGrants): void {
    this.#queue.finish(work, this.isGone(work.subject) ? [] : this.#nextOf(page, all));
    if (this.isGone(work.subject)) return;
    this.#insertGrants(work, page, at);
    const holder = all && work.cursor !== undefined ? all.holderAt?.(JSON.parse(work.cursor) as Cursor) : undefined;
    if (all === undefined) this.refusals.addOfReading(page.refused, work);
    else if (holder) this.refusals.addOfType(page.refused, `*${all.name}`, resourceKey(holder.type, holder.id));
    else this.refusals.add(page.refused);
  }

  /** Stores a page of what a principal holds of a type's resources. */
  addHeld(work: Work, page: HeldPage, type: string, at: string): void {
    const routes = this.#routes;
    const counts = routes?.isAsking(type) === true && !this.isGone(work.subject);
    this.#queue.finish(work, counts ? page.next : []);
    if (!counts) return;
    this.#insertGrants({ ...work, root: undefined }, page, at);
    const why = page.contradicted ?? page.refused?.[0]?.why;
    if (why !== undefined) routes.giveUp(type, why);
  }

  /** The route over principals is not to be had. */
  giveUpRoute(work: Work, type: string, why: string): void {
    this.#queue.finish(work, []);
    this.#routes?.giveUp(type, why);
  }

  /** Stores a resource's grants to one principal. */
  addOne(work: Work, page: GrantPage, at: string): void {
    this.#queue.finish(work, []);
    if (!this.isGone(work.subject)) this.#insertGrants({ ...work, root: undefined }, page, at);
  }

  #nextOf(page: GrantPage, all: AllGrants | undefined): readonly Cursor[] {
    if (all === undefined) return page.next;
    if (this.#carried !== undefined) return this.#carried.holdersToRead(all, page.next);
    for (const cursor of page.next) {
      const holder = all.holderAt?.(cursor);
      if (holder) this.#statements.holder.run(all.name, holder.type, holder.id);
    }
    return page.next;
  }

  #insertGrants(work: Work, page: GrantPage, at: string): void {
    const { grant: insert } = this.#statements;
    const full = this.#plan.syncType !== "partial";
    const types = this.#plan.supports;
    let rows: [first: number, last: number] | undefined;
    let granted: Grant["granted"] | undefined;
    let type = "";
    let id = "";
    for (const grant of page.items) {
      if (grant.granted !== granted) {
        granted = grant.granted;
        type = granted.resource.id?.resourceType ?? "";
        id = granted.resource.id?.resource ?? "";
        if (!full) this.#addRelated(type, id);
      }
      // A targeted sync holds no principals: which types they have does not matter.
      if (!types.has(type) || (full && !types.has(grant.principalType))) continue;
      if (full && types.get(grant.principalType)?.heldOf === type) {
        this.#expectations.holds(resourceKey(grant.principalType, grant.principalId), resourceKey(type, id));
      }
      const { data, expansion } = this.#encode(grant);
      const row = insert.run(
        type,
        id,
        granted.id,
        grant.principalType,
        grant.principalId,
        grantId(grant),
        expansion ?? null,
        expansion ? 1 : 0,
        data,
        at,
      ).lastInsertRowid as number;
      rows = rows === undefined ? [row, row] : [rows[0], row];
    }
    this.#expectations.read(work, page, rows);
    for (const resource of page.resources ?? []) this.#addFound(resource, at);
  }

  // In a targeted sync the resource that a grant refers to is in the file too, without anything of its own.
  #addRelated(type: string, id: string): void {
    const key = resourceKey(type, id);
    if (this.#named.has(key) || !this.#plan.supports.get(type)?.get) return;
    if (this.#statements.related.run(key).changes > 0) {
      this.#queue.add(laneKey("get", type), undefined, { id, related: true });
    }
  }

  #addFound(resource: Resource, at: string): void {
    const { resourceType, resource: id } = resource.id ?? create(ResourceIdSchema);
    const support = this.#plan.supports.get(resourceType);
    if (!support) return;
    if (support.listEntitlements && this.#plan.syncType === "full") {
      // Its entitlements have to be asked for, which is too late once the sync is sealed.
      if (!this.#statements.resourceByKey.get(resourceKey(resourceType, id))) {
        this.addListed({ resource, grants: [] }, at);
      }
      return;
    }
    this.#statements.found.run(resourceKey(resourceType, id), resourceType, toBinary(ResourceSchema, resource));
  }

  /** The resource vanished between its list and its grants: it and all that refers to it go when the sync is sealed. */
  addGone(work: Work): void {
    this.#queue.finish(work, []);
    if (work.subject === undefined) return;
    this.#gone.add(work.subject);
    this.#expectations.waive(work.subject);
    this.#statements.gone.run(work.subject);
  }

  /** The page stays unread, and what is missing is reported. */
  addUnreadable(work: Work, refusal: Refusal): void {
    this.#queue.finish(work, []);
    if (work.subject !== undefined) this.#expectations.waive(work.subject);
    this.refusals.add([refusal]);
  }

  /** The list that a page is part of starts again. */
  restart(work: Work): void {
    this.#queue.restart(work);
    this.#expectations.restarted(work);
  }
}
