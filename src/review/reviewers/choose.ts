import type { AccessGraph } from "../../baton/access/graph.ts";
import { type ResourceKey, resourceKey } from "../../baton/model/ids.ts";
import type { AccountKind, ReviewerSource } from "../population/item.ts";
import { type People, type Person, USER } from "../population/people.ts";
import type { RoleAssignments } from "../population/role-assignments.ts";
import { ownerOf } from "../population/secrets.ts";
import { matches, type ReviewerRule } from "./file.ts";

/** Who is asked in turn; a file's lines come before them all, the fallback after. */
export type ReviewerOrder = readonly ("manager" | "owner")[];

/** What reviewers are chosen by. */
export interface ReviewerSettings {
  readonly order: ReviewerOrder;
  readonly rules: readonly ReviewerRule[];
  /** Who decides where nobody else does, the first who may. */
  readonly fallbacks: readonly string[];
}

/** The access that a reviewer is looked for. */
export interface Reviewable {
  readonly principal: ResourceKey;
  readonly person: Person | undefined;
  readonly kind: AccountKind;
  readonly entitlementId: string;
  readonly resource: ResourceKey;
}

/** Who decides, and why he; who was passed over. */
export interface ChosenReviewer {
  readonly name: string;
  readonly source: ReviewerSource;
  readonly notes: readonly string[];
}

/** Somebody who is asked in turn. `unfit`: why he cannot be. */
interface Candidate {
  readonly name: string;
  readonly source: ReviewerSource;
  readonly unfit?: string;
}

/** Chooses who decides on an access. Nobody decides on his own, under whatever name; what is no person goes to owners. */
export class ReviewerChoice {
  readonly #graph: AccessGraph;
  readonly #people: People;
  readonly #assignments: RoleAssignments;
  readonly #settings: ReviewerSettings;
  readonly #owners = new Map<string, readonly string[]>();

  constructor(graph: AccessGraph, people: People, assignments: RoleAssignments, settings: ReviewerSettings) {
    this.#graph = graph;
    this.#people = people;
    this.#assignments = assignments;
    this.#settings = settings;
  }

  choose(access: Reviewable): ChosenReviewer {
    const notes: string[] = [];
    for (const { name, source, unfit } of this.#candidates(access, notes)) {
      const refusal = unfit ?? this.refusal(name, access, source !== "fallback" && source !== "file");
      if (refusal === undefined) return { name: this.#addressOf(name), source, notes };
      notes.push(`${source} ${this.#addressOf(name)}: ${refusal}`);
    }
    return { name: "", source: "none", notes };
  }

  /** Why somebody may not decide on an access; `undefined` where he may. `known`: he has to be in the snapshot. */
  refusal(
    reviewer: string,
    { principal, person }: Pick<Reviewable, "principal" | "person">,
    known: boolean,
  ): string | undefined {
    const found = this.#people.named(reviewer);
    if (found.length > 1) return "names several people";
    if (found.length === 0 && known) return "is not in the snapshot";
    if (found.length === 1 && !found[0]!.isActive) return `is not active (${found[0]!.status || "not known"})`;
    if (found.length === 1 && found[0]!.isService) return "is no person";
    if (person !== undefined && this.#people.isSame(reviewer, person)) return "would decide on their own access";
    if (principal.type !== USER && found[0] !== undefined) {
      const self = { type: USER, id: found[0].id };
      if (this.#graph.isMember(self, principal)) return "is a member, and would decide on their own access";
    }
    return undefined;
  }

  *#candidates(access: Reviewable, notes: string[]): Generator<Candidate> {
    const { principal, person, kind, entitlementId, resource } = access;
    const key = resourceKey(principal.type, principal.id);
    const items = [entitlementId, resourceKey(resource.type, resource.id)];
    const names = [key, ...(person === undefined ? [] : [person.login, person.email, person.id])];
    for (const rule of this.#settings.rules) {
      if (matches(rule.items, items) && matches(rule.principals, names)) yield { name: rule.reviewer, source: "file" };
    }
    const orders = kind === "human" ? this.#settings.order : (["owner"] as const);
    for (const one of orders) {
      if (one === "manager") {
        for (const manager of person?.managers ?? []) yield this.#managerNamed(manager);
        if (!person?.manager) notes.push("manager: not known");
        continue;
      }
      const own = kind === "human" ? [] : this.#ownersOf(principal);
      const owners = new Set([...own, ...this.#ownersOf(resource)]);
      for (const owner of owners) yield { name: owner, source: "owner" };
      if (owners.size === 0) notes.push("owner: not known");
    }
    for (const name of this.#settings.fallbacks) yield { name, source: "fallback" };
  }

  /** Whom a profile means that says who the manager is. */
  #managerNamed(text: string): Candidate {
    const [found, ...others] = this.#people.meant(text);
    if (found === undefined || others.length === 0) return { name: found?.id ?? text, source: "manager" };
    return { name: text, source: "manager", unfit: "names several people" };
  }

  /**
   * The people who own something, themselves or as members of a group that does: whose it is; of an app, which has no
   * owners with Okta, those whose admin role is for that app. Of a secret, whose rights it has.
   */
  #ownersOf({ type, id }: ResourceKey): readonly string[] {
    const key = resourceKey(type, id);
    let owners = this.#owners.get(key);
    if (owners === undefined) {
      const { content } = this.#graph;
      const found = new Set<string>();
      const holders = [...content.holdings({ entitlementId: `${key}:owner` })].map(({ principal }) => principal);
      const secret = ownerOf(content, { type, id });
      for (const holder of [...holders, ...(secret ? [secret] : []), ...this.#assignments.limitedTo(key)]) {
        if (holder.type === USER) found.add(holder.id);
        else for (const member of this.#graph.members(holder)) if (member.type === USER) found.add(member.id);
      }
      owners = [...found].sort();
      this.#owners.set(key, owners);
    }
    return owners;
  }

  /** How somebody is addressed: by email, else by login; as written where the snapshot does not know him. */
  #addressOf(name: string): string {
    const [person, ...others] = this.#people.named(name);
    return (person !== undefined && others.length === 0 ? person.email || person.login : name).trim().toLowerCase();
  }
}
