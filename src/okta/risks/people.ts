import type { Evidence, Holding } from "../../baton/model/evidence.ts";
import type { ResourceKey } from "../../baton/model/ids.ts";
import { DAY_MS, msOf, rawStatus, traitOf } from "./facts.ts";

/** An account that has never signed in is new for so long. */
const NEW_MS = 90 * DAY_MS;

/** What one look at all accounts shows. */
export interface People {
  /** Ids of accounts that are suspended or deprovisioned, each with its status. */
  readonly disabled: ReadonlyMap<string, string>;
  /** Ids of accounts that may sign in, are not new, and never did. */
  readonly neverSignedIn: readonly string[];
  /** Ids of accounts that share what should be one person's own, by what it is, as `employee id 100`. */
  readonly shared: ReadonlyMap<string, readonly string[]>;
  readonly total: number;
  /** Ids of accounts whose status is not known, and of those that never signed in and whose age is not known. */
  readonly withoutStatus: readonly string[];
  readonly withoutAge: readonly string[];
}

const found = new WeakMap<Evidence, People>();

/** What one look at all accounts shows. Read once. */
export function peopleOf(evidence: Evidence): People {
  const known = found.get(evidence) ?? readPeople(evidence);
  found.set(evidence, known);
  return known;
}

function readPeople(evidence: Evidence): People {
  const disabled = new Map<string, string>();
  const [neverSignedIn, withoutStatus, withoutAge]: string[][] = [[], [], []];
  const firsts = new Map<string, string>();
  const shared = new Map<string, string[]>();
  let total = 0;
  for (const { key, resource } of evidence.resources("user")) {
    total += 1;
    const status = rawStatus(resource);
    if (status === "") withoutStatus!.push(key.id);
    if (status === "SUSPENDED" || status === "DEPROVISIONED") disabled.set(key.id, status);
    if (status === "DEPROVISIONED") continue;
    const trait = traitOf(resource);
    if (trait === undefined) continue;
    if (trait.lastLogin === undefined && status !== "" && status !== "SUSPENDED" && status !== "STAGED") {
      const created = msOf(resource.createdAt);
      if (created === undefined) withoutAge!.push(key.id);
      else if (evidence.now - created > NEW_MS) neverSignedIn!.push(key.id);
    }
    const email =
      trait.emails
        .find(({ isPrimary }) => isPrimary)
        ?.address.trim()
        .toLowerCase() ?? "";
    const marks = [...(email === "" ? [] : [`email ${email}`]), ...trait.employeeIds.map((id) => `employee id ${id}`)];
    for (const mark of new Set(marks)) {
      const first = firsts.get(mark);
      if (first === undefined) firsts.set(mark, key.id);
      else shared.set(mark, [...(shared.get(mark) ?? [first]), key.id]);
    }
  }
  return {
    disabled,
    neverSignedIn: neverSignedIn!,
    shared,
    total,
    withoutStatus: withoutStatus!,
    withoutAge: withoutAge!,
  };
}

/** What a user can use: apps and admin access, by entitlement, each with the way there. Memberships alone are none. */
export class Usable {
  readonly #evidence: Evidence;
  readonly #ofGroup = new Map<string, readonly Holding[]>();

  constructor(evidence: Evidence) {
    this.#evidence = evidence;
  }

  by(user: ResourceKey): ReadonlyMap<string, readonly ResourceKey[]> {
    const ways = new Map<string, readonly ResourceKey[]>();
    const groups: ResourceKey[] = [];
    for (const { entitlementId, resource } of this.#evidence.grants({ principal: user })) {
      if (resource.type !== "group") ways.set(entitlementId, [resource]);
      else if (entitlementId.endsWith(":member")) groups.push(resource);
    }
    for (const group of groups) {
      for (const { entitlementId, resource } of this.#heldBy(group)) {
        if (!ways.has(entitlementId)) ways.set(entitlementId, [group, resource]);
      }
    }
    return ways;
  }

  #heldBy(group: ResourceKey): readonly Holding[] {
    let held = this.#ofGroup.get(group.id);
    if (held === undefined) {
      held = [...this.#evidence.grants({ principal: group })].filter(({ resource }) => resource.type !== "group");
      this.#ofGroup.set(group.id, held);
    }
    return held;
  }
}
