import type { Holding } from "../model/evidence.ts";
import { type ResourceKey, resourceKey } from "../model/ids.ts";
import type { StoredGrant, SyncContent } from "../snapshot/content.ts";
import { directness } from "./directness.ts";
import { GroupRules } from "./rules.ts";

/** The slug of the entitlement by which a member of something has what that something has. */
const MEMBER = "member";

/** From so many grants of one entitlement on, reading all members of its groups is cheaper than asking for each holder. */
const MIN_RUN = 64;

/** Of so many groups it is cheaper to ask whether somebody is in each than to read all groups of somebody. */
const MAX_ASKED_FOR = 20;

/** Groups within groups are followed so far. Okta has none; other connectors may. */
const MAX_DEPTH = 10;

/**
 * One way in which a principal holds an entitlement: `direct` (itself), `group` (as a member of `via`, the innermost
 * group last), `rule` (a rule, in `via`, may have put it there: never certain), or `unknown` (the other side lists the
 * principal, and nothing in the snapshot explains it).
 */
export interface Path {
  readonly kind: "direct" | "group" | "rule" | "unknown";
  /** From the principal to what holds the entitlement. Empty where the principal holds it itself. */
  readonly via: readonly ResourceKey[];
  /** The other side states it so; otherwise it follows from what it states of the group. */
  readonly asserted: boolean;
}

/** Something that a principal holds, with every way in which it does. */
export interface Held {
  readonly entitlement: string;
  /** The resource to which the entitlement belongs. */
  readonly resource: ResourceKey;
  readonly principal: ResourceKey;
  /** Held itself (`true`), only through something else (`false`), or not known (`null`). */
  readonly direct: boolean | null;
  readonly paths: readonly Path[];
}

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
    const held = new Map<string, Building>();
    for (const grant of this.content.grants({ principal })) begin(held, grant, principal, this.#rules);
    for (const way of this.groupsOf(principal).values()) {
      for (const grant of this.content.grants({ principal: way.at(-1)! })) addGroup(held, grant, principal, way);
    }
    return [...held.values()].map(finish);
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
    const held = new Map<string, Building>();
    for (const [key, way] of this.#waysInto(principal, groups)) addGroup(held, groups.get(key)!, principal, way);
    const only = held.get(entitlementId);
    return only && finish(only);
  }

  #explain(
    grant: StoredGrant,
    groups: ReadonlyMap<string, StoredGrant>,
    ways: Iterable<[string, readonly ResourceKey[]]> = this.#waysInto(grant.principal, groups),
  ): Held {
    const held = new Map<string, Building>();
    begin(held, grant, grant.principal, this.#rules);
    for (const [key, way] of ways) {
      addGroup(held, groups.get(key)!, grant.principal, way);
    }
    return finish(held.get(grant.entitlementId)!);
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

const NONE: ReadonlySet<string> = new Set();

interface Building {
  readonly grant: StoredGrant;
  readonly principal: ResourceKey;
  readonly direct: boolean | null;
  readonly paths: Path[];
  /** The groups through which the other side states that it is held. */
  readonly stated: ReadonlySet<string>;
}

function begin(held: Map<string, Building>, grant: StoredGrant, principal: ResourceKey, rules: GroupRules): void {
  const direct = directness(grant);
  const { sources } = grant;
  const stated: ReadonlySet<string> =
    sources.length === 0 ? NONE : new Set(sources.filter((id) => id !== grant.entitlementId));
  const paths: Path[] = direct === true ? [{ kind: "direct", via: [], asserted: true }] : [];
  if (isMembership(grant)) {
    for (const rule of rules.feeding(grant.resource, principal)) {
      paths.push({ kind: "rule", via: [rule], asserted: false });
    }
  }
  held.set(grant.entitlementId, { grant, principal, direct, paths, stated });
}

function addGroup(
  held: Map<string, Building>,
  grant: StoredGrant,
  principal: ResourceKey,
  via: readonly ResourceKey[],
): void {
  let building = held.get(grant.entitlementId);
  if (building === undefined) {
    building = { grant, principal, direct: false, paths: [], stated: new Set() };
    held.set(grant.entitlementId, building);
  }
  const asserted = building.stated.has(memberOf(via.at(-1)!));
  building.paths.push({ kind: "group", via, asserted });
}

function finish({ grant, principal, direct, paths: found, stated }: Building): Held {
  const { entitlementId, resource } = grant;
  const shown = new Set(found.flatMap(({ via }) => (via.length > 0 ? [memberOf(via.at(-1)!)] : [])));
  const paths = [...found];
  // A group that is stated, and whose members the snapshot does not show, is a reason all the same.
  for (const source of stated) {
    const group = shown.has(source) ? undefined : groupOf(source);
    if (group !== undefined) paths.push({ kind: "group", via: [group], asserted: true });
  }
  // Where nothing explains what is not known to be direct, that is what is to be said.
  const all: readonly Path[] = paths.length > 0 ? paths.sort(byGroup) : [{ kind: "unknown", via: [], asserted: true }];
  return { entitlement: entitlementId, resource, principal, direct, paths: all };
}

/** One order, in whatever way the paths were found: what leads through nothing, then by what it leads through. */
function byGroup(a: Path, b: Path): number {
  const key = ({ via }: Path) => via.map(({ type, id }) => resourceKey(type, id)).join(" ");
  return key(a) < key(b) ? -1 : 1;
}

function isMembership({ entitlementId, resource }: Holding): boolean {
  return entitlementId === memberOf(resource);
}

/** The group whose membership an entitlement is; `undefined` where it is something else. */
function groupOf(entitlementId: string): ResourceKey | undefined {
  const [first, last] = [entitlementId.indexOf(":"), entitlementId.lastIndexOf(`:${MEMBER}`)];
  if (first < 1 || last <= first || last + MEMBER.length + 1 !== entitlementId.length) return undefined;
  return { type: entitlementId.slice(0, first), id: entitlementId.slice(first + 1, last) };
}

function memberOf({ type, id }: ResourceKey): string {
  return `${type}:${id}:${MEMBER}`;
}
