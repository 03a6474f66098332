import { type ResourceKey, resourceKey } from "../model/ids.ts";
import type { SyncContent } from "../snapshot/content.ts";
import type { StoredGrant } from "../snapshot/stored-grant.ts";
import { addGroupGrant, addOwnGrant, finishHeld, type Held, type UnfinishedHeld } from "./held.ts";
import { isMembership, MEMBER, memberOf } from "./membership.ts";
import { GroupRules } from "./rules.ts";

/** From so many grants of one entitlement on, reading all members of its groups is cheaper than asking for each holder. */
const MIN_RUN = 64;

/** Of so many groups it is cheaper to ask whether somebody is in each than to read all groups of somebody. */
const MAX_ASKED_FOR = 20;

/** Groups within groups are followed so far. Okta has none; other connectors may. */
const MAX_DEPTH = 10;

/**
 * Walks a sync's grants as a graph: from principals through the groups that they are members of to what these hold.
 * Nothing is kept but the groups that were asked for; every step is a look into an index of the snapshot.
 */
export class AccessGraph {
  readonly content: SyncContent;
  readonly #rules: GroupRules;

  constructor(content: SyncContent) {
    this.content = content;
    this.#rules = new GroupRules(content);
  }

  /** The groups that a principal is a member of, each with the way to it, nearest first. */
  groupsOf(principal: ResourceKey): ReadonlyMap<string, readonly ResourceKey[]> {
    const ways = new Map<string, readonly ResourceKey[]>();
    let reached: (readonly ResourceKey[])[] = [[]];
    // Where no group is in another, the groups of groups need not be asked for.
    const depths = this.#memberTypes().size === 1 && !this.#nested() ? 1 : MAX_DEPTH;
    for (let depth = 0; depth < depths && reached.length > 0; depth++) {
      const next: (readonly ResourceKey[])[] = [];
      for (const way of reached) {
        for (const grant of this.content.holdings({ principal: way.at(-1) ?? principal })) {
          if (!isMembership(grant)) continue;
          const key = resourceKey(grant.resource.type, grant.resource.id);
          if (ways.has(key)) continue;
          const longer = [...way, grant.resource];
          ways.set(key, longer);
          next.push(longer);
        }
      }
      reached = next;
    }
    return ways;
  }

  /** Everything that a principal holds, itself or through groups, by entitlement. */
  reach(principal: ResourceKey): Held[] {
    const held = new Map<string, UnfinishedHeld>();
    for (const grant of this.content.grants({ principal })) addOwnGrant(held, grant, principal, this.#rules);
    for (const way of this.groupsOf(principal).values()) {
      for (const grant of this.content.grants({ principal: way.at(-1)! })) addGroupGrant(held, grant, principal, way);
    }
    return [...held.values()].map(finishHeld);
  }

  /** How a principal holds one entitlement; `undefined` where it does not. */
  why(principal: ResourceKey, entitlementId: string): Held | undefined {
    const groups = this.groupHolders(entitlementId);
    return this.#why(principal, entitlementId, groups);
  }

  /** How some principals hold one entitlement, in their order; those who do not are left out. */
  *whyEach(principals: Iterable<ResourceKey>, entitlementId: string): Generator<Held> {
    const groups = this.groupHolders(entitlementId);
    for (const principal of principals) {
      const held = this.#why(principal, entitlementId, groups);
      if (held !== undefined) yield held;
    }
  }

  /**
   * How a grant's principal holds its entitlement. Where many grants of one entitlement follow each other, the members of
   * the groups that hold it are read once for all of them.
   */
  explain(grant: StoredGrant): Held {
    const { entitlementId } = grant;
    if (this.#explained?.entitlementId !== entitlementId) {
      this.#explained = { entitlementId, groups: this.groupHolders(entitlementId), count: 0 };
    }
    const run = this.#explained;
    run.count++;
    if (run.count === MIN_RUN && run.groups.size > 0 && !this.#nested()) run.ways = this.#waysOfMembers(run.groups);
    const ways = run.ways?.get(resourceKey(grant.principal.type, grant.principal.id));
    return this.#explain(grant, run.groups, run.ways && (ways ?? []));
  }

  #explained: Explained | undefined;

  /** Each member of some groups, with the groups. */
  #waysOfMembers(groups: ReadonlyMap<string, StoredGrant>): Map<string, [string, readonly ResourceKey[]][]> {
    const ways = new Map<string, [string, readonly ResourceKey[]][]>();
    for (const [key, { principal: group }] of groups) {
      const way: [string, readonly ResourceKey[]] = [key, [group]];
      for (const { principal } of this.content.holdings({ entitlementId: memberOf(group) })) {
        const member = resourceKey(principal.type, principal.id);
        const known = ways.get(member);
        if (known === undefined) ways.set(member, [way]);
        else known.push(way);
      }
    }
    return ways;
  }

  /**
   * Who holds an entitlement, themselves or as members of a group that holds it; groups that hold it are listed too. In
   * the order of the grants, then those whom only a group brings.
   */
  *holders(entitlementId: string): Generator<Held> {
    const groups = this.groupHolders(entitlementId);
    const direct = new Set<string>();
    for (const grant of this.content.grants({ entitlementId })) {
      direct.add(resourceKey(grant.principal.type, grant.principal.id));
      yield this.#explain(grant, groups);
    }
    const seen = new Set(groups.keys());
    for (const [key, grant] of groups) {
      for (const member of this.#membersOf(grant.principal, new Set([key]))) {
        const principal = resourceKey(member.type, member.id);
        if (direct.has(principal) || seen.has(principal)) continue;
        seen.add(principal);
        const held = this.#why(member, entitlementId, groups);
        if (held !== undefined) yield held;
      }
    }
  }

  /** The groups that hold an entitlement, by key, each with its grant. */
  groupHolders(entitlementId: string): ReadonlyMap<string, StoredGrant> {
    const groups = new Map<string, StoredGrant>();
    for (const type of this.#memberTypes()) {
      for (const grant of this.content.grants({ entitlementId, principalType: type })) {
        groups.set(resourceKey(type, grant.principal.id), grant);
      }
    }
    return groups;
  }

  /** Whether a principal is a member of a group, itself. */
  isMember(principal: ResourceKey, group: ResourceKey): boolean {
    const entitlementId = memberOf(group);
    for (const _ of this.content.holdings({ entitlementId, principal })) return true;
    return false;
  }

  /** Members of a group, themselves or through groups within it. */
  members(group: ResourceKey): Generator<ResourceKey> {
    return this.#membersOf(group, new Set([resourceKey(group.type, group.id)]));
  }

  *#membersOf(group: ResourceKey, seen: Set<string>): Generator<ResourceKey> {
    for (const { principal } of this.content.holdings({ entitlementId: memberOf(group) })) {
      const key = resourceKey(principal.type, principal.id);
      if (seen.has(key)) continue;
      seen.add(key);
      yield principal;
      if (this.#memberTypes().has(principal.type)) yield* this.#membersOf(principal, seen);
    }
  }

  #why(principal: ResourceKey, entitlementId: string, groups: ReadonlyMap<string, StoredGrant>): Held | undefined {
    for (const grant of this.content.grants({ entitlementId, principal })) return this.#explain(grant, groups);
    const held = new Map<string, UnfinishedHeld>();
    for (const [key, way] of this.#waysInto(principal, groups)) addGroupGrant(held, groups.get(key)!, principal, way);
    const only = held.get(entitlementId);
    return only && finishHeld(only);
  }

  #explain(
    grant: StoredGrant,
    groups: ReadonlyMap<string, StoredGrant>,
    ways: Iterable<[string, readonly ResourceKey[]]> = this.#waysInto(grant.principal, groups),
  ): Held {
    const held = new Map<string, UnfinishedHeld>();
    addOwnGrant(held, grant, grant.principal, this.#rules);
    for (const [key, way] of ways) {
      addGroupGrant(held, groups.get(key)!, grant.principal, way);
    }
    return finishHeld(held.get(grant.entitlementId)!);
  }

  /** Which of some groups a principal is in, and how. */
  *#waysInto(
    principal: ResourceKey,
    groups: ReadonlyMap<string, StoredGrant>,
  ): Generator<[string, readonly ResourceKey[]]> {
    // Few groups are cheaper asked for one by one than all groups of somebody who is in hundreds. Nested ones need the walk.
    if (groups.size <= MAX_ASKED_FOR && !this.#nested()) {
      for (const [key, grant] of groups) {
        if (this.isMember(principal, grant.principal)) yield [key, [grant.principal]];
      }
      return;
    }
    for (const [key, way] of this.groupsOf(principal)) if (groups.has(key)) yield [key, way];
  }

  #types: ReadonlySet<string> | undefined;

  /** The types of resources that have members: `group` with Okta. */
  #memberTypes(): ReadonlySet<string> {
    this.#types ??= this.content.typesWithSlug(MEMBER);
    return this.#types;
  }

  #hasNested: boolean | undefined;

  #nested(): boolean {
    this.#hasNested ??= [...this.#memberTypes()].some((type) => this.content.nests(type, MEMBER));
    return this.#hasNested;
  }
}

/** The grants of one entitlement that were explained one after the other. */
interface Explained {
  readonly entitlementId: string;
  readonly groups: ReadonlyMap<string, StoredGrant>;
  count: number;
  ways?: ReadonlyMap<string, [string, readonly ResourceKey[]][]>;
}
