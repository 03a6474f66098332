import type { DatabaseSync } from "node:sqlite";
import type { Resource } from "../../../gen/c1/connector/v2/resource_pb.ts";
import type { Log } from "../../../runtime/log/log.ts";
import type { Cursor, OtherRoute, ReadLists, ResourceTypeSupport } from "../../connector.ts";
import { resourceKey } from "../../model/ids.ts";
import { PASS } from "../checks/tables.ts";
import { laneKey, type Plan } from "../plan.ts";
import type { Queue } from "../work/queue.ts";
import { decodeResource } from "../work/resource-row.ts";

/** Resources that are kept decoded at most. */
const MAX_DECODED = 50_000;

/** How far the route of a type is: readings wait for the choice; some principals are asked; or all is as listed. */
type State = "open" | "asking" | "done";

/** A type whose readings of one sort can be replaced. */
interface Replaceable {
  readonly support: ResourceTypeSupport;
  readonly route: OtherRoute;
  state: State;
}

/**
 * Readings that can be had by another route. They are parked as they are listed; when the connector has chosen, some are
 * made at once, and principals are asked in place of the others. What the other route did not show in full is read as it
 * was listed. Everything here belongs into a transaction of the caller's.
 */
export class Routes {
  readonly #syncId: string;
  readonly #plan: Plan;
  readonly #queue: Queue;
  readonly #log: Log;
  readonly #statements;
  readonly #types: ReadonlyMap<string, Replaceable>;
  readonly #decoded = new Map<string, Resource | undefined>();
  #isReady: (() => boolean) | undefined;

  constructor(db: DatabaseSync, syncId: string, plan: Plan, queue: Queue, log: Log) {
    this.#syncId = syncId;
    this.#plan = plan;
    this.#queue = queue;
    this.#log = log;
    this.#statements = prepare(db, syncId);
    const states = new Map(
      this.#statements.states.all().map(({ type, state }) => [type as string, state as State] as const),
    );
    this.#types = new Map(
      plan.lanes.flatMap(({ operation, support }) => {
        if (operation !== "held" || support.otherRoute === undefined) return [];
        const state = states.get(support.type.id) ?? "open";
        return [[support.type.id, { support, route: support.otherRoute, state }] as const];
      }),
    );
  }

  /** For a sync that reads a part of what is listed: nothing is chosen before `isReady` says that all of it is parked. */
  ofPart(isReady: () => boolean): void {
    this.#isReady = isReady;
  }

  /** Takes in a reading as it is listed; `false` where it is not to wait. */
  park(type: string, resource: number, cursor: Cursor | undefined): boolean {
    const found = this.#types.get(type);
    if (found?.state !== "open" || cursor === undefined || !isOf(found.route, cursor)) return false;
    this.#statements.park.run(type, resource, JSON.stringify(cursor));
    return true;
  }

  /** Has routes chosen whose lists are complete, and ends those whose principals have all been asked. */
  next(): void {
    for (const [type, one] of this.#types) {
      if (one.state === "open") this.#choose(type, one);
      else if (one.state === "asking" && !this.#queue.has(laneKey("held", type))) this.#end(type, one);
    }
  }

  /** Whether something waits for a list or for a route. */
  get isWaiting(): boolean {
    if (this.#isReady?.() === false) return false;
    return [...this.#types.values()].some(({ state }) => state !== "done");
  }

  /** Whether principals are asked in place of what is parked. */
  get isUnderWay(): boolean {
    return [...this.#types.values()].some(({ state }) => state === "asking");
  }

  /** The resource of a type by its id, as it is stored; `undefined` where it is not for the other route to show who holds it. */
  resourceOf(type: string): (id: string) => Resource | undefined {
    return (id) => {
      const key = resourceKey(type, id);
      if (this.#decoded.has(key)) return this.#decoded.get(key);
      const row = this.#statements.parkedByKey.get(type, key);
      if (this.#decoded.size >= MAX_DECODED) this.#decoded.clear();
      const found = row && decodeResource(row.data);
      this.#decoded.set(key, found);
      return found;
    };
  }

  /** Whether all that a principal holds was shown already, so that it need not be asked. */
  isMet(type: string, principal: Resource): boolean {
    const { route, state } = this.#types.get(type)!;
    if (state === "done") return true;
    const count = route.countOf?.(principal);
    if (count === undefined) return false;
    const { resourceType = "", resource = "" } = principal.id ?? {};
    return (this.#statements.held.get(resourceKey(resourceType, resource))!.n as number) >= count;
  }

  /** Whether pages of the other route still count. */
  isAsking(type: string): boolean {
    return this.#types.get(type)?.state === "asking";
  }

  /** The other route is not to be had, or contradicts itself: all is read as it was listed. */
  giveUp(type: string, why: string): void {
    const one = this.#types.get(type);
    if (one?.state !== "asking") return;
    this.#log.warn("what was to be read by another route is read as it is listed", { type, why });
    this.#queue.drop(laneKey("held", type));
    this.#readInstead(type, one);
    this.#set(type, one, "done");
  }

  #choose(type: string, one: Replaceable): void {
    const { route } = one;
    if (this.#isReady !== undefined && this.#statements.parked.get(type) === undefined) {
      this.#set(type, one, "done");
      return;
    }
    const lists: ReadLists = {
      isComplete: (of) => !this.#plan.supports.has(of) || !this.#queue.has(laneKey("list", of)),
      resources: (of) => this.#resources(of),
      toRead: (of) => (this.#isReady === undefined ? this.#resources(of) : this.#parked(of)),
    };
    const choice = route.choose(lists, { syncId: this.#syncId });
    if (choice === undefined && this.#isReady === undefined) return;
    if (choice === undefined || choice.principals.length === 0) {
      this.#readAllAsListed(type);
      this.#set(type, one, "done");
      return;
    }
    for (const id of choice.resources) {
      const row = this.#statements.byKey.get(resourceKey(type, id))?.id as number | undefined;
      if (row !== undefined) this.#readAsListed(type, row);
    }
    const lane = laneKey("held", type);
    for (const id of choice.principals) {
      const row = this.#statements.byKey.get(resourceKey(route.principal, id))?.id as number | undefined;
      if (row !== undefined) this.#queue.add(lane, row, undefined);
    }
    this.#log.debug("a sort of readings is made by another route", {
      ...{ type, asked: choice.principals.length, of: route.principal, asListed: choice.resources.length },
    });
    this.#set(type, one, "asking");
  }

  *#resources(type: string): Generator<Resource> {
    for (const { data } of this.#statements.ofType.iterate(type)) yield decodeResource(data);
  }

  *#parked(type: string): Generator<Resource> {
    for (const { data } of this.#statements.parkedOfType.iterate(type)) yield decodeResource(data);
  }

  /** All principals have been asked: what was not shown in full is read as it was listed. */
  #end(type: string, one: Replaceable): void {
    let again = 0;
    for (const { resource, root, expected, seen } of this.#statements.shown.all(
      type,
      one.route.principal,
      one.route.slug,
    )) {
      if (expected !== null && expected !== seen) {
        again++;
        continue;
      }
      this.#statements.settle.run(seen as number, resource as number, root as string);
      this.#statements.unpark.run(type, resource as number);
    }
    if (again > 0) {
      this.#log.debug("not all was shown by the other route, and is read as it is listed", { type, again });
      this.#readInstead(type, one);
    }
    this.#set(type, one, "done");
  }

  /** What is still parked is read as it was listed. What the other route showed of it goes: the list may not show it. */
  #readInstead(type: string, { route: { principal, slug } }: Replaceable): void {
    this.#statements.forget.run(type, principal, slug);
    this.#statements.forgetHeld.run(type, `${principal}:`, `${principal};`);
    this.#readAllAsListed(type);
  }

  #readAllAsListed(type: string): void {
    for (const { resource } of this.#statements.parked.all(type)) this.#readAsListed(type, resource as number);
  }

  #readAsListed(type: string, resource: number): void {
    const row = this.#statements.one.get(type, resource);
    if (row === undefined) return;
    this.#statements.unpark.run(type, resource);
    this.#queue.add(laneKey("grants", type), resource, JSON.parse(row.root as string) as Cursor);
  }

  #set(type: string, one: Replaceable, state: State): void {
    one.state = state;
    this.#statements.set.run(type, state);
  }
}

function isOf({ cursor: sort }: OtherRoute, cursor: Cursor): boolean {
  return Object.entries(sort).every(([key, value]) => cursor[key] === value);
}

function prepare(db: DatabaseSync, syncId: string) {
  const mine = `sync_id = '${syncId.replaceAll("'", "''")}'`;
  const ofSlug = "entitlement_id = ?1 || ':' || resource_id || ':' || ?3";
  return {
    states: db.prepare("SELECT type, state FROM work_route"),
    set: db.prepare("INSERT OR REPLACE INTO work_route (type, state) VALUES (?, ?)"),
    park: db.prepare("INSERT OR IGNORE INTO work_parked (type, resource, root) VALUES (?, ?, ?)"),
    unpark: db.prepare("DELETE FROM work_parked WHERE type = ? AND resource = ?"),
    one: db.prepare("SELECT root FROM work_parked WHERE type = ? AND resource = ?"),
    parked: db.prepare("SELECT resource FROM work_parked WHERE type = ? ORDER BY resource"),
    parkedByKey: db.prepare(
      `SELECT r.data FROM v1_resources AS r JOIN work_parked AS p ON p.type = ? AND p.resource = r.id
         WHERE r.external_id = ? AND r.${mine}`,
    ),
    parkedOfType: db.prepare(
      `SELECT r.data FROM work_parked AS p JOIN v1_resources AS r ON r.id = p.resource WHERE p.type = ? ORDER BY r.id`,
    ),
    // A list that shifts, or that starts again, shows the same twice, which is one grant.
    shown: db.prepare(
      `SELECT p.resource, p.root, e.expected, ifnull(s.n, 0) AS seen FROM work_parked AS p
         JOIN v1_resources AS r ON r.id = p.resource
         LEFT JOIN work_expected AS e ON e.subject = p.resource AND e.root = p.root
         LEFT JOIN (SELECT resource_id, count(DISTINCT principal_resource_id) AS n FROM v1_grants
           WHERE resource_type_id = ?1 AND principal_resource_type_id = ?2 AND ${ofSlug} AND ${mine} GROUP BY resource_id) AS s
           ON s.resource_id = substr(r.external_id, length(?1) + 2)
         WHERE p.type = ?1 ORDER BY p.resource`,
    ),
    forget: db.prepare(
      `DELETE FROM v1_grants WHERE resource_type_id = ?1 AND principal_resource_type_id = ?2 AND ${ofSlug} AND ${mine}
         AND resource_id IN (SELECT substr(r.external_id, length(?1) + 2) FROM work_parked AS p
           JOIN v1_resources AS r ON r.id = p.resource WHERE p.type = ?1)`,
    ),
    forgetHeld: db.prepare(
      `DELETE FROM work_held WHERE principal >= ?2 AND principal < ?3 AND resource IN
         (SELECT r.external_id FROM work_parked AS p JOIN v1_resources AS r ON r.id = p.resource WHERE p.type = ?1)`,
    ),
    settle: db.prepare(
      `UPDATE work_expected SET seen = ?, pages = 1, pass = ${PASS.done} WHERE subject = ? AND root = ?`,
    ),
    held: db.prepare("SELECT count(*) AS n FROM work_held WHERE principal = ?"),
    byKey: db.prepare(`SELECT id, data FROM v1_resources WHERE external_id = ? AND ${mine}`),
    ofType: db.prepare(`SELECT data FROM v1_resources WHERE resource_type_id = ? AND ${mine} ORDER BY id`),
  };
}
