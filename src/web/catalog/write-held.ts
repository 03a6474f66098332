import type { DatabaseSync } from "node:sqlite";
import { type ResourceKey, resourceKey } from "../../baton/model/ids.ts";
import type { SyncContent } from "../../baton/snapshot/content.ts";

/** What the numbers of a sync's names stand for while its access is read. */
export interface Numbers {
  readonly things: Map<string, number>;
  readonly entitlements: Map<string, number>;
}

/** What is counted on the way. */
export interface Counted {
  /** Grants as they stand in the sync. */
  readonly grants: number;
  /** How many entitlements a thing holds, itself or through groups, and how many hold one on it, by its number. */
  readonly held: ReadonlyMap<number, number>;
  readonly on: ReadonlyMap<number, number>;
  /** The keys of what holds something itself. */
  readonly holding: ReadonlySet<string>;
}

/** The slug of the entitlement by which a member of something has what that something has. */
const MEMBER = "member";

/**
 * Writes who holds what: what grants say, and what members of groups have by them where no grant says so. Grants name things
 * and entitlements that the sync may not hold: they are given numbers behind all others.
 */
export function writeHeld(content: SyncContent, { things, entitlements }: Numbers, db: DatabaseSync): Counted {
  const insert = db.prepare("INSERT OR IGNORE INTO held VALUES (?, ?)");
  const addThing = db.prepare("INSERT INTO unknown VALUES (?, ?, ?)");
  const addEntitlement = db.prepare("INSERT INTO unknown_entitlement VALUES (?, ?, ?, ?)");
  const groupTypes = content.typesWithSlug(MEMBER);
  /** By entitlement: the groups that hold it. */
  const groups = new Map<number, ResourceKey[]>();
  /** By entitlement: the number of its resource. */
  const resources = new Map<number, number>();
  const holding = new Set<string>();
  const thingOf = ({ type, id }: ResourceKey) => {
    const key = resourceKey(type, id);
    let n = things.get(key);
    if (n === undefined) {
      n = things.size + 1;
      things.set(key, n);
      addThing.run(n, type, id);
    }
    return n;
  };
  let grants = 0;
  for (const { entitlementId, resource, principal } of content.holdings({})) {
    let e = entitlements.get(entitlementId);
    if (e === undefined) {
      e = entitlements.size + 1;
      entitlements.set(entitlementId, e);
      addEntitlement.run(e, entitlementId, resource.type, resource.id);
    }
    if (!resources.has(e)) resources.set(e, thingOf(resource));
    insert.run(e, thingOf(principal));
    grants++;
    if (groupTypes.has(principal.type)) groups.set(e, [...(groups.get(e) ?? []), principal]);
    else holding.add(resourceKey(principal.type, principal.id));
  }
  writeMembers(db, groups, entitlements);
  const held = new Map<number, number>();
  const on = new Map<number, number>();
  const add = (counts: Map<number, number>, n: number) => counts.set(n, (counts.get(n) ?? 0) + 1);
  for (const { e, p } of db.prepare("SELECT e, p FROM held").iterate()) {
    add(held, Number(p));
    add(on, resources.get(Number(e)) ?? 0);
  }
  db.exec("INSERT INTO holders SELECT e, count(*) FROM held GROUP BY e");
  return { grants, held, on, holding };
}

/** Members of groups that hold something have it, also where the sync was not expanded, or only in part. */
function writeMembers(
  db: DatabaseSync,
  groups: ReadonlyMap<number, readonly ResourceKey[]>,
  entitlements: ReadonlyMap<string, number>,
): void {
  const copy = db.prepare("INSERT OR IGNORE INTO held SELECT ?, p FROM held WHERE e = ?");
  const memberOf = ({ type, id }: ResourceKey) => entitlements.get(`${resourceKey(type, id)}:${MEMBER}`);
  for (const [e, of] of groups) {
    const waiting = [...of];
    const seen = new Set<number>();
    for (let group = waiting.pop(); group !== undefined; group = waiting.pop()) {
      const members = memberOf(group);
      if (members === undefined || members === e || seen.has(members)) continue;
      seen.add(members);
      copy.run(e, members);
      // Groups within the group.
      waiting.push(...(groups.get(members) ?? []));
    }
  }
}
